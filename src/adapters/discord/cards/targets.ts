import type { TradeStatistics } from '#core/statistics.ts';
import type { DigestCard } from '#ports/cards.ts';

import { formatNumber, formatPercentGain, formatR, NONE } from '../format.ts';

/** Below this many closed trades a ratio says nothing about the strategy. */
const ENOUGH_TRADES = 30;

const TARGETS = {
  winRate: 0.6,
  profitFactor: 2.5,
  averageR: 2,
  dailyDrawdownPercent: 3,
} as const;

const MET = '✅ met';
const MISSED = '❌ missed';

/** Each target with the figure, how sure it is, and whether it is met. */
export function targetLines(card: DigestCard): string[] {
  const { overall } = card;
  const drawdownMet = Math.abs(card.maxDrawdownPercent) < TARGETS.dailyDrawdownPercent;
  return [
    line(overall, 'winRate', `Win rate ${winRate(overall)}, target > 60 %`),
    line(
      overall,
      'profitFactor',
      `Profit factor ${figure(overall.profitFactor, formatNumber)}, target > ${TARGETS.profitFactor}`,
    ),
    line(
      overall,
      'averageR',
      `Average ${figure(overall.averageR, formatR)}, target > ${TARGETS.averageR} R`,
    ),
    `Day’s drawdown ${formatPercentGain(card.maxDrawdownPercent)}, target < ${TARGETS.dailyDrawdownPercent} %: ${
      drawdownMet ? MET : MISSED
    }`,
    `Day’s bracket interference ${formatNumber(card.interference)}, target 0: ${
      card.interference === 0 ? MET : MISSED
    }`,
  ];
}

function line(
  overall: TradeStatistics,
  ratio: 'winRate' | 'profitFactor' | 'averageR',
  text: string,
): string {
  return `${text}: ${verdict(overall, overall[ratio], TARGETS[ratio])}`;
}

function verdict(overall: TradeStatistics, value: number | null, target: number): string {
  if (overall.trades < ENOUGH_TRADES) {
    return `⏳ too few trades to say (${overall.trades} of ${ENOUGH_TRADES})`;
  }
  // With enough trades only the profit factor can be missing: there is nothing to divide by.
  if (value === null) return '⏳ no loss yet to compare with';
  return value > target ? MET : MISSED;
}

const figure = (value: number | null, format: (value: number) => string): string =>
  value === null ? NONE : format(value);

const percent = (share: number, decimals: number): string => formatNumber(share * 100, decimals);

function winRate({ winRate: rate, winRateInterval: interval }: TradeStatistics): string {
  if (rate === null) return NONE;
  if (interval === null) return `${percent(rate, 1)} %`;
  const [low, high] = interval;
  return `${percent(rate, 1)} % (95 % sure: ${percent(low, 0)}–${percent(high, 0)} %)`;
}

import type { APIEmbed, APIEmbedField } from 'discord.js';

import type { PerformanceReport, Period } from '#app/reports/performance.ts';
import { ENOUGH } from '#core/daily-metrics.ts';
import { count, formatGain, formatMoney, formatNumber, NONE } from '#core/number-words.ts';
import type { Grouping, TradeGroup } from '#core/performance-groups.ts';
import type { ExitReason } from '#core/trade.ts';

import { EXIT_WORDS } from './reasons.ts';
import { resultColour } from './style.ts';
import { cellOfR, chunks, table } from './table.ts';
import { LEGEND, targetLines } from './targets.ts';

const PERIOD = {
  day: 'The session',
  week: 'Last 7 days',
  month: 'Last 30 days',
  all: 'All sessions',
} as const satisfies Record<Period, string>;

/** How the strategy has done, against its targets. */
export function performanceEmbed(report: PerformanceReport): APIEmbed {
  const { period, from, to, metrics, fees } = report;
  const trades = metrics.winRate.count;
  const days = from === null ? `until ${to}` : from === to ? to : `${from} to ${to}`;
  return {
    title: `📊 ${PERIOD[period]}: ${trades === 0 ? 'no closed trade' : `${formatGain(metrics.pnl)} in ${count(trades, 'trade')}`}`,
    color: resultColour(trades === 0 ? null : metrics.pnl),
    description: [
      `${days}. Realized, before fees; charged so far: ${formatMoney(fees)}.`,
      ...(trades === 0 ? [] : [`${metrics.wins} won, ${trades - metrics.wins} not.`]),
      '',
      ...targetLines(metrics),
      LEGEND,
    ].join('\n'),
    fields: groupFields(report),
  };
}

const BY = {
  symbol: { head: 'symbol', name: (key: string) => key },
  // A group of reasons has a reason for its key.
  reason: { head: 'ended by', name: (key: string) => EXIT_WORDS[key as ExitReason].column },
  hour: { head: 'entered', name: (key: string) => key },
} as const satisfies Record<Grouping, { head: string; name: (key: string) => string }>;

const FIGURES = new Set([1, 2, 3, 4]);
/** Of the table, so that it fits into a field. */
const ROWS_A_FIELD = 18;

function groupFields({ by, groups }: PerformanceReport): APIEmbedField[] {
  if (by === null) return [];
  const { head, name } = BY[by];
  const title = `By ${by === 'hour' ? 'the hour of entry, New York time' : by}`;
  return chunks(groups, ROWS_A_FIELD).map((some, index) => ({
    name: index === 0 ? `${title}: share won, 95 % sure to lie between (…)` : `${title}, continued`,
    value: [
      '```',
      ...table(
        [
          [head, 'n', 'won', 'P/L', 'R'],
          ...some.map(({ key, metrics }) => [name(key), ...figuresOf(metrics)]),
        ],
        FIGURES,
      ),
      '```',
      `Fewer than ${ENOUGH} trades say little.`,
    ].join('\n'),
  }));
}

const share = (value: number): string => formatNumber(value * 100, 0);

function figuresOf({ winRate, pnl, averageR }: TradeGroup['metrics']): readonly string[] {
  const between = winRate.interval === null ? '' : ` (${winRate.interval.map(share).join('–')})`;
  return [
    String(winRate.count),
    `${winRate.value === null ? NONE : share(winRate.value)} %${between}`,
    formatGain(pnl),
    averageR.value === null ? NONE : cellOfR(averageR.value),
  ];
}

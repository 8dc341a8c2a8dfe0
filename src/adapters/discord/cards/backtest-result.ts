import type { APIEmbedField } from 'discord.js';

import { gainPercent } from '#core/equity-curve.ts';
import { subtractUsd, ZERO_USD } from '#core/money.ts';
import {
  count,
  formatDuration,
  formatGain,
  formatMoney,
  formatNumber,
  formatPercentGain,
  formatRoundMoney,
  NONE,
} from '#core/number-words.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { BacktestProgress } from '#ports/backtest-card.ts';
import type { BacktestReport } from '#ports/backtests.ts';

import { LIMITS } from '../limits.ts';
import { splitText } from '../paginate.ts';
import { noteLines } from './past-task.ts';
import type { Headline } from './style.ts';
import { table } from './table.ts';
import { LEGEND, targetLines } from './targets.ts';

/** What it came to, with how sure that is. */
export function resultHeadline({
  report,
  tookMs,
}: Extract<BacktestProgress, { status: 'done' }>): Omit<Headline, 'colour'> {
  const { startingEquity, endingEquity, metrics, sessions, withoutBars } = report;
  const net = subtractUsd(endingEquity, startingEquity);
  const percent = formatPercentGain(gainPercent(net, startingEquity, ZERO_USD));
  const trades = metrics.winRate.count;
  return {
    title: `${formatGain(net)} (${percent}) in ${count(trades, 'trade')}`,
    lines: [
      `${count(sessions, 'session')}, played in ${formatDuration(tookMs)}`,
      '',
      `**Verdict: ${report.verdict}.**`,
      costLine(report),
      ...(report.stillOpen === 0
        ? []
        : [`${count(report.stillOpen, 'trade')} still open at the end, at the last price.`]),
      ...(withoutBars.length === 0 ? [] : [`⚠ No bars of ${withoutBars.join(', ')}: left out.`]),
      ...noteLines(report.notes),
    ],
    fields: [
      {
        name: `${count(trades, 'closed trade')}, ${metrics.wins} won: ${formatGain(metrics.pnl)} before fees`,
        value: [...targetLines(metrics), LEGEND].join('\n'),
      },
      ...figureFields(report),
      ...symbolFields(report),
    ],
  };
}

const costLine = ({ startingEquity, endingEquity, fees, borrow }: BacktestReport): string =>
  `Equity ${formatRoundMoney(startingEquity)} → ${formatMoney(endingEquity)}, with ${formatMoney(fees)} of fees and ${formatMoney(borrow)} of borrowing paid.`;

function figureFields(report: BacktestReport): readonly APIEmbedField[] {
  const { maxDrawdownPercent, sharpe, ambiguous, halts, metrics, missed, rejected } = report;
  const trades = metrics.winRate.count;
  return [
    {
      name: 'Drawdown, whole run',
      value: `${formatPercentGain(-maxDrawdownPercent)}\nfrom its highest equity`,
      inline: true,
    },
    {
      name: 'Sharpe, a year',
      value: sharpe === null ? `${NONE}\ntoo few sessions` : formatNumber(sharpe),
      inline: true,
    },
    {
      name: 'Entries',
      value: `${trades + report.stillOpen} filled\n${missed} missed, ${rejected} not taken`,
      inline: true,
    },
    {
      name: 'Stop-first rule',
      value:
        trades === 0
          ? NONE
          : `decided ${ambiguous} of ${trades}\n(${formatNumber((100 * ambiguous) / trades, 1)} %)`,
      inline: true,
    },
    {
      name: 'Halts by drawdown',
      value: `${halts.day} for the day\n${halts.peak} from the peak`,
      inline: true,
    },
  ];
}

const FIGURES = new Set([1, 2]);
/** Of the table, so that it fits into a field. */
const ROWS_A_FIELD = 25;

function symbolFields({ symbols }: BacktestReport): readonly APIEmbedField[] {
  if (symbols.length < 2) return [];
  const rows = symbols.map(({ symbol, trades, pnl }) => [symbol, String(trades), formatGain(pnl)]);
  return [
    {
      name: 'By symbol',
      value: [
        '```',
        ...table([['symbol', 'n', 'P/L'], ...rows.slice(0, ROWS_A_FIELD)], FIGURES),
        '```',
      ].join('\n'),
    },
  ];
}

/** The figures that differ from the defaults, in as many fields as it takes. */
export function parameterFields(changes: Partial<StrategyParameters>): readonly APIEmbedField[] {
  const lines = Object.entries(changes).map(
    ([name, value]) =>
      `\`${name}\` ${String(value)} (default ${String(DEFAULT_PARAMETERS[name as keyof StrategyParameters])})`,
  );
  if (lines.length === 0) return [{ name: 'Parameters', value: 'all at their defaults' }];
  return splitText(lines.join('\n'), LIMITS.fieldValue).map((value, page) => ({
    name: page === 0 ? 'Parameters that differ' : 'Parameters, continued',
    value,
  }));
}

import type { BarColumns } from '#core/bars.ts';
import type { DailyBar } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import { figureAt } from '#core/indicators/figure-at.ts';
import type { Session } from '#core/session.ts';

import { placeBars } from './time-grid.ts';
import type { TimeGrid } from './time-grid.ts';

/** History as a backtest takes it: settled, free of defects, in order, within the sessions. */
export interface BacktestMarket {
  readonly barMinutes: 5 | 15;
  /** In the order of the watchlist, in which a cycle decides. */
  readonly bars: ReadonlyMap<Ticker, BarColumns>;
  /** All of the span, oldest first, also those without a bar. */
  readonly sessions: readonly Session[];
  /** 1-minute bars that tell what came first inside a bar; a symbol without them has the stop first. */
  readonly minuteBars?: ReadonlyMap<Ticker, BarColumns>;
  /** Whole sessions of each symbol, oldest first; without them they are made of the bars. */
  readonly daily?: ReadonlyMap<Ticker, readonly DailyBar[]>;
}

/** One symbol's bars on the grid, with its days. */
export interface SymbolHistory {
  readonly symbol: Ticker;
  readonly bars: BarColumns;
  /** Of each row. */
  readonly slots: Int32Array;
  /** One for each session that has a bar. */
  readonly days: readonly DailyBar[];
  /** How many of them come before each session. */
  readonly daysBefore: Int32Array;
}

/** The last days before a session, at most so many. */
export function lastDaysBefore(
  { days, daysBefore }: Pick<SymbolHistory, 'days' | 'daysBefore'>,
  sessionIndex: number,
  count: number,
): readonly DailyBar[] {
  const end = daysBefore[sessionIndex] ?? 0;
  return days.slice(Math.max(0, end - count), end);
}

export function historyOf(
  symbol: Ticker,
  bars: BarColumns,
  grid: TimeGrid,
  daily?: readonly DailyBar[],
): SymbolHistory {
  const { slots, firstRows } = placeBars(grid, bars);
  const days = daily === undefined ? daysOf(bars, firstRows, grid) : countDays(daily, grid);
  return { symbol, bars, slots, ...days };
}

function countDays(
  days: readonly DailyBar[],
  { sessions }: TimeGrid,
): Pick<SymbolHistory, 'days' | 'daysBefore'> {
  const before = sessions.map((session) => days.filter(({ date }) => date < session.date).length);
  return { days, daysBefore: Int32Array.from(before) };
}

/** A day closes with its last bar, and its volume is that of all its bars. */
function daysOf(
  { close, volume }: BarColumns,
  firstRows: Int32Array,
  { sessions }: TimeGrid,
): Pick<SymbolHistory, 'days' | 'daysBefore'> {
  const days: DailyBar[] = [];
  const daysBefore = new Int32Array(sessions.length);
  for (const [index, { date }] of sessions.entries()) {
    daysBefore[index] = days.length;
    const first = firstRows[index] ?? 0;
    const end = firstRows[index + 1] ?? 0;
    if (end === first) continue;
    const shares = sumOf(volume, first, end);
    days.push({ date, close: figureAt(close, end - 1), volume: shares });
  }
  return { days, daysBefore };
}

/** Of the rows from one to before another. */
function sumOf(column: Float64Array, first: number, end: number): number {
  let sum = 0;
  for (let row = first; row < end; row += 1) sum += figureAt(column, row);
  return sum;
}

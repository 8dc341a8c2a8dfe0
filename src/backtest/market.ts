import type { BarColumns } from '#core/bars.ts';
import type { DailyBar } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import type { Session } from '#core/session.ts';

import { slotsOf } from './time-grid.ts';
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
  const slots = slotsOf(grid, bars);
  const days = daily === undefined ? daysOf(bars, slots, grid) : countDays(daily, grid);
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
  slots: Int32Array,
  grid: TimeGrid,
): Pick<SymbolHistory, 'days' | 'daysBefore'> {
  const days: DailyBar[] = [];
  const daysBefore = new Int32Array(grid.sessions.length);
  let row = 0;
  for (const [index, { date }] of grid.sessions.entries()) {
    daysBefore[index] = days.length;
    const end = grid.firstSlots[index + 1] ?? 0;
    const first = row;
    let shares = 0;
    while (row < slots.length && (slots[row] ?? 0) < end) {
      shares += volume[row] ?? 0;
      row += 1;
    }
    if (row > first) days.push({ date, close: close[row - 1] ?? Number.NaN, volume: shares });
  }
  return { days, daysBefore };
}

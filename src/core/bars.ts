import type { EpochMs } from './session.ts';

/**
 * Open, high, low, close and volume over an interval, labelled by its start. Prices are plain dollars:
 * indicators work on them, and a price becomes money only where an order is made of it.
 */
export interface Bar {
  readonly start: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Shares. */
  readonly volume: number;
}

/** The bars of one symbol, a typed array a field: a row is the same index in each, oldest first. */
export interface BarColumns {
  readonly start: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Bars, with the open of the session that each one lies in. */
export interface SessionColumns {
  readonly bars: BarColumns;
  readonly sessionOpens: Float64Array;
}

/** One row as a bar; its figures are no numbers where there is no such row. */
export const barAt = (columns: BarColumns, row: number): Bar => ({
  start: columns.start[row] ?? Number.NaN,
  open: columns.open[row] ?? Number.NaN,
  high: columns.high[row] ?? Number.NaN,
  low: columns.low[row] ?? Number.NaN,
  close: columns.close[row] ?? Number.NaN,
  volume: columns.volume[row] ?? Number.NaN,
});

/** What is wrong with a bar's figures, or null. */
export function barDefect(bar: Bar): string | null {
  const { open, high, low, close, volume } = bar;
  if (![open, high, low, close].every((price) => Number.isFinite(price) && price > 0)) {
    return 'prices must be positive numbers';
  }
  if (!Number.isFinite(volume) || volume < 0) return 'volume must be a number from 0';
  if (high < Math.max(open, close) || low > Math.min(open, close)) {
    return 'high and low must enclose open and close';
  }
  return null;
}

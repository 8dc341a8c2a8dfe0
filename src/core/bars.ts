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

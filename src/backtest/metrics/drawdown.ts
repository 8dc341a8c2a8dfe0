import { usdFromNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { MINUTE_MS, newYorkDate } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';

import type { EquitySeries } from '../result.ts';

/** The deepest fall of a curve, in per cent of the peak before it; where it began, ended and was made good. */
export interface Fall {
  /** Positive. */
  readonly percent: number;
  /** In the curve's unit. */
  readonly amount: number;
  /** Index of the peak; −1 when that is the starting value. */
  readonly peak: number;
  readonly trough: number;
  /** Index of the first value that is no lower than the peak; null where none is. */
  readonly recovery: number | null;
}

/** Null of a curve that never falls. Nothing can fall from a peak that is not above zero. */
export function deepestFall(start: number, curve: ArrayLike<number>): Fall | null {
  let [peakValue, peak] = [start, -1];
  let deepest = { percent: 0, amount: 0, peak, trough: -1 };
  let recovery: number | null = null;
  for (let at = 0; at < curve.length; at += 1) {
    const value = curve[at] ?? Number.NaN;
    if (value >= peakValue) {
      if (deepest.peak === peak) recovery = at;
      [peakValue, peak] = [value, at];
      continue;
    }
    const amount = peakValue - value;
    const percent = (100 * amount) / peakValue;
    if (peakValue > 0 && percent > deepest.percent) {
      deepest = { percent, amount, peak, trough: at };
      recovery = null;
    }
  }
  return deepest.percent === 0 ? null : { ...deepest, recovery };
}

/** The deepest fall of equity, bar by bar. */
export interface MaxDrawdown {
  readonly amount: Usd;
  /** Of the peak before it; positive. */
  readonly percent: number;
  /** Days, in New York, of the peak, of the lowest point and of the recovery; null where there was none. */
  readonly from: SessionDate;
  readonly trough: SessionDate;
  readonly to: SessionDate | null;
  /** Calendar days from the peak to the recovery, or to the end of the data; not whole ones. */
  readonly days: number;
}

const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Null where equity never fell.
 *
 * @param start equity before the first bar, in dollars; as a peak it counts from the first bar's end
 */
export function maxDrawdown(start: number, { at, equity }: EquitySeries): MaxDrawdown | null {
  const fall = deepestFall(start, equity);
  if (fall === null) return null;
  const instantOf = (index: number): number => at[Math.max(0, index)] ?? Number.NaN;
  const end = fall.recovery ?? equity.length - 1;
  return {
    amount: usdFromNumber(fall.amount),
    percent: fall.percent,
    from: newYorkDate(instantOf(fall.peak)),
    trough: newYorkDate(instantOf(fall.trough)),
    to: fall.recovery === null ? null : newYorkDate(instantOf(fall.recovery)),
    days: (instantOf(end) - instantOf(fall.peak)) / DAY_MS,
  };
}

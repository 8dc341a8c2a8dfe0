import { restingBand } from './drawdown-ladder.ts';
import type { FallBand } from './drawdown-ladder.ts';
import { fallOf } from './drawdown.ts';
import type { DrawdownLimits, DrawdownState } from './drawdown.ts';
import type { Usd } from './money.ts';
import type { EpochMs } from './session.ts';

/**
 * The ladder at rest, told of equity again and again. While equity stays between the levels that are next, a reading
 * of the same session, with no money paid in or out, moves no rung: a search through history need not climb the ladder
 * for it.
 */
export interface CalmWatch {
  /** Whether it is at rest at this equity; where not, the ladder has to see it. */
  readonly rests: (equity: Usd) => boolean;
  /** Of the last reading. */
  readonly equity: () => Usd;
  /** Takes in a reading at which it is at rest. */
  readonly read: (equity: Usd, at: EpochMs) => void;
  /** The state that the ladder would have come to. */
  readonly state: () => DrawdownState;
}

/** Null where every reading may move a rung. */
export function watchCalmly(before: DrawdownState, limits: DrawdownLimits): CalmWatch | null {
  const day = restingBand(before.day, 'day', limits.dailyDrawdownPercent, limits);
  const peak = restingBand(before.peak, 'peak', limits.peakDrawdownPercent, limits);
  if (day === null || peak === null) return null;
  let { equity, at, peakEquity, peakAt } = before;
  const ofDay = aroundBase(day, before.openingEquity);
  const ofPeak = aroundBase(peak, peakEquity);
  // A peak can be passed only where nothing is told above it.
  const ceiling = Math.min(ofDay.ceiling, ofPeak.ceiling);
  let floor = Math.max(0, ofDay.floor, ofPeak.floor);
  /** Of the readings taken in here: an odd one before counts for nothing. */
  let lowest: Usd | null = null;
  return {
    rests: (now) => now > floor && now < ceiling,
    equity: () => equity,
    read(now, instant) {
      equity = now;
      at = instant;
      if (lowest === null || now < lowest) lowest = now;
      if (now <= peakEquity) return;
      peakEquity = now;
      peakAt = instant;
      floor = Math.max(0, ofDay.floor, aroundBase(peak, peakEquity).floor);
    },
    state: () => ({
      ...before,
      equity,
      at,
      peakEquity,
      peakAt,
      deepestPercent: Math.max(
        before.deepestPercent,
        lowest === null ? 0 : fallOf(lowest, before.openingEquity),
      ),
    }),
  };
}

/** Per cent: more than a fall is rounded by before it is compared. */
const ROUNDING = 1e-6;

/** The equity in micro-dollars that a band of falls from a base comes to. */
const aroundBase = ({ above, below }: FallBand, base: Usd) => ({
  floor: base * (1 - (below - ROUNDING) / 100),
  ceiling: base * (1 - (above + ROUNDING) / 100),
});

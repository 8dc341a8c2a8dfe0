import { firstToldOf, isAtTheTop } from './drawdown-ladder.ts';
import { fallOf } from './drawdown.ts';
import type { DrawdownLimits, DrawdownState } from './drawdown.ts';
import type { Usd } from './money.ts';
import type { EpochMs } from './session.ts';

/**
 * The ladder at rest, told of equity again and again. While equity stays above the floor, a reading of the same
 * session, with no money paid in or out, moves no rung: a search through history need not climb the ladder for it.
 */
export interface CalmWatch {
  /** Equity in micro-dollars; the ladder has to see what is not above it. */
  readonly floor: () => number;
  /** Of the last reading. */
  readonly equity: () => Usd;
  /** Takes in a reading above the floor. */
  readonly read: (equity: Usd, at: EpochMs) => void;
  /** The state that the ladder would have come to. */
  readonly state: () => DrawdownState;
}

/** Null where every reading may move a rung. */
export function watchCalmly(before: DrawdownState, limits: DrawdownLimits): CalmWatch | null {
  if (!isAtTheTop(before.day) || !isAtTheTop(before.peak)) return null;
  const partLeft = (limit: number): number => 1 - (firstToldOf(limit, limits) - ROUNDING) / 100;
  const ofPeak = partLeft(limits.peakDrawdownPercent);
  const dayFloor = before.openingEquity * partLeft(limits.dailyDrawdownPercent);
  let { equity, at, peakEquity, peakAt } = before;
  let lowest = equity;
  let floor = Math.max(0, dayFloor, peakEquity * ofPeak);
  return {
    floor: () => floor,
    equity: () => equity,
    read(now, instant) {
      equity = now;
      at = instant;
      if (now < lowest) lowest = now;
      if (now <= peakEquity) return;
      peakEquity = now;
      peakAt = instant;
      floor = Math.max(0, dayFloor, peakEquity * ofPeak);
    },
    state: () => ({
      ...before,
      equity,
      at,
      peakEquity,
      peakAt,
      deepestPercent: Math.max(before.deepestPercent, fallOf(lowest, before.openingEquity)),
    }),
  };
}

/** Per cent: more than a fall is rounded by before it is compared. */
const ROUNDING = 1e-6;

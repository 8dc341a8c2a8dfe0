import { micros, subtractUsd } from './money.ts';
import type { Usd } from './money.ts';

/** The account's value at one moment. */
export interface ValuePoint {
  readonly equity: Usd;
  /** All deposits less withdrawals until then; null where that is not known. */
  readonly flows: Usd | null;
}

/**
 * The equities as they would be had nothing been paid in or out since the first: each one's change is in
 * proportion, as the drawdown ladder has it. Where flows are not known, none are taken out.
 */
export function withoutFlows(points: readonly ValuePoint[]): readonly Usd[] {
  let factor = 1;
  let before: ValuePoint | null = null;
  const curve: Usd[] = [];
  for (const point of points) {
    factor *= before === null ? 1 : correction(before, point);
    curve.push(micros(Math.round(point.equity * factor)));
    before = point;
  }
  return curve;
}

/** What brings equity back to where it would be without what came since. */
function correction(before: ValuePoint, { equity, flows }: ValuePoint): number {
  const paid = flows === null || before.flows === null ? 0 : subtractUsd(flows, before.flows);
  const own = equity - paid;
  // Nothing was there before: what was paid in begins where the curve stands.
  if (own <= 0 || equity <= 0) return equity > 0 ? before.equity / equity : 1;
  return own / equity;
}

/**
 * What a day's result is held against, in per cent: what was there at its opening, and what was paid in since,
 * however late in the day it came.
 */
export const gainPercent = (pnl: Usd, opening: Usd, flows: Usd): number =>
  (pnl / (opening + Math.max(0, flows))) * 100;

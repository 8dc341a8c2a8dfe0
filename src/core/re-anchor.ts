import type { EntryIntent } from './decision.ts';
import { micros, roundToTick, subtractUsd } from './money.ts';
import type { Usd } from './money.ts';
import { signOf } from './order.ts';

/**
 * The intent with its stop and targets at the same distances as planned, but from the price that the broker
 * measures against: it refuses a stop that is not a cent away from its own last trade. The limit stays, so
 * nothing is paid beyond what was decided; where the stop comes to lie farther from it, fewer shares are
 * bought, so that no more is risked. Null when nothing can stand at that price.
 */
export function reAnchored(intent: EntryIntent, basePrice: Usd): EntryIntent | null {
  const { bracket, scaleOut, side } = intent;
  const shift = subtractUsd(basePrice, bracket.limitPrice);
  const isLong = side === 'long';
  const shifted = (price: Usd, rounding: 'down' | 'up' | 'nearest'): Usd =>
    roundToTick(micros(price + shift), rounding);
  const stopPrice = shifted(bracket.stopPrice, isLong ? 'down' : 'up');
  const targetPrice = shifted(bracket.targetPrice, 'nearest');
  const early = scaleOut && { ...scaleOut, targetPrice: shifted(scaleOut.targetPrice, 'nearest') };
  // Legs on the wrong side of the limit are none, nor are those below zero.
  const away = signOf(side);
  const targets = early === null ? [targetPrice] : [targetPrice, early.targetPrice];
  const isSound =
    stopPrice > 0 &&
    away * (bracket.limitPrice - stopPrice) > 0 &&
    targets.every((target) => target > 0 && away * (target - bracket.limitPrice) > 0);
  if (!isSound) return null;
  const moved = { ...intent, bracket: { ...bracket, stopPrice, targetPrice }, scaleOut: early };
  return withinRisk(moved, micros(Math.abs(bracket.limitPrice - stopPrice)));
}

/** With the R that the moved stop makes, and no more shares than the risk budget pays at it; null for none. */
function withinRisk(intent: EntryIntent, riskPerShare: Usd): EntryIntent | null {
  const { size, quantity, scaleOut } = intent;
  const affordable = Math.floor(size.riskBudget / riskPerShare);
  const shares = Math.min(quantity, affordable);
  if (shares < 1) return null;
  const early = scaleOut && Math.floor((scaleOut.quantity * shares) / quantity);
  return {
    ...intent,
    quantity: shares,
    size: { ...size, riskPerShare, sharesByRisk: affordable, shares },
    scaleOut:
      scaleOut === null || early === null || early < 1 ? null : { ...scaleOut, quantity: early },
  };
}

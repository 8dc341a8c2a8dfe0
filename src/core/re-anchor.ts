import type { EntryIntent } from './decision.ts';
import { micros, roundToTick, subtractUsd } from './money.ts';
import type { Usd } from './money.ts';
import { signOf } from './order.ts';

/**
 * The intent with its stop and targets at the same distances as planned, but from the price that the broker
 * measures against: it refuses a stop that is not a cent away from its own last trade. The limit stays, so
 * nothing is paid beyond what was decided. Null when nothing can stand at that price.
 */
export function reAnchored(intent: EntryIntent, basePrice: Usd): EntryIntent | null {
  const { bracket, scaleOut, side } = intent;
  const shift = subtractUsd(basePrice, bracket.limitPrice);
  const isLong = side === 'long';
  const moved = (price: Usd, rounding: 'down' | 'up' | 'nearest'): Usd =>
    roundToTick(micros(price + shift), rounding);
  const stopPrice = moved(bracket.stopPrice, isLong ? 'down' : 'up');
  const targetPrice = moved(bracket.targetPrice, 'nearest');
  const early = scaleOut && { ...scaleOut, targetPrice: moved(scaleOut.targetPrice, 'nearest') };
  // Legs on the wrong side of the limit are none, nor are those below zero.
  const away = signOf(side);
  const targets = early === null ? [targetPrice] : [targetPrice, early.targetPrice];
  const isSound =
    stopPrice > 0 &&
    away * (bracket.limitPrice - stopPrice) > 0 &&
    targets.every((target) => target > 0 && away * (target - bracket.limitPrice) > 0);
  return isSound
    ? { ...intent, bracket: { ...bracket, stopPrice, targetPrice }, scaleOut: early }
    : null;
}

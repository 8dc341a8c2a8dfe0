import { micros, roundToTick, tickOf } from './money.ts';
import type { Usd } from './money.ts';
import { signOf } from './order.ts';
import type { PositionSide } from './order.ts';

/** How far from the price a stop stands whose own place the price has left behind, in basis points. */
const RESCUE_BPS = 50;

/**
 * Where a stop can stand right now: at its recorded price or, when price is there or beyond already, half a
 * per cent from the price, since the broker takes no stop that would act at once.
 */
export function rescueStop(side: PositionSide, recorded: Usd, price: Usd): Usd {
  const away = signOf(side);
  if (away * (price - recorded) > tickOf(price)) return recorded;
  const near = price * (1 - (away * RESCUE_BPS) / 10_000);
  const stop = roundToTick(micros(Math.round(near)), away === 1 ? 'down' : 'up');
  // Half a per cent of little more than a dollar is less than the tick that the broker asks for.
  const nearest = price - away * tickOf(price);
  const placed = micros(away === 1 ? Math.min(stop, nearest) : Math.max(stop, nearest));
  return placed > 0 ? placed : tickOf(placed);
}

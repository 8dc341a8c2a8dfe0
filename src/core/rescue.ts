import { micros, roundToTick, tickOf } from './money.ts';
import type { Usd } from './money.ts';
import { signOf } from './order.ts';
import type { PositionSide } from './order.ts';

/** How far from the price a stop stands whose own place the price has left behind, in basis points. */
const RESCUE_BPS = 50;
/** The broker takes no stop that is nearer to the price than a cent, also below a dollar. */
const NEAREST = micros(10_000);

/**
 * Where a stop can stand right now: at its recorded price or, when price is there or beyond already, half a
 * per cent from the price, and a cent at least: the broker takes no stop that is nearer.
 */
export function rescueStop(side: PositionSide, recorded: Usd, price: Usd): Usd {
  const away = signOf(side);
  if (away * (price - recorded) > NEAREST) return recorded;
  const distance = Math.max(Math.round((price * RESCUE_BPS) / 10_000), NEAREST);
  const stop = roundToTick(micros(price - away * distance), away === 1 ? 'down' : 'up');
  return stop > 0 ? stop : tickOf(stop);
}

import type { Usd } from './money.ts';
import { signOf } from './order.ts';
import type { BrokerOrder, PositionSide } from './order.ts';

/** Whether a stop at `to` is nearer to the price than one at `from`: a stop never loosens. */
export const isTighter = (side: PositionSide, from: Usd, to: Usd): boolean =>
  signOf(side) * (to - from) > 0;

/** Whether a leg may be moved at all: a replacement of a part-filled order takes its whole quantity anew. */
export const isMovable = (stop: BrokerOrder): boolean =>
  stop.filledQuantity === 0 && (stop.status === 'new' || stop.status === 'held');

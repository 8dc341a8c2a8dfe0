import { parseUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { rescueStop } from '#core/rescue.ts';
import type { ProtectiveOrder, Rejection } from '#ports/broker.ts';

import type { AppContext } from './context.ts';
import { placeOrder } from './place-order.ts';
import type { OrderWish, Placed } from './place-order.ts';

/** The wish to protect shares that are held. */
export type ProtectionWish = Pick<OrderWish, 'tradeId' | 'closeId' | 'reason' | 'requestedBy'> & {
  readonly order: Omit<ProtectiveOrder, 'timeInForce'>;
};

export interface Protected {
  readonly placed: Placed;
  /** As it was sent last. */
  readonly order: ProtectiveOrder;
}

/** After a fill the broker's book of positions lags; an exit order is no exit for it until it has caught up. */
const TRIES = 6;
const FIRST_PAUSE_MS = 100;

/**
 * Sends a protective order. Three of the broker's objections have an answer: hard-to-borrow shares take orders
 * for the day only; a position that its book does not show yet, or whose shares dying orders still hold, will be
 * there in a moment; and where price has moved on, the stop stands where the broker's own price leaves it room.
 * To any other, as where price is beyond the target, the answer is a stop alone: without a target the shares are
 * better off than without both.
 */
export async function placeProtection(
  context: AppContext,
  { order, ...wish }: ProtectionWish,
): Promise<Protected> {
  let sent: ProtectiveOrder = { ...order, timeInForce: 'gtc' };
  for (let tried = 1; ; tried += 1) {
    const request = { kind: 'protection', order: sent } as const;
    const placed = await placeOrder(context, { ...wish, symbol: order.symbol, request });
    if (placed.kind !== 'rejected' || tried >= TRIES) return { placed, order: sent };
    if (placed.code === 'hard-to-borrow' && sent.timeInForce === 'gtc') {
      sent = { ...sent, timeInForce: 'day' };
    } else if (placed.code === 'not-an-exit' || placed.code === 'insufficient-quantity') {
      await context.pause(FIRST_PAUSE_MS * 2 ** (tried - 1));
    } else {
      const next = answerTo(placed, sent);
      if (next === null) return { placed, order: sent };
      sent = next;
    }
  }
}

/** The order that the broker may take instead; null where there is none. */
function answerTo(rejection: Rejection, sent: ProtectiveOrder): ProtectiveOrder | null {
  const stopPrice = roomFor(sent, rejection);
  if (stopPrice !== sent.stopPrice) return { ...sent, stopPrice };
  // What was never sent would not be sent the next time either.
  if (sent.targetPrice === null || rejection.code === 'rate-limited') return null;
  return { ...sent, targetPrice: null };
}

/** Where the stop can stand by the price that the broker measures against; where it is, when that is not the matter. */
function roomFor({ side, stopPrice }: ProtectiveOrder, { code, details }: Rejection): Usd {
  const base = details['base_price'];
  if (code !== 'base-price' || base === undefined) return stopPrice;
  return rescueStop(side === 'sell' ? 'long' : 'short', stopPrice, parseUsd(base));
}

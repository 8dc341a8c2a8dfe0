import { purposeOf } from '#core/ids.ts';
import { placeAll } from '#core/order-tree.ts';
import { isLive } from '#core/order.ts';
import type { BrokerOrder } from '#core/order.ts';
import { isStop } from '#core/protection.ts';
import { isTighter } from '#core/stop-move.ts';
import type { Trade } from '#core/trade.ts';

import type { AppContext } from '../context.ts';

/**
 * Tells of each stop of a trade that somebody at the broker has moved away from the price, once. It stays where it
 * is: a working bracket is never touched, and the trailing stop brings it nearer when that is due.
 */
export async function tellLoosened(
  context: AppContext,
  { id, intent: { symbol, side }, stopPrice: from }: Trade,
  orders: readonly BrokerOrder[],
): Promise<void> {
  const { ledger, clock } = context;
  for (const { order } of placeAll(orders).values()) {
    const to = order.stopPrice;
    if (!isMovedByHand(order) || to === null || !isTighter(side, to, from)) continue;
    const key = `loosened:${order.id}`;
    if (await ledger.outbox.has(key)) continue;
    const at = clock.now();
    await ledger.transaction((tx) =>
      tx.enqueueCard(key, { kind: 'stop-moved', tradeId: id, symbol, side, from, to, at }),
    );
    await context.wakeOutbox();
  }
}

/** A live stop in the place of another, under an id that the bot has not made. */
const isMovedByHand = (order: BrokerOrder): boolean =>
  isStop(order) &&
  isLive(order.status) &&
  order.replaces !== null &&
  purposeOf(order.clientOrderId) === null;

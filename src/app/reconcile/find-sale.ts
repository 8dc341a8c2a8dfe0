import { purposeOf } from '#core/ids.ts';
import { withLegs } from '#core/order-tree.ts';
import { exitSideOf } from '#core/order.ts';
import type { BrokerOrder } from '#core/order.ts';
import { heldShares } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';
import type { ForeignItem } from '#ports/ledger.ts';

import type { AppContext } from '../context.ts';
import { orderHorizon } from '../order-horizon.ts';

/** Shares of a trade that somebody has sold past the bot, or bought back, and the orders that did it. */
export interface Sale {
  readonly trade: Trade;
  readonly orders: readonly BrokerOrder[];
}

/**
 * The orders by which shares of a trade have left past the bot; null unless those that the ledger lacks account
 * for exactly the shares that the broker shows fewer of, and the trade has as many. Throws BrokerError.
 */
export async function findSale(
  context: AppContext,
  { symbol, side, quantity }: ForeignItem,
): Promise<Sale | null> {
  const { ledger, broker } = context;
  const trade = (await ledger.unfinishedTrades()).find(
    ({ status, intent }) => status === 'open' && intent.symbol === symbol,
  );
  // What is missing of a long position is listed as short.
  if (trade === undefined || trade.openedAt === null || trade.intent.side === side) return null;
  const { openedAt, intent } = trade;
  // Whoever sold more than there were is short now: that is no exit.
  if (quantity > heldShares(trade)) return null;
  const listed = await broker.urgent.ordersSince(orderHorizon(context), [symbol]);
  const filled = withLegs(listed).filter(
    (order) =>
      order.side === exitSideOf(intent.side) &&
      order.filledQuantity > 0 &&
      order.updatedAt >= openedAt &&
      purposeOf(order.clientOrderId) === null,
  );
  const known = await ledger.knownOrders(filled.map(({ id }) => id));
  const orders = filled.filter(({ id }) => !known.has(id));
  const sold = orders.reduce((sum, { filledQuantity }) => sum + filledQuantity, 0);
  return sold === quantity ? { trade, orders } : null;
}

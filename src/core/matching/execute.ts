import { ZERO_USD, addUsd, timesShares } from '../money.ts';
import type { Usd } from '../money.ts';
import { saleFee } from './fees.ts';
import { followFill } from './follow-fill.ts';
import type { SimulatedOrder } from './order.ts';
import type { Turn, Venue } from './venue.ts';

/** Fills shares of an order at a price, moves the money, and lets the order's group follow. */
export function execute(
  venue: Venue,
  turn: Turn,
  order: SimulatedOrder,
  { price, quantity }: { readonly price: Usd; readonly quantity: number },
): SimulatedOrder {
  const { at, events } = turn;
  const cumulativeQuantity = order.filledQuantity + quantity;
  const isComplete = cumulativeQuantity === order.quantity;
  const realizedPnl = venue.portfolio.trade({
    symbol: order.symbol,
    quantity: order.side === 'buy' ? quantity : -quantity,
    price,
    at,
  });
  if (order.side === 'sell') {
    venue.accruedFees = addUsd(venue.accruedFees, saleFee(venue.rules.fees, price, quantity));
  }
  const updated = venue.book.update(order, {
    status: isComplete ? 'filled' : 'partially_filled',
    filledQuantity: cumulativeQuantity,
    filledValue: addUsd(order.filledValue, timesShares(price, quantity)),
    filledAt: isComplete ? at : null,
    updatedAt: at,
    ...(isComplete ? { reservePrice: ZERO_USD } : {}),
  });
  const { id: orderId, symbol, side, intent } = order;
  events.push({
    type: isComplete ? 'fill' : 'partial_fill',
    order: updated,
    fill: {
      id: venue.nextId(),
      orderId,
      symbol,
      side,
      intent,
      quantity,
      price,
      at,
      cumulativeQuantity,
      leavesQuantity: order.quantity - cumulativeQuantity,
      positionQuantity: venue.portfolio.holding(symbol)?.quantity ?? 0,
      realizedPnl,
    },
    at,
  });
  followFill(venue, turn, updated);
  return updated;
}

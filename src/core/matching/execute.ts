import { ZERO_USD, addUsd, timesShares } from '../money.ts';
import type { Usd } from '../money.ts';
import type { EpochMs } from '../session.ts';
import { executionFee } from './fees.ts';
import { followFill } from './follow-fill.ts';
import { leavesOf } from './order.ts';
import type { SimulatedOrder } from './order.ts';
import { notify } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

export interface Trade {
  readonly price: Usd;
  readonly quantity: number;
}

/** Fills shares of an order at a price, moves the money, and lets the order's group follow. */
export function execute(
  venue: Venue,
  turn: Turn,
  order: SimulatedOrder,
  { price, quantity }: Trade,
): SimulatedOrder {
  const { at, events } = turn;
  const realizedPnl = venue.portfolio.trade({
    symbol: order.symbol,
    quantity: order.side === 'buy' ? quantity : -quantity,
    price,
    at,
  });
  const fee = executionFee(venue.rules.fees, { side: order.side, price, quantity });
  venue.accruedFees = addUsd(venue.accruedFees, fee);
  const updated = bookFill(venue, at, order, { price, quantity });
  const { id: orderId, symbol, side, intent, filledQuantity: cumulativeQuantity } = updated;
  const isComplete = updated.status === 'filled';
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
      leavesQuantity: leavesOf(updated),
      positionQuantity: venue.portfolio.holding(symbol)?.quantity ?? 0,
      realizedPnl,
    },
    at,
  });
  if (isComplete && order.status === 'pending_cancel') {
    notify(turn, updated, 'order_cancel_rejected');
  }
  const doubled = followFill(venue, turn, updated);
  if (doubled !== null) execute(venue, turn, ...doubled);
  return updated;
}

function bookFill(
  { book }: Venue,
  at: EpochMs,
  order: SimulatedOrder,
  { price, quantity }: Trade,
): SimulatedOrder {
  const filledQuantity = order.filledQuantity + quantity;
  const filledValue = addUsd(order.filledValue, timesShares(price, quantity));
  if (filledQuantity === order.quantity) {
    return book.put({
      ...order,
      filledQuantity,
      filledValue,
      updatedAt: at,
      status: 'filled',
      statusBefore: null,
      filledAt: at,
      reservePrice: ZERO_USD,
    });
  }
  // What is pending about an order stays pending while it fills, until there is nothing left of it.
  const isPending = order.statusBefore !== null;
  return book.put({
    ...order,
    filledQuantity,
    filledValue,
    updatedAt: at,
    status: isPending ? order.status : 'partially_filled',
    statusBefore: isPending ? 'partially_filled' : null,
  });
}

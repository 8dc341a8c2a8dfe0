import { ZERO_USD, addUsd, timesShares } from '../money.ts';
import type { Usd } from '../money.ts';
import type { EpochMs } from '../session.ts';
import { executionFee } from './fees.ts';
import { followFill } from './follow-fill.ts';
import { leavesOf } from './order.ts';
import type { BookOrder } from './order.ts';
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
  order: BookOrder,
  { price, quantity }: Trade,
): void {
  const { at, events } = turn;
  const realizedPnl = venue.portfolio.trade({
    symbol: order.symbol,
    quantity: order.side === 'buy' ? quantity : -quantity,
    price,
    at,
  });
  const fee = executionFee(venue.rules.fees, { side: order.side, price, quantity });
  venue.accruedFees = addUsd(venue.accruedFees, fee);
  const isCanceling = order.status === 'pending_cancel';
  bookFill(venue, at, order, { price, quantity });
  const isComplete = order.status === 'filled';
  events.push({
    type: isComplete ? 'fill' : 'partial_fill',
    order: venue.book.view(order),
    fill: {
      id: venue.nextId(),
      orderId: order.id,
      symbol: order.symbol,
      side: order.side,
      intent: order.intent,
      quantity,
      price,
      at,
      cumulativeQuantity: order.filledQuantity,
      leavesQuantity: leavesOf(order),
      positionQuantity: venue.portfolio.holding(order.symbol)?.quantity ?? 0,
      realizedPnl,
    },
    at,
  });
  if (isComplete && isCanceling) notify(venue, turn, order, 'order_cancel_rejected');
  const doubled = followFill(venue, turn, order);
  if (doubled !== null) execute(venue, turn, ...doubled);
}

function bookFill(
  { book }: Venue,
  at: EpochMs,
  order: BookOrder,
  { price, quantity }: Trade,
): void {
  order.filledQuantity += quantity;
  order.filledValue = addUsd(order.filledValue, timesShares(price, quantity));
  order.updatedAt = at;
  if (order.filledQuantity === order.quantity) {
    order.status = 'filled';
    order.statusBefore = null;
    order.filledAt = at;
    order.reservePrice = ZERO_USD;
  } else if (order.statusBefore === null) order.status = 'partially_filled';
  // What is pending about an order stays pending while it fills, until there is nothing left of it.
  else order.statusBefore = 'partially_filled';
  book.changed(order);
}

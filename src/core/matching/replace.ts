import { brokerOrderId, clientOrderId } from '../ids.ts';
import { ZERO_USD, subtractUsd, timesShares } from '../money.ts';
import { isTerminal } from '../order.ts';
import { checkStop, checkTarget } from './base-price.ts';
import { checkAffordable, checkAvailable } from './check-account.ts';
import { checkNoForeignPrice, checkTicks } from './check-shape.ts';
import { liveMembers, pendingEntryOf, siblingOf } from './group.ts';
import { reserveOf, reservePriceOf } from './margin.ts';
import { isExit } from './order.ts';
import type { ReplaceRequest, SimulatedOrder } from './order.ts';
import { refused } from './refusal.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import type { Accepted } from './submit.ts';
import { announce } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

/**
 * Puts another order in an order's place: a new id, the wanted changes, and the old order's role in its
 * group. A replacement has its whole quantity before it, also where the old order was filled in part.
 */
export function replace(
  venue: Venue,
  turn: Turn,
  order: SimulatedOrder,
  change: ReplaceRequest,
): Accepted | Refusal {
  const wanted: SimulatedOrder = {
    ...order,
    quantity: change.quantity ?? order.quantity,
    limitPrice: change.limitPrice ?? order.limitPrice,
    stopPrice: change.stopPrice ?? order.stopPrice,
    timeInForce: change.timeInForce ?? order.timeInForce,
  };
  const reason =
    checkStatus(order) ??
    checkChange(order, change, wanted) ??
    checkClientId(venue, change) ??
    checkLegPrices(venue, wanted) ??
    checkCover(venue, order, wanted);
  return reason === null ? put(venue, turn, { order, wanted, change }) : refused(reason);
}

function checkStatus(order: SimulatedOrder): RefusalReason | null {
  const { status, orderClass } = order;
  if (status === 'replaced') return { code: 'already-replaced' };
  if (isTerminal(status)) return { code: 'already-final', status };
  const isReplaceable =
    status === 'new' ||
    status === 'held' ||
    // The rest of a group would have to follow the part that is filled.
    (status === 'partially_filled' && orderClass === 'simple');
  return isReplaceable ? null : { code: 'not-replaceable', status };
}

function checkChange(
  order: SimulatedOrder,
  change: ReplaceRequest,
  wanted: SimulatedOrder,
): RefusalReason | null {
  const { timeInForce, limitPrice, stopPrice } = change;
  const { orderClass, type } = order;
  if (timeInForce !== null && timeInForce !== 'day' && timeInForce !== 'gtc') {
    return { code: 'time-in-force', orderClass };
  }
  return (
    checkQuantity(order, change) ??
    checkNoForeignPrice({ type, limitPrice, stopPrice }) ??
    checkTicks([
      ['limit_price', limitPrice],
      ['stop_price', stopPrice],
    ]) ??
    (isUnchanged(order, wanted) ? { code: 'nothing-changed' } : null)
  );
}

function checkQuantity(
  { orderClass, symbol, filledQuantity: filled }: SimulatedOrder,
  { quantity }: ReplaceRequest,
): RefusalReason | null {
  if (quantity === null) return null;
  if (orderClass !== 'simple') return { code: 'quantity-fixed' };
  if (!(quantity > 0)) return { code: 'not-positive-quantity' };
  if (!Number.isInteger(quantity)) return { code: 'fractional', orderClass, symbol };
  return quantity <= filled ? { code: 'quantity-below-filled', filled } : null;
}

const isUnchanged = (order: SimulatedOrder, wanted: SimulatedOrder): boolean =>
  wanted.quantity === order.quantity &&
  wanted.limitPrice === order.limitPrice &&
  wanted.stopPrice === order.stopPrice &&
  wanted.timeInForce === order.timeInForce;

function checkClientId(venue: Venue, { clientOrderId: id }: ReplaceRequest): RefusalReason | null {
  const isTaken = id !== null && venue.book.byClientId(id) !== undefined;
  return isTaken ? { code: 'duplicate-client-order-id' } : null;
}

/** The members of a group keep their distance from each other, whichever of them moves. */
function checkLegPrices(venue: Venue, wanted: SimulatedOrder): RefusalReason | null {
  const { role, side } = wanted;
  if (role === 'single') return null;
  if (role === 'entry') return checkMovedEntry(venue, wanted);
  const mark = venue.portfolio.mark(wanted.symbol);
  const entry = pendingEntryOf(venue, wanted);
  const sibling = siblingOf(venue, wanted);
  if (role === 'stop-loss' && wanted.stopPrice !== null) {
    return checkStop(side, wanted.stopPrice, [sibling?.limitPrice, entry?.limitPrice, mark]);
  }
  if (wanted.limitPrice === null) return null;
  return checkTarget(side, wanted.limitPrice, [sibling?.stopPrice, entry?.limitPrice]);
}

function checkMovedEntry(venue: Venue, wanted: SimulatedOrder): RefusalReason | null {
  const exitSide = wanted.side === 'buy' ? 'sell' : 'buy';
  for (const leg of liveMembers(venue, wanted)) {
    const { role, stopPrice, limitPrice } = leg;
    const reason =
      role === 'stop-loss' && stopPrice !== null
        ? checkStop(exitSide, stopPrice, [wanted.limitPrice])
        : role === 'take-profit' && limitPrice !== null
          ? checkTarget(exitSide, limitPrice, [wanted.limitPrice])
          : null;
    if (reason !== null) return reason;
  }
  return null;
}

/** The replacement needs shares or money beyond what the old order gives back. */
function checkCover(
  venue: Venue,
  order: SimulatedOrder,
  wanted: SimulatedOrder,
): RefusalReason | null {
  const { symbol, quantity: requested } = wanted;
  if (isExit(order)) {
    // The quantity of a leg is settled, and its shares are held together with its sibling's.
    return order.role === 'single'
      ? checkAvailable(venue, symbol, { requested, except: order })
      : null;
  }
  const cost = timesShares(reservePriceOf(wanted, venue.portfolio.mark(symbol)), requested);
  const more = subtractUsd(cost, reserveOf(order));
  return more > 0 ? checkAffordable(venue, more) : null;
}

interface Replacement {
  readonly order: SimulatedOrder;
  readonly wanted: SimulatedOrder;
  readonly change: ReplaceRequest;
}

function put(venue: Venue, turn: Turn, { order, wanted, change }: Replacement): Accepted {
  const { at } = turn;
  const { book } = venue;
  const isHeld = order.status === 'held';
  const replacement: SimulatedOrder = {
    ...wanted,
    id: brokerOrderId(venue.nextId()),
    clientOrderId: change.clientOrderId ?? clientOrderId(venue.nextId()),
    sequence: book.nextSequence(),
    status: isHeld ? 'held' : venue.isOpen ? 'pending_new' : 'accepted',
    filledQuantity: 0,
    filledValue: ZERO_USD,
    reservePrice: isExit(order)
      ? ZERO_USD
      : reservePriceOf(wanted, venue.portfolio.mark(order.symbol)),
    createdAt: at,
    updatedAt: at,
    expiresAt: venue.expiresAt(wanted.timeInForce, at),
    replaces: order.id,
  };
  const legs = order.legIds.flatMap((id) => book.byId(id) ?? []);
  // The legs go over to the replacement.
  const old = book.update(order, { replacedBy: replacement.id, legIds: [] });
  announce(venue, turn, old, 'replaced');
  book.add(replacement);
  for (const leg of legs) book.update(leg, { parentId: replacement.id });
  const parent = order.parentId === null ? undefined : book.byId(order.parentId);
  if (parent) book.update(parent, { legIds: [...parent.legIds, replacement.id] });
  announce(venue, turn, replacement, isHeld ? 'held' : venue.isOpen ? 'new' : 'accepted');
  return { kind: 'accepted', order: replacement, legs, events: turn.events };
}

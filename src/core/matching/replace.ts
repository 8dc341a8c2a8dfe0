import type { BrokerOrderId } from '../ids.ts';
import { ZERO_USD, subtractUsd, timesShares } from '../money.ts';
import { isTerminal } from '../order.ts';
import { checkStop, checkTarget } from './base-price.ts';
import { checkAffordable, checkAvailable, checkListing } from './check-account.ts';
import { checkNoForeignPrice, checkTick } from './check-shape.ts';
import { liveMembers, pendingEntryOf, siblingOf } from './group.ts';
import { reserveOf, reservePriceOf } from './margin.ts';
import { isExit, workingStatusOf } from './order.ts';
import type { BookOrder, ReplaceRequest } from './order.ts';
import { refused } from './refusal.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import { acceptedOf } from './submit.ts';
import type { Accepted } from './submit.ts';
import { beginAnew, leaveLegs, takeOver } from './succession.ts';
import { announce, notify } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

interface Replacement {
  readonly order: BookOrder;
  /** What is to come in its place; not in the book yet. */
  readonly next: BookOrder;
  readonly change: ReplaceRequest;
}

/**
 * Puts another order in an order's place: a new id, the wanted changes, and the old order's role in its
 * group. A replacement has its whole quantity before it, also where the old order was filled in part.
 */
export function replace(
  venue: Venue,
  turn: Turn,
  order: BookOrder,
  change: ReplaceRequest,
): Accepted | Refusal {
  const next = changedOrder(order, change);
  const reason = checkReplacement(venue, { order, next, change });
  return reason === null ? put(venue, turn, { order, next, change }) : refused(reason);
}

/**
 * Takes a replacement in without enacting it: the old order works on as `pending_replace` until
 * `completeReplace` decides.
 */
export function requestReplace(
  venue: Venue,
  turn: Turn,
  order: BookOrder,
  change: ReplaceRequest,
): Accepted | Refusal {
  const next = changedOrder(order, change);
  const reason = checkReplacement(venue, { order, next, change });
  if (reason !== null) return refused(reason);
  prepare(venue, turn, { order, next, change });
  leaveLegs(next);
  order.replacedBy = next.id;
  announce(venue, turn, order, 'pending_replace');
  venue.book.add(next);
  return acceptedOf(venue, turn, next, order.legs);
}

/**
 * Enacts a replacement that is pending, by its own id, or rejects it where the order before it has ended
 * or has changed too much meanwhile; then the old order stays as it is.
 */
export function completeReplace(venue: Venue, turn: Turn, id: BrokerOrderId): void {
  const next = venue.book.byId(id);
  const old = next?.predecessor ?? null;
  if (next === undefined || old === null) return;
  if (isTerminal(next.status)) {
    // Somebody has canceled it before it came: the old order works on.
    next.predecessor = null;
    if (old.status === 'pending_replace') stay(venue, turn, old);
    return;
  }
  if (isTerminal(old.status) || !fits(venue, old, next)) {
    announce(venue, turn, next, 'rejected');
    next.predecessor = null;
    stay(venue, turn, old);
    return;
  }
  const isLeg = old.role === 'take-profit' || old.role === 'stop-loss';
  if (isLeg) {
    next.quantity = old.quantity;
    next.isStuck = old.isStuck;
  }
  takeOver(venue, turn, { old, next }, startOf(venue, old));
}

/** The order is not replaced after all. */
function stay(venue: Venue, turn: Turn, order: BookOrder): void {
  order.status = workingStatusOf(order);
  order.statusBefore = null;
  order.replacedBy = null;
  venue.book.changed(order);
  notify(venue, turn, order, 'order_replace_rejected');
}

/** Whether a pending replacement can still take the place of the old order. */
function fits(venue: Venue, old: BookOrder, next: BookOrder): boolean {
  if (old.orderClass !== 'simple' && old.filledQuantity > 0) return false;
  return !isExit(old) || checkCover(venue, old, next) === null;
}

function changedOrder(order: BookOrder, change: ReplaceRequest): BookOrder {
  const next = { ...order };
  if (change.quantity !== null) next.quantity = change.quantity;
  if (change.limitPrice !== null) next.limitPrice = change.limitPrice;
  if (change.stopPrice !== null) next.stopPrice = change.stopPrice;
  if (change.timeInForce !== null) next.timeInForce = change.timeInForce;
  return next;
}

const checkReplacement = (
  venue: Venue,
  { order, next, change }: Replacement,
): RefusalReason | null =>
  checkStatus(order) ??
  checkChange(order, change, next) ??
  checkListing(venue, next) ??
  checkClientId(venue, change) ??
  checkLegPrices(venue, next) ??
  checkCover(venue, order, next);

function checkStatus(order: BookOrder): RefusalReason | null {
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
  order: BookOrder,
  change: ReplaceRequest,
  wanted: BookOrder,
): RefusalReason | null {
  const { timeInForce, limitPrice, stopPrice } = change;
  const { orderClass, type } = order;
  if (timeInForce !== null && timeInForce !== 'day' && timeInForce !== 'gtc') {
    return { code: 'time-in-force', orderClass };
  }
  return (
    checkQuantity(order, change) ??
    checkNoForeignPrice({ type, limitPrice, stopPrice }) ??
    checkTick('limit_price', limitPrice) ??
    checkTick('stop_price', stopPrice) ??
    (isUnchanged(order, wanted) ? { code: 'nothing-changed' } : null)
  );
}

function checkQuantity(
  { orderClass, symbol, filledQuantity: filled }: BookOrder,
  { quantity }: ReplaceRequest,
): RefusalReason | null {
  if (quantity === null) return null;
  if (orderClass !== 'simple') return { code: 'quantity-fixed' };
  if (!(quantity > 0)) return { code: 'not-positive-quantity' };
  if (!Number.isInteger(quantity)) return { code: 'fractional', orderClass, symbol };
  return quantity <= filled ? { code: 'quantity-below-filled', filled } : null;
}

const isUnchanged = (order: BookOrder, wanted: BookOrder): boolean =>
  wanted.quantity === order.quantity &&
  wanted.limitPrice === order.limitPrice &&
  wanted.stopPrice === order.stopPrice &&
  wanted.timeInForce === order.timeInForce;

function checkClientId(venue: Venue, { clientOrderId: id }: ReplaceRequest): RefusalReason | null {
  const isTaken = id !== null && venue.book.byClientId(id) !== undefined;
  return isTaken ? { code: 'duplicate-client-order-id' } : null;
}

/** The members of a group keep their distance from each other, whichever of them moves. */
function checkLegPrices(venue: Venue, wanted: BookOrder): RefusalReason | null {
  const { role, side } = wanted;
  if (role === 'single') return null;
  if (role === 'entry') return checkMovedEntry(wanted);
  const mark = venue.portfolio.mark(wanted.symbol);
  const entry = pendingEntryOf(wanted);
  const sibling = siblingOf(wanted);
  if (role === 'stop-loss' && wanted.stopPrice !== null) {
    return checkStop(side, wanted.stopPrice, sibling?.limitPrice, entry?.limitPrice, mark);
  }
  if (wanted.limitPrice === null) return null;
  return checkTarget(side, wanted.limitPrice, sibling?.stopPrice, entry?.limitPrice);
}

function checkMovedEntry(wanted: BookOrder): RefusalReason | null {
  const exitSide = wanted.side === 'buy' ? 'sell' : 'buy';
  for (const leg of liveMembers(wanted)) {
    const { role, stopPrice, limitPrice } = leg;
    const reason =
      role === 'stop-loss' && stopPrice !== null
        ? checkStop(exitSide, stopPrice, wanted.limitPrice)
        : role === 'take-profit' && limitPrice !== null
          ? checkTarget(exitSide, limitPrice, wanted.limitPrice)
          : null;
    if (reason !== null) return reason;
  }
  return null;
}

/** The replacement needs shares or money beyond what the old order gives back. */
function checkCover(venue: Venue, order: BookOrder, wanted: BookOrder): RefusalReason | null {
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

/** What a replacement begins as, once it is in force. */
const startOf = ({ isOpen }: Venue, old: BookOrder): 'new' | 'held' | 'accepted' =>
  workingStatusOf(old) === 'held' ? 'held' : isOpen ? 'new' : 'accepted';

/** Makes the changed order a new one. */
function prepare(venue: Venue, turn: Turn, { order, next, change }: Replacement): void {
  next.reservePrice = isExit(order)
    ? ZERO_USD
    : reservePriceOf(next, venue.portfolio.mark(order.symbol));
  next.expiresAt = venue.expiresAt(next.timeInForce, turn.at);
  beginAnew(venue, turn, { old: order, next }, change.clientOrderId);
}

function put(venue: Venue, turn: Turn, replacement: Replacement): Accepted {
  const { order, next } = replacement;
  const start = startOf(venue, order);
  prepare(venue, turn, replacement);
  if (start !== 'new') next.status = start;
  const accepted = acceptedOf(venue, turn, next, order.legs);
  venue.book.add(next);
  takeOver(venue, turn, { old: order, next }, start);
  return accepted;
}

import type { BrokerOrderId } from '../ids.ts';
import { ZERO_USD, subtractUsd, timesShares } from '../money.ts';
import { isTerminal } from '../order.ts';
import { checkStop, checkTarget } from './base-price.ts';
import { checkAffordable, checkAvailable, checkListing } from './check-account.ts';
import { checkNoForeignPrice, checkTicks } from './check-shape.ts';
import { liveMembers, pendingEntryOf, siblingOf } from './group.ts';
import { reserveOf, reservePriceOf } from './margin.ts';
import { isExit, workingStatusOf } from './order.ts';
import type { ReplaceRequest, SimulatedOrder } from './order.ts';
import { refused } from './refusal.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import type { Accepted } from './submit.ts';
import { successorOf, takeOver } from './succession.ts';
import { announce, notify } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

interface Replacement {
  readonly order: SimulatedOrder;
  readonly wanted: SimulatedOrder;
  readonly change: ReplaceRequest;
}

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
  const wanted = wantedOrder(order, change);
  const reason = checkReplacement(venue, { order, wanted, change });
  return reason === null ? put(venue, turn, { order, wanted, change }) : refused(reason);
}

/**
 * Takes a replacement in without enacting it: the old order works on as `pending_replace` until
 * `completeReplace` decides.
 */
export function requestReplace(
  venue: Venue,
  turn: Turn,
  order: SimulatedOrder,
  change: ReplaceRequest,
): Accepted | Refusal {
  const wanted = wantedOrder(order, change);
  const reason = checkReplacement(venue, { order, wanted, change });
  if (reason !== null) return refused(reason);
  const next: SimulatedOrder = {
    ...replacementOf(venue, turn, { order, wanted, change }),
    legIds: [],
  };
  announce(venue, turn, venue.book.put({ ...order, replacedBy: next.id }), 'pending_replace');
  venue.book.add(next);
  return { kind: 'accepted', order: next, legs: legsOf(venue, order), events: turn.events };
}

/**
 * Enacts a replacement that is pending, by its own id, or rejects it where the order before it has ended
 * or has changed too much meanwhile; then the old order stays as it is.
 */
export function completeReplace(venue: Venue, turn: Turn, id: BrokerOrderId): void {
  const { book } = venue;
  const next = book.byId(id);
  const old = next?.replaces ? book.byId(next.replaces) : undefined;
  // Only a replacement that is pending stays like this.
  if (next?.status !== 'pending_new' || old === undefined) return;
  if (isTerminal(old.status) || !fits(venue, old, next)) {
    announce(venue, turn, next, 'rejected');
    const status = workingStatusOf(old);
    const kept = book.put({ ...old, status, statusBefore: null, replacedBy: null });
    notify(turn, kept, 'order_replace_rejected');
    return;
  }
  const isLeg = old.role === 'take-profit' || old.role === 'stop-loss';
  const settled = isLeg ? { ...next, quantity: old.quantity, isStuck: old.isStuck } : next;
  takeOver(venue, turn, { old, next: settled }, startOf(venue, old));
}

/** Whether a pending replacement can still take the place of the old order. */
function fits(venue: Venue, old: SimulatedOrder, next: SimulatedOrder): boolean {
  if (old.orderClass !== 'simple' && old.filledQuantity > 0) return false;
  return !isExit(old) || checkCover(venue, old, next) === null;
}

const wantedOrder = (order: SimulatedOrder, change: ReplaceRequest): SimulatedOrder => ({
  ...order,
  quantity: change.quantity ?? order.quantity,
  limitPrice: change.limitPrice ?? order.limitPrice,
  stopPrice: change.stopPrice ?? order.stopPrice,
  timeInForce: change.timeInForce ?? order.timeInForce,
});

const checkReplacement = (
  venue: Venue,
  { order, wanted, change }: Replacement,
): RefusalReason | null =>
  checkStatus(order) ??
  checkChange(order, change, wanted) ??
  checkListing(venue, wanted) ??
  checkClientId(venue, change) ??
  checkLegPrices(venue, wanted) ??
  checkCover(venue, order, wanted);

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

const legsOf = ({ book }: Venue, { legIds }: SimulatedOrder): readonly SimulatedOrder[] =>
  legIds.flatMap((id) => book.byId(id) ?? []);

/** What a replacement begins as, once it is in force. */
const startOf = ({ isOpen }: Venue, old: SimulatedOrder): 'new' | 'held' | 'accepted' =>
  workingStatusOf(old) === 'held' ? 'held' : isOpen ? 'new' : 'accepted';

function replacementOf(venue: Venue, turn: Turn, { order, wanted, change }: Replacement) {
  return {
    ...successorOf(venue, turn, wanted, change.clientOrderId),
    reservePrice: isExit(order)
      ? ZERO_USD
      : reservePriceOf(wanted, venue.portfolio.mark(order.symbol)),
    expiresAt: venue.expiresAt(wanted.timeInForce, turn.at),
  };
}

function put(venue: Venue, turn: Turn, replacement: Replacement): Accepted {
  const { order } = replacement;
  const start = startOf(venue, order);
  const next: SimulatedOrder = {
    ...replacementOf(venue, turn, replacement),
    status: start === 'new' ? 'pending_new' : start,
  };
  const legs = legsOf(venue, order);
  venue.book.add(next);
  takeOver(venue, turn, { old: order, next }, start);
  return { kind: 'accepted', order: next, legs, events: turn.events };
}

/** One order in the place of another: a new id, and the old one's role in its group. */
import { brokerOrderId, clientOrderId } from '../ids.ts';
import type { ClientOrderId } from '../ids.ts';
import { ZERO_USD } from '../money.ts';
import { isLive } from '../order.ts';
import { NO_LEG_IDS, NO_LEGS } from './order.ts';
import type { BookOrder } from './order.ts';
import { announce } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

interface Succession {
  readonly old: BookOrder;
  readonly next: BookOrder;
}

/** Makes a copy of an order the one that is to follow it: filled in nothing and not in the book yet. */
export function beginAnew(
  venue: Venue,
  { at }: Turn,
  { old, next: order }: Succession,
  chosenId: ClientOrderId | null = null,
): void {
  order.predecessor = old;
  order.replaces = old.id;
  order.replacedBy = null;
  order.id = brokerOrderId(venue.nextId());
  order.clientOrderId = chosenId ?? clientOrderId(venue.nextId());
  order.sequence = venue.book.nextSequence();
  order.status = 'pending_new';
  order.statusBefore = null;
  order.filledQuantity = 0;
  order.filledValue = ZERO_USD;
  order.createdAt = at;
  order.updatedAt = at;
  order.seen = null;
}

/** Ends the old order as replaced and puts the new one, which is in the book, to its place and to work. */
export function takeOver(
  venue: Venue,
  turn: Turn,
  { old, next }: Succession,
  status: 'new' | 'held' | 'accepted',
): void {
  const { book } = venue;
  const { legs, legIds, parent } = old;
  old.replacedBy = next.id;
  leaveLegs(old);
  announce(venue, turn, old, 'replaced');
  for (const leg of legs) {
    leg.parent = next;
    leg.parentId = next.id;
    book.changed(leg);
  }
  if (parent !== null) {
    parent.legs = [...parent.legs, next];
    parent.legIds = [...parent.legIds, next.id];
    book.changed(parent);
  }
  // While this one was pending, another may have come in the place of the parent that it was copied with.
  next.parent = parent;
  next.parentId = old.parentId;
  next.legs = legs;
  next.legIds = legIds;
  next.predecessor = null;
  announce(venue, turn, next, status);
}

/** An order that has no legs of its own, or not yet. */
export function leaveLegs(order: BookOrder): void {
  order.legs = NO_LEGS;
  order.legIds = NO_LEG_IDS;
}

/** Puts the same order under another id to work. */
export function succeed(venue: Venue, turn: Turn, old: BookOrder, status: 'new'): BookOrder {
  const next = { ...old, quantity: old.quantity - old.filledQuantity };
  beginAnew(venue, turn, { old, next });
  venue.book.add(next);
  takeOver(venue, turn, { old, next }, status);
  return next;
}

/** The live order that this one is to replace; null once it has. */
export const livePredecessorOf = ({ predecessor }: BookOrder): BookOrder | null =>
  predecessor !== null && isLive(predecessor.status) ? predecessor : null;

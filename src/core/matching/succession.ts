/** One order in the place of another: a new id, and the old one's role in its group. */
import { brokerOrderId, clientOrderId } from '../ids.ts';
import type { BrokerOrderId, ClientOrderId } from '../ids.ts';
import { ZERO_USD } from '../money.ts';
import { isLive } from '../order.ts';
import type { SimulatedOrder } from './order.ts';
import { announce } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

/** The order that is to follow, filled in nothing and not in the book yet. */
export function successorOf(
  venue: Venue,
  { at }: Turn,
  order: SimulatedOrder,
  chosenId: ClientOrderId | null = null,
): SimulatedOrder {
  return {
    ...order,
    id: brokerOrderId(venue.nextId()),
    clientOrderId: chosenId ?? clientOrderId(venue.nextId()),
    sequence: venue.book.nextSequence(),
    status: 'pending_new',
    statusBefore: null,
    filledQuantity: 0,
    filledValue: ZERO_USD,
    createdAt: at,
    updatedAt: at,
    replaces: order.id,
    replacedBy: null,
  };
}

const NO_LEGS: readonly BrokerOrderId[] = [];

/** Ends the old order as replaced and puts the new one, which is in the book, to its place and to work. */
export function takeOver(
  venue: Venue,
  turn: Turn,
  { old, next }: { readonly old: SimulatedOrder; readonly next: SimulatedOrder },
  status: 'new' | 'held' | 'accepted',
): SimulatedOrder {
  const { book } = venue;
  announce(venue, turn, { ...old, replacedBy: next.id, legIds: NO_LEGS }, 'replaced');
  for (const id of old.legIds) {
    const leg = book.byId(id);
    if (leg !== undefined) book.put({ ...leg, parentId: next.id });
  }
  const parent = old.parentId === null ? undefined : book.byId(old.parentId);
  if (parent) book.put({ ...parent, legIds: [...parent.legIds, next.id] });
  return announce(venue, turn, { ...next, legIds: old.legIds }, status);
}

/** Puts the same order under another id to work. */
export function succeed(
  venue: Venue,
  turn: Turn,
  old: SimulatedOrder,
  status: 'new',
): SimulatedOrder {
  const next = { ...successorOf(venue, turn, old), quantity: old.quantity - old.filledQuantity };
  venue.book.add(next);
  return takeOver(venue, turn, { old, next }, status);
}

/** The live order that this one is to replace; undefined once it has. */
export function livePredecessorOf(
  venue: Venue,
  { replaces }: SimulatedOrder,
): SimulatedOrder | undefined {
  const order = replaces === null ? undefined : venue.book.byId(replaces);
  return order !== undefined && isLive(order.status) ? order : undefined;
}

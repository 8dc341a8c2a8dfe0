import type { Usd } from '../money.ts';
/** What a fill means to the other members of the order's group. */
import { electStop, liveMembers, siblingOf } from './group.ts';
import { isStopType, leavesOf } from './order.ts';
import type { SimulatedOrder } from './order.ts';
import { availabilityOf } from './shares.ts';
import { announce, moveOn } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

/** An order that fills because another one did, and how. */
export type Doubled = readonly [SimulatedOrder, { readonly price: Usd; readonly quantity: number }];

/** Lets the group follow; returns the other exit where it fills as well, which only a quirk makes it do. */
export function followFill(venue: Venue, turn: Turn, order: SimulatedOrder): Doubled | null {
  const { role, status } = order;
  if (role === 'entry' && status === 'filled') wakeLegs(venue, turn, order);
  if (status === 'filled' && venue.quirks.doubleExit) return doubleExit(venue, turn, order);
  if (role === 'take-profit') shrinkStop(venue, turn, order);
  return null;
}

/** The entry is completely filled: its legs come into force. */
function wakeLegs(venue: Venue, turn: Turn, entry: SimulatedOrder): void {
  const legs = liveMembers(venue, entry);
  const first = legs[0];
  if (first === undefined) return;
  // Another order may have sold a part of the shares while the entry was filling.
  const { available } = availabilityOf(venue, entry.symbol, first);
  const quantity = Math.min(entry.quantity, available);
  for (const leg of legs) {
    if (quantity === 0) announce(venue, turn, leg, 'canceled');
    else {
      const isBeside = leg.role === 'stop-loss' && legs.length > 1;
      moveOn(venue, turn, { ...leg, quantity }, isBeside ? 'held' : 'new');
    }
  }
}

/** A take-profit filled, wholly or in part: the stop guards what is left. */
function shrinkStop(venue: Venue, turn: Turn, takeProfit: SimulatedOrder): void {
  const stop = siblingOf(venue, takeProfit);
  if (stop === undefined) return;
  const leaves = leavesOf(takeProfit);
  if (leaves === 0) {
    announce(venue, turn, stop, 'canceled');
    return;
  }
  const isStuck = venue.quirks.legDeadlock;
  venue.book.put({ ...stop, quantity: leaves, updatedAt: turn.at, isStuck });
  if (isStuck) venue.book.put({ ...takeProfit, isStuck });
}

/** The exit beside a filled one, at its own price, as if its cancel had come too late. */
function doubleExit(venue: Venue, turn: Turn, filled: SimulatedOrder): Doubled | null {
  const other = siblingOf(venue, filled);
  if (other === undefined) return null;
  const isStop = isStopType(other.type);
  const price = isStop ? other.stopPrice : other.limitPrice;
  if (price === null) return null;
  const order = isStop ? electStop(venue, turn, other) : other;
  return [order, { price, quantity: leavesOf(order) }];
}

/** What a fill means to the other members of the order's group. */
import type { Usd } from '../money.ts';
import { electStop, liveMembers, siblingOf } from './group.ts';
import { isStopType, leavesOf } from './order.ts';
import type { BookOrder } from './order.ts';
import { availableShares } from './shares.ts';
import { announce, moveOn } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

/** An order that fills because another one did, and how. */
export type Doubled = readonly [BookOrder, { readonly price: Usd; readonly quantity: number }];

/** Lets the group follow; returns the other exit where it fills as well, which only a quirk makes it do. */
export function followFill(venue: Venue, turn: Turn, order: BookOrder): Doubled | null {
  const { role, status } = order;
  if (role === 'entry' && status === 'filled') wakeLegs(venue, turn, order);
  if (status === 'filled' && venue.quirks.doubleExit) return doubleExit(venue, turn, order);
  if (role === 'take-profit') shrinkStop(venue, turn, order);
  return null;
}

/** The entry is completely filled: its legs come into force. */
function wakeLegs(venue: Venue, turn: Turn, entry: BookOrder): void {
  const legs = liveMembers(entry);
  const first = legs[0];
  if (first === undefined) return;
  // Another order may have sold a part of the shares while the entry was filling.
  const quantity = Math.min(entry.quantity, availableShares(venue, entry.symbol, first));
  for (const leg of legs) {
    if (quantity === 0) announce(venue, turn, leg, 'canceled');
    else {
      const isBeside = leg.role === 'stop-loss' && legs.length > 1;
      leg.quantity = quantity;
      moveOn(venue, turn, leg, isBeside ? 'held' : 'new');
    }
  }
}

/** A take-profit filled, wholly or in part: the stop guards what is left. */
function shrinkStop(venue: Venue, turn: Turn, takeProfit: BookOrder): void {
  const stop = siblingOf(takeProfit);
  if (stop === undefined) return;
  const leaves = leavesOf(takeProfit);
  if (leaves === 0) {
    announce(venue, turn, stop, 'canceled');
    return;
  }
  const isStuck = venue.quirks.legDeadlock;
  stop.quantity = leaves;
  stop.updatedAt = turn.at;
  stop.isStuck = isStuck;
  venue.book.changed(stop);
  if (!isStuck) return;
  takeProfit.isStuck = true;
  venue.book.changed(takeProfit);
}

/** The exit beside a filled one, at its own price, as if its cancel had come too late. */
function doubleExit(venue: Venue, turn: Turn, filled: BookOrder): Doubled | null {
  const other = siblingOf(filled);
  if (other === undefined) return null;
  const isStop = isStopType(other.type);
  const price = isStop ? other.stopPrice : other.limitPrice;
  if (price === null) return null;
  const order = isStop ? electStop(venue, turn, other) : other;
  return [order, { price, quantity: leavesOf(order) }];
}

/** What a fill means to the other members of the order's group. */
import { liveMembers, siblingOf } from './group.ts';
import { leavesOf } from './order.ts';
import type { SimulatedOrder } from './order.ts';
import { availabilityOf } from './shares.ts';
import { announce } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

export function followFill(venue: Venue, turn: Turn, order: SimulatedOrder): void {
  if (order.role === 'entry' && order.status === 'filled') wakeLegs(venue, turn, order);
  if (order.role === 'take-profit') shrinkStop(venue, turn, order);
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
      announce(venue, turn, venue.book.update(leg, { quantity }), isBeside ? 'held' : 'new');
    }
  }
}

/** A take-profit filled, wholly or in part: the stop guards what is left. */
function shrinkStop(venue: Venue, turn: Turn, takeProfit: SimulatedOrder): void {
  const stop = siblingOf(venue, takeProfit);
  if (stop === undefined) return;
  const leaves = leavesOf(takeProfit);
  if (leaves === 0) announce(venue, turn, stop, 'canceled');
  else venue.book.update(stop, { quantity: leaves, updatedAt: turn.at });
}

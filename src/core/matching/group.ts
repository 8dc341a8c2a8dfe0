/**
 * Orders that live and die together. Alpaca's behaviour: the legs of a bracket are `held` until the entry
 * is completely filled; then the take-profit works and the stop stays `held` beside it, on the same
 * shares; whichever exit acts first cancels the other; cancelling any member cancels all.
 */
import { isLive } from '../order.ts';
import { workingStatusOf } from './order.ts';
import type { SimulatedOrder } from './order.ts';
import { succeed } from './succession.ts';
import { announce, moveOn } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

/** The order's parent, or itself, as it stands now. */
const rootOf = (venue: Venue, order: SimulatedOrder): SimulatedOrder =>
  venue.book.byId(order.parentId ?? order.id) ?? order;

/** The live orders of the group, the order itself included, parents first. */
export function liveMembers(venue: Venue, order: SimulatedOrder): readonly SimulatedOrder[] {
  if (order.role === 'single') return isLive(order.status) ? [order] : [];
  const root = rootOf(venue, order);
  const members = isLive(root.status) ? [root] : [];
  for (const id of root.legIds) {
    const leg = venue.book.byId(id);
    if (leg !== undefined && isLive(leg.status)) members.push(leg);
  }
  return members;
}

/** The other exit on the same shares. */
export function siblingOf(venue: Venue, order: SimulatedOrder): SimulatedOrder | undefined {
  if (order.role !== 'take-profit' && order.role !== 'stop-loss') return undefined;
  const root = rootOf(venue, order);
  if (isOtherExit(root, order)) return root;
  for (const id of root.legIds) {
    const leg = venue.book.byId(id);
    if (leg !== undefined && isOtherExit(leg, order)) return leg;
  }
  return undefined;
}

const isOtherExit = (member: SimulatedOrder, order: SimulatedOrder): boolean =>
  member.sequence !== order.sequence && member.role !== 'entry' && isLive(member.status);

/** The entry that an order waits for; undefined when it waits for none. */
export function pendingEntryOf(venue: Venue, order: SimulatedOrder): SimulatedOrder | undefined {
  if (order.parentId === null) return undefined;
  const root = rootOf(venue, order);
  return root.role === 'entry' && root.status !== 'filled' ? root : undefined;
}

/** Whether a bar can fill the order: a held stop counts once its entry is completely filled. */
export function isAwake(venue: Venue, order: SimulatedOrder): boolean {
  if (order.isStuck) return false;
  const status = workingStatusOf(order);
  if (status === 'new' || status === 'partially_filled') return true;
  return status === 'held' && pendingEntryOf(venue, order) === undefined;
}

/** A stop is triggered: the take-profit is cancelled and the stop, held until now, comes into force. */
export function electStop(venue: Venue, turn: Turn, order: SimulatedOrder): SimulatedOrder {
  const { takeProfitEndsAs, stopFillsUnderNewId, doubleExit } = venue.quirks;
  const takeProfit = siblingOf(venue, order);
  if (takeProfit !== undefined && !doubleExit) announce(venue, turn, takeProfit, takeProfitEndsAs);
  const working = stopFillsUnderNewId
    ? succeed(venue, turn, order, 'new')
    : workingStatusOf(order) === 'held'
      ? moveOn(venue, turn, order, 'new')
      : order;
  return venue.book.put({ ...working, isElected: true, updatedAt: turn.at });
}

/** Ends the order and with it its whole group. */
export function endGroup(
  venue: Venue,
  turn: Turn,
  order: SimulatedOrder,
  how: 'canceled' | 'expired',
): void {
  announce(venue, turn, order, how);
  for (const member of liveMembers(venue, order)) announce(venue, turn, member, how);
}

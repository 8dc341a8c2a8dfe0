/**
 * Orders that live and die together. Alpaca's behaviour: the legs of a bracket are `held` until the entry
 * is completely filled; then the take-profit works and the stop stays `held` beside it, on the same
 * shares; whichever exit acts first cancels the other; cancelling any member cancels all.
 */
import { isLive } from '../order.ts';
import { workingStatusOf } from './order.ts';
import type { BookOrder } from './order.ts';
import { succeed } from './succession.ts';
import { announce, moveOn } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

/** The order's parent, or itself. */
const rootOf = (order: BookOrder): BookOrder => order.parent ?? order;

/** The live orders of the group, the order itself included, parents first. */
export function liveMembers(order: BookOrder): readonly BookOrder[] {
  const root = rootOf(order);
  const members = isLive(root.status) ? [root] : [];
  for (const leg of root.legs) if (isLive(leg.status)) members.push(leg);
  return members;
}

/** The other exit on the same shares. */
export function siblingOf(order: BookOrder): BookOrder | undefined {
  if (order.role !== 'take-profit' && order.role !== 'stop-loss') return undefined;
  const root = rootOf(order);
  if (isOtherExit(root, order)) return root;
  for (const leg of root.legs) if (isOtherExit(leg, order)) return leg;
  return undefined;
}

const isOtherExit = (member: BookOrder, order: BookOrder): boolean =>
  member.sequence !== order.sequence && member.role !== 'entry' && isLive(member.status);

/** The entry that an order waits for; undefined when it waits for none. */
export function pendingEntryOf({ parent }: BookOrder): BookOrder | undefined {
  return parent !== null && parent.role === 'entry' && parent.status !== 'filled'
    ? parent
    : undefined;
}

/** Whether a bar can fill the order: a held stop counts once its entry is completely filled. */
export function isAwake(order: BookOrder): boolean {
  if (order.isStuck) return false;
  const status = workingStatusOf(order);
  if (status === 'new' || status === 'partially_filled') return true;
  return status === 'held' && pendingEntryOf(order) === undefined;
}

/** A stop is triggered: the take-profit is cancelled and the stop, held until now, comes into force. */
export function electStop(venue: Venue, turn: Turn, stop: BookOrder): BookOrder {
  const { takeProfitEndsAs, stopFillsUnderNewId, doubleExit } = venue.quirks;
  const takeProfit = siblingOf(stop);
  if (takeProfit !== undefined && !doubleExit) announce(venue, turn, takeProfit, takeProfitEndsAs);
  const order = stopFillsUnderNewId ? succeed(venue, turn, stop, 'new') : stop;
  if (workingStatusOf(order) === 'held') moveOn(venue, turn, order, 'new');
  order.isElected = true;
  order.updatedAt = turn.at;
  venue.book.changed(order);
  return order;
}

/** Ends the order and with it its whole group. */
export function endGroup(
  venue: Venue,
  turn: Turn,
  order: BookOrder,
  how: 'canceled' | 'expired',
): void {
  announce(venue, turn, order, how);
  for (const member of liveMembers(order)) announce(venue, turn, member, how);
}

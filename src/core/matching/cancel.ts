import { isTerminal } from '../order.ts';
import { endGroup, liveMembers } from './group.ts';
import type { BookOrder, ExchangeEvent } from './order.ts';
import { refused } from './refusal.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import { reservedShares } from './shares.ts';
import { announce } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

export type Canceled = { readonly kind: 'canceled'; readonly events: readonly ExchangeEvent[] };

/** When the shares of a canceled exit become free: with the cancel, or when `release` says so. */
export type ReleaseMoment = 'at-once' | 'later';

/** Cancels the order with its whole group. */
export function cancel(
  venue: Venue,
  turn: Turn,
  order: BookOrder,
  moment: ReleaseMoment,
): Canceled | Refusal {
  const reason = checkCancelable(order);
  if (reason !== null) return refused(reason);
  const shares = moment === 'later' ? groupShares(order) : 0;
  endGroup(venue, turn, order, 'canceled');
  if (shares > 0) {
    venue.lingering.set(order.id, { symbol: order.symbol, shares });
  }
  return { kind: 'canceled', events: turn.events };
}

/** Shares that the order's group keeps for itself. */
const groupShares = (order: BookOrder): number =>
  liveMembers(order).reduce((sum, member) => sum + reservedShares(member), 0);

/** Takes a cancel in without enacting it: the order works on as `pending_cancel` until it is canceled. */
export function requestCancel(venue: Venue, turn: Turn, order: BookOrder): Canceled | Refusal {
  const reason: RefusalReason | null =
    order.status === 'pending_cancel' ? { code: 'cancel-pending' } : checkCancelable(order);
  if (reason !== null) return refused(reason);
  announce(venue, turn, order, 'pending_cancel');
  return { kind: 'canceled', events: turn.events };
}

function checkCancelable({ status }: BookOrder): RefusalReason | null {
  if (isTerminal(status)) return { code: 'already-final', status };
  return status === 'pending_replace' ? { code: 'not-cancelable', status } : null;
}

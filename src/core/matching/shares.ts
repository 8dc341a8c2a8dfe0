/** Which shares of a position are spoken for. */
import type { BrokerOrderId, Ticker } from '../ids.ts';
import { pendingEntryOf, siblingOf } from './group.ts';
import { isExit, leavesOf } from './order.ts';
import type { SimulatedOrder } from './order.ts';
import { livePredecessorOf } from './succession.ts';
import type { Venue } from './venue.ts';

export interface Availability {
  /** Shares held, without a sign. */
  readonly existing: number;
  /** Those that orders hold. */
  readonly held: number;
  readonly available: number;
  readonly holders: readonly BrokerOrderId[];
}

/**
 * What of a position is free for another exit; `except`, with what is to replace it, is taken as if it were
 * not there. What canceled orders have not given back yet is not free.
 */
export function availabilityOf(
  venue: Venue,
  symbol: Ticker,
  except?: SimulatedOrder,
): Availability {
  const existing = Math.abs(venue.portfolio.holding(symbol)?.quantity ?? 0);
  const holders: BrokerOrderId[] = [];
  let held = 0;
  const hold = (id: BrokerOrderId, shares: number): void => {
    if (shares <= 0) return;
    holders.push(id);
    held += shares;
  };
  for (const order of venue.book.liveOf(symbol)) {
    const isExcepted =
      except !== undefined && (order.id === except.id || order.replaces === except.id);
    if (!isExcepted) hold(order.id, reservedShares(venue, order));
  }
  for (const [id, lingering] of venue.lingering) {
    if (lingering.symbol === symbol) hold(id, lingering.shares);
  }
  return { existing, held, available: Math.max(0, existing - held), holders };
}

/** Shares that the order keeps for itself; two exits on the same shares keep them once. */
export function reservedShares(venue: Venue, order: SimulatedOrder): number {
  if (!isExit(order) || pendingEntryOf(venue, order) !== undefined) return 0;
  const isCounted = order.role === 'stop-loss' && siblingOf(venue, order) !== undefined;
  if (isCounted) return 0;
  const predecessor = livePredecessorOf(venue, order);
  // Until it takes over, a replacement keeps only what it wants beyond the order before it.
  return leavesOf(order) - (predecessor === undefined ? 0 : leavesOf(predecessor));
}

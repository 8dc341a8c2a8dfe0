/** Which shares of a position are spoken for. */
import type { BrokerOrderId, Ticker } from '../ids.ts';
import { pendingEntryOf, siblingOf } from './group.ts';
import { isExit, leavesOf } from './order.ts';
import type { BookOrder } from './order.ts';
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
export function availabilityOf(venue: Venue, symbol: Ticker, except?: BookOrder): Availability {
  const existing = Math.abs(venue.portfolio.holding(symbol)?.quantity ?? 0);
  const holders: BrokerOrderId[] = [];
  let held = 0;
  eachReservation(venue, symbol, except, (shares, id) => {
    holders.push(id);
    held += shares;
  });
  return { existing, held, available: Math.max(0, existing - held), holders };
}

/** The same, where nobody asks who holds the others. */
export function availableShares(venue: Venue, symbol: Ticker, except?: BookOrder): number {
  let free = Math.abs(venue.portfolio.holding(symbol)?.quantity ?? 0);
  eachReservation(venue, symbol, except, (shares) => {
    free -= shares;
  });
  return Math.max(0, free);
}

function eachReservation(
  { book, lingering }: Venue,
  symbol: Ticker,
  except: BookOrder | undefined,
  hold: (shares: number, id: BrokerOrderId) => void,
): void {
  for (const order of book.liveOf(symbol)) {
    const shares = isExcepted(order, except) ? 0 : reservedShares(order);
    if (shares > 0) hold(shares, order.id);
  }
  for (const [id, left] of lingering) if (left.symbol === symbol) hold(left.shares, id);
}

const isExcepted = (order: BookOrder, except: BookOrder | undefined): boolean =>
  except !== undefined && (order.id === except.id || order.replaces === except.id);

/** Shares that the order keeps for itself; two exits on the same shares keep them once. */
export function reservedShares(order: BookOrder): number {
  if (!isExit(order) || pendingEntryOf(order) !== undefined) return 0;
  const isCounted = order.role === 'stop-loss' && siblingOf(order) !== undefined;
  if (isCounted) return 0;
  const predecessor = livePredecessorOf(order);
  // Until it takes over, a replacement keeps only what it wants beyond the order before it.
  return leavesOf(order) - (predecessor === null ? 0 : leavesOf(predecessor));
}

/** Which shares of a position are spoken for. */
import type { Ticker } from '../ids.ts';
import { pendingEntryOf, siblingOf } from './group.ts';
import { isExit, leavesOf } from './order.ts';
import type { SimulatedOrder } from './order.ts';
import type { Venue } from './venue.ts';

export interface Availability {
  /** Shares held, without a sign. */
  readonly existing: number;
  /** Those that orders hold. */
  readonly held: number;
  readonly available: number;
  readonly holders: readonly SimulatedOrder[];
}

/** What of a position is free for another exit; `except` is taken as if it were not there. */
export function availabilityOf(
  venue: Venue,
  symbol: Ticker,
  except?: SimulatedOrder,
): Availability {
  const existing = Math.abs(venue.portfolio.holding(symbol)?.quantity ?? 0);
  const holders = venue.book
    .liveOf(symbol)
    .filter((order) => order.id !== except?.id && reservedShares(venue, order) > 0);
  const held = holders.reduce((sum, order) => sum + reservedShares(venue, order), 0);
  return { existing, held, available: existing - held, holders };
}

/** Shares that the order keeps for itself; two exits on the same shares keep them once. */
function reservedShares(venue: Venue, order: SimulatedOrder): number {
  if (!isExit(order) || pendingEntryOf(venue, order) !== undefined) return 0;
  const isCounted = order.role === 'stop-loss' && siblingOf(venue, order) !== undefined;
  return isCounted ? 0 : leavesOf(order);
}

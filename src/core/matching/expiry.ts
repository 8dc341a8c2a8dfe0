import type { TimeInForce } from '../order.ts';
import { MINUTE_MS } from '../session.ts';
import type { EpochMs, Session } from '../session.ts';

const NINETY_DAYS_MS = 90 * 24 * 60 * MINUTE_MS;

/**
 * When an order of a given instant lapses, by the exchange's sessions, oldest first. A day order lapses
 * at the close of its session, or of the next one when it comes after the close; a good-till-cancelled
 * one at the last close within 90 days, as Alpaca has it.
 */
export function createExpiry(
  sessions: readonly Session[],
): (timeInForce: TimeInForce, at: EpochMs) => EpochMs {
  const closes = sessions.map(({ close }) => close);
  return (timeInForce, at) => {
    const next = countUntil(closes, at);
    if (timeInForce === 'day') return closes[next] ?? at;
    const last = closes[countUntil(closes, at + NINETY_DAYS_MS) - 1];
    return last === undefined || last <= at ? at + NINETY_DAYS_MS : last;
  };
}

/** How many of these instants lie at or before another one; oldest first. */
function countUntil(instants: readonly EpochMs[], at: EpochMs): number {
  let [low, high] = [0, instants.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((instants[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

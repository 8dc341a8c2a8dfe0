import type { Ticker } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { EpochMs } from '#core/session.ts';
import type { Clock } from '#ports/clock.ts';

/** A price of shares that are none of ours, as it was seen last. */
export interface SeenPrice {
  /** The last one that was believed; null before any was. */
  readonly believed: Usd | null;
  /** One that is not believed yet, and since when it has stood. */
  readonly doubted: { readonly price: Usd; readonly since: EpochMs } | null;
}

/** What the drawdown watch remembers from one reading to the next; a new process begins anew. */
export interface DrawdownMemory {
  /** Since when readings could have been made. */
  readonly startedAt: EpochMs;
  /** Why the last reading could not be trusted; null when it could, and before the first. */
  why: string | null;
  readonly prices: Map<Ticker, SeenPrice>;
}

export const createDrawdownMemory = (clock: Clock): DrawdownMemory => ({
  startedAt: clock.now(),
  why: null,
  prices: new Map(),
});

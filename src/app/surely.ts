import type { Ticker } from '#core/ids.ts';
import { LeaseLostError } from '#ports/lease.ts';

import type { AppContext } from './context.ts';

/**
 * Does something about one trade; a failure is logged and left to the next time, since what is wrong with one must
 * not keep the others from what they need.
 *
 * @returns null where it failed.
 * @throws LeaseLostError
 */
export async function surely<Result>(
  { log }: Pick<AppContext, 'log'>,
  symbol: Ticker,
  work: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    // Another process trades the account now, and knows better.
    if (error instanceof LeaseLostError) throw error;
    log.error({ symbol, error: String(error) }, 'a trade could not be tended');
    return null;
  }
}

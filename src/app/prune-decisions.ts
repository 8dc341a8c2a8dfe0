import { addDays, newYorkDate } from '#core/session.ts';

import type { AppContext } from './context.ts';
import { fenced } from './fenced.ts';

/** So few rows that nobody waits for the transaction which deletes them. */
const ROWS_AT_ONCE = 5_000;
/** What a run may take at most; the next one goes on. A day of 50 symbols makes four thousand rows. */
const MOST_PIECES = 200;

/**
 * Deletes decisions and their inputs of sessions more than `keepDecisionsDays` ago, by the exchange's clock,
 * piece by piece. The cycles themselves, the trades and all that is about money stay.
 *
 * @returns how many rows are gone.
 * @throws LeaseLostError when another process trades the account.
 */
export async function pruneDecisions(
  context: Pick<AppContext, 'ledger' | 'lease' | 'clock' | 'keepDecisionsDays'>,
): Promise<number> {
  const before = addDays(newYorkDate(context.clock.now()), -context.keepDecisionsDays);
  let gone = 0;
  for (let piece = 0; piece < MOST_PIECES; piece += 1) {
    const rows = await fenced(context, (tx) => tx.pruneDecisions(before, ROWS_AT_ONCE));
    if (rows === 0) break;
    gone += rows;
  }
  return gone;
}

import type { LedgerTransaction } from '#ports/ledger.ts';

import type { AppContext } from './context.ts';

/**
 * Writes to the ledger what only the process that trades the account may write: the transaction checks that
 * no other one does by now, and holds it off until the end.
 *
 * @throws LeaseLostError when another process trades the account; then nothing is written.
 */
export const fenced = <Result>(
  { ledger, lease }: Pick<AppContext, 'ledger' | 'lease'>,
  work: (tx: LedgerTransaction) => Promise<Result>,
): Promise<Result> =>
  ledger.transaction(async (tx) => {
    await tx.assertFence(lease.token);
    return work(tx);
  });

import type { ControlState } from '#core/control.ts';
import type { AuditEntry } from '#ports/audit-log.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';

import { accountWrites } from './account-store.ts';
import { appendAudit } from './audit.ts';
import { backtestWrites } from './backtest-store.ts';
import { closeWrites } from './close-store.ts';
import { confirmationWrites } from './confirmation-store.ts';
import type { Database } from './database.ts';
import { decisionWrites } from './decision-store.ts';
import { intentWrites } from './intent-store.ts';
import { assertFence } from './lease.ts';
import { legWrites } from './leg-store.ts';
import { metricsWrites } from './metrics-store.ts';
import { writeShares } from './net-quantities.ts';
import type { BookedShares } from './net-quantities.ts';
import { orderWrites } from './order-store.ts';
import { writeCards } from './outbox.ts';
import type { QueuedCard } from './outbox.ts';
import { reconciliationWrites } from './reconciliation-store.ts';
import { riskWrites, selectControlState, theOnly } from './risk-store.ts';
import { cycles } from './schema/trades.ts';
import { readinessWrites, studyWrites } from './study-store.ts';
import { tradeWrites } from './trade-store.ts';

export const readControlState = async (db: Database): Promise<ControlState> =>
  theOnly(await selectControlState(db));

/** What a transaction writes when its work is done, since the locks for it must not be held during the work. */
interface LastWrites {
  readonly booked: BookedShares;
  readonly audits: AuditEntry[];
  readonly cards: QueuedCard[];
}

const createTransaction = (
  db: Database,
  { booked, audits, cards }: LastWrites,
): LedgerTransaction => ({
  ...tradeWrites(db, booked),
  ...orderWrites(db, booked),
  ...legWrites(db),
  ...intentWrites(db),
  ...closeWrites(db),
  ...confirmationWrites(db),
  ...reconciliationWrites(db),
  ...accountWrites(db),
  ...metricsWrites(db),
  ...decisionWrites(db),
  ...riskWrites(db),
  ...readinessWrites(db),
  ...backtestWrites(db),
  ...studyWrites(db),

  assertFence: (token) => assertFence(db, token),

  controlState: async () => theOnly(await selectControlState(db).for('share')),

  async finishCycle(cycle) {
    await db.insert(cycles).values(cycle).onConflictDoNothing();
  },

  audit(entry) {
    audits.push(entry);
    return Promise.resolve();
  },

  enqueueCard(key, card) {
    cards.push({ key, card });
    return Promise.resolve();
  },
});

/** Does the work of one transaction on its connection. */
export async function runTransaction<T>(
  db: Database,
  work: (tx: LedgerTransaction) => Promise<T>,
): Promise<T> {
  const last: LastWrites = { booked: new Map(), audits: [], cards: [] };
  const result = await work(createTransaction(db, last));
  await writeShares(db, last.booked);
  for (const entry of last.audits) await appendAudit(db, entry);
  await writeCards(db, last.cards);
  return result;
}

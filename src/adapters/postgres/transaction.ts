import { sql } from 'drizzle-orm';

import type { ControlState } from '#core/control.ts';
import { toIso } from '#core/session.ts';
import type { AuditEntry, LedgerTransaction } from '#ports/ledger.ts';

import { accountWrites } from './account-store.ts';
import { appendAudit } from './audit.ts';
import { closeWrites } from './close-store.ts';
import { storableJson } from './columns.ts';
import type { Database } from './database.ts';
import { intentWrites } from './intent-store.ts';
import { assertFence } from './lease.ts';
import { legWrites } from './leg-store.ts';
import { decisionRow } from './mapping.ts';
import { writeShares } from './net-quantities.ts';
import type { BookedShares } from './net-quantities.ts';
import { orderWrites } from './order-store.ts';
import { writeCards } from './outbox.ts';
import type { QueuedCard } from './outbox.ts';
import { reconciliationWrites } from './reconciliation-store.ts';
import { controlState } from './schema/control.ts';
import { cycles, decisions } from './schema/trades.ts';
import { tradeWrites } from './trade-store.ts';

const bySymbol = (left: { readonly symbol: string }, right: { readonly symbol: string }): number =>
  left.symbol < right.symbol ? -1 : 1;

const selectControlState = (db: Database) =>
  db
    .select({
      status: controlState.status,
      by: controlState.by,
      reason: controlState.reason,
      since: controlState.since,
      until: controlState.until,
    })
    .from(controlState);

const theOnly = ([row]: readonly ControlState[]): ControlState => {
  if (row === undefined) throw new Error('the ledger has lost its control state');
  return row;
};

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
  ...reconciliationWrites(db),
  ...accountWrites(db),

  assertFence: (token) => assertFence(db, token),

  controlState: async () => theOnly(await selectControlState(db).for('share')),

  async insertDecisions(key, made) {
    // In one order always: two cycles on one bar wait for each other instead of deadlocking.
    const rows = made.toSorted(bySymbol).map(decisionRow);
    const inserted = await db
      .insert(decisions)
      .select(
        // One parameter for all rows takes half the time of a list of values.
        sql`SELECT ${key.sessionDate}::date, ${toIso(key.barEnd)}::timestamptz, symbol, kind, refused_by, trade_id, record
            FROM jsonb_to_recordset(${storableJson(rows)}::jsonb)
            AS row (symbol text, kind text, refused_by text, trade_id text, record jsonb)`,
      )
      .onConflictDoNothing()
      .returning({ symbol: decisions.symbol });
    return new Set(inserted.map(({ symbol }) => symbol));
  },

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

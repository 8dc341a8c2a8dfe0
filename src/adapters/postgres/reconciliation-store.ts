import type { Ledger, LedgerTransaction } from '#ports/ledger.ts';

import type { Database } from './database.ts';
import { asc, eq, inArray } from './drizzle.ts';
import { foreignItems, reconciliation } from './schema/reconciliation.ts';

type ReconciliationReads = Pick<Ledger, 'foreignItems' | 'lastReconciliation'>;

export const reconciliationReads = (db: Database): ReconciliationReads => ({
  foreignItems: () =>
    db.select().from(foreignItems).orderBy(asc(foreignItems.firstSeenAt), asc(foreignItems.key)),

  async lastReconciliation() {
    const [row] = await db
      .select({
        at: reconciliation.at,
        isClean: reconciliation.isClean,
        findings: reconciliation.findings,
        lateFills: reconciliation.lateFills,
      })
      .from(reconciliation);
    return row ?? null;
  },
});

type ReconciliationWrites = Pick<
  LedgerTransaction,
  'saveForeign' | 'decideForeign' | 'forgetForeign' | 'saveReconciliation'
>;

export const reconciliationWrites = (db: Database): ReconciliationWrites => ({
  async saveForeign(item, at) {
    await db
      .insert(foreignItems)
      .values({ ...item, firstSeenAt: at })
      .onConflictDoUpdate({
        target: foreignItems.key,
        set: { side: item.side, quantity: item.quantity },
      });
  },

  async decideForeign(key, decision, by) {
    const { rowCount } = await db
      .update(foreignItems)
      .set({ decision, decidedBy: by })
      .where(eq(foreignItems.key, key));
    return rowCount === 1;
  },

  async forgetForeign(keys) {
    await db.delete(foreignItems).where(inArray(foreignItems.key, [...keys]));
  },

  async saveReconciliation(record) {
    await db
      .insert(reconciliation)
      .values(record)
      .onConflictDoUpdate({ target: reconciliation.id, set: record });
  },
});

import type { Ledger, LedgerTransaction } from '#ports/ledger.ts';

import type { Database } from './database.ts';
import { asc, eq, sql } from './drizzle.ts';
import { closes } from './schema/closes.ts';

/** The same words as in the partial index. */
const isOpen = sql`${closes.phase} <> 'done'`;

export const closeReads = (db: Database): Pick<Ledger, 'openCloses' | 'close'> => ({
  openCloses: () =>
    db.select().from(closes).where(isOpen).orderBy(asc(closes.requestedAt), asc(closes.id)),

  async close(id) {
    const [row] = await db.select().from(closes).where(eq(closes.id, id));
    return row ?? null;
  },
});

type CloseWrites = Pick<
  LedgerTransaction,
  'insertClose' | 'lockClose' | 'saveClose' | 'countCloses'
>;

export const closeWrites = (db: Database): CloseWrites => ({
  // Two at once: the second waits for the first one's commit, and then finds the symbol taken.
  async insertClose(close) {
    const { rowCount } = await db.insert(closes).values(close).onConflictDoNothing();
    return rowCount === 1;
  },

  async lockClose(id) {
    const [row] = await db.select().from(closes).where(eq(closes.id, id)).for('update');
    return row ?? null;
  },

  async saveClose(close) {
    const { rowCount } = await db.update(closes).set(close).where(eq(closes.id, close.id));
    if (rowCount === 0) throw new Error(`no such closing in the ledger: ${close.id}`);
  },

  countCloses: (id) => db.$count(closes, eq(closes.tradeId, id)),
});

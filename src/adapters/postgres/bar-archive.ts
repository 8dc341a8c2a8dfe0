import { and, eq, getTableColumns, sql } from 'drizzle-orm';

import type { BarArchive, StoredBars } from '#ports/bar-store.ts';

import type { Database } from './database.ts';
import { barFiles } from './schema/bars.ts';

type FileRow = Omit<typeof barFiles.$inferSelect, 'bytes' | 'updatedAt'>;

const { bytes: _ofOneFile, updatedAt: _when, ...TOLD } = getTableColumns(barFiles);

/** The ledger's copy of the bar store's files. */
export const createBarArchive = (db: Database): BarArchive => ({
  async list() {
    const rows = await db.select(TOLD).from(barFiles).orderBy(barFiles.symbol, barFiles.barMinutes);
    return rows.map(storedOf);
  },

  async read({ symbol, barMinutes }) {
    const [row] = await db
      .select({ bytes: barFiles.bytes })
      .from(barFiles)
      .where(and(eq(barFiles.symbol, symbol), eq(barFiles.barMinutes, barMinutes)));
    return row?.bytes ?? null;
  },

  async save(stored, bytes) {
    const row = { ...rowOf(stored), bytes, updatedAt: sql`clock_timestamp()` };
    await db
      .insert(barFiles)
      .values(row)
      .onConflictDoUpdate({ target: [barFiles.symbol, barFiles.barMinutes], set: row });
  },
});

const rowOf = ({ count, first, last, ...stored }: StoredBars): FileRow => ({
  ...stored,
  rows: count,
  from: first,
  until: last,
});

const storedOf = ({ rows, from, until, ...row }: FileRow): StoredBars => ({
  ...row,
  count: rows,
  first: from,
  last: until,
});

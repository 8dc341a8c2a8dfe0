import { Pool } from 'pg';

import type { BarArchive, StoredBars } from '#ports/bar-store.ts';
import type { Logger } from '#ports/logger.ts';

import type { Database } from './database.ts';
import { and, eq, getTableColumns, sql, drizzle } from './drizzle.ts';
import { barFiles } from './schema/bars.ts';
import { world } from './schema/trades.ts';

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

export interface OpenBarArchive {
  readonly archive: BarArchive;
  /** The mode of the bot whose ledger it is. */
  readonly mode: string;
  readonly close: () => Promise<void>;
}

/**
 * Opens the archive of a ledger that a bot has made, for a tool that does nothing else.
 *
 * @throws Error, one line with the cure, when the ledger cannot be used.
 */
export async function openBarArchive(url: string, log: Logger): Promise<OpenBarArchive> {
  const pool = new Pool({ connectionString: url, max: 1, application_name: 'bracketeer bars' });
  pool.on('error', (error) => log.warn({ error: error.message }, 'a ledger connection was lost'));
  const db = drizzle(pool);
  try {
    await pool.query('SELECT FROM bar_files LIMIT 0');
    const [owner] = await db.select().from(world);
    if (owner === undefined) throw new Error('it belongs to nobody yet');
    return { archive: createBarArchive(db), mode: owner.mode, close: () => pool.end() };
  } catch (cause) {
    await pool.end();
    throw new Error(
      `The ledger at ${new URL(url).host} cannot be used (${String(cause)}): correct DATABASE_URL, unset it to share no bars, or start the bot once, which makes its tables`,
      { cause },
    );
  }
}

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

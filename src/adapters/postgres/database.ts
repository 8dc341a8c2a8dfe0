import { join } from 'node:path';

import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool, PoolClient } from 'pg';

import { sql, drizzle, migrate, readMigrationFiles } from './drizzle.ts';

/** The pool's queries, or those of one transaction. */
export type Database = Pick<
  NodePgDatabase,
  'select' | 'insert' | 'update' | 'delete' | 'execute' | '$count'
>;

/** First half of our advisory locks' key; the second says what is locked. */
const LOCK_SPACE = 0x6272_6b74;

const LOCKS = {
  /** One process migrates. */
  migration: 1,
  /** One process delivers cards. */
  delivery: 2,
  /** Cards are numbered in the order of their commits. */
  outboxOrder: 3,
  /** Each audit row follows the one before it. */
  auditChain: 4,
  /** Which backtests are not over. */
  backtests: 5,
  /** Which studies are not over. */
  studies: 6,
} as const;
export type Lock = keyof typeof LOCKS;

export const lockArguments = (lock: Lock): [number, number] => [LOCK_SPACE, LOCKS[lock]];

/** Waits for the lock, which is held until the transaction ends. */
export async function lockUntilCommit(db: Database, lock: Lock): Promise<void> {
  await db.execute(sql`SELECT pg_advisory_xact_lock(${LOCK_SPACE}::int, ${LOCKS[lock]}::int)`);
}

const MIGRATIONS = join(import.meta.dirname, '../../../migrations');

/**
 * Brings the tables up to date; processes that start together wait for one another.
 *
 * @throws Error, one line with the cure, when a newer version has changed them already.
 */
export async function migrateLedger(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1, $2)', lockArguments('migration'));
    await refuseNewerLedger(client);
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
    await client.query('SELECT pg_advisory_unlock($1, $2)', lockArguments('migration'));
    client.release();
  } catch (error) {
    // Ends the connection, and the lock with it.
    client.release(true);
    throw error;
  }
}

/**
 * The tables of a newer version may mean what this one does not know, which would trade on what it misreads.
 * The migrator looks only for what the ledger lacks, not for what it has beyond these files.
 */
async function refuseNewerLedger(client: PoolClient): Promise<void> {
  const { rows: tables } = await client.query<{ name: string | null }>(
    "SELECT to_regclass('drizzle.__drizzle_migrations')::text AS name",
  );
  if (tables[0]?.name == null) return;
  const { rows } = await client.query<{ last: string | null }>(
    'SELECT max(created_at) AS last FROM drizzle.__drizzle_migrations',
  );
  const own = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  const known = Math.max(...own.map(({ folderMillis }) => folderMillis));
  if (Number(rows[0]?.last ?? 0) <= known) return;
  throw new Error(
    'A newer version of Bracketeer has written this ledger: start that version, or restore the backup from before ' +
      'the upgrade.',
  );
}

import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';

import type { Heartbeat, WatchState } from '#core/watchdog.ts';
import type { HeartbeatWrites, WatchStore, WatchedLedger } from '#ports/heartbeat.ts';
import type { Logger } from '#ports/logger.ts';

import type { Database } from './database.ts';
import { desc, sql, drizzle } from './drizzle.ts';
import { heartbeat, watchdog } from './schema/heartbeat.ts';
import { cycles } from './schema/trades.ts';

const now = sql`clock_timestamp()`;

/** Writes the bot's sign of life: one row, in one statement. */
export const heartbeatWrites = (db: Database): HeartbeatWrites => ({
  async beat({ sessions, ...beat }) {
    await db
      .insert(heartbeat)
      .values({ ...beat, at: now, sessions: sessions ?? [] })
      .onConflictDoUpdate({
        target: heartbeat.id,
        set: { ...beat, at: now, ...(sessions === null ? {} : { sessions }) },
      });
  },
});

/** A database that takes longer than this does not answer. */
const TIMEOUT_MS = 5_000;

/** Opens a bot's ledger for its watchdog. That succeeds also while the database is away. */
export function openWatchStore(url: string, log: Logger): WatchStore {
  const pool = new Pool({
    connectionString: url,
    max: 1,
    application_name: 'bracketeer watchdog',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  pool.on('error', (error) => log.warn({ error: error.message }, 'a ledger connection was lost'));
  const db = drizzle(pool);
  return {
    read: () => read(db),
    save: (state) => save(db, state),
    close: () => pool.end(),
  };
}

async function read(db: NodePgDatabase): Promise<WatchedLedger> {
  const { rows } = await db.execute<{ now: string; isLedger: boolean }>(
    sql`SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now, to_regclass('heartbeat') IS NOT NULL AS "isLedger"`,
  );
  const at = Math.floor(Number(rows[0]?.now));
  // Where no bot has ever been there is nothing to watch yet.
  if (rows[0]?.isLedger !== true)
    return { now: at, heartbeat: null, lastBarEnd: null, state: null };
  const [cycle] = await db
    .select({ barEnd: cycles.barEnd })
    .from(cycles)
    .orderBy(desc(cycles.sessionDate), desc(cycles.barEnd))
    .limit(1);
  const [told] = await db.select({ state: watchdog.state }).from(watchdog);
  return {
    now: at,
    heartbeat: await readHeartbeat(db),
    lastBarEnd: cycle?.barEnd ?? null,
    state: told?.state ?? null,
  };
}

async function readHeartbeat(db: NodePgDatabase): Promise<Heartbeat | null> {
  const [row] = await db.select().from(heartbeat);
  if (row === undefined) return null;
  const { id: _, ...beat } = row;
  return beat;
}

async function save(db: NodePgDatabase, state: WatchState): Promise<void> {
  await (state === null
    ? db.delete(watchdog)
    : db
        .insert(watchdog)
        .values({ state })
        .onConflictDoUpdate({ target: watchdog.id, set: { state } }));
}

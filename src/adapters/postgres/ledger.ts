import { setTimeout as delay } from 'node:timers/promises';

import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';

import type { EpochMs } from '#core/session.ts';
import type { BarArchive } from '#ports/bar-store.ts';
import type { Ledger } from '#ports/ledger.ts';
import type { Logger } from '#ports/logger.ts';

import { accountReads } from './account-store.ts';
import { appendAudit, auditReads } from './audit.ts';
import { backtestReads } from './backtest-store.ts';
import { createBarArchive } from './bar-archive.ts';
import { closeReads } from './close-store.ts';
import { confirmationReads } from './confirmation-store.ts';
import { migrateLedger } from './database.ts';
import { decisionReads } from './decision-store.ts';
import { and, desc, eq, drizzle } from './drizzle.ts';
import { heartbeatWrites } from './heartbeat-store.ts';
import { intentReads } from './intent-store.ts';
import { createLease } from './lease.ts';
import { legReads } from './leg-store.ts';
import { metricsReads } from './metrics-store.ts';
import { orderReads } from './order-store.ts';
import { createOutbox } from './outbox.ts';
import { reconciliationReads } from './reconciliation-store.ts';
import { riskReads } from './risk-store.ts';
import { controlState } from './schema/control.ts';
import { cycles, world } from './schema/trades.ts';
import { readinessReads, studyReads } from './study-store.ts';
import { tradeHistoryReads } from './trade-history.ts';
import { tradeReads } from './trade-store.ts';
import { readControlState, runTransaction } from './transaction.ts';

/** With fewer, the delivery of cards would wait for the connection that holds its own lock. */
const MIN_POOL_SIZE = 3;
const PING_TIMEOUT_MS = 2_000;

export interface LedgerOptions {
  readonly url: string;
  /** Most connections at once, at least three. */
  readonly poolSize: number;
  /** The account and market that the ledger shall belong to. */
  readonly world: { readonly mode: string; readonly identity: string };
  readonly log: Logger;
}

export interface OpenLedger {
  readonly ledger: Ledger;
  /** The files of bars that all machines share. */
  readonly archive: BarArchive;
  /** Whether the database answers. */
  readonly ping: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

type CycleReads = Pick<Ledger, 'hasFinishedCycle' | 'lastCycle' | 'cycleCount'>;

const cycleReads = (db: NodePgDatabase): CycleReads => ({
  hasFinishedCycle: async ({ sessionDate, barEnd }) =>
    (await db.$count(cycles, and(eq(cycles.sessionDate, sessionDate), eq(cycles.barEnd, barEnd)))) >
    0,

  async lastCycle() {
    const [row] = await db
      .select()
      .from(cycles)
      .orderBy(desc(cycles.sessionDate), desc(cycles.barEnd))
      .limit(1);
    return row ?? null;
  },

  cycleCount: (date) => db.$count(cycles, date && eq(cycles.sessionDate, date)),
});

/** All is done in the pool's own time: a transaction holds one connection from its start to its end. */
const createLedger = (db: NodePgDatabase, pool: Pool, log: Logger): Ledger => ({
  ...tradeReads(db),
  ...orderReads(db),
  ...legReads(db),
  ...intentReads(db),
  ...closeReads(db),
  ...confirmationReads(db),
  ...reconciliationReads(db),
  ...cycleReads(db),
  ...accountReads(db),
  ...metricsReads(db),
  ...decisionReads(db),
  ...riskReads(db),
  ...auditReads(db),
  ...tradeHistoryReads(db),
  ...readinessReads(db),
  ...backtestReads(db),
  ...studyReads(db),
  ...heartbeatWrites(db),

  transaction: (work) => db.transaction((tx) => runTransaction(tx, work)),

  controlState: () => readControlState(db),

  audit: (entry) => db.transaction((tx) => appendAudit(tx, entry)),

  lease: createLease(db),
  outbox: createOutbox(db, pool, log),
});

/** Writes the single rows of a new ledger, and refuses one that belongs to another account. */
async function claimWorld(
  db: NodePgDatabase,
  { mode, identity }: LedgerOptions['world'],
  now: EpochMs,
): Promise<void> {
  await db.insert(world).values({ mode, identity }).onConflictDoNothing();
  await db
    .insert(controlState)
    .values({ status: 'active', by: 'system', reason: 'first start', since: now })
    .onConflictDoNothing();
  const [owner] = await db.select().from(world);
  if (owner?.mode === mode && owner.identity === identity) return;
  throw new Error(
    `This ledger belongs to ${owner?.mode} ${owner?.identity}, and the bot is to run as ${mode} ${identity}: ` +
      'give it another database (DATABASE_URL or the data folder), or go back to the account it belongs to; ' +
      'a sandbox begins anew with --fresh',
  );
}

const isUnreachable = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));

/** PostgreSQL's undefined_table. */
const NO_TABLE = '42P01';

/** Whether a bot has written into a database. */
async function hasOwner(pool: Pool): Promise<boolean> {
  try {
    return (await pool.query('SELECT FROM world')).rowCount !== 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NO_TABLE) return false;
    throw error;
  }
}

const unreachable = (url: string, error: Error & { readonly code: string }): Error =>
  new Error(
    `The database at ${new URL(url).host} cannot be reached (${error.code}): start it, or correct ` +
      'DATABASE_URL, or unset it to use the embedded PostgreSQL',
    { cause: error },
  );

/** Tells of connections that are lost, but not of those that end since the work is done. */
const reporterOf =
  (pool: Pool, log: Logger) =>
  (error: Error): void => {
    if (!pool.ending) log.warn({ error: error.message }, 'a ledger connection was lost');
  };

/** As long as a report takes, which reads one thing after the other. */
const READER_POOL_SIZE = 1;

/**
 * A ledger that a bot has written, whichever world it belongs to, to be read from beside it: nothing is
 * created, updated or claimed. Null where no bot has written one.
 *
 * @throws Error, one line with the cure, when the database cannot be reached.
 */
export async function openLedgerToRead(
  url: string,
  log: Logger,
): Promise<Pick<OpenLedger, 'ledger' | 'close'> | null> {
  const pool = new Pool({
    connectionString: url,
    max: READER_POOL_SIZE,
    application_name: 'bracketeer reader',
    options: '-c default_transaction_read_only=on',
  });
  pool.on('error', reporterOf(pool, log));
  const isWritten = await hasOwner(pool).catch(async (error: unknown) => {
    await pool.end();
    throw isUnreachable(error) ? unreachable(url, error) : error;
  });
  if (isWritten) return { ledger: createLedger(drizzle(pool), pool, log), close: () => pool.end() };
  await pool.end();
  return null;
}

/**
 * Opens the ledger: creates or updates its tables, and checks whose it is.
 *
 * @throws Error, one line with the cure, when the database cannot be reached or belongs to another world.
 */
export async function openLedger(options: LedgerOptions): Promise<OpenLedger> {
  const { url, poolSize, log } = options;
  const pool = new Pool({
    connectionString: url,
    max: Math.max(MIN_POOL_SIZE, poolSize),
    application_name: 'bracketeer ledger',
    keepAlive: true,
  });
  const report = reporterOf(pool, log);
  pool.on('error', report);
  // The pool hears only of its idle connections; one that is lost within a transaction tells by itself.
  pool.on('connect', (client) => client.on('error', report));
  const db = drizzle(pool);
  try {
    await migrateLedger(pool);
    await claimWorld(db, options.world, Date.now());
  } catch (error) {
    await pool.end();
    throw isUnreachable(error) ? unreachable(url, error) : error;
  }
  return {
    ledger: createLedger(db, pool, log),
    archive: createBarArchive(db),
    ping: () =>
      Promise.race([
        pool.query('SELECT 1').then(
          () => true,
          () => false,
        ),
        delay(PING_TIMEOUT_MS, false, { ref: false }),
      ]),
    close: () => pool.end(),
  };
}

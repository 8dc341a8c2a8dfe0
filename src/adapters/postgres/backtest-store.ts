import type { EpochMs } from '#core/session.ts';
import type { BacktestEnd, BacktestReads, BacktestRun, BacktestWrites } from '#ports/backtests.ts';

import { lockUntilCommit } from './database.ts';
import type { Database } from './database.ts';
import { and, asc, eq, getTableColumns, inArray, lt, or, sql } from './drizzle.ts';
import { backtestRuns } from './schema/backtests.ts';

// The files are as large as all the rest together, and seldom wanted.
const {
  curve: _curve,
  trades: _trades,
  heardAt: _heardAt,
  sequence: _sequence,
  ...COLUMNS
} = getTableColumns(backtestRuns);

const isOpen = inArray(backtestRuns.status, ['queued', 'running']);

export const backtestReads = (db: Database): BacktestReads => ({
  async backtest(id) {
    const [row] = await db.select(COLUMNS).from(backtestRuns).where(eq(backtestRuns.id, id));
    return row ?? null;
  },

  async backtestFiles(id) {
    const { curve, trades } = backtestRuns;
    const [row] = await db
      .select({ curve, trades })
      .from(backtestRuns)
      .where(eq(backtestRuns.id, id));
    const files = row ?? { curve: null, trades: null };
    return files.curve === null || files.trades === null
      ? null
      : { curve: files.curve, trades: files.trades };
  },
});

/** What waits for a runner: also one whose message never came to stand, or whose runner is gone. */
const isWaiting = (silentSince: EpochMs) =>
  or(
    and(
      eq(backtestRuns.status, 'queued'),
      or(backtestRuns.isShown, lt(backtestRuns.requestedAt, silentSince)),
    ),
    and(eq(backtestRuns.status, 'running'), lt(backtestRuns.heardAt, silentSince)),
  );

const endOf = (end: BacktestEnd) => {
  if (end.status !== 'done') return end;
  const { files, ...rest } = end;
  return { ...rest, ...files, share: 1 };
};

async function beginBacktest(
  db: Database,
  at: EpochMs,
  silentSince: EpochMs,
): Promise<BacktestRun | null> {
  const next = db
    .select({ id: backtestRuns.id })
    .from(backtestRuns)
    .where(isWaiting(silentSince))
    .orderBy(asc(backtestRuns.sequence))
    .limit(1)
    .for('update', { skipLocked: true });
  const [row] = await db
    .update(backtestRuns)
    .set({
      status: 'running',
      attempts: sql`${backtestRuns.attempts} + 1`,
      share: 0,
      startedAt: at,
      heardAt: at,
    })
    .where(inArray(backtestRuns.id, next))
    .returning(COLUMNS);
  return row ?? null;
}

export const backtestWrites = (db: Database): BacktestWrites => ({
  async lockBacktests() {
    await lockUntilCommit(db, 'backtests');
    return db.select(COLUMNS).from(backtestRuns).where(isOpen).orderBy(asc(backtestRuns.sequence));
  },

  async insertBacktest(run) {
    await db.insert(backtestRuns).values(run);
  },

  async showBacktest(id) {
    const [row] = await db
      .update(backtestRuns)
      .set({ isShown: true })
      .where(eq(backtestRuns.id, id))
      .returning(COLUMNS);
    return row ?? null;
  },

  beginBacktest: (at, silentSince) => beginBacktest(db, at, silentSince),

  async noteBacktest(id, share, at) {
    const { rowCount } = await db
      .update(backtestRuns)
      .set({ share, heardAt: at })
      .where(and(eq(backtestRuns.id, id), eq(backtestRuns.status, 'running')));
    return rowCount === 1;
  },

  async requeueBacktest(id) {
    const { rowCount } = await db
      .update(backtestRuns)
      .set({ status: 'queued', share: 0, attempts: sql`${backtestRuns.attempts} - 1` })
      .where(and(eq(backtestRuns.id, id), eq(backtestRuns.status, 'running')));
    return rowCount === 1;
  },

  async endBacktest(id, end, at) {
    const { rowCount } = await db
      .update(backtestRuns)
      .set({ ...endOf(end), finishedAt: at })
      .where(and(eq(backtestRuns.id, id), isOpen));
    return rowCount === 1;
  },
});

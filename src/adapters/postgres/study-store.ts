import type { SQL } from 'drizzle-orm';
import { Pool } from 'pg';

import type { EpochMs } from '#core/session.ts';
import type { BarArchive } from '#ports/bar-store.ts';
import type { Logger } from '#ports/logger.ts';
import type {
  AskedStudy,
  ReadinessReads,
  ReadinessWrites,
  Study,
  StudyReads,
  StudyStore,
  StudyWrites,
} from '#ports/studies.ts';

import { createBarArchive } from './bar-archive.ts';
import { lockUntilCommit } from './database.ts';
import type { Database } from './database.ts';
import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  inArray,
  isNotNull,
  ne,
  sql,
  drizzle,
} from './drizzle.ts';
import { readinessOverrides, studies, sweepResults } from './schema/studies.ts';
import { world } from './schema/trades.ts';

const isOpen = inArray(studies.status, ['queued', 'running']);

// Written out, since a sub-query does not say by itself which table a column is of.
const done = sql<number>`(SELECT count(*)::int FROM sweep_results r WHERE r.study = studies.id)`;
const { kind: _inRequest, ...KEPT } = getTableColumns(studies);
const COLUMNS = { ...KEPT, done };

type Row = Omit<typeof studies.$inferSelect, 'kind'> & { readonly done: number };

function studyOf(row: Row): Study {
  const { verdict, sentence, recommended, parametersKey, codeVersion, report, ...rest } = row;
  const result =
    verdict === null || sentence === null
      ? null
      : { verdict, sentence, recommended, parametersKey, codeVersion, report };
  return { ...rest, result };
}

async function findStudy(db: Database, id: Study['id']): Promise<Study | null> {
  const [row] = await db.select(COLUMNS).from(studies).where(eq(studies.id, id));
  return row === undefined ? null : studyOf(row);
}

async function listStudies(db: Database, which: SQL | undefined): Promise<readonly Study[]> {
  const rows = await db
    .select(COLUMNS)
    .from(studies)
    .where(which)
    .orderBy(asc(studies.requestedAt), asc(studies.id));
  return rows.map(studyOf);
}

async function insertStudy(db: Database, study: AskedStudy): Promise<void> {
  const { kind } = study.request;
  await db
    .insert(studies)
    .values({ ...study, kind, status: 'queued' })
    .onConflictDoNothing();
}

/** What the channel asks for, and is told of. */
export const studyReads = (db: Database): StudyReads => ({
  study: (id) => findStudy(db, id),
  // What is null is not unequal: what was asked for elsewhere is left out.
  untoldStudies: () => listStudies(db, ne(studies.telling, 'told')),
});

export const studyWrites = (db: Database): StudyWrites => ({
  async lockStudies() {
    await lockUntilCommit(db, 'studies');
    return listStudies(db, isOpen);
  },

  insertStudy: (study) => insertStudy(db, study),

  cancelStudy: (id, by, at) => cancelStudy(db, id, { by, at }),

  async followStudy(id) {
    // The row is locked by it: whoever ends the study waits until the transaction has told what it tells.
    const { rowCount } = await db
      .update(studies)
      .set({ telling: 'followed' })
      .where(and(eq(studies.id, id), isOpen));
    return rowCount === 1;
  },

  async tellStudy(id) {
    const { rowCount } = await db
      .update(studies)
      .set({ telling: 'told' })
      .where(and(eq(studies.id, id), ne(studies.telling, 'told')));
    return rowCount === 1;
  },
});

/** Studies in the ledger, which all processes that research share. */
export const createStudyStore = (db: Database): StudyStore => ({
  ...storeReads(db),
  ...storeWrites(db),
});

const storeReads = (db: Database): Pick<StudyStore, 'find' | 'open' | 'isWanted' | 'results'> => ({
  find: (id) => findStudy(db, id),

  open: () => listStudies(db, isOpen),

  async isWanted(id) {
    return (await db.$count(studies, and(eq(studies.id, id), isOpen))) === 1;
  },

  async results(study) {
    const { key, outcome } = sweepResults;
    return db.select({ key, outcome }).from(sweepResults).where(eq(sweepResults.study, study));
  },
});

const storeWrites = (db: Database): Omit<StudyStore, 'find' | 'open' | 'isWanted' | 'results'> => ({
  add: (study) => insertStudy(db, study),

  async begin(id, tasks, at) {
    const { rowCount } = await db
      .update(studies)
      .set({
        status: 'running',
        tasks,
        startedAt: sql`coalesce(${studies.startedAt}, ${new Date(at).toISOString()})`,
      })
      .where(and(eq(studies.id, id), isOpen));
    return rowCount === 1;
  },

  async saveResults(study, results) {
    if (results.length === 0) return;
    await db
      .insert(sweepResults)
      .values(results.map((result) => ({ study, ...result })))
      .onConflictDoNothing();
  },

  async finish(id, result, at) {
    return end(db, id, { ...result, status: 'done', finishedAt: at });
  },

  async fail(id, failure, at) {
    return end(db, id, { failure, status: 'failed', finishedAt: at });
  },

  cancel: (id, by, at) => cancelStudy(db, id, { by, at }),
});

const cancelStudy = (
  db: Database,
  id: Study['id'],
  { by, at }: { readonly by: string; readonly at: EpochMs },
): Promise<boolean> => end(db, id, { status: 'cancelled', cancelledBy: by, finishedAt: at });

async function end(
  db: Database,
  id: Study['id'],
  set: Partial<typeof studies.$inferInsert>,
): Promise<boolean> {
  const { rowCount } = await db
    .update(studies)
    .set(set)
    .where(and(eq(studies.id, id), isOpen));
  return rowCount === 1;
}

/** Of what was said of the same parameters, the older words count for nothing. */
const MOST_WORDS = 20;

export const readinessReads = (db: Database): ReadinessReads => ({
  async walkForwardsOf(parametersKey) {
    const { id, verdict, sentence, finishedAt, request, codeVersion } = studies;
    const rows = await db
      .select({ study: id, verdict, sentence, at: finishedAt, request, codeVersion })
      .from(studies)
      .where(
        and(
          eq(studies.kind, 'walk-forward'),
          eq(studies.parametersKey, parametersKey),
          isNotNull(finishedAt),
        ),
      )
      .orderBy(desc(finishedAt))
      .limit(MOST_WORDS);
    return rows.flatMap((row) =>
      row.verdict === null || row.at === null
        ? []
        : [{ ...row, verdict: row.verdict, sentence: row.sentence ?? '', at: row.at }],
    );
  },

  async readinessOverride(parametersKey) {
    const [row] = await db
      .select()
      .from(readinessOverrides)
      .where(eq(readinessOverrides.parametersKey, parametersKey))
      .orderBy(desc(readinessOverrides.at))
      .limit(1);
    return row ?? null;
  },
});

export const readinessWrites = (db: Database): ReadinessWrites => ({
  async saveReadinessOverride(override) {
    await db.insert(readinessOverrides).values(override);
  },
});

const POOL_SIZE = 2;

export interface OpenStudies {
  readonly store: StudyStore;
  /** The files of bars that all machines share. */
  readonly archive: BarArchive;
  /** Whose ledger it is, as part of a name. */
  readonly world: string;
  readonly close: () => Promise<void>;
}

/** Opens the studies of a ledger that a bot has made, for a process that does nothing else. */
export async function openStudyStore(url: string, log: Logger): Promise<OpenStudies> {
  const pool = new Pool({
    connectionString: url,
    max: POOL_SIZE,
    application_name: 'bracketeer research',
    keepAlive: true,
  });
  pool.on('error', (error) => log.warn({ error: error.message }, 'a ledger connection was lost'));
  const db = drizzle(pool);
  try {
    await pool.query('SELECT FROM studies LIMIT 0');
    const [owner] = await db.select().from(world);
    const name = `${owner?.mode} ${owner?.identity}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    return {
      store: createStudyStore(db),
      archive: createBarArchive(db),
      world: name,
      close: () => pool.end(),
    };
  } catch (cause) {
    await pool.end();
    throw new Error(
      `The ledger at ${new URL(url).host} cannot be used (${String(cause)}): correct DATABASE_URL, or start the bot once, which makes its tables`,
      { cause },
    );
  }
}

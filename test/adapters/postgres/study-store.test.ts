import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { drizzle } from '#adapters/postgres/drizzle.ts';
import { readinessOverrides, studies, sweepResults } from '#adapters/postgres/schema/studies.ts';
import {
  createStudyStore,
  openStudyStore,
  readinessReads,
  readinessWrites,
} from '#adapters/postgres/study-store.ts';
import type { ReadinessReads, ReadinessWrites, StudyStore } from '#ports/studies.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';
import { makeTables } from '#test/support/make-tables.ts';

import { aRequest, studyId } from '../../research/support/a-request.ts';

let pool: Pool;
let drop: () => Promise<void>;
let store: StudyStore;
let readiness: ReadinessReads & ReadinessWrites;
let url: string;

beforeAll(async () => {
  ({ url, drop } = await freshDatabase());
  await makeTables(url, [studies, sweepResults, readinessOverrides]);
  pool = new Pool({ connectionString: url });
  store = createStudyStore(drizzle(pool));
  readiness = { ...readinessReads(drizzle(pool)), ...readinessWrites(drizzle(pool)) };
});
beforeEach(() => pool.query('DELETE FROM sweep_results; DELETE FROM studies'));
afterAll(async () => {
  await pool.end();
  await drop();
});

const ONE = studyId('one');
const ASKED = { requestedBy: 'Ann', person: null, requestedAt: 1_000, telling: null } as const;
const add = (id = ONE, request = aRequest()) => store.add({ ...ASKED, id, request });
const RESULT = {
  verdict: 'better-than-luck',
  sentence: 'better than luck',
  recommended: aRequest().base,
  parametersKey: 'key',
  codeVersion: 'abc',
  report: { kind: 'sweep', value: 0.1 + 0.2 },
} as const;

describe('studies in the ledger', () => {
  it('are kept as they were asked for, once', async () => {
    await add();
    await add(ONE, aRequest({ kind: 'walk-forward' }));
    expect(await store.find(ONE)).toEqual({
      id: ONE,
      request: aRequest(),
      ...ASKED,
      status: 'queued',
      done: 0,
      tasks: 0,
      startedAt: null,
      finishedAt: null,
      result: null,
      failure: null,
      cancelledBy: null,
    });
    expect(await store.find(studyId('two'))).toBeNull();
  });

  it('tell how far they are; a task that was done twice counts once', async () => {
    await add();
    expect(await store.begin(ONE, 12, 2_000)).toBe(true);
    await store.saveResults(ONE, [
      { key: 'a', outcome: { value: 1 } },
      { key: 'b', outcome: { value: 2 } },
    ]);
    await store.saveResults(ONE, [{ key: 'b', outcome: { value: 3 } }]);
    expect(await store.find(ONE)).toMatchObject({ status: 'running', done: 2, tasks: 12 });
    expect(await store.results(ONE)).toEqual([
      { key: 'a', outcome: { value: 1 } },
      { key: 'b', outcome: { value: 2 } },
    ]);
  });

  it('keep the instant of their first beginning', async () => {
    await add();
    await store.begin(ONE, 12, 2_000);
    await store.begin(ONE, 24, 3_000);
    expect(await store.find(ONE)).toMatchObject({ startedAt: 2_000, tasks: 24 });
  });

  it('are over once', async () => {
    await add();
    expect(await store.isWanted(ONE)).toBe(true);
    expect(await store.finish(ONE, RESULT, 5_000)).toBe(true);
    expect(await store.cancel(ONE, 'Bea', 6_000)).toBe(false);
    expect(await store.fail(ONE, 'too late', 6_000)).toBe(false);
    expect(await store.begin(ONE, 1, 6_000)).toBe(false);
    expect(await store.isWanted(ONE)).toBe(false);
    expect(await store.find(ONE)).toMatchObject({
      status: 'done',
      finishedAt: 5_000,
      result: RESULT,
    });
  });

  it('can be cancelled, or fail with a reason', async () => {
    await add();
    await add(studyId('two'));
    await store.cancel(ONE, 'Bea', 5_000);
    await store.fail(studyId('two'), 'no bars', 5_000);
    expect(await store.find(ONE)).toMatchObject({
      status: 'cancelled',
      cancelledBy: 'Bea',
      result: null,
    });
    expect(await store.find(studyId('two'))).toMatchObject({
      status: 'failed',
      failure: 'no bars',
    });
    expect(await store.open()).toEqual([]);
  });

  it('that are not over are listed, the oldest first', async () => {
    await store.add({ ...ASKED, id: ONE, request: aRequest(), requestedAt: 2_000 });
    await add(studyId('two'));
    expect((await store.open()).map(({ id }) => id)).toEqual(['two', 'one']);
  });
});

/** Asks for a study and ends it. */
const finish = async (id: string, kind: 'sweep' | 'walk-forward', at: number, key = 'key') => {
  await add(studyId(id), aRequest({ kind }));
  await store.finish(studyId(id), { ...RESULT, parametersKey: key }, at);
};

describe('what walk-forwards say of parameters', () => {
  it('is told the newest first, and only of those that recommend them', async () => {
    await finish('old', 'walk-forward', 1_000);
    await finish('new', 'walk-forward', 3_000);
    await finish('sweep', 'sweep', 4_000);
    await finish('other', 'walk-forward', 5_000, 'another key');
    const word = {
      verdict: 'better-than-luck',
      sentence: 'better than luck',
      request: aRequest({ kind: 'walk-forward' }),
      codeVersion: 'abc',
    };
    expect(await readiness.walkForwardsOf('key')).toEqual([
      { ...word, study: 'new', at: 3_000 },
      { ...word, study: 'old', at: 1_000 },
    ]);
    expect(await readiness.walkForwardsOf('nobody')).toEqual([]);
  });

  it('can be overridden, and the last one to do so is known', async () => {
    expect(await readiness.readinessOverride('key')).toBeNull();
    const first = { parametersKey: 'key', by: 'Ann', reason: 'a try', at: 1_000 };
    await readiness.saveReadinessOverride(first);
    await readiness.saveReadinessOverride({ ...first, reason: 'again', at: 2_000 });
    expect(await readiness.readinessOverride('key')).toEqual({
      ...first,
      reason: 'again',
      at: 2_000,
    });
  });
});

describe('a process that only researches', () => {
  it('opens the studies of a ledger that is there', async () => {
    await add();
    const opened = await openStudyStore(url, silentLog);
    expect(await opened.store.isWanted(ONE)).toBe(true);
    await opened.close();
  });
});

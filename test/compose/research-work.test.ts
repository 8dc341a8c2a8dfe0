import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { openBackend } from '#adapters/bullmq/backend.ts';
import type { QueueConnection } from '#adapters/bullmq/backend.ts';
import { createResearchQueue } from '#adapters/bullmq/research-queue.ts';
import { createTroubleLog } from '#adapters/bullmq/trouble.ts';
import { readinessOverrides, studies, sweepResults } from '#adapters/postgres/schema/studies.ts';
import { openStudyStore } from '#adapters/postgres/study-store.ts';
import { createResearchThreads } from '#adapters/research/threads.ts';
import type { ResearchThreads } from '#adapters/research/threads.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { StudyId, StudyRequest, StudyStore } from '#ports/studies.ts';
import { outcomesHere, runStudy } from '#research/run-study.ts';
import { parseStudy } from '#research/study-request.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';
import { makeTables } from '#test/support/make-tables.ts';

import { codeVersion } from '../../src/compose/code-version.ts';
import { createResearchWork } from '../../src/compose/research-work.ts';
import { QUEUE_SERVERS } from '../adapters/bullmq/servers.ts';
import type { QueueServer, QueueServerKind } from '../adapters/bullmq/servers.ts';
import { aMarket } from '../backtest/a-market.ts';
import { aRequest, studyId } from '../research/support/a-request.ts';
import { aBench } from '../research/support/a-study.ts';

const bench = aBench(50, 20);
/** Of a process that is killed, so that another one soon has its job. */
const LOCK_MS = 2_000;
/** Of those that are not: a busy machine takes no job away from them. */
const LONG_LOCK_MS = 30_000;
const PATIENCE_MS = 60_000;

let url: string;
let store: StudyStore;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const database = await freshDatabase();
  ({ url } = database);
  await makeTables(url, [studies, sweepResults, readinessOverrides]);
  const opened = await openStudyStore(url, silentLog);
  ({ store } = opened);
  closing.push(opened.close, database.drop);
});
afterAll(async () => {
  for (const close of closing) await close();
});

async function queueOn(connection: QueueConnection, lockMs = LONG_LOCK_MS) {
  const queue = await createResearchQueue({ connection, log: silentLog, lockMs });
  onTestFinished(() => queue.close());
  return queue;
}

/** What tasks were begun and which of them done, in order, by threads that are real. */
function watchedThreads() {
  const threads = createResearchThreads(1);
  onTestFinished(() => threads.close());
  const seen = { begun: 0, done: 0 };
  const outcomes: ResearchThreads['outcomes'] = (table, tasks, watch) => {
    seen.begun += tasks.length;
    const done = (count: number): void => void (seen.done += count);
    return threads.outcomes(table, tasks, { ...watch, done });
  };
  return { seen, threads: { ...threads, outcomes } };
}

const aWorkshop = (
  threads: ResearchThreads = watchedThreads().threads,
  notes: readonly string[] = [],
  market = bench.market,
) =>
  createResearchWork({
    store,
    threads,
    loadMarket: () => Promise.resolve({ kind: 'loaded', market, notes }),
    clock: systemClock,
  });

function processOn(connection: QueueConnection): ChildProcess {
  const file = join(import.meta.dirname, 'research-child.ts');
  const argv = [file, url, JSON.stringify(connection), String(LOCK_MS)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** As after a loss of the server that keeps them. */
async function loseJobs(connection: QueueConnection): Promise<void> {
  const trouble = createTroubleLog(silentLog);
  const backend = await openBackend(connection, 0, trouble);
  for (const name of ['research-studies', 'research-chunks']) {
    const queue = backend.queue(name, {});
    await queue.obliterate({ force: true });
    await queue.close();
  }
  await backend.close();
}

const ask = (id: StudyId, request: StudyRequest) =>
  store.add({ id, request, requestedBy: 'Ann', person: null, requestedAt: 1, telling: null });

async function over(id: StudyId) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const study = await store.find(id);
    if (study !== null && study.status !== 'queued' && study.status !== 'running') return study;
    if (performance.now() > end) throw new Error(`it is not over: ${JSON.stringify(study)}`);
    await delay(50);
  }
}

/** What one process without queue and ledger comes to. */
async function alone(request: StudyRequest) {
  const parsed = parseStudy(request);
  if (!parsed.ok) throw new Error(parsed.error);
  return runStudy(parsed.study, bench, (tasks) =>
    Promise.resolve(outcomesHere(bench.evaluator, tasks)),
  );
}

const named = (name: string, server: QueueServerKind): StudyId =>
  studyId(`${name} on ${server.name}`);

for (const kind of QUEUE_SERVERS) {
  const title = kind.missing === null ? kind.name : `${kind.name} (skipped: ${kind.missing})`;
  describe.skipIf(kind.missing !== null)(`studies that processes share on ${title}`, () => {
    let server: QueueServer;
    beforeAll(async () => {
      server = await kind.start();
    });
    afterAll(() => server.stop());
    const aQueue = () => queueOn(server.connection);

    it('come to the same in one process and in two, of which one is killed in the middle', async () => {
      const request = aRequest({ kind: 'walk-forward', search: 'halving:9' });
      const id = named('killed', kind);
      const [first, second] = [processOn(server.connection), processOn(server.connection)];
      await ask(id, request);
      await (await aQueue()).start(id);
      const begun = await Promise.race([
        once(first.stdout!, 'data').then(() => first),
        once(second.stdout!, 'data').then(() => second),
      ]);
      begun.kill('SIGKILL');
      const study = await over(id);
      expect(study.status).toBe('done');
      expect(study.done).toBe(study.tasks);
      expect(study.result?.report).toEqual(await alone(request));
    });

    it('are done by a queue in this process as well, and put on it twice they are done once', async () => {
      const request = aRequest();
      const id = named('here', kind);
      const queue = await aQueue();
      await ask(id, request);
      await queue.start(id);
      await queue.start(id);
      await queue.resume(id);
      const { seen, threads } = watchedThreads();
      await queue.work(aWorkshop(threads));
      const study = await over(id);
      const report = await alone(request);
      expect(study).toMatchObject({ status: 'done', done: 12, tasks: 12 });
      expect(seen).toEqual({ begun: 12, done: 12 });
      expect(study.result).toMatchObject({
        report,
        verdict: report.verdict.kind,
        recommended: report.recommended?.parameters,
        parametersKey: expect.stringMatching(/^[0-9a-f]{64}$/),
        codeVersion: codeVersion(),
      });
    });

    it('go on when their jobs are lost, and nothing that is done is done again', async () => {
      const request = aRequest();
      const id = named('lost', kind);
      await ask(id, request);
      const queue = await aQueue();
      await queue.start(id);
      const before = aWorkshop();
      const [chunk = []] = (await before.advance(id)) ?? [];
      await before.runChunk(id, chunk);
      await loseJobs(server.connection);
      await queue.resume(id);
      const { seen, threads } = watchedThreads();
      await queue.work(aWorkshop(threads));
      const study = await over(id);
      expect([chunk.length, seen.begun]).toEqual([8, 4]);
      expect(study.result?.report).toEqual(await alone(request));
    });

    it('go on after a round that has ended without a next one', async () => {
      const id = named('ended', kind);
      const queue = await aQueue();
      const rounds: StudyId[] = [];
      const advance = (study: StudyId) => {
        rounds.push(study);
        return Promise.resolve(null);
      };
      await queue.work({ ...aWorkshop(), advance });
      await queue.start(id);
      while (rounds.length === 0) await delay(10);
      // A round is under way until it has been written down that it is over.
      while (rounds.length === 1) await queue.resume(id);
      // One more may have been begun after the second had ended as well.
      expect(rounds.slice(0, 2)).toEqual([id, id]);
    });

    it('do not fail however often their processes are stopped in the middle', async () => {
      const id = named('stopped', kind);
      await ask(id, aRequest());
      await (await aQueue()).start(id);
      for (const _ of [1, 2, 3]) {
        const queue = await queueOn(server.connection, 300);
        const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const runChunk = () => {
          begun.resolve();
          return ended.promise;
        };
        await queue.work({ ...aWorkshop(), runChunk });
        await begun.promise;
        await queue.close();
        ended.reject(new Error('a thread ended before its work'));
      }
      const last = await queueOn(server.connection, LOCK_MS);
      await last.work(aWorkshop());
      expect((await over(id)).status).toBe('done');
    });

    it('are worked on for as long as a process does so', async () => {
      const idle = await aQueue();
      // The server hears of a closed connection a moment later.
      await expect.poll(() => idle.isWorked()).toBe(false);
      const busy = await createResearchQueue({ connection: server.connection, log: silentLog });
      await busy.work(aWorkshop());
      await expect.poll(() => idle.isWorked()).toBe(true);
      await busy.close();
      await expect.poll(() => idle.isWorked()).toBe(false);
    });
  });
}

describe('the work on studies', () => {
  it('is cut short in the middle of a chunk when they are cancelled', async () => {
    const id = studyId('cut');
    await ask(id, aRequest());
    const { seen, threads } = watchedThreads();
    const outcomes: ResearchThreads['outcomes'] = async (...chunk) => {
      // The threads go on with it for as long as nobody stops them.
      for (;;) await threads.outcomes(...chunk);
    };
    const work = aWorkshop({ ...threads, outcomes });
    const [chunk = []] = (await work.advance(id)) ?? [];
    const running = work.runChunk(id, chunk);
    while (seen.done === 0) await delay(10);
    await store.cancel(id, 'Bea', 5);
    await running;
    expect(seen.begun).toBeGreaterThan(seen.done);
    expect(await store.results(id)).toEqual([]);
  });

  it('end where they are when they are cancelled', async () => {
    const id = studyId('cancelled');
    await ask(id, aRequest());
    const work = aWorkshop();
    const [chunk = []] = (await work.advance(id)) ?? [];
    const running = work.runChunk(id, chunk);
    await store.cancel(id, 'Bea', 5);
    await running;
    await work.runChunk(id, chunk);
    expect(await work.advance(id)).toBeNull();
    expect(await store.find(id)).toMatchObject({ status: 'cancelled', result: null });
  });

  it('fail where other bars have come since they began, rather than mix what was made of both', async () => {
    const id = studyId('other bars');
    await ask(id, aRequest());
    const before = aWorkshop();
    const [chunk = [], next = []] = (await before.advance(id)) ?? [];
    await before.runChunk(id, chunk);
    const other = aMarket({ seed: 2, sessions: 50, names: ['AAPL', 'MSFT'] });
    const restarted = aWorkshop(undefined, [], other);
    await restarted.runChunk(id, next);
    expect(await restarted.advance(id)).toBeNull();
    expect(await store.results(id)).toHaveLength(chunk.length);
    expect(await store.find(id)).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('made on other bars'),
    });
  });

  it('ends in a report that tells what is to be known about grid and bars', async () => {
    const id = studyId('noted');
    const request = aRequest({ grid: 'emaFast=9,21' });
    const notes = ['only 12 of the 20 sessions that warm up are there'];
    await ask(id, request);
    const work = aWorkshop(undefined, notes);
    const [chunk = []] = (await work.advance(id)) ?? [];
    await work.runChunk(id, chunk);
    expect(await work.advance(id)).toBeNull();
    const report = await alone(request);
    expect(report.notes).toHaveLength(1);
    expect((await store.find(id))?.result?.report).toEqual({
      ...report,
      notes: [...(report.notes ?? []), ...notes],
    });
  });

  it('fail with a sentence where their bars are refused, or their time is too short', async () => {
    const [refused, short] = [studyId('refused'), studyId('short')];
    await ask(refused, aRequest());
    await ask(short, aRequest({ from: bench.market.sessions.at(-2)!.date }));
    const work = createResearchWork({
      store,
      threads: createResearchThreads(1),
      loadMarket: () => Promise.resolve({ kind: 'refused', lines: ['AAPL: the store lacks bars'] }),
      clock: systemClock,
    });
    await expect(work.advance(refused)).rejects.toThrow('AAPL: the store lacks bars');
    expect(await aWorkshop().advance(short)).toBeNull();
    expect(await store.find(short)).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('sessions are too few'),
    });
  });
});

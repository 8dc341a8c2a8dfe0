import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { createResearchQueue } from '#adapters/bullmq/research-queue.ts';
import { readinessOverrides, studies, sweepResults } from '#adapters/postgres/schema/studies.ts';
import { openStudyStore } from '#adapters/postgres/study-store.ts';
import { createResearchThreads } from '#adapters/research/threads.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { StudyId, StudyRequest, StudyStore } from '#ports/studies.ts';
import { outcomesHere, runStudy } from '#research/run-study.ts';
import { parseStudy } from '#research/study-request.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';
import { makeTables } from '#test/support/make-tables.ts';

import { createResearchWork } from '../../src/compose/research-work.ts';
import { aRequest, studyId } from '../research/support/a-request.ts';
import { aBench } from '../research/support/a-study.ts';

const bench = aBench(50, 20);
const LOCK_MS = 2_000;
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

async function aQueue() {
  const queue = await createResearchQueue({
    connection: { kind: 'postgres', url },
    log: silentLog,
    lockMs: LOCK_MS,
  });
  onTestFinished(() => queue.close());
  return queue;
}

function aWorkshop() {
  const threads = createResearchThreads(1);
  onTestFinished(() => threads.close());
  return createResearchWork({
    store,
    threads,
    loadMarket: () => Promise.resolve({ kind: 'loaded', market: bench.market }),
    clock: systemClock,
  });
}

function aProcess(): ChildProcess {
  const file = join(import.meta.dirname, 'research-child.ts');
  const child = spawn(process.execPath, [file, url, String(LOCK_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
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

describe('studies that processes share', () => {
  it('come to the same in one process and in two, of which one is killed in the middle', async () => {
    const request = aRequest({ kind: 'walk-forward', search: 'halving:9' });
    const id = studyId('killed');
    const [first, second] = [aProcess(), aProcess()];
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
  }, 90_000);

  it('are done by a queue in this process as well, and put on it twice they are done once', async () => {
    const request = aRequest();
    const id = studyId('here');
    const queue = await aQueue();
    await ask(id, request);
    await queue.start(id);
    await queue.start(id);
    await queue.work(aWorkshop());
    const study = await over(id);
    const report = await alone(request);
    expect(study).toMatchObject({ status: 'done', done: 12, tasks: 12 });
    expect(study.result).toMatchObject({
      report,
      verdict: report.verdict.kind,
      recommended: report.recommended?.parameters,
      parametersKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  }, 90_000);

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

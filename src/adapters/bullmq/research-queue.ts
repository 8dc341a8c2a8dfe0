import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from '#ports/logger.ts';
import type { StudyId } from '#ports/studies.ts';

import { openBackend } from './backend.ts';
import type {
  Backend,
  JobFlows,
  JobsOfQueue,
  JobsWorker,
  QueueConnection,
  QueuedJob,
} from './backend.ts';
import { createTroubleLog } from './trouble.ts';
import type { TroubleLog } from './trouble.ts';

const STUDIES = 'research-studies';
const CHUNKS = 'research-chunks';

/** A job whose worker has not been heard of for this long is given to another one, within as long again. */
const LOCK_MS = 30_000;
/** As often may that happen to a job before it counts as failed. */
const REDELIVERIES = 5;
const ATTEMPTS = 3;
const FIRST_RETRY_MS = 1_000;
const KEEP_FINISHED = 1_000;
/** How long a worker without jobs waits to be told of one before it looks by itself, in seconds. */
const LOOK_SECONDS = 5;
/** No search takes so many: what goes on for longer goes round in circles. */
const MOST_ROUNDS = 50;

/** Keys of tasks. */
export type Chunk = readonly string[];

/** What the jobs do. Each may be done again by another process after this one is gone: once done counts. */
export interface ResearchWork {
  /** The chunks to be done next, or null once the study is over. */
  advance(study: StudyId): Promise<readonly Chunk[] | null>;
  runChunk(study: StudyId, chunk: Chunk): Promise<void>;
  /** It cannot be brought to an end. */
  fail(study: StudyId, why: string): Promise<void>;
}

export interface ResearchQueueOptions {
  readonly connection: QueueConnection;
  readonly log: Logger;
  /** How long a dead worker's job waits for another one. */
  readonly lockMs?: number;
}

export interface ResearchQueue {
  /** Puts a study on the queue; again is once. */
  start(study: StudyId): Promise<void>;
  /** Puts a study on the queue again of which no job is left that goes on with it; what is done stays done. */
  resume(study: StudyId): Promise<void>;
  /** Whether any process works on this queue now; null where nobody can say. */
  isWorked(): Promise<boolean | null>;
  /** Begins to work: one study is planned, and one chunk is done at a time. */
  work(work: ResearchWork): Promise<void>;
  /** What is being done then is done again by another process. */
  close(): Promise<void>;
}

/**
 * Studies as flows: a parent that plans, its chunks as children that any process does, and once all of them have
 * ended the parent of the next round, until nothing is left to plan.
 */
export async function createResearchQueue(options: ResearchQueueOptions): Promise<ResearchQueue> {
  const trouble = createTroubleLog(options.log);
  const backend = await openBackend(options.connection, 2, trouble);
  const flows = backend.flows();
  flows.on('error', trouble.report);
  const studies = backend.queue(STUDIES, {});
  studies.on('error', trouble.report);
  const workers: JobsWorker[] = [];
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.close(true)));
    trouble.hush();
    await studies.close();
    await flows.close();
    await backend.close();
  };
  return {
    async start(study) {
      await flows.add(roundOf(study, 0, []));
    },
    async resume(study) {
      const round = await lostRound(studies, study);
      if (round !== null) await flows.add(roundOf(study, round, []));
    },
    isWorked: () => isWorked(studies),
    async work(work) {
      const plan = (job: QueuedJob) => advance(job, work, flows);
      const doChunk = (job: QueuedJob) => runChunk(job, work);
      workers.push(
        await startWorker(backend, [STUDIES, plan], options, trouble),
        await startWorker(backend, [CHUNKS, doChunk], options, trouble),
      );
    },
    close: () => (closing ??= close()),
  };
}

/** States of a job after which nothing comes of it any more; what is not there is unknown. */
const OVER: ReadonlySet<string> = new Set(['completed', 'failed', 'unknown']);

/**
 * The round to begin anew with, after all that were there; null where one is under way. Each round is added
 * before the one before it ends, and so one that goes on is always seen by whoever looks at them in their order.
 */
async function lostRound(studies: JobsOfQueue, study: StudyId): Promise<number | null> {
  let next = 0;
  for (let round = 0; round <= MOST_ROUNDS; round += 1) {
    const state = await studies.getJobState(jobIdOf(study, round));
    if (!OVER.has(state)) return null;
    if (state !== 'unknown') next = round + 1;
  }
  return next;
}

/** What does not answer by then does not say. */
const ANSWER_WITHIN_MS = 2_000;

const isWorked = (studies: JobsOfQueue): Promise<boolean | null> =>
  Promise.race([
    studies.getWorkersCount().then(
      (count) => count > 0,
      () => null,
    ),
    delay(ANSWER_WITHIN_MS, null, { ref: false }),
  ]);

const jobIdOf = (study: StudyId, round: number): string => `${study}.${round}`;

const JOB = {
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: FIRST_RETRY_MS },
  removeOnComplete: KEEP_FINISHED,
  removeOnFail: KEEP_FINISHED,
} as const;

/** Planned twice, a round has the same jobs. */
const roundOf = (study: StudyId, round: number, chunks: readonly Chunk[]) => ({
  name: 'advance',
  queueName: STUDIES,
  data: { study, round },
  opts: { ...JOB, jobId: jobIdOf(study, round) },
  children: chunks.map((chunk, index) => ({
    name: 'chunk',
    queueName: CHUNKS,
    data: { study, chunk },
    // What a chunk leaves undone is planned again.
    opts: { ...JOB, jobId: `${jobIdOf(study, round)}.${index}`, ignoreDependencyOnFailure: true },
  })),
});

async function advance(job: QueuedJob, work: ResearchWork, flows: JobFlows): Promise<void> {
  const { study, round } = job.data as { readonly study: StudyId; readonly round: number };
  if (round > MOST_ROUNDS) return work.fail(study, `it is not over after ${MOST_ROUNDS} rounds`);
  await orFail(job, work, study, async () => {
    const chunks = await work.advance(study);
    if (chunks !== null) await flows.add(roundOf(study, round + 1, chunks));
  });
}

async function runChunk(job: QueuedJob, work: ResearchWork): Promise<void> {
  const { study, chunk } = job.data as { readonly study: StudyId; readonly chunk: Chunk };
  await orFail(job, work, study, () => work.runChunk(study, chunk));
}

/** Throwing has it done again; the last time the study has failed. */
async function orFail(
  job: QueuedJob,
  work: ResearchWork,
  study: StudyId,
  attempt: () => Promise<void>,
): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    const isLast = job.attemptsMade + 1 >= ATTEMPTS;
    if (isLast) await work.fail(study, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function startWorker(
  backend: Backend,
  [name, process]: readonly [string, (job: QueuedJob) => Promise<void>],
  { lockMs = LOCK_MS, log }: ResearchQueueOptions,
  trouble: TroubleLog,
): Promise<JobsWorker> {
  const worker = backend.worker(name, process, {
    autorun: false,
    concurrency: 1,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    maxStalledCount: REDELIVERIES,
    drainDelay: LOOK_SECONDS,
  });
  worker.on('error', trouble.report);
  await worker.waitUntilReady();
  worker
    .run()
    .catch((error: unknown) => log.error({ error: String(error) }, 'a research worker has ended'));
  return worker;
}

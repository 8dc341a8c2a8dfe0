import type { JobsOptions } from 'bullmq';

import type { EpochMs } from '#core/session.ts';
import type { Logger } from '#ports/logger.ts';
import type { Queue } from '#ports/queue.ts';

import { openBackend } from './backend.ts';
import type { Backend, JobsOfQueue, JobsWorker, QueueConnection } from './backend.ts';
import { createDueRuns } from './due-runs.ts';
import type { DueRuns } from './due-runs.ts';
import { createTimetableKeeper } from './timetable-keeper.ts';
import { createTroubleLog } from './trouble.ts';
import { ATTEMPTS, closeWorkers, createWorkers } from './workers.ts';
import type { WorkerSettings } from './workers.ts';

const FIRST_RETRY_MS = 1_000;
/** Finished jobs are kept for this many more, so that their ids are known for a while. */
const KEEP_FINISHED = 1_000;
/** A server that was emptied runs nothing until the timetable is registered again. */
const TIMETABLE_LOOK_MS = 120_000;
/** How long a close may take, and how much of that jobs have: connections are closed after them. */
const LONGEST_CLOSE_MS = 4_000;
const DRAIN_SHARE = 0.75;
/** BullMQ's own record of events, which nobody reads here. */
const KEEP_EVENTS = 100;

export interface JobQueueOptions extends WorkerSettings {
  readonly connection: QueueConnection;
  /** Pause before the first retry; it doubles from there. */
  readonly firstRetryMs?: number;
  /** How often the timetable is looked after. */
  readonly timetableLookMs?: number;
}

export interface JobQueue extends Queue {
  /** Begins to run jobs: one at a time of each name, different names side by side. */
  readonly startWorkers: () => Promise<void>;
  /**
   * Registers the timetable in exchange time, of all jobs or of those that run by the system's clock, and
   * takes away what an earlier run registered for the others. What the server loses of it later is
   * registered again. May be called by every process.
   */
  readonly schedule: (which: 'all' | 'every') => Promise<void>;
  /** Forgets every job that there is or was, and the timetable. Before the workers start. */
  readonly forget: () => Promise<void>;
  /**
   * Runs a job for a due time, once however often it is asked for, and resolves when it has completed or
   * finally failed; at once when it had before. Also resolves when the queue closes.
   */
  readonly runDue: (name: string, dueAt: EpochMs) => Promise<void>;
  /**
   * Lets running jobs finish while there is time; those still at work then are redelivered later.
   *
   * @param withinMs what all of it may take
   */
  readonly close: (withinMs?: number) => Promise<void>;
}

const dueId = (name: string, dueAt: EpochMs): string => `due:${name}:${dueAt}`;
/** BullMQ takes a colon in ids of three parts only. */
const givenId = (name: string, id: string): string => `id:${name}:${encodeURIComponent(id)}`;
/** A job that is in none of these states has ended, also when it is no longer known. */
const UNFINISHED: ReadonlySet<string> = new Set([
  'active',
  'delayed',
  'prioritized',
  'waiting',
  'waiting-children',
]);

type Queues = ReadonlyMap<string, JobsOfQueue>;

function openQueues(backend: Backend, { jobs, firstRetryMs }: JobQueueOptions): Queues {
  const defaultJobOptions: JobsOptions = {
    attempts: ATTEMPTS,
    backoff: { type: 'exponential', delay: firstRetryMs ?? FIRST_RETRY_MS },
    removeOnComplete: KEEP_FINISHED,
    removeOnFail: KEEP_FINISHED,
  };
  const streams = { events: { maxLen: KEEP_EVENTS } };
  return new Map(
    jobs.map(({ name }) => [name, backend.queue(name, { defaultJobOptions, streams })]),
  );
}

function queueOf(queues: Queues, name: string): JobsOfQueue {
  const queue = queues.get(name);
  if (queue === undefined) throw new RangeError(`no such job: ${name}`);
  return queue;
}

async function countJobs(
  queues: readonly JobsOfQueue[],
): Promise<{ readonly waiting: number; readonly failed: number }> {
  const counts = await Promise.all(queues.map((queue) => queue.getJobCounts('waiting', 'failed')));
  const sum = (kind: string) => counts.reduce((total, count) => total + (count[kind] ?? 0), 0);
  return { waiting: sum('waiting'), failed: sum('failed') };
}

async function startWorkers(
  workers: readonly JobsWorker[],
  dueRuns: DueRuns,
  log: Logger,
): Promise<void> {
  for (const worker of workers) {
    worker.on('completed', (job) => dueRuns.settle(job.id ?? ''));
    worker.on('failed', (job) => {
      if (typeof job?.finishedOn === 'number') dueRuns.settle(job.id ?? '');
    });
    await worker.waitUntilReady();
    worker
      .run()
      .catch((error: unknown) => log.error({ error: String(error) }, 'a worker has ended'));
  }
}

/** Opens the queue of each job; nothing runs before startWorkers. */
export async function createJobQueue(options: JobQueueOptions): Promise<JobQueue> {
  const { connection, jobs, log } = options;
  const trouble = createTroubleLog(log);
  const backend = await openBackend(connection, jobs.length, trouble);
  const queues = openQueues(backend, options);
  for (const queue of queues.values()) queue.on('error', trouble.report);
  const dueRuns = createDueRuns();
  const timetable = createTimetableKeeper({
    ...options,
    queueOf: (name) => queueOf(queues, name),
    lookMs: options.timetableLookMs ?? TIMETABLE_LOOK_MS,
  });
  let workers: readonly JobsWorker[] = [];
  let closing: Promise<void> | null = null;
  const close = async (withinMs: number): Promise<void> => {
    timetable.stop();
    await closeWorkers(workers, withinMs * DRAIN_SHARE);
    trouble.hush();
    dueRuns.abandon();
    await Promise.all([...queues.values()].map((queue) => queue.close()));
    await backend.close();
  };

  return {
    async add(name, payload, { id } = {}) {
      const jobOptions = id === undefined ? {} : { jobId: givenId(name, id) };
      await queueOf(queues, name).add(name, { ...payload }, jobOptions);
    },

    state: () => countJobs([...queues.values()]),

    async startWorkers() {
      workers = createWorkers(backend, options);
      for (const worker of workers) worker.on('error', trouble.report);
      await startWorkers(workers, dueRuns, log);
    },

    schedule: (which) => timetable.register(which),

    async forget() {
      for (const queue of queues.values()) await queue.obliterate({ force: true });
    },

    async runDue(name, dueAt) {
      if (closing !== null) return;
      const queue = queueOf(queues, name);
      const jobId = dueId(name, dueAt);
      await dueRuns.run(jobId, {
        start: () => queue.add(name, { dueAt }, { jobId }),
        isSettled: async () => !UNFINISHED.has(await queue.getJobState(jobId)),
      });
    },

    close: (withinMs = LONGEST_CLOSE_MS) => (closing ??= close(withinMs)),
  };
}

import { setTimeout as delay } from 'node:timers/promises';

import type { JobSchedule } from '#app/job.ts';
import type { EpochMs } from '#core/session.ts';
import type { Logger } from '#ports/logger.ts';

import type { Backend, JobsWorker, QueuedJob } from './backend.ts';
import { dueTimeOf } from './timetable.ts';

export const ATTEMPTS = 5;
/** A job whose worker has not been heard of for this long is given to another one, within as long again. */
const LOCK_MS = 10_000;
/** As often may that happen to a job before it counts as failed. */
const REDELIVERIES = 3;
/** How long a worker without jobs waits to be told of one before it looks by itself, in seconds. */
const LOOK_SECONDS = 5;

export interface RunnableJob {
  /** Also the name of the job's queue and of its schedule. */
  readonly name: string;
  readonly schedule: JobSchedule;
  /**
   * Does the job; throwing retries it with back-off. Of a scheduled job the payload is `{ dueAt }`. The
   * due time is when it was to run, not when it does.
   */
  run(payload: unknown, dueAt: EpochMs): Promise<void>;
}

/** The end of one attempt at a job. */
export interface SettledRun {
  readonly name: string;
  readonly dueAt: EpochMs;
  readonly outcome: 'completed' | 'failed';
  readonly error: string | null;
  readonly tookMs: number;
}

export interface WorkerSettings {
  readonly jobs: readonly RunnableJob[];
  /** Length of the bars whose ends bar-close jobs follow. */
  readonly barMinutes: number;
  readonly log: Logger;
  readonly onSettled?: (run: SettledRun) => void;
  /** How long a dead worker's job waits for another one. */
  readonly lockMs?: number;
}

/** How BullMQ names the jobs of a schedule: by the instant for which it scheduled them. */
const SCHEDULED_ID = /^repeat:.+:(\d+)$/;

interface Due {
  readonly at: EpochMs;
  readonly payload: unknown;
}

/** What the job is to do, and for when. */
function dueOf({ schedule }: RunnableJob, job: QueuedJob, barMinutes: number): Due {
  const [, scheduledFor] = SCHEDULED_ID.exec(job.id ?? '') ?? [];
  if (scheduledFor !== undefined) {
    const at = dueTimeOf(schedule, Number(scheduledFor), barMinutes);
    return { at, payload: { dueAt: at } };
  }
  const { dueAt } = job.data;
  return { at: typeof dueAt === 'number' ? dueAt : job.timestamp, payload: job.data };
}

/** Runs one attempt and tells of its end. */
async function attempt(
  runnable: RunnableJob,
  job: QueuedJob,
  options: WorkerSettings,
): Promise<void> {
  const due = dueOf(runnable, job, options.barMinutes);
  const { name } = runnable;
  const startedAt = performance.now();
  const tell = (error: string | null): void =>
    options.onSettled?.({
      name,
      dueAt: due.at,
      outcome: error === null ? 'completed' : 'failed',
      error,
      tookMs: performance.now() - startedAt,
    });
  try {
    await runnable.run(due.payload, due.at);
    tell(null);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const left = ATTEMPTS - job.attemptsMade - 1;
    options.log.error(
      { job: name, dueAt: due.at, attemptsLeft: left, error: message },
      'a job failed',
    );
    tell(message);
    throw error;
  }
}

/** A worker for each job: one at a time of a name, names side by side. None runs yet. */
export function createWorkers(backend: Backend, options: WorkerSettings): readonly JobsWorker[] {
  const lockMs = options.lockMs ?? LOCK_MS;
  return options.jobs.map((job) =>
    backend.worker(job.name, (queued) => attempt(job, queued, options), {
      autorun: false,
      concurrency: 1,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: REDELIVERIES,
      drainDelay: LOOK_SECONDS,
    }),
  );
}

/** Lets running jobs finish for so many milliseconds; those still at work then are redelivered later. */
export async function closeWorkers(workers: readonly JobsWorker[], drainMs: number): Promise<void> {
  const drained = Promise.all(workers.map((worker) => worker.pause())).then(
    () => true,
    // Without its server nobody can say, and nothing will drain.
    () => false,
  );
  const isDrained = await Promise.race([drained, delay(drainMs, false, { ref: false })]);
  await Promise.all(workers.map((worker) => worker.close(!isDrained)));
}

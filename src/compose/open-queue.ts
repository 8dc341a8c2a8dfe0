import { createJobQueue } from '#adapters/bullmq/queue.ts';
import type { JobQueue } from '#adapters/bullmq/queue.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { AppContext } from '#app/context.ts';
import { jobs } from '#jobs/index.ts';

import type { Assembly } from './assembly.ts';
import { createJobWaker } from './job-waker.ts';
import type { JobWaker } from './job-waker.ts';
import { pause } from './trader.ts';

/** The queue with every job, and what wakes those that are run besides their schedules. */
export async function openQueue(
  { stores, options, lifecycle }: Assembly,
  context: () => AppContext,
): Promise<{ queue: JobQueue; wakers: Wakers }> {
  const queue = await createJobQueue({
    connection: stores.queueConnection,
    barMinutes: options.config.parameters.barMinutes,
    jobs: jobs.map((job) => ({
      name: job.name,
      schedule: job.schedule,
      run: (payload: unknown) => job.run(context(), job.payload.parse(payload)),
    })),
    log: options.log,
  });
  lifecycle.onClose('queue', (withinMs) => queue.close(withinMs));
  let last = 0;
  const waker = (job: string, restMs: number): JobWaker =>
    createJobWaker({
      job,
      run: () => {
        // Each run is a job of its own, also two within a millisecond.
        last = Math.max(last + 1, systemClock.now());
        return queue.runDue(job, last);
      },
      restMs,
      pause,
      log: options.log,
    });
  // A broker counts requests: in a burst of trade updates the guard takes a breath between two looks.
  const guardRestMs = options.config.mode === 'SANDBOX' ? 0 : GUARD_REST_MS;
  return {
    queue,
    wakers: {
      outbox: waker('deliver-outbox', 0),
      guard: waker('position-guard', guardRestMs),
      backtests: waker('backtest', 0),
    },
  };
}

const GUARD_REST_MS = 2_000;

/** The jobs that are run besides their schedules, when there is something for them to do. */
export interface Wakers {
  readonly outbox: JobWaker;
  readonly guard: JobWaker;
  readonly backtests: JobWaker;
}

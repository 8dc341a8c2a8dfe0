import type { Logger } from '#ports/logger.ts';

import type { JobsOfQueue } from './backend.ts';
import { repeatOf } from './timetable.ts';
import type { RunnableJob } from './workers.ts';

interface Options {
  readonly jobs: readonly RunnableJob[];
  readonly barMinutes: number;
  readonly queueOf: (name: string) => JobsOfQueue;
  readonly lookMs: number;
  readonly log: Logger;
}

/** Registers the timetable, and again what a server that was emptied has lost of it. */
export interface TimetableKeeper {
  readonly register: (which: 'all' | 'every') => Promise<void>;
  readonly stop: () => void;
}

export function createTimetableKeeper(options: Options): TimetableKeeper {
  const { jobs, barMinutes, queueOf, lookMs, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const put = ({ name, schedule }: RunnableJob): Promise<unknown> =>
    queueOf(name).upsertJobScheduler(name, repeatOf(schedule, barMinutes), { name });

  /** Only what is missing: putting a schedule anew drops the run that is due at this very moment. */
  const restore = async (scheduled: readonly RunnableJob[]): Promise<void> => {
    for (const job of scheduled) {
      if ((await queueOf(job.name).getJobScheduler(job.name)) !== undefined) continue;
      log.warn({ job: job.name }, 'the queue has lost a schedule; it is registered again');
      await put(job);
    }
  };

  /** The next look comes only after this one, which waits while the server is away. */
  const lookLater = (scheduled: readonly RunnableJob[]): void => {
    clearTimeout(timer);
    if (isStopped) return;
    timer = setTimeout(() => {
      restore(scheduled)
        .catch((error: unknown) => {
          if (!isStopped)
            log.warn({ error: String(error) }, 'the timetable could not be looked at');
        })
        .finally(() => lookLater(scheduled));
    }, lookMs).unref();
  };

  return {
    async register(which) {
      const scheduled = jobs.filter(({ schedule }) => which === 'all' || schedule.kind === 'every');
      for (const job of jobs) {
        await (scheduled.includes(job) ? put(job) : queueOf(job.name).removeJobScheduler(job.name));
      }
      lookLater(scheduled);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

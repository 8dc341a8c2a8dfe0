import { oneAtATime } from '#app/one-at-a-time.ts';
import type { Logger } from '#ports/logger.ts';

/** Wakes a job; several calls while one run is under way lead to one more after it. */
export interface JobWaker {
  wake(): Promise<void>;
  /** Resolves when no run is asked for or under way. */
  idle(): Promise<void>;
}

interface Options {
  /** For the log. */
  readonly job: string;
  /** Runs the job once, through the queue. When the queue is away it fails; its own schedule makes up for it. */
  readonly run: () => Promise<void>;
  /** At least so long between the end of a run and the next one. */
  readonly restMs?: number;
  readonly pause?: (ms: number) => Promise<void>;
  readonly log: Logger;
}

export function createJobWaker(options: Options): JobWaker {
  const { job, run, restMs = 0, pause = () => Promise.resolve(), log } = options;
  const ask = oneAtATime(async () => {
    await run().catch((error: unknown) =>
      log.warn(
        { job, error: String(error) },
        'a job could not run now; its schedule makes up for it',
      ),
    );
    if (restMs > 0) await pause(restMs);
  });
  let running = Promise.resolve();
  const idle = async (): Promise<void> => {
    const seen = running;
    await seen;
    if (running !== seen) await idle();
  };

  return {
    wake: async () => {
      running = ask();
    },
    idle,
  };
}

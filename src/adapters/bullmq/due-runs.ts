import { setTimeout as delay } from 'node:timers/promises';

/** The end of a job that another process runs, or that ended before, is not told: it is looked for. */
const FIRST_LOOK_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

interface Run {
  /** Puts the job on the queue, unless it is there. */
  readonly start: () => Promise<unknown>;
  /** Whether the job has ended, as the queue knows it. */
  readonly isSettled: () => Promise<boolean>;
}

/** Those who wait for the end of a job. */
export interface DueRuns {
  /** Starts a job and resolves when it has ended. */
  run(id: string, run: Run): Promise<void>;
  /** Tells that a job has ended. */
  settle(id: string): void;
  /** Lets everyone go who still waits. */
  abandon(): void;
}

async function look(isSettled: Run['isSettled'], signal: AbortSignal): Promise<void> {
  let pauseMs = FIRST_LOOK_MS;
  while (!signal.aborted) {
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || (await isSettled())) return;
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

export function createDueRuns(): DueRuns {
  const waiting = new Map<string, Set<() => void>>();

  const leave = (id: string, tell: () => void): void => {
    const others = waiting.get(id);
    others?.delete(tell);
    if (others?.size === 0) waiting.delete(id);
  };

  const settle = (id: string): void => {
    for (const tell of waiting.get(id) ?? []) tell();
  };

  return {
    async run(id, { start, isSettled }) {
      const { promise: isTold, resolve: tell } = Promise.withResolvers<void>();
      waiting.set(id, (waiting.get(id) ?? new Set()).add(tell));
      const looking = new AbortController();
      try {
        await start();
        await Promise.race([isTold, look(isSettled, looking.signal)]);
      } finally {
        looking.abort();
        leave(id, tell);
      }
    },
    settle,
    abandon() {
      for (const id of waiting.keys()) settle(id);
    },
  };
}

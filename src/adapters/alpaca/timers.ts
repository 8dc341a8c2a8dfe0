import type { EpochMs } from '#core/session.ts';

/** The system's time and its alarms; tests bring their own. */
export interface Timers {
  now(): EpochMs;
  /** Runs it later, unless what is returned is called before. */
  after(ms: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export const pause = (timers: Timers, ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.after(ms, resolve);
  });

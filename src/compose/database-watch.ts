import { setTimeout as delay } from 'node:timers/promises';

import type { Lifecycle } from './lifecycle.ts';

const PAUSE_MS = 1_000;
/** One look may come too late on a busy machine. */
const MISSES = 3;

interface Options {
  readonly ping: () => Promise<boolean>;
  readonly lifecycle: Lifecycle;
  readonly pauseMs?: number;
}

/**
 * Goes on for as long as the work and the embedded database do: without its own server, which nobody
 * starts again, the bot can write nothing down.
 */
export function whileDatabaseLives(work: Promise<void>, options: Options): Promise<void> {
  const explained = work.catch(async (error: unknown) => {
    throw (await options.ping()) ? error : hasEnded(error);
  });
  return Promise.race([explained, watch(options)]);
}

const hasEnded = (cause?: unknown): Error =>
  new Error('the embedded PostgreSQL has ended; its own log is postgres.log in DATA_DIR', {
    cause,
  });

/** Rejects when the database is gone; looks no more once everything closes. */
async function watch({ ping, lifecycle, pauseMs = PAUSE_MS }: Options): Promise<never> {
  const closed = new AbortController();
  lifecycle.onClose('database watch', () => closed.abort());
  let missed = 0;
  while (missed < MISSES) {
    await delay(pauseMs, undefined, { signal: closed.signal, ref: false }).catch(() => undefined);
    const answers = !closed.signal.aborted && (await ping());
    if (closed.signal.aborted) return new Promise(() => {});
    missed = answers ? 0 : missed + 1;
  }
  throw hasEnded();
}

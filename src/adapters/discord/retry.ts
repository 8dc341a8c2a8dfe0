import { setTimeout as delay } from 'node:timers/promises';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Twice as long each time, and never the same for two processes that lost Discord together. */
const pauseBefore = (attempt: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.75 + Math.random() / 2);

/**
 * Runs the work until it succeeds, until `isFinal` says that trying again is useless, or until the
 * signal ends it. Never rejects: the last error went to `onError`.
 */
export async function keepTrying(
  work: () => Promise<void>,
  options: {
    readonly signal: AbortSignal;
    readonly onError: (error: unknown) => void;
    readonly isFinal: (error: unknown) => boolean;
  },
): Promise<void> {
  for (let attempt = 0; !options.signal.aborted; attempt += 1) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one attempt after the other is the point
      await work();
      return;
    } catch (error) {
      if (options.signal.aborted) return;
      options.onError(error);
      if (options.isFinal(error)) return;
    }
    // oxlint-disable-next-line no-await-in-loop -- see above
    await delay(pauseBefore(attempt), undefined, { signal: options.signal }).catch(() => undefined);
  }
}

import type { Logger } from '#ports/logger.ts';

/** All of it together: whoever presses Ctrl-C waits no longer. */
const LONGEST_CLOSE_MS = 4_500;
/** What even the last part gets when the ones before it have used up the time. */
const SHORTEST_CLOSE_MS = 250;

type ClosePart = (withinMs: number) => Promise<void> | void;

/** What has been started, closed again in the opposite order. */
export interface Lifecycle {
  /** The part is told how many milliseconds it has. */
  onClose(name: string, close: ClosePart): void;
  /** Closes everything once; a part that fails or hangs is logged and does not hold up the others. */
  close(): Promise<void>;
}

export function createLifecycle(log: () => Logger): Lifecycle {
  const parts: { name: string; close: ClosePart }[] = [];
  let closing: Promise<void> | null = null;

  const closeAll = async (): Promise<void> => {
    const deadline = performance.now() + LONGEST_CLOSE_MS;
    // Half of what is left, so that one that hangs leaves the others time.
    const patience = (): number => Math.max(SHORTEST_CLOSE_MS, (deadline - performance.now()) / 2);
    for (const part of parts.toReversed()) {
      const withinMs = patience();
      try {
        await within(withinMs, Promise.resolve(part.close(withinMs)));
      } catch (error) {
        log().error({ part: part.name, error: String(error) }, 'a part did not close cleanly');
      }
    }
  };

  return {
    onClose: (name, close) => parts.push({ name, close }),
    close: () => (closing ??= closeAll()),
  };
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not closed within ${Math.round(ms)} ms`)), ms);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

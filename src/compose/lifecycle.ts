import type { Logger } from '#ports/logger.ts';

const LONGEST_CLOSE_MS = 4_000;

/** What has been started, closed again in the opposite order. */
export interface Lifecycle {
  onClose(name: string, close: () => Promise<void> | void): void;
  /** Closes everything once; a part that fails or hangs is logged and does not hold up the others. */
  close(): Promise<void>;
}

export function createLifecycle(log: () => Logger): Lifecycle {
  const parts: { name: string; close: () => Promise<void> | void }[] = [];
  let closing: Promise<void> | null = null;

  const closeAll = async (): Promise<void> => {
    for (const part of parts.toReversed()) {
      try {
        await within(LONGEST_CLOSE_MS, Promise.resolve(part.close()));
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
    timer = setTimeout(() => reject(new Error(`not closed within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

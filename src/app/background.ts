import type { Logger } from '#ports/logger.ts';

/** Work that goes on beside everything else, each piece once at a time. */
export interface Background {
  /** Starts the work unless a piece of this name is under way. A failure is logged. */
  start(name: string, work: () => Promise<unknown>): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createBackground(log: Logger): Background {
  const running = new Map<string, Promise<void>>();
  return {
    start(name, work) {
      if (running.has(name)) return;
      const piece = (async () => {
        try {
          await work();
        } catch (error) {
          log.error({ work: name, error: String(error) }, 'work in the background was interrupted');
        } finally {
          running.delete(name);
        }
      })();
      running.set(name, piece);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}

import type { Logger } from '#ports/logger.ts';

/** Wakes the delivery of cards; several calls while one is under way lead to one more after it. */
export interface OutboxWaker {
  wake(): Promise<void>;
  /** Resolves when no delivery is asked for or under way. */
  idle(): Promise<void>;
}

/**
 * @param deliver runs the delivery job once, through the queue. When the queue is away it fails; the
 * job's own schedule makes up for it.
 */
export function createOutboxWaker(deliver: () => Promise<void>, log: Logger): OutboxWaker {
  let isAsked = false;
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    for (; isAsked;) {
      isAsked = false;
      await deliver().catch((error: unknown) =>
        log.warn({ error: String(error) }, 'the cards could not be delivered now; they wait'),
      );
    }
    running = null;
  };
  const idle = async (): Promise<void> => {
    if (running === null) return;
    await running;
    await idle();
  };

  return {
    wake: async () => {
      isAsked = true;
      running ??= run();
    },
    idle,
  };
}

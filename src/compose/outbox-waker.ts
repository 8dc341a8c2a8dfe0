/** Wakes the delivery of cards; several calls while one is under way lead to one more after it. */
export interface OutboxWaker {
  wake(): Promise<void>;
  /** Resolves when no delivery is asked for or under way. */
  idle(): Promise<void>;
}

/** @param deliver runs the delivery job once, through the queue. */
export function createOutboxWaker(deliver: () => Promise<void>): OutboxWaker {
  let isAsked = false;
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    for (; isAsked;) {
      isAsked = false;
      await deliver();
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

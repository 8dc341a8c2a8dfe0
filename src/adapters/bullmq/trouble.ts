import type { Logger } from '#ports/logger.ts';

/** The same trouble is told again after this. */
const PAUSE_MS = 10_000;

/** Where the errors of all connections, queues and workers end. */
export interface TroubleLog {
  readonly report: (error: Error) => void;
  /** From now on nothing is told: connections end when the queue closes. */
  readonly hush: () => void;
}

/** One lost connection is reported by each queue and worker on it; it is logged once. */
export function createTroubleLog(log: Logger): TroubleLog {
  const toldAt = new Map<string, number>();
  let isHushed = false;
  return {
    report({ message }) {
      const now = performance.now();
      if (isHushed || now - (toldAt.get(message) ?? -PAUSE_MS) < PAUSE_MS) return;
      toldAt.set(message, now);
      log.warn({ error: message }, 'the queue has trouble; it goes on by itself');
    },
    hush() {
      isHushed = true;
    },
  };
}

import { lastBarEnd } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { Broker } from '#ports/broker.ts';
import type { Clock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';

interface Options {
  readonly broker: Pick<Broker, 'clock'>;
  readonly barMinutes: number;
  readonly pollMs: number;
  /** Called once for each new bar end; of several that passed since the last look, only the newest. */
  readonly onBarClose: (barEnd: EpochMs) => Promise<void>;
  readonly log: Logger;
}

export interface BrokerClock extends Clock {
  /** Looks at the broker's clock now; a look that is under way serves all who ask meanwhile. */
  look(): Promise<void>;
  /** Keeps looking until it is stopped. */
  start(): void;
  stop(): Promise<void>;
}

/**
 * Time as a broker's server tells it, for one whose clock is not the world's: a stand-in that runs
 * elsewhere may stand still, jump, or run fast.
 */
export async function createBrokerClock(options: Options): Promise<BrokerClock> {
  const { broker, barMinutes, pollMs, onBarClose, log } = options;
  let now = (await broker.clock()).now;
  let handled: EpochMs | null = null;
  let looking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = true;

  const readClock = async (): Promise<void> => {
    now = (await broker.clock()).now;
    const barEnd = lastBarEnd(now, barMinutes);
    if (handled !== null && barEnd <= handled) return;
    handled = barEnd;
    await onBarClose(barEnd);
  };

  const look = (): Promise<void> => {
    looking ??= readClock()
      .catch((error: unknown) =>
        log.warn({ error: String(error) }, "the broker's clock could not be read; looking again"),
      )
      .finally(() => {
        looking = null;
      });
    return looking;
  };

  const tick = async (): Promise<void> => {
    await look();
    if (!isStopped) timer = setTimeout(() => void tick(), pollMs);
  };

  return {
    now: () => now,
    look,
    start: () => {
      isStopped = false;
      void tick();
    },
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

import { systemClock } from '#adapters/system/clock.ts';
import { createBrokerClock } from '#app/broker-clock.ts';
import type { AppContext } from '#app/context.ts';
import type { EpochMs } from '#core/session.ts';
import type { Broker } from '#ports/broker.ts';
import type { Clock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';
import { createReplay } from '#sandbox/market/replay.ts';

import type { Lifecycle } from './lifecycle.ts';
import type { Sandbox } from './sandbox.ts';

const POLL_MS = 1_000;

/** Where the exchange's time comes from, and what makes the bars close. */
export interface Clockwork {
  readonly clock: Clock;
  /** Whether the queue's own schedules follow the exchange: only where its time is the world's. */
  readonly runsOnSystemTime: boolean;
  /** A bar came over the stream: time has moved on. */
  barHeard(): void;
  /**
   * Begins to run what is due at each bar's close. Resolves when time is at its end, which only a replay's
   * is; rejects when a bar could not be handled.
   */
  start(context: AppContext, onBarClose: (barEnd: EpochMs) => Promise<void>): Promise<void>;
}

interface Options {
  readonly sandbox: Sandbox | null;
  readonly speed: number | 'max';
  readonly barMinutes: number;
  readonly broker: Broker;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
}

export async function createClockwork(options: Options): Promise<Clockwork> {
  const { sandbox } = options;
  if (sandbox === null) {
    return {
      clock: systemClock,
      runsOnSystemTime: true,
      barHeard: () => {},
      start: () => endless(),
    };
  }
  return sandbox.exchange === null
    ? followBroker(options)
    : followReplay(options, sandbox.exchange);
}

/** A promise for something that never comes. */
const endless = (): Promise<void> => new Promise(() => {});

function followReplay(
  { speed, lifecycle }: Options,
  { market, standIn }: NonNullable<Sandbox['exchange']>,
): Clockwork {
  return {
    clock: { now: () => standIn.now() },
    runsOnSystemTime: false,
    barHeard: () => {},
    start: async (_, onBarClose) => {
      const lastBarEnd = standIn.lastBarEnd();
      const replay = createReplay({
        market,
        startAfter: lastBarEnd,
        speed,
        advance: async (barEnd) => standIn.advanceTo(barEnd),
        onBarClose,
      });
      const abort = new AbortController();
      const run = async () => {
        // An earlier run may have ended before it was through with its last bar.
        if (lastBarEnd !== null) await onBarClose(lastBarEnd);
        return replay.run(abort.signal);
      };
      const running = run();
      lifecycle.onClose('replay', async () => {
        abort.abort();
        await running.catch(() => {});
      });
      if ((await running) === 'stopped') await endless();
    },
  };
}

async function followBroker({ broker, barMinutes, log, lifecycle }: Options): Promise<Clockwork> {
  const handler: { onBarClose: (barEnd: EpochMs) => Promise<void> } = {
    onBarClose: () => Promise.resolve(),
  };
  const clock = await createBrokerClock({
    broker,
    barMinutes,
    pollMs: POLL_MS,
    onBarClose: (barEnd) => handler.onBarClose(barEnd),
    log,
  });
  return {
    clock,
    runsOnSystemTime: false,
    barHeard: () => void clock.look(),
    start: async (_, onBarClose) => {
      handler.onBarClose = onBarClose;
      clock.start();
      lifecycle.onClose('broker clock', () => clock.stop());
      await endless();
    },
  };
}

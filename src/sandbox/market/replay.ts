import { setImmediate, setTimeout } from 'node:timers/promises';

import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import type { Market } from './types.ts';

/** Wall time for the pace of a replay; tests bring their own. */
export interface Pace {
  /** Milliseconds from any origin. */
  now(): number;
  /** Ends early, without an error, when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface ReplayOptions {
  readonly market: Market;
  /** The last bar end that an earlier run finished; null begins at the market's start. */
  readonly startAfter: EpochMs | null;
  /** Market time over wall time: 300 shows a 5-minute bar a second. */
  readonly speed: number | 'max';
  /** The exchange lives through the bars that end now. */
  readonly advance: (barEnd: EpochMs) => Promise<void>;
  /** The bot does all that it has to do at this bar's close. */
  readonly onBarClose: (barEnd: EpochMs) => Promise<void>;
  readonly pace?: Pace;
}

export interface Replay {
  /**
   * Plays bar after bar until the market ends or the signal aborts, which it does between two bars only.
   * Rejects with what `advance` or `onBarClose` throw.
   */
  run(signal: AbortSignal): Promise<'ended' | 'stopped'>;
  /** The exchange's time: the end of the last bar that the exchange lived through. */
  readonly clock: { now(): EpochMs };
}

/**
 * Every bar takes the same wall time, also over nights and weekends, which are skipped. The work counts
 * into a bar's time; when it takes longer, the replay waits for it and neither skips a bar nor hurries
 * after it.
 */
export function createReplay({
  market,
  startAfter,
  speed,
  advance,
  onBarClose,
  pace = systemPace,
}: ReplayOptions): Replay {
  const from = startAfter ?? market.start;
  const barEnds = market.barEnds.filter((barEnd) => barEnd > from);
  const intervalMs = speed === 'max' ? 0 : (market.barMinutes * MINUTE_MS) / speed;
  let now = from;
  return {
    clock: { now: () => now },
    async run(signal) {
      for (const barEnd of barEnds) {
        if (signal.aborted) return 'stopped';
        const begun = pace.now();
        await advance(barEnd);
        now = barEnd;
        await onBarClose(barEnd);
        if (barEnd !== barEnds.at(-1)) await pace.sleep(begun + intervalMs - pace.now(), signal);
      }
      return 'ended';
    },
  };
}

const systemPace: Pace = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    // Without a pause, too, everyone else gets a turn between two bars.
    if (ms <= 0) return setImmediate();
    await setTimeout(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};

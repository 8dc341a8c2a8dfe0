import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { stalenessOf } from '#core/staleness.ts';
import type { Broker, StreamHealth } from '#ports/broker.ts';
import type { Clock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';
import type { MarketData } from '#ports/market-data.ts';

import type { SessionCalendar } from './session-calendar.ts';

export interface SightOptions {
  readonly broker: Pick<Broker, 'streamHealth'>;
  readonly marketData: Pick<MarketData, 'streamHealth' | 'restartBars'>;
  readonly calendar: Pick<SessionCalendar, 'currentOrNext'>;
  /** The exchange's time: a replay's silence is measured in the replay's minutes. */
  readonly clock: Clock;
  readonly barMinutes: number;
  /** A mute bar stream is connected anew at most so often, in the exchange's time. */
  readonly restartEveryMinutes?: number;
  readonly log: Logger;
}

/** Whether the bot sees what happens. While it is blind, nothing may be entered. */
export interface Sight {
  /**
   * Why the bot is blind, as a sentence; null while it sees. Asking about stale market data also has the
   * bar stream connected anew, now and then.
   */
  blindness(): string | null;
  /** The same of market data alone: what is read from the broker is as good without the order stream. */
  barBlindness(): string | null;
  /** A bar of a watched symbol came over the stream. */
  barHeard(): void;
  /**
   * The orders were reconciled by REST, beginning at this instant of the system's clock: what happened
   * before it is known. It counts when the order stream has been up since then.
   */
  reconciled(startedAt: EpochMs): void;
}

const RESTART_EVERY_MINUTES = 5;

/** Nothing is in sight before the first reconcile. */
export function createSight(options: SightOptions): Sight {
  const bars = watchBars(options);
  let reconciledAt = Number.NEGATIVE_INFINITY;
  return {
    blindness: () =>
      orderBlindness(options.broker.streamHealth(), reconciledAt) ?? bars.blindness(),
    barBlindness: () => bars.blindness(),
    barHeard: () => bars.heard(),
    reconciled(startedAt) {
      reconciledAt = Math.max(reconciledAt, startedAt);
    },
  };
}

function orderBlindness(health: StreamHealth, reconciledAt: EpochMs): string | null {
  if (health.state !== 'up') return describeOutage('order', health);
  if (reconciledAt >= health.since) return null;
  return 'The order stream is up, but the orders have not been compared with the broker since.';
}

function describeOutage(what: string, { state, lastError }: StreamHealth): string {
  const cause = lastError === null ? '' : ` (${lastError})`;
  return `The ${what} stream is ${state}${cause}.`;
}

/** The staleness clock of the market data. */
function watchBars(options: SightOptions) {
  const { marketData, clock, barMinutes, log } = options;
  const restartEveryMs = (options.restartEveryMinutes ?? RESTART_EVERY_MINUTES) * MINUTE_MS;
  const watchedSince = clock.now();
  const currentSession = followSession(options);
  let lastHeardAt: EpochMs | null = null;
  let lastRestartAt: EpochMs | null = null;
  return {
    heard(): void {
      lastHeardAt = clock.now();
    },
    blindness(): string | null {
      const now = clock.now();
      const { isStale, silentMs, shouldRestart } = stalenessOf({
        now,
        session: currentSession(now),
        barMinutes,
        watchedSince,
        lastHeardAt,
        lastRestartAt,
        restartEveryMs,
      });
      if (!isStale) return null;
      const sentence = describeSilence(silentMs, marketData.streamHealth());
      if (shouldRestart) {
        lastRestartAt = now;
        log.warn({ silentMs }, 'no bars are heard; connecting the bar stream anew');
        marketData.restartBars(sentence);
      }
      return sentence;
    },
  };
}

function describeSilence(silentMs: number, health: StreamHealth): string {
  const silence = `No bar was heard for ${Math.floor(silentMs / MINUTE_MS)} minutes.`;
  return health.state === 'up' ? silence : `${silence} ${describeOutage('bar', health)}`;
}

/** The session that runs or comes next. It is looked up in the background, ahead of its open. */
function followSession({ calendar, clock, log }: SightOptions): (now: EpochMs) => Session | null {
  let session: Session | null = null;
  let isLooking = false;
  async function look(now: EpochMs): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      session = await calendar.currentOrNext(now);
    } catch (error) {
      log.warn({ error: String(error) }, 'the session could not be looked up; looking again');
    } finally {
      isLooking = false;
    }
  }
  void look(clock.now());
  return (now) => {
    if (session === null || session.close <= now) void look(now);
    return session;
  };
}

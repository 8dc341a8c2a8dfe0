import type { JobQueue } from '#adapters/bullmq/queue.ts';
import type { DiscordBot } from '#adapters/discord/bot.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { createAssetCache } from '#app/asset-cache.ts';
import { createBackground } from '#app/background.ts';
import type { AppContext } from '#app/context.ts';
import { createDailyHistory } from '#app/daily-history.ts';
import { createFeatureStore } from '#app/feature-store.ts';
import { createGuardMemory } from '#app/guard/guard-memory.ts';
import { createMutex } from '#app/mutex.ts';
import { createSessionCalendar } from '#app/session-calendar.ts';
import { createSight } from '#app/sight.ts';
import { CLOSE_TACTICS } from '#core/close.ts';

import type { Assembly } from './assembly.ts';
import { telemetryOf } from './metrics-telemetry.ts';
import type { Wakers } from './open-queue.ts';
import { pause } from './trader.ts';

/** All that the use cases work with. */
export function contextFrom(
  { options, surroundings, broker, marketData, ledger, clockwork, metrics, lease }: Assembly,
  discord: DiscordBot,
  queue: JobQueue,
  { outbox, guard }: Wakers,
): AppContext {
  const { config, log } = options;
  const { parameters } = config;
  const calendar = createSessionCalendar(broker);
  return {
    mode: config.mode,
    watchlist: surroundings.watchlist,
    parameters,
    keepDecisionsDays: config.keepDecisionsDays,
    broker,
    marketData,
    ledger: ledger.ledger,
    notifier: discord.notifier,
    queue,
    clock: clockwork.clock,
    systemClock,
    calendar,
    features: createFeatureStore({ marketData, calendar, parameters, log }),
    dailyHistory: createDailyHistory(marketData, parameters),
    sectors: config.sectors,
    assets: createAssetCache(broker, log),
    wakeOutbox: () => outbox.wake(),
    wakeGuard: () => guard.wake(),
    lease,
    sight: createSight({
      broker,
      marketData,
      calendar,
      clock: clockwork.clock,
      barMinutes: parameters.barMinutes,
      log,
    }),
    bySymbol: createMutex(),
    background: createBackground(log),
    guardMemory: createGuardMemory(),
    inFlight: new Set(),
    closeTactics: CLOSE_TACTICS,
    pause,
    reached: () => Promise.resolve(),
    telemetry: telemetryOf(metrics),
    log,
  };
}

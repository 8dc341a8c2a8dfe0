import { createEngineThread } from '#adapters/backtest/engine.ts';
import { createBarStore } from '#adapters/bars/bar-store.ts';
import type { JobQueue } from '#adapters/bullmq/queue.ts';
import type { DiscordBot } from '#adapters/discord/bot.ts';
import { createAlertPath } from '#adapters/discord/webhook.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { parametersKey } from '#adapters/system/parameters-key.ts';
import type { About } from '#app/about.ts';
import { createAssetCache } from '#app/asset-cache.ts';
import { createBackground } from '#app/background.ts';
import { barsOf } from '#app/backtest/load-bars.ts';
import type { AppContext } from '#app/context.ts';
import { createDailyHistory } from '#app/daily-history.ts';
import { createDrawdownMemory } from '#app/drawdown-memory.ts';
import { createFeatureStore } from '#app/feature-store.ts';
import { createGuardMemory } from '#app/guard/guard-memory.ts';
import { createMutex } from '#app/mutex.ts';
import { createOutageMemory } from '#app/outage.ts';
import { createPinMemory } from '#app/pins.ts';
import { createSessionCalendar } from '#app/session-calendar.ts';
import type { SessionCalendar } from '#app/session-calendar.ts';
import type { SharedPlaces } from '#app/share-bars.ts';
import { createSight } from '#app/sight.ts';
import type { Sight } from '#app/sight.ts';
import type { Config } from '#config';
import { CLOSE_TACTICS } from '#core/close.ts';
import type { AlertPath } from '#ports/alert-path.ts';
import type { BarSource } from '#ports/backtests.ts';
import type { Logger } from '#ports/logger.ts';

import type { Assembly } from './assembly.ts';
import { keptBars, storedBars } from './backtest-bars.ts';
import { barStoreDir } from './bars-settings.ts';
import { codeVersion } from './code-version.ts';
import { telemetryOf } from './metrics-telemetry.ts';
import type { Wakers } from './open-queue.ts';
import { createParity } from './parity-port.ts';
import { describeSettings } from './settings.ts';
import { pause } from './trader.ts';

/** All that the use cases work with. */
export function contextFrom(
  assembly: Assembly,
  discord: DiscordBot,
  queue: JobQueue,
  wakers: Wakers,
): AppContext {
  const { options, broker, marketData, ledger, clockwork, metrics, lease } = assembly;
  const { config, log } = options;
  const { parameters } = config;
  const { clock } = clockwork;
  const calendar = createSessionCalendar(broker);
  return {
    ...settingsOf(assembly),
    ...ownState(log),
    drawdownMemory: createDrawdownMemory(clock),
    process: { version: options.version, startedAt: clock.now() },
    broker,
    marketData,
    ledger: ledger.ledger,
    ...channelOf(assembly, discord),
    queue,
    parity: createParity({ mode: config.mode, broker, marketData, ledger: ledger.ledger }),
    clock,
    systemClock,
    calendar,
    features: createFeatureStore({ marketData, calendar, parameters, log }),
    dailyHistory: createDailyHistory(marketData, parameters),
    assets: createAssetCache(broker, log),
    wakeOutbox: () => wakers.outbox.wake(),
    wakeGuard: () => wakers.guard.wake(),
    ...backtestsOf(assembly, wakers),
    research: assembly.research.research,
    lease,
    sight: sightOf(assembly, calendar),
    pause,
    reached: () => Promise.resolve(),
    telemetry: telemetryOf(metrics),
    about: aboutOf(assembly),
    log,
  };
}

/** The engine ends before the queue does: what it played is put back while that can still be written down. */
function backtestsOf(assembly: Assembly, { backtests }: Wakers) {
  const engine = createEngineThread({ codeVersion: codeVersion() });
  assembly.lifecycle.onClose('backtest engine', () => engine.close());
  const source = barSourceOf(assembly);
  const backtestBars: BarSource = (span, { progress, signal }) =>
    source(span, { progress, signal: AbortSignal.any([signal, engine.closed]) });
  return {
    backtests: engine,
    backtestBars,
    keptBars: keptBars(placesOf(assembly)),
    wakeBacktests: () => backtests.wake(),
  };
}

/** A sandbox's market is made up, and another one under the same names may follow it: it is read where it is. */
function barSourceOf(assembly: Assembly): BarSource {
  const { options, marketData, clockwork } = assembly;
  if (options.config.mode === 'SANDBOX') return barsOf(marketData);
  const { clock } = clockwork;
  return storedBars({ marketData, ...placesOf(assembly), clock, log: options.log });
}

const placesOf = ({ options: { config }, ledger }: Assembly): SharedPlaces => ({
  store: createBarStore(barStoreDir(config.dataDir)),
  // Nobody else reaches the embedded server.
  archive: config.databaseUrl === null ? null : ledger.archive,
});

/** What the channel is told by, and what with. */
const channelOf = ({ options, charts }: Assembly, { notifier }: DiscordBot) => ({
  notifier,
  cardSettings: options.config.cards,
  charts,
  alertPath: alertPathOf(options.config),
});

const alertPathOf = ({ alertWebhookUrl, mode }: Config): AlertPath | null =>
  alertWebhookUrl === null ? null : createAlertPath(alertWebhookUrl.reveal(), mode);

const sightOf = (
  { options, broker, marketData, clockwork }: Assembly,
  calendar: SessionCalendar,
): Sight =>
  createSight({
    broker,
    marketData,
    calendar,
    clock: clockwork.clock,
    barMinutes: options.config.parameters.barMinutes,
    log: options.log,
  });

const aboutOf = ({ options, stores, surroundings }: Assembly): About => ({
  version: options.version,
  runtime: `Node ${process.versions.node}`,
  database: stores.databaseName,
  queue: stores.queueName,
  settings: describeSettings(options.config, surroundings.watchlist),
  recentErrors: options.recentErrors,
});

const settingsOf = ({ options: { config }, surroundings }: Assembly) => ({
  mode: config.mode,
  watchlist: surroundings.watchlist,
  parameters: config.parameters,
  parametersKey: parametersKey(config.parameters),
  codeVersion: codeVersion(),
  keepDecisionsDays: config.keepDecisionsDays,
  sectors: config.sectors,
  closeTactics: CLOSE_TACTICS,
});

/** What a process has for itself and loses with its end. */
const ownState = (log: Logger) => ({
  bySymbol: createMutex(),
  background: createBackground(log),
  guardMemory: createGuardMemory(),
  outages: createOutageMemory(),
  pins: createPinMemory(),
  inFlight: new Set<string>(),
  toldStudies: new Map<string, string>(),
});

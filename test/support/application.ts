import { setTimeout as delay } from 'node:timers/promises';

import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import { createAlpacaMarketData } from '#adapters/alpaca/market-data.ts';
import { openLedger } from '#adapters/postgres/ledger.ts';
import { createAssetCache } from '#app/asset-cache.ts';
import { createBackground } from '#app/background.ts';
import type { AppContext } from '#app/context.ts';
import { createDailyHistory } from '#app/daily-history.ts';
import { createDrawdownMemory } from '#app/drawdown-memory.ts';
import { createGuardMemory } from '#app/guard/guard-memory.ts';
import { createMutex } from '#app/mutex.ts';
import { createOutageMemory } from '#app/outage.ts';
import { createPinMemory } from '#app/pins.ts';
import { createSessionCalendar } from '#app/session-calendar.ts';
import { acquireLease } from '#app/trader-lease.ts';
import { CLOSE_TACTICS } from '#core/close.ts';
import type { Ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { EpochMs } from '#core/session.ts';
import { ABOUT } from '#test/support/about.ts';
import { NO_BACKTESTS } from '#test/support/backtests.ts';
import { ALL_ON } from '#test/support/channel.ts';
import { noCharts } from '#test/support/charts.ts';
import { silentLog } from '#test/support/log.ts';
import { noStudies } from '#test/support/studies.ts';

interface Given {
  readonly alpacaUrl: string;
  readonly databaseUrl: string;
  readonly watchlist: readonly Ticker[];
  /** The exchange's time. */
  readonly now: () => EpochMs;
  readonly changes?: Partial<AppContext>;
}

/** The application in the system's own time, between a real ledger and Alpaca's stand-in, without a channel. */
export async function anApplication({
  alpacaUrl,
  databaseUrl,
  watchlist,
  now,
  changes = {},
}: Given): Promise<{ readonly context: AppContext; readonly close: () => Promise<void> }> {
  const client = createAlpacaClient({ kind: 'stand-in', url: alpacaUrl });
  const broker = createAlpacaBroker(client, silentLog);
  const marketData = createAlpacaMarketData(client, 'iex', 'test', silentLog);
  const world = { mode: 'SANDBOX', identity: 'an application' };
  const opened = await openLedger({ url: databaseUrl, poolSize: 4, world, log: silentLog });
  const { ledger } = opened;
  const systemClock = { now: () => Date.now() };
  const holder = 'the trader';
  const lease = await acquireLease({
    store: ledger.lease,
    holder,
    clock: systemClock,
    pause: (ms) => delay(ms, undefined, { ref: false }),
    log: silentLog,
  });
  if (lease === null) throw new Error('the lease was not had');
  const context: AppContext = {
    mode: 'SANDBOX',
    process: { version: 'test', startedAt: now() },
    watchlist,
    parameters: DEFAULT_PARAMETERS,
    parametersKey: 'the parameters of a test',
    codeVersion: 'the code of a test',
    keepDecisionsDays: 400,
    cardSettings: ALL_ON,
    broker,
    marketData,
    ledger,
    notifier: {
      post: () => Promise.reject(new Error('there is no channel')),
      find: () => Promise.reject(new Error('there is no channel')),
      edit: () => Promise.reject(new Error('there is no channel')),
      startThread: async () => {},
      pinned: async () => [],
      setPinned: async () => {},
      state: () => 'ready',
    },
    charts: noCharts,
    alertPath: null,
    parity: { of: async () => null },
    queue: { add: async () => {}, state: async () => ({ waiting: 0, failed: 0 }) },
    clock: { now },
    systemClock,
    calendar: createSessionCalendar(broker),
    features: { at: async () => new Map(), barsSince: () => [] },
    dailyHistory: createDailyHistory(marketData, DEFAULT_PARAMETERS),
    sectors: new Map(),
    assets: createAssetCache(broker, silentLog),
    wakeOutbox: async () => {},
    ...NO_BACKTESTS,
    ...noStudies(),
    wakeGuard: async () => {},
    lease,
    sight: {
      blindness: () => null,
      barBlindness: () => null,
      barHeard: () => {},
      reconciled: () => {},
    },
    bySymbol: createMutex(),
    background: createBackground(silentLog),
    guardMemory: createGuardMemory(),
    outages: createOutageMemory(),
    pins: createPinMemory(),
    drawdownMemory: createDrawdownMemory({ now }),
    inFlight: new Set(),
    closeTactics: CLOSE_TACTICS,
    pause: (ms) => delay(ms),
    reached: async () => {},
    about: ABOUT,
    telemetry: { cycleFinished: () => {}, orderSubmitted: () => {}, cardDelivered: () => {} },
    log: silentLog,
    ...changes,
  };
  return { context, close: () => opened.close() };
}

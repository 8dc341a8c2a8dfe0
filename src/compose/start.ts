import { Hono } from 'hono';

import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import { createAlpacaMarketData } from '#adapters/alpaca/market-data.ts';
import { createJobQueue } from '#adapters/bullmq/queue.ts';
import type { JobQueue } from '#adapters/bullmq/queue.ts';
import { createDiscordBot } from '#adapters/discord/bot.ts';
import type { DiscordBot } from '#adapters/discord/bot.ts';
import { openLedger } from '#adapters/postgres/ledger.ts';
import type { OpenLedger } from '#adapters/postgres/ledger.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { healthRoutes } from '#adapters/system/health-routes.ts';
import { createMetrics } from '#adapters/system/metrics.ts';
import type { Metrics } from '#adapters/system/metrics.ts';
import { createAssetCache } from '#app/asset-cache.ts';
import type { AppContext } from '#app/context.ts';
import { createFeatureStore } from '#app/feature-store.ts';
import { applyOrder } from '#app/order-updates.ts';
import { announceStart } from '#app/reports/started.ts';
import { createSessionCalendar } from '#app/session-calendar.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { commands } from '#commands/index.ts';
import type { Config } from '#config';
import { jobs } from '#jobs/index.ts';
import type { Broker } from '#ports/broker.ts';
import type { StartedCard } from '#ports/cards.ts';
import type { Logger } from '#ports/logger.ts';
import type { MarketData } from '#ports/market-data.ts';

import { catchUp, isNewSandbox } from './catch-up.ts';
import { createClockwork } from './clockwork.ts';
import type { Clockwork } from './clockwork.ts';
import { claimDataFolder } from './data-folder.ts';
import { whileDatabaseLives } from './database-watch.ts';
import { createBarCloseRunner } from './drive.ts';
import { openHttp } from './http.ts';
import type { HttpPort } from './http.ts';
import { createLifecycle } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { setGauges, telemetryOf } from './metrics-telemetry.ts';
import { createOutboxWaker } from './outbox-waker.ts';
import type { OutboxWaker } from './outbox-waker.ts';
import { createReportCache, readinessOf, reportInTime } from './readiness.ts';
import { openStores } from './stores.ts';
import type { Stores } from './stores.ts';
import { openSurroundings } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';

const POOL_SIZE = 8;

export interface RunningBot {
  /** Of the health pages and, in the sandbox, of the channel. */
  readonly url: string;
  readonly context: AppContext;
  readonly started: StartedCard;
  readonly sandbox: Surroundings['sandbox'];
  /** Resolves when a replay has ended; rejects when the bot cannot go on. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly config: Config;
  readonly version: string;
  readonly log: Logger;
}

/** Starts everything, or nothing: what fails half-way closes what had been opened before it throws. */
export async function startBot(options: StartOptions): Promise<RunningBot> {
  const lifecycle = createLifecycle(() => options.log);
  try {
    return await assemble(options, lifecycle);
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

/** All parts, before they are set going. */
interface Assembly {
  readonly options: StartOptions;
  readonly lifecycle: Lifecycle;
  readonly http: HttpPort;
  readonly surroundings: Surroundings;
  readonly stores: Stores;
  readonly broker: Broker;
  readonly marketData: MarketData;
  readonly ledger: OpenLedger;
  readonly clockwork: Clockwork;
  readonly metrics: Metrics;
}

async function assemble(options: StartOptions, lifecycle: Lifecycle): Promise<RunningBot> {
  const { config, log } = options;
  await claimDataFolder(config.dataDir, lifecycle);
  const http = await openHttp(config.port, lifecycle);
  const surroundings = await openSurroundings(config, http, lifecycle);
  const { sandbox, database } = surroundings;
  const client = createAlpacaClient(surroundings.alpaca);
  const broker = createAlpacaBroker(client, log);
  const marketData = createAlpacaMarketData(client, surroundings.feed, surroundings.feedName);
  const key = sandbox?.key ?? (await broker.account()).id;
  const stores = await openStores(config, { database, key }, lifecycle, log);
  const identity = sandbox?.identity ?? `account ${key}`;
  const ledger = await openLedger({
    url: stores.databaseUrl,
    poolSize: POOL_SIZE,
    world: { mode: config.mode, identity },
    log,
  });
  lifecycle.onClose('ledger', () => ledger.close());
  const clockwork = await createClockwork({
    sandbox,
    speed: config.mode === 'SANDBOX' ? config.speed : 1,
    barMinutes: config.parameters.barMinutes,
    broker,
    lifecycle,
    log,
  });
  const metrics = createMetrics();
  return setGoing({
    options,
    lifecycle,
    http,
    surroundings,
    stores,
    broker,
    marketData,
    ledger,
    clockwork,
    metrics,
  });
}

async function setGoing(assembly: Assembly): Promise<RunningBot> {
  const { options, lifecycle, http, surroundings, stores, clockwork } = assembly;
  const holder: { context: AppContext | null } = { context: null };
  const contextOf = (): AppContext => {
    if (holder.context === null) throw new Error('the bot is still being put together');
    return holder.context;
  };
  const discord = openDiscord(assembly, contextOf);
  const { queue, outbox } = await openQueue(assembly, contextOf);
  const context = (holder.context = contextFrom(assembly, discord, queue, outbox));

  // The stand-in's page and API are on this port: the bot's own messages go there.
  serveHttp(assembly, context, queue);
  if (await isNewSandbox(context)) await queue.forget();
  await followOrders(context, lifecycle);
  await catchUp(context);
  await queue.startWorkers();
  await queue.schedule(clockwork.runsOnSystemTime ? 'all' : 'every');
  await discord.start();
  const started = await announceStart(context, {
    version: options.version,
    database: stores.databaseName,
    queue: stores.queueName,
    page: surroundings.sandbox?.discord ? http.url : null,
  });
  const runner = createBarCloseRunner({
    jobs,
    queue,
    outbox,
    barMinutes: options.config.parameters.barMinutes,
    isSessionClose: isSessionCloseOf(surroundings),
  });
  const running = clockwork.start(context, runner);
  return {
    url: http.url,
    context,
    started,
    sandbox: surroundings.sandbox,
    ended: stores.isEmbedded
      ? whileDatabaseLives(running, { ping: () => assembly.ledger.ping(), lifecycle })
      : running,
    stop: () => lifecycle.close(),
  };
}

/** Takes in what the order stream tells. */
async function followOrders(context: AppContext, lifecycle: Lifecycle): Promise<void> {
  const updates = await context.broker.subscribeTradeUpdates({
    onUpdate: async ({ order, execution }) => {
      await applyOrder(context, order, execution === null ? [] : [execution]);
    },
    onSubscribed: async () => {
      await syncOrders(context);
    },
    onDown: (reason) =>
      context.log.warn({ reason }, 'the order stream is down; orders are read by REST'),
  });
  lifecycle.onClose('order stream', () => updates.close());
}

/** A replay knows its sessions; elsewhere the job itself asks the broker's calendar. */
function isSessionCloseOf({ sandbox }: Surroundings): (barEnd: number) => boolean {
  const sessions = sandbox?.exchange?.market.sessions;
  if (sessions === undefined) return () => true;
  const closes = new Set(sessions.map(({ close }) => close));
  return (barEnd) => closes.has(barEnd);
}

function openDiscord(assembly: Assembly, context: () => AppContext): DiscordBot {
  const { options, surroundings, lifecycle, metrics } = assembly;
  const { roles, ...access } = surroundings.discord;
  const bot = createDiscordBot({
    ...access,
    access: roles,
    commands,
    context,
    mode: options.config.mode,
    log: options.log,
    onCommand: (command, outcome) => metrics.commands.inc({ command, outcome }),
  });
  lifecycle.onClose('Discord', () => bot.stop());
  return bot;
}

async function openQueue(
  { stores, options, lifecycle }: Assembly,
  context: () => AppContext,
): Promise<{ queue: JobQueue; outbox: OutboxWaker }> {
  const queue = await createJobQueue({
    connection: stores.queueConnection,
    barMinutes: options.config.parameters.barMinutes,
    jobs: jobs.map((job) => ({
      name: job.name,
      schedule: job.schedule,
      run: (payload: unknown) => job.run(context(), job.payload.parse(payload)),
    })),
    log: options.log,
  });
  lifecycle.onClose('queue', () => queue.close());
  let last = 0;
  const outbox = createOutboxWaker(() => {
    // Each delivery is a job of its own, also two within a millisecond.
    last = Math.max(last + 1, systemClock.now());
    return queue.runDue('deliver-outbox', last);
  }, options.log);
  return { queue, outbox };
}

function contextFrom(
  { options, surroundings, broker, marketData, ledger, clockwork, metrics }: Assembly,
  discord: DiscordBot,
  queue: JobQueue,
  outbox: OutboxWaker,
): AppContext {
  const { config, log } = options;
  const { parameters } = config;
  const calendar = createSessionCalendar(broker);
  return {
    mode: config.mode,
    watchlist: surroundings.watchlist,
    parameters,
    broker,
    marketData,
    ledger: ledger.ledger,
    notifier: discord.notifier,
    queue,
    clock: clockwork.clock,
    systemClock,
    calendar,
    features: createFeatureStore({ marketData, calendar, parameters, log }),
    assets: createAssetCache(broker, log),
    wakeOutbox: () => outbox.wake(),
    telemetry: telemetryOf(metrics),
    log,
  };
}

function serveHttp(
  { http, surroundings, ledger, stores, metrics, clockwork }: Assembly,
  context: AppContext,
  queue: JobQueue,
): void {
  const report = createReportCache(context);
  const parts = {
    context,
    database: { description: stores.databaseName, ping: () => ledger.ping() },
    queue: { ...queue, description: stores.queueName },
    timetable: clockwork.runsOnSystemTime ? { since: context.clock.now() } : null,
  };
  const health = healthRoutes({
    ready: () => readinessOf(parts, report),
    metrics: async () => {
      const current = await reportInTime(report);
      // Without one the gauges keep what they showed last.
      if (current !== null) setGauges(metrics, current);
      return metrics.text();
    },
  });
  const app = new Hono().route('/', health);
  const page = surroundings.sandbox?.discord?.app;
  http.serve(page === undefined ? app : app.route('/', page));
}

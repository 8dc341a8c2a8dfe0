import { join } from 'node:path';

import { Hono } from 'hono';

import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import { createAlpacaMarketData } from '#adapters/alpaca/market-data.ts';
import type { JobQueue } from '#adapters/bullmq/queue.ts';
import { createCharts } from '#adapters/charts/charts.ts';
import type { DrawnCharts } from '#adapters/charts/charts.ts';
import { createDiscordBot } from '#adapters/discord/bot.ts';
import type { DiscordBot } from '#adapters/discord/bot.ts';
import { openLedger } from '#adapters/postgres/ledger.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { healthRoutes } from '#adapters/system/health-routes.ts';
import { createMetrics } from '#adapters/system/metrics.ts';
import { rememberErrors } from '#app/about.ts';
import { startOpenCloses } from '#app/close/run-close.ts';
import { settleLeftConfirmations } from '#app/confirm/confirmations.ts';
import type { AppContext } from '#app/context.ts';
import { announceStart } from '#app/reports/started.ts';
import type { KeptLease } from '#app/trader-lease.ts';
import { commands } from '#commands/index.ts';
import { jobs } from '#jobs/index.ts';
import type { StartedCard } from '#ports/cards.ts';

import { contextFrom } from './app-context.ts';
import type { Assembly, StartOptions, WatchedOptions } from './assembly.ts';
import { catchUp, isNewSandbox } from './catch-up.ts';
import { createClockwork } from './clockwork.ts';
import { claimDataFolder } from './data-folder.ts';
import { whileDatabaseLives } from './database-watch.ts';
import { createBarCloseRunner } from './drive.ts';
import { openHttp } from './http.ts';
import { createLifecycle } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { setGauges } from './metrics-telemetry.ts';
import { openQueue } from './open-queue.ts';
import type { Wakers } from './open-queue.ts';
import { createReportCache, readinessOf, reportInTime } from './readiness.ts';
import { openResearch } from './research-process.ts';
import { openStores } from './stores.ts';
import { openSurroundings } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';
import { claimTrading, followBars, followOrders, untilSighted } from './trader.ts';

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

/** Starts everything, or nothing: what fails half-way closes what had been opened before it throws. */
export async function startBot(options: StartOptions): Promise<RunningBot> {
  const { log, recent: recentErrors } = rememberErrors(options.log, systemClock);
  const lifecycle = createLifecycle(() => log);
  try {
    return await assemble({ ...options, log, recentErrors }, lifecycle);
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

async function assemble(options: WatchedOptions, lifecycle: Lifecycle): Promise<RunningBot> {
  const { config, log } = options;
  await claimDataFolder(config.dataDir, lifecycle);
  const http = await openHttp(config.port, lifecycle);
  const surroundings = await openSurroundings(config, http, lifecycle);
  const { sandbox, database } = surroundings;
  const client = createAlpacaClient(surroundings.alpaca);
  const right: { lease: KeptLease | null } = { lease: null };
  const broker = createAlpacaBroker(client, log, () => right.lease?.assertHeld());
  const marketData = createAlpacaMarketData(client, surroundings.feed, surroundings.feedName, log);
  const key = sandbox?.key ?? (await broker.account()).id;
  const stores = await openStores(config, { database, key }, lifecycle, log);
  const world = { mode: config.mode, identity: sandbox?.identity ?? `account ${key}` };
  const ledger = await openLedger({ url: stores.databaseUrl, poolSize: POOL_SIZE, world, log });
  lifecycle.onClose('ledger', () => ledger.close());
  const lease = (right.lease = await claimTrading({
    ledger: ledger.ledger,
    dataDir: config.dataDir,
    http,
    lifecycle,
    log,
    stopping: options.stopping,
  }));
  const clockwork = await createClockwork({
    sandbox,
    speed: config.mode === 'SANDBOX' ? config.speed : 1,
    barMinutes: config.parameters.barMinutes,
    broker,
    lifecycle,
    log,
  });
  return setGoing({
    options,
    lifecycle,
    http,
    surroundings,
    stores,
    broker,
    marketData,
    ledger,
    research: await openResearch({ ...options, ...stores, lifecycle }),
    clockwork,
    metrics: createMetrics(),
    lease,
    charts: openCharts(options, lifecycle),
  });
}

function openCharts({ config, log }: StartOptions, lifecycle: Lifecycle): DrawnCharts {
  const charts = createCharts({ folder: join(config.dataDir, 'charts'), log });
  lifecycle.onClose('charts', () => charts.close());
  return charts;
}

async function setGoing(assembly: Assembly): Promise<RunningBot> {
  const { options, lifecycle, http, surroundings, stores, clockwork, research } = assembly;
  const holder: { context: AppContext | null } = { context: null };
  const contextOf = (): AppContext => {
    if (holder.context === null) throw new Error('the bot is still being put together');
    return holder.context;
  };
  const discord = openDiscord(assembly, contextOf);
  const { queue, wakers } = await openQueue(assembly, contextOf);
  const context = (holder.context = contextFrom(assembly, discord, queue, wakers));

  // The stand-in's page and API are on this port: the bot's own messages go there.
  serveHttp(assembly, context, queue);
  if (await isNewSandbox(context)) await queue.forget();
  const findings = await catchUp(context);
  await followOrders(context, lifecycle);
  await followBars(context, lifecycle, () => clockwork.barHeard());
  await untilSighted(context);
  await queue.startWorkers();
  await research.work(context.backtestBars);
  await queue.schedule(clockwork.runsOnSystemTime ? 'all' : 'every');
  await settleLeftConfirmations(context);
  await discord.start();
  const started = await announceStart(
    context,
    {
      version: options.version,
      database: stores.databaseName,
      queue: stores.queueName,
      page: surroundings.sandbox?.discord ? http.url : null,
    },
    findings,
  );
  await startOpenCloses(context);
  // Nobody waits for it.
  void assembly.charts.warmUp();
  const runner = runnerOf(assembly, { queue, wakers, context });
  const running = Promise.race([clockwork.start(context, runner), assembly.lease.lost]);
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

interface Running {
  readonly queue: JobQueue;
  readonly wakers: Wakers;
  readonly context: AppContext;
}

const runnerOf = ({ options, surroundings }: Assembly, { queue, wakers, context }: Running) =>
  createBarCloseRunner({
    jobs,
    queue,
    // The guard starts closings, and both have cards to deliver.
    settling: [wakers.guard, context.background, wakers.outbox],
    barMinutes: options.config.parameters.barMinutes,
    isSessionClose: isSessionCloseOf(surroundings),
  });

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
    cards: options.config.cards,
    mentions: options.config.mentions,
    log: options.log,
    onCommand: (command, outcome) => metrics.commands.inc({ command, outcome }),
  });
  lifecycle.onClose('Discord', () => bot.stop());
  return bot;
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

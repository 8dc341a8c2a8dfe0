import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { startEmbeddedPostgres } from '#adapters/postgres/embedded.ts';
import type { AppContext } from '#app/context.ts';
import { createFeatureStore } from '#app/feature-store.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { commands } from '#commands/index.ts';
import { parseUsd } from '#core/money.ts';
import type { EpochMs } from '#core/session.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { anApplication } from '#test/support/application.ts';
import { silentLog } from '#test/support/log.ts';

import { closeDesks, makeBot, startStandIn, untilLogged } from '../adapters/discord/harness.ts';
import { aMarket } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import type { BenchRow } from './bench-row.ts';

const QUIET: Ohlc = [100, 100.2, 99.8, 100];
const SYMBOLS = 500;
const COMMANDS = 300;
const BUDGET_MS = 200;
/** At most so long apart, so that they fall into every part of a cycle. */
const PAUSE_MS = 40;

/** Begins work beside the bot, as a backtest does; ended when the measuring is over. */
export type StartLoad = () => Promise<{ readonly stop: () => Promise<void> }>;

/** Keeps one core busy with backtests, as a person who asks for one does. */
export const playBacktests: StartLoad = async () => {
  const worker = new Worker(new URL('backtest-load.ts', import.meta.url));
  await once(worker, 'online');
  return { stop: async () => void (await worker.terminate()) };
};

/** How long a person waits until Discord knows that the bot has heard, while it trades and a backtest runs. */
export async function benchAnswers(startLoad: StartLoad): Promise<readonly BenchRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bracketeer-bench-'));
  await chmod(dataDir, 0o755);
  const database = { dataDir, database: 'answers', durable: true, log: silentLog };
  const server = await startEmbeddedPostgres(database);
  try {
    const world = await aTradingBot(server.url);
    const idle = await firstAnswers(world, { during: async () => {} });
    const load = await startLoad();
    const busy = await firstAnswers(world, { during: () => world.nextCycle() });
    await load.stop();
    await world.close();
    return rowsOf(idle.took, busy);
  } finally {
    await closeDesks();
    await server.stop();
    await rm(dataDir, { recursive: true });
  }
}

interface World {
  readonly discord: Awaited<ReturnType<typeof startStandIn>>;
  /** Ends a bar and trades on it. */
  readonly nextCycle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The bot between a real ledger and both stand-ins, all but the ledger in this process. */
async function aTradingBot(databaseUrl: string): Promise<World> {
  const names = Array.from({ length: SYMBOLS }, (_, index) => `S${index}`);
  const market = aMarket(Object.fromEntries(names.map((name) => [name, [QUIET]])));
  const alpaca = await createAlpacaStandIn({ market, startingCash: parseUsd('100000') });
  const { context: base, close } = await anApplication({
    alpacaUrl: alpaca.url,
    databaseUrl,
    watchlist: market.symbols,
    now: () => alpaca.now(),
  });
  const discord = await startStandIn();
  const { bot, lines } = makeBot(`${discord.url}/api`, { commands, context: () => context });
  const context: AppContext = {
    ...base,
    notifier: bot.notifier,
    features: createFeatureStore({ ...base }),
  };
  await reconcile(context);
  await bot.start();
  await untilLogged(lines, 'the slash commands are registered');
  const barEnds = market.barEnds.values();
  const nextCycle = () => runNext(context, (at) => alpaca.advanceTo(at), barEnds);
  // The first one reads the history of every symbol, as once a day before the open.
  await nextCycle();
  return {
    discord,
    nextCycle,
    close: async () => {
      await close();
      await alpaca.close();
    },
  };
}

async function runNext(
  context: AppContext,
  advanceTo: (at: EpochMs) => void,
  barEnds: Iterator<EpochMs, undefined>,
): Promise<void> {
  const { value: barEnd } = barEnds.next();
  if (barEnd === undefined) throw new Error('the market has no further bar');
  advanceTo(barEnd);
  const { kind } = await runTradingCycle(context, barEnd);
  if (kind !== 'done') throw new Error(`the cycle was ${kind}`);
}

interface Measured {
  readonly took: readonly number[];
  readonly cycles: readonly number[];
}

/** How long each of many commands waits for its first answer, while something is done over and over. */
async function firstAnswers(
  { discord }: World,
  { during }: { readonly during: () => Promise<void> },
): Promise<Measured> {
  const took: number[] = [];
  const cycles: number[] = [];
  const over = new AbortController();
  const beside = (async () => {
    while (!over.signal.aborted) {
      cycles.push(await timed(during));
      // Whoever waits for the event loop gets it between two cycles, as between two bars.
      await delay(PAUSE_MS);
    }
  })();
  for (let sent = 0; sent < COMMANDS; sent += 1) {
    const from = performance.now();
    const acted = await discord.act({ kind: 'slash', as: 'viewer', command: 'status' });
    took.push(performance.now() - from);
    if (acted.interactionId === null || acted.reaction.kind !== 'deferred') {
      throw new Error(`the command was ${acted.reaction.kind}`);
    }
    await discord.settled(acted.interactionId);
    await delay((sent * 7) % PAUSE_MS);
  }
  over.abort();
  await beside;
  return { took, cycles };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((left, right) => left - right)[Math.ceil(values.length * part) - 1] ?? Number.NaN;

const words = (took: readonly number[]): string =>
  `${percentile(took, 0.5).toFixed(1)} ms median, ${percentile(took, 0.99).toFixed(1)} ms p99`;

function rowsOf(idle: readonly number[], { took, cycles }: Measured): readonly BenchRow[] {
  return [
    { name: `command to deferred reply, ${idle.length}, nothing else to do`, value: words(idle) },
    {
      name: `the same during ${cycles.length} cycles of ${SYMBOLS} symbols and a backtest`,
      value: words(took),
      budget: `p99 ${BUDGET_MS} ms`,
      ok: percentile(took, 0.99) < BUDGET_MS,
    },
    {
      name: `a cycle of ${SYMBOLS} symbols beside them, median`,
      value: `${percentile(cycles, 0.5).toFixed(0)} ms`,
    },
  ];
}

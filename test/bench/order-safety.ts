import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedPostgres } from '#adapters/postgres/embedded.ts';
import { requestClose } from '#app/close/request-close.ts';
import { runClose } from '#app/close/run-close.ts';
import type { AppContext } from '#app/context.ts';
import { watchDrawdown } from '#app/drawdown.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { guardPositions } from '#app/guard/position-guard.ts';
import { applyOrder } from '#app/order-updates.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import type { AlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';
import type { Market } from '#sandbox/market/types.ts';
import { anApplication } from '#test/support/application.ts';
import { anIntent } from '#test/support/intents.ts';
import { silentLog } from '#test/support/log.ts';

import { aMarket, FIRST } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import type { BenchRow } from './bench-row.ts';

const QUIET: Ohlc = [100, 100.2, 99.8, 100];
const POSITIONS = 100;
const UPDATES = 70;
const CLOSINGS = 12;
const LOOKS = 7;

/** The bot between a real ledger and the stand-in with its usual delays, on this machine. */
interface World {
  readonly context: AppContext;
  readonly standIn: AlpacaStandIn;
  readonly requests: () => number;
  readonly nextBar: () => number;
  readonly close: () => Promise<void>;
}

async function aWorld(url: string, market: Market): Promise<World> {
  let requests = 0;
  const standIn = await createAlpacaStandIn({
    market,
    startingCash: parseUsd('1000000'),
    delays: REALISTIC_DELAYS,
    onRequest: () => {
      requests += 1;
    },
  });
  const { context, close } = await anApplication({
    alpacaUrl: standIn.url,
    databaseUrl: url,
    watchlist: market.symbols,
    now: () => standIn.now(),
  });
  // As at every start: before it nothing may be entered.
  await reconcile(context);
  const barEnds = market.barEnds.values();
  return {
    context,
    standIn,
    requests: () => requests,
    nextBar: () => {
      const { value } = barEnds.next();
      if (value === undefined) throw new Error('the market has no further bar');
      standIn.advanceTo(value);
      return value;
    },
    close: async () => {
      await close();
      await standIn.close();
    },
  };
}

/** Plans an entry of ten shares that the next bar fills, and sends it. Throws when it is not sent. */
async function enter({ context }: World, at: number, symbols: readonly Ticker[]): Promise<void> {
  // As every cycle does: nothing is entered while nobody knows how far equity has fallen.
  await watchDrawdown(context);
  await context.ledger.transaction(async (tx) => {
    for (const symbol of symbols) {
      const id = entryTradeId(FIRST.date, at, symbol);
      const clientOrderId = entryClientOrderId(id);
      const own = { tradeId: id, clientOrderId, symbol, decidedAt: at };
      await tx.insertTrade({ ...anIntent(), ...own });
    }
  });
  await submitPlannedEntries(context, at);
  for (const symbol of symbols) {
    const status = (await context.ledger.trade(entryTradeId(FIRST.date, at, symbol)))?.status;
    if (status !== 'submitted') throw new Error(`the entry in ${symbol} is ${status}`);
  }
}

/** What order safety costs: news, the guard, and a closing from the wish to the proof. */
export async function benchOrderSafety(): Promise<readonly BenchRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bracketeer-bench-'));
  // As root, PostgreSQL runs under another account, which must be able to enter.
  await chmod(dataDir, 0o755);
  const database = (name: string) =>
    startEmbeddedPostgres({ dataDir, database: name, durable: true, log: silentLog });
  try {
    const rows: BenchRow[] = [];
    for (const [name, measure] of Object.entries({
      news: benchNews,
      guard: benchGuard,
      close: benchClose,
    })) {
      const server = await database(name);
      rows.push(...(await measure(server.url)));
      await server.stop();
    }
    return rows;
  } finally {
    await rm(dataDir, { recursive: true });
  }
}

const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((left, right) => left - right)[Math.ceil(values.length * part) - 1] ?? Number.NaN;

const row = (name: string, ms: number, budgetMs: number): BenchRow => ({
  name,
  value: `${ms.toFixed(1)} ms`,
  budget: `${budgetMs} ms`,
  ok: ms < budgetMs,
});

async function benchNews(url: string): Promise<readonly BenchRow[]> {
  const symbols = Array.from({ length: UPDATES }, (_, index) => `S${index}`);
  const market = aMarket(Object.fromEntries(symbols.map((symbol) => [symbol, [QUIET]])));
  const world = await aWorld(url, market);
  const { context } = world;
  const took: number[] = [];
  let heard = Promise.withResolvers<void>();
  const subscribed = Promise.withResolvers<void>();
  const stream = await context.broker.subscribeTradeUpdates({
    onUpdate: async ({ event, order, execution }) => {
      await applyOrder(context, order, execution === null ? [] : [execution]);
      if (event === 'fill') heard.resolve();
    },
    onSubscribed: async () => subscribed.resolve(),
    onDown: () => {},
  });
  await subscribed.promise;
  let at = world.nextBar();
  for (const symbol of symbols) {
    await enter(world, at, [ticker(symbol)]);
    heard = Promise.withResolvers();
    const begun = performance.now();
    at = world.nextBar();
    await heard.promise;
    took.push(performance.now() - begun);
  }
  await stream.close();
  await world.close();
  return [
    row(`trade update to ledger and card row, p99 of ${UPDATES}`, percentile(took, 0.99), 50),
    {
      name: 'trade update to ledger and card row, median',
      value: `${percentile(took, 0.5).toFixed(1)} ms`,
    },
  ];
}

async function benchGuard(url: string): Promise<readonly BenchRow[]> {
  const symbols = Array.from({ length: POSITIONS }, (_, index) => `S${index}`);
  const market = aMarket(Object.fromEntries(symbols.map((symbol) => [symbol, [QUIET]])));
  const world = await aWorld(url, market);
  await enter(world, world.nextBar(), symbols.map(ticker));
  world.nextBar();
  await syncOrders(world.context);
  const took: number[] = [];
  let requests = 0;
  for (let look = 0; look < LOOKS; look += 1) {
    const before = world.requests();
    const begun = performance.now();
    await guardPositions(world.context);
    took.push(performance.now() - begun);
    requests = world.requests() - before;
  }
  const held = (await world.context.broker.positions()).length;
  await world.close();
  return [
    row(
      `guard over ${held} positions, ${requests} requests, median of ${LOOKS}`,
      percentile(took, 0.5),
      1_000,
    ),
  ];
}

async function benchClose(url: string): Promise<readonly BenchRow[]> {
  const symbols = Array.from({ length: CLOSINGS }, (_, index) => ticker(`S${index}`));
  const market = aMarket(Object.fromEntries(symbols.map((symbol) => [symbol, [QUIET]])));
  const world = await aWorld(url, market);
  const { context } = world;
  await enter(world, world.nextBar(), symbols);
  world.nextBar();
  await syncOrders(context);
  const took: number[] = [];
  for (const trade of await context.ledger.unfinishedTrades()) {
    const { symbol } = trade.intent;
    const position = await context.broker.position(symbol);
    if (position === null) continue;
    const begun = performance.now();
    const request = await requestClose(context, {
      tradeId: trade.id,
      position,
      reason: 'manual_close',
      quantity: position.quantity,
      atMarket: false,
      requestedBy: 'bench',
    });
    if (request.kind === 'begun') await runClose(context, request.close.id, symbol);
    took.push(performance.now() - begun);
  }
  await world.close();
  return [
    row(`closing to proven flat, slowest of ${took.length}`, Math.max(...took), 2_000),
    { name: 'closing to proven flat, median', value: `${percentile(took, 0.5).toFixed(0)} ms` },
  ];
}

import { once } from 'node:events';

import { createAdaptorServer } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';

import type { Ticker } from '#core/ids.ts';
import type { PositionState } from '#core/matching/exchange.ts';
import type { SimulatedOrder } from '#core/matching/order.ts';
import type { ExchangeRules } from '#core/matching/venue.ts';
import type { Usd } from '#core/money.ts';
import type { EpochMs } from '#core/session.ts';

import type { Market } from '../market/types.ts';
import { createBehaviour } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { createFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { createRestApp } from './rest/app.ts';
import type { RestRequest } from './rest/app.ts';
import { attachSockets } from './sockets/attach.ts';
import type { SocketControls } from './sockets/faults.ts';
import { createStockData } from './sockets/stock-data.ts';
import { createTradeUpdates } from './sockets/trade-updates.ts';
import { NO_DELAYS, realTimers } from './timers.ts';
import type { Delays, Timers } from './timers.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

export interface AlpacaStandInOptions {
  readonly market: Market;
  readonly startingCash: Usd;
  /** Keeps the account over restarts; nothing is kept without it. */
  readonly journalFile?: string | null;
  /** Any free port when left out. */
  readonly port?: number;
  /** Where the simulated exchange may be set otherwise. */
  readonly rules?: Partial<ExchangeRules>;
  readonly notShortable?: readonly Ticker[];
  /** Alpaca allows 200; the stand-in any number, unless told otherwise. */
  readonly requestsPerMinute?: number | null;
  readonly onRequest?: (request: RestRequest) => void;
  /** What takes the broker time; everything has its effect at once unless told otherwise. */
  readonly delays?: Partial<Delays>;
  /** The time in which it passes; the machine's when left out. */
  readonly timers?: Timers;
}

/** What tests want to know without asking over the wire. */
export interface Inspection {
  readonly equity: Usd;
  readonly cash: Usd;
  /** Every order, legs included, in order of submission. */
  readonly orders: readonly SimulatedOrder[];
  readonly positions: readonly PositionState[];
  /** The latest of each symbol. */
  readonly prices: ReadonlyMap<Ticker, Usd>;
  /** How often each client order id was sent since the start, refused ones included. */
  readonly submissions: ReadonlyMap<string, number>;
  /** Cancels, releases, replacements and trades that have had no effect yet. */
  readonly pendingEffects: number;
}

export interface AlpacaStandIn {
  /** Of the REST services; the sockets are at `/stream` and `/v2/{feed}` of the same address. */
  readonly url: string;
  /** The market's time: end of the last bar that was lived through, or the market's start. */
  now(): EpochMs;
  /**
   * Lives through the bars up to this end: fills, session open and close, then the frames of both
   * sockets. Throws RangeError when no bar to come ends there.
   */
  advanceTo(barEnd: EpochMs): void;
  /** Where a replay goes on after a restart; null at the very beginning. */
  lastBarEnd(): EpochMs | null;
  inspect(): Inspection;
  /** Makes the sockets fail as Alpaca's do. */
  readonly sockets: SocketControls;
  /** What the real broker has been seen to do, to be switched on and off at any moment. */
  readonly behaviour: Behaviour;
  /** What may go wrong with requests. */
  readonly faults: Faults;
  /** Ends every connection; closing twice is closing once. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/**
 * Alpaca on this machine: Trading API v2 and Market Data v2 with both sockets, for one account, over a
 * market whose future is known. Time moves only when it is told to.
 *
 * @throws Error when the journal cannot be used, or the port is taken.
 */
export async function createAlpacaStandIn(options: AlpacaStandInOptions): Promise<AlpacaStandIn> {
  const { market, startingCash, rules = {}, notShortable = [] } = options;
  const timers = options.timers ?? realTimers;
  const behaviour = createBehaviour();
  const { faults, middleware } = createFaults(timers);
  const world = createWorld(
    { market, startingCash, rules, notShortable },
    options.journalFile ?? null,
    { behaviour, timers, delays: { ...NO_DELAYS, ...options.delays } },
  );
  const submissions = new Map<string, number>();
  const app = createRestApp(world, {
    requestsPerMinute: options.requestsPerMinute ?? null,
    notShortable,
    timers,
    faults: middleware,
    onRequest: options.onRequest ?? (() => {}),
    onSubmit: (id) => submissions.set(id, (submissions.get(id) ?? 0) + 1),
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  const tradeUpdates = createTradeUpdates();
  const stockData = createStockData();
  const sockets = attachSockets(server, { tradeUpdates, stockData }, timers);
  world.listen({
    onEvents: (events) => tradeUpdates.send(events),
    onBars: (bars) => stockData.send(bars),
  });
  const port = await listen(server, options.port ?? 0).catch((error: unknown) => {
    world.close();
    throw error;
  });
  let closing: Promise<void> | null = null;
  async function close(): Promise<void> {
    sockets.close();
    await closeServer(server);
    world.close();
  }
  return {
    url: `http://${LOOPBACK}:${port}`,
    now: () => world.now(),
    lastBarEnd: () => world.lastBarEnd(),
    advanceTo: (barEnd) => world.advanceTo(barEnd),
    sockets: sockets.controls,
    behaviour,
    faults,
    inspect: () => inspect(world, submissions),
    close: () => (closing ??= close()),
  };
}

function inspect(world: World, submissions: ReadonlyMap<string, number>): Inspection {
  const { equity, cash } = world.exchange.account();
  return {
    equity,
    cash,
    orders: world.exchange.orders(),
    positions: world.exchange.positions(),
    prices: new Map(
      world.market.symbols.flatMap((symbol) => {
        const price = world.exchange.priceOf(symbol);
        return price === undefined ? [] : [[symbol, price]];
      }),
    ),
    submissions: new Map(submissions),
    pendingEffects: world.pendingEffects(),
  };
}

async function closeServer(server: ServerType): Promise<void> {
  server.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
  await once(server, 'close');
}

async function listen(server: ServerType, port: number): Promise<number> {
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

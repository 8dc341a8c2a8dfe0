import { describe, expect, it, onTestFinished } from 'vitest';

import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import type { StreamTiming } from '#adapters/alpaca/stream-connection.ts';
import type { Bar } from '#core/bars.ts';
import { ticker } from '#core/ids.ts';
import type { BrokerOrder } from '#core/order.ts';
import type { TradeUpdate } from '#ports/broker.ts';
import { createVirtualTimers } from '#sandbox/alpaca/timers.ts';
import type { VirtualTimers } from '#sandbox/alpaca/timers.ts';
import { eventually } from '#test/support/eventually.ts';
import { silentLog } from '#test/support/log.ts';

import { FIRST, barEnd } from '../../sandbox/alpaca-market.ts';
import type { Ohlc } from '../../sandbox/alpaca-market.ts';
import { BRACKET } from '../../sandbox/alpaca/a-stand-in.ts';
import { FAST, aBroker } from './a-broker.ts';

const ENTRY: Ohlc = [100, 101, 99, 100];
const AAPL = ticker('AAPL');
const MSFT = ticker('MSFT');

/** A pulse that a dead connection misses soon. */
const PULSE: Partial<StreamTiming> = { pingIntervalMs: 200, pongWaitMs: 200 };

interface OrderWorld {
  readonly bars?: readonly Ohlc[];
  /** The stand-in's own, where the test lets its delays pass. */
  readonly timers?: VirtualTimers;
  readonly timing?: Partial<StreamTiming>;
  /** What the listener does with an update besides taking it down. */
  readonly onUpdate?: (update: TradeUpdate) => Promise<void>;
}

/**
 * A broker whose order stream is subscribed to by a listener as the application's: it takes down each
 * update and, whenever the subscription is acknowledged, what REST tells.
 */
async function listening({ bars = [ENTRY], timing = {}, timers, onUpdate }: OrderWorld = {}) {
  const shape = timers === undefined ? { bars } : { bars, timers };
  const world = await aBroker(shape, { streamTiming: timing });
  const { broker } = world;
  const updates: TradeUpdate[] = [];
  const known = new Map<string, BrokerOrder>();
  const heard = { subscribed: 0, downs: [] as string[] };
  const subscription = await broker.subscribeTradeUpdates({
    onUpdate: async (update) => {
      updates.push(update);
      known.set(update.order.id, update.order);
      await onUpdate?.(update);
    },
    onSubscribed: async () => {
      heard.subscribed += 1;
      for (const order of await broker.ordersSince(0)) known.set(order.id, order);
    },
    onDown: (reason) => heard.downs.push(reason),
  });
  onTestFinished(() => subscription.close());
  await eventually(() => expect(heard.subscribed).toBeGreaterThan(0));
  return {
    ...world,
    updates,
    heard,
    known,
    subscription,
    subscribedAgain: () => eventually(() => expect(heard.subscribed).toBeGreaterThan(1)),
    statusOf: (id: string) => known.get(id)?.status,
  };
}

type Listening = Awaited<ReturnType<typeof listening>>;

/** Places a bracket and has its entry filled, unheard, while the stream is as it is. */
async function fillUnheard({ call, advance }: Listening): Promise<string> {
  const { body } = await call('POST', '/v2/orders', BRACKET);
  advance();
  return body.id;
}

describe('the order stream', () => {
  it('27: comes back after its connection was cut, and learns of the fill in between', async () => {
    const world = await listening();
    world.sockets.drop();
    const id = await fillUnheard(world);
    await world.subscribedAgain();
    await eventually(() => expect(world.statusOf(id)).toBe('filled'));
    expect(world.heard.downs).toHaveLength(1);
    expect(world.broker.streamHealth()).toMatchObject({ state: 'up', reconnects: 1 });
  });

  it('27: is not up before its subscription is acknowledged, however late that is', async () => {
    const timers = createVirtualTimers();
    const world = await listening({ timers });
    world.sockets.delayAcks(60_000);
    world.sockets.drop();
    await eventually(() => expect(world.broker.streamHealth().state).toBe('connecting'), {
      interval: 5,
    });
    const id = await fillUnheard(world);
    expect(world.heard.subscribed).toBe(1);
    await eventually(() => {
      timers.elapse(60_000);
      expect(world.heard.subscribed).toBeGreaterThan(1);
    });
    await eventually(() => expect(world.statusOf(id)).toBe('filled'));
  });

  it('27: connects anew when no acknowledgement comes at all', async () => {
    const world = await listening({ timing: { ackWaitMs: 300 } });
    world.sockets.delayAcks(60_000);
    world.sockets.drop();
    await eventually(() =>
      expect(world.broker.streamHealth().lastError).toContain('no subscription was acknowledged'),
    );
    world.sockets.delayAcks(0);
    await world.subscribedAgain();
  });

  it('27: outlives a series of refused upgrades', async () => {
    const world = await listening();
    world.sockets.refuseUpgrades(4, 429);
    world.sockets.drop();
    await world.subscribedAgain();
    expect(world.broker.streamHealth()).toMatchObject({
      state: 'up',
      reconnects: 5,
      lastError: 'Unexpected server response: 429',
    });
  });

  it('27: outlives a server that is not there', async () => {
    const world = await listening();
    const errors: string[] = [];
    await world.standIn.close();
    await eventually(() => {
      errors.push(world.broker.streamHealth().lastError ?? '');
      expect(errors.at(-1)).toContain('ECONNREFUSED');
    });
    expect(world.broker.streamHealth().reconnects).toBeGreaterThan(0);
  });

  it('27: finds a half-open connection by its missing pulse', async () => {
    const world = await listening({ timing: PULSE });
    world.sockets.halfOpen();
    const id = await fillUnheard(world);
    await world.subscribedAgain();
    await eventually(() => expect(world.statusOf(id)).toBe('filled'));
  });

  it('27: is connected anew when the application finds it mute', async () => {
    const world = await listening();
    world.sockets.mute(true);
    const id = await fillUnheard(world);
    expect(world.broker.streamHealth().state, 'it knows of nothing').toBe('up');
    world.broker.restartTradeUpdates('a fill was not told');
    await world.subscribedAgain();
    await eventually(() => expect(world.statusOf(id)).toBe('filled'));
    expect(world.heard.downs).toEqual(['a fill was not told']);
  });

  it('27: connects anew when its subscription is taken away', async () => {
    const world = await listening();
    world.sockets.inject('orders', { stream: 'listening', data: { streams: [] } });
    await world.subscribedAgain();
    expect(world.heard.downs).toEqual(['the subscription was taken away']);
  });

  it('27: stays closed once it is closed', async () => {
    const world = await listening();
    await world.subscription.close();
    world.sockets.drop();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(world.sockets.connections()).toBe(0);
    expect(world.broker.streamHealth().state).toBe('down');
    expect(world.heard.subscribed).toBe(1);
  });

  it('26: takes events and statuses that nobody knows', async () => {
    const world = await listening();
    const order = {
      id: 'x',
      symbol: 'AAPL',
      status: 'pondering',
      side: 'buy',
      type: 'limit',
      qty: '1',
      filled_qty: '0',
      created_at: '2025-11-25T14:30:00Z',
    };
    const data = { event: 'restated', timestamp: '2025-11-25T14:30:00Z', order };
    world.sockets.inject('orders', { stream: 'trade_updates', data });
    await eventually(() => expect(world.updates).toHaveLength(1));
    expect(world.updates[0]).toMatchObject({ event: 'restated', order: { status: 'unknown' } });
  });

  it.each([
    ['without an order', { stream: 'trade_updates', data: { event: 'fill' } }],
    ['of no known stream', { stream: 'weather', data: { rain: true } }],
    ['whose order cannot be read', { stream: 'trade_updates', data: { order: { id: 1 } } }],
  ])('26: goes on after a frame %s', async (_, frame) => {
    const world = await listening();
    world.sockets.inject('orders', frame);
    await fillUnheard(world);
    await eventually(() => expect(world.updates).toHaveLength(5));
    expect(world.broker.streamHealth()).toMatchObject({ state: 'up', reconnects: 0 });
  });

  it('26: tells of an execution that comes twice with the same key', async () => {
    const world = await listening();
    await fillUnheard(world);
    await eventually(() => expect(world.updates).toHaveLength(5));
    world.sockets.resend(3);
    await eventually(() => expect(world.updates).toHaveLength(8));
    const fills = world.updates.flatMap(({ execution }) => execution ?? []);
    expect(fills).toHaveLength(2);
    expect(fills[1]).toEqual(fills[0]);
  });

  it('26: outlives listeners that throw and listeners that reject', async () => {
    const world = await listening({
      onUpdate: async () => {
        throw new Error('the ledger is away');
      },
    });
    await fillUnheard(world);
    await eventually(() => expect(world.updates).toHaveLength(5));
    expect(world.logged.filter((line) => line.includes('the ledger is away'))).toHaveLength(5);
  });
});

/** A market data whose bars are listened to, and what was heard. */
async function watching(symbols = [AAPL], timing: Partial<StreamTiming> = {}) {
  const world = await aBroker({ bars: [ENTRY] }, { streamTiming: timing });
  const bars: (readonly [string, Bar])[] = [];
  const heard = { subscribed: 0, downs: [] as string[] };
  const subscribe = async () => {
    const subscription = await world.marketData.subscribeBars(symbols, {
      onBar: (symbol, bar) => bars.push([symbol, bar]),
      onSubscribed: () => {
        heard.subscribed += 1;
      },
      onDown: (reason) => heard.downs.push(reason),
    });
    onTestFinished(() => subscription.close());
  };
  return {
    ...world,
    bars,
    heard,
    subscribe,
    /** Until it is subscribed so many times. */
    subscribed: (count: number) =>
      eventually(() => expect(heard.subscribed).toBeGreaterThanOrEqual(count)),
  };
}

describe('the bar stream', () => {
  it('brings bars, and its health tells when', async () => {
    const world = await watching([AAPL, MSFT]);
    expect(world.marketData.streamHealth()).toMatchObject({ state: 'down', lastMessageAt: null });
    await world.subscribe();
    await world.subscribed(1);
    const before = Date.now();
    world.advance();
    await eventually(() => expect(world.bars).toHaveLength(2));
    expect(world.bars[0]).toMatchObject([AAPL, { start: FIRST.open, open: 100, high: 101 }]);
    const health = world.marketData.streamHealth();
    expect(health.state).toBe('up');
    expect(health.lastMessageAt).toBeGreaterThanOrEqual(before);
  });

  it('27: connects again after an authentication that was too slow', async () => {
    const world = await watching();
    world.sockets.authTimeout(2);
    await world.subscribe();
    await world.subscribed(1);
    expect(world.marketData.streamHealth()).toMatchObject({
      reconnects: 2,
      lastError: 'auth timeout',
    });
  });

  it('27: waits for its turn when there is a connection too many', async () => {
    const world = await watching();
    world.sockets.connectionLimit(true);
    await world.subscribe();
    await eventually(() => expect(world.marketData.streamHealth().reconnects).toBeGreaterThan(1));
    expect(world.marketData.streamHealth().lastError).toBe('connection limit exceeded');
    expect(world.heard.subscribed).toBe(0);
    world.sockets.connectionLimit(false);
    await world.subscribed(1);
  });

  it('27: subscribes again after its connection was cut, and says so', async () => {
    const world = await watching([AAPL, MSFT]);
    await world.subscribe();
    await world.subscribed(1);
    world.sockets.drop();
    await world.subscribed(2);
    world.advance();
    await eventually(() => expect(world.bars.map(([symbol]) => symbol)).toEqual([AAPL, MSFT]));
    expect(world.heard.downs).toHaveLength(1);
  });

  it('28: takes as many symbols as it gets, and the rest as soon as it can', async () => {
    const world = await watching([AAPL, MSFT]);
    world.sockets.symbolLimit(1);
    await world.subscribe();
    await world.subscribed(1);
    const told = () => world.bars.map(([symbol]) => symbol);
    /** What is asked for again just when a bar ends misses that bar. */
    const untilTold = (symbol: string) =>
      eventually(
        () => {
          world.advance();
          expect(told()).toContain(symbol);
        },
        { interval: 200 },
      );
    await untilTold(AAPL);
    expect(told()).not.toContain(MSFT);
    world.sockets.symbolLimit(null);
    await untilTold(MSFT);
    expect(world.heard, 'once a connection').toEqual({ subscribed: 1, downs: [] });
  });

  it('28: asks again for what an acknowledgement lacks, also one that nobody asked for', async () => {
    const world = await watching([AAPL, MSFT]);
    await world.subscribe();
    await world.subscribed(1);
    // The broker says that it has forgotten a symbol, and the SDK takes its word for it.
    world.sockets.inject('data', { T: 'subscription', bars: ['AAPL'] });
    await eventually(() => expect(world.logged.some((line) => line.includes('MSFT'))).toBe(true));
    world.sockets.drop();
    await world.subscribed(2);
    world.advance();
    await eventually(() => expect(world.bars).toHaveLength(2));
  });

  it('28: is connected anew when the application finds it mute; REST fills the gap', async () => {
    const world = await watching();
    await world.subscribe();
    await world.subscribed(1);
    world.sockets.mute(true);
    world.advance();
    world.marketData.restartBars('no bar was heard');
    await world.subscribed(2);
    expect(world.bars).toEqual([]);
    const query = { symbols: [AAPL], barMinutes: 5, from: FIRST.open, until: barEnd(1) };
    expect((await world.marketData.bars(query)).get(AAPL)).toMatchObject([{ start: FIRST.open }]);
  });

  it('28: takes bars out of order, and neither corrections nor empty quotes for bars', async () => {
    const world = await watching();
    await world.subscribe();
    await world.subscribed(1);
    const bar = { T: 'b', S: 'AAPL', o: 1, h: 1, l: 1, c: 1, v: 1, n: 1, vw: 1 };
    const at = '2025-11-25T14:30:00Z';
    world.sockets.inject('data', { ...bar, T: 'u', t: at });
    world.sockets.inject('data', { T: 'c', S: 'AAPL', t: at });
    world.sockets.inject('data', { T: 'x', S: 'AAPL', t: at });
    world.sockets.inject('data', { T: 'q', S: 'AAPL', bp: 0, ap: 0, t: at });
    world.sockets.inject('data', { ...bar, t: 'some time' });
    world.sockets.inject('data', { ...bar, S: 'no ticker', t: at });
    world.sockets.inject('data', { ...bar, t: at });
    world.sockets.inject('data', { ...bar, t: '2025-11-25T14:25:00Z' });
    await eventually(() => expect(world.bars).toHaveLength(2));
    expect(world.bars.map(([, { start }]) => start)).toEqual([FIRST.open, barEnd(-1)]);
    expect(world.marketData.streamHealth()).toMatchObject({ state: 'up', reconnects: 0 });
  });

  it('28: outlives a listener that throws', async () => {
    const world = await aBroker();
    let bars = 0;
    const up = new Promise<void>((resolve) => {
      void world.marketData.subscribeBars([AAPL], {
        onBar: () => {
          bars += 1;
          throw new Error('no room');
        },
        onSubscribed: resolve,
        onDown: () => {},
      });
    });
    await up;
    world.advance(2);
    await eventually(() => expect(bars).toBe(2));
    expect(world.logged.filter((line) => line.includes('no room'))).toHaveLength(2);
    await world.standIn.close();
  });
});

describe('what a stream says of its errors', () => {
  it('27: has no secrets in it', async () => {
    const connection = { kind: 'stand-in', url: 'http://127.0.0.1:9' } as const;
    const client = createAlpacaClient(connection, { streamTiming: FAST });
    // A port of the address passes for a secret, since the stand-in's own keys never fail.
    const withoutSecrets = (text: string) =>
      client.withoutSecrets(text).replaceAll(':9', '[secret]');
    const broker = createAlpacaBroker({ ...client, withoutSecrets }, silentLog);
    const subscription = await broker.subscribeTradeUpdates({
      onUpdate: async () => {},
      onSubscribed: async () => {},
      onDown: () => {},
    });
    onTestFinished(() => subscription.close());
    await eventually(() => expect(broker.streamHealth().lastError).toContain('[secret]'));
    expect(client.withoutSecrets('sandbox-secret of sandbox-key')).toBe('[secret] of [secret]');
  });
});

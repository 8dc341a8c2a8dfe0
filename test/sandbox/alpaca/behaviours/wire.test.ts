/** Behaviours 19, 25, 29 and 30: requests that go wrong, lists, budgets and the clock. */
import { describe, expect, it } from 'vitest';

import { describeWithShared } from '#test/support/shared.ts';

import { FIRST, HALF_DAY, aMarket, barEnd } from '../../alpaca-market.ts';
import type { Ohlc } from '../../alpaca-market.ts';
import { BRACKET } from '../a-stand-in.ts';
import { BARS, LONG, aBracket, aBroker, complaints, refusalOf } from './a-broker.ts';
import type { TestBroker } from './a-broker.ts';

const { entry } = BARS;
const ORDERS = { method: 'POST', path: /^\/v2\/orders$/ } as const;

const send = ({ alpaca }: TestBroker) =>
  alpaca.trading.orders.bracket({ ...LONG, clientOrderId: 'mine' });
const find = ({ alpaca }: TestBroker) =>
  alpaca.trading.orders.getOrderByClientOrderId({ clientOrderId: 'mine' });

/** What the SDK makes of it. */
const failureOf = (kind: string) =>
  kind.startsWith('gateway') ? { status: 504 } : { name: 'FetchError' };

describeWithShared('openapi/trading-api.json', "the broker's own specification", () => {
  it('is held against every reply of the tests in this folder', () => {
    expect(complaints('GET', '/v2/orders/1', 200, { status: 'strange' })).not.toEqual([]);
  });
});

describe('a request that goes wrong', () => {
  it.each(['lost-reply', 'gateway-timeout-after'] as const)(
    '19: was done all the same: %s',
    async (kind) => {
      const broker = await aBroker();
      broker.standIn.faults.add({ ...ORDERS, kind });
      await expect(send(broker)).rejects.toMatchObject(failureOf(kind));
      expect(await find(broker)).toMatchObject({ status: 'new' });
      expect(await refusalOf(send(broker)), 'once and for all').toMatchObject({ status: 422 });
      expect(broker.standIn.inspect().submissions).toEqual(new Map([['mine', 2]]));
      expect(broker.standIn.inspect().orders).toHaveLength(3);
    },
  );

  it.each(['drop-before', 'gateway-timeout-before'] as const)(
    '19: was not done, and may be sent again with the same id: %s',
    async (kind) => {
      const broker = await aBroker();
      broker.standIn.faults.add({ ...ORDERS, kind });
      await expect(send(broker)).rejects.toMatchObject(failureOf(kind));
      expect(await refusalOf(find(broker))).toMatchObject({ status: 404 });
      expect(await send(broker)).toMatchObject({ clientOrderId: 'mine' });
      expect(broker.standIn.inspect().orders).toHaveLength(3);
    },
  );

  it('19: may be done and never answered, until the client gives up', async () => {
    const { standIn } = await aBroker();
    standIn.faults.add({ ...ORDERS, kind: 'stall' });
    const giveUp = new AbortController();
    const reply = fetch(`${standIn.url}/v2/orders`, {
      method: 'POST',
      headers: { 'APCA-API-KEY-ID': 'key', 'APCA-API-SECRET-KEY': 'secret' },
      body: JSON.stringify(BRACKET),
      signal: giveUp.signal,
    });
    await expect.poll(() => standIn.inspect().orders.length).toBe(3);
    giveUp.abort();
    await expect(reply).rejects.toThrow('aborted');
  });

  it('19: that is never answered does not keep the broker from closing', async () => {
    const broker = await aBroker();
    broker.standIn.faults.add({ ...ORDERS, kind: 'stall' });
    const sent = send(broker).catch(() => 'failed');
    await expect.poll(() => broker.standIn.inspect().orders.length).toBe(3);
    await broker.standIn.close();
    expect(await sent).toBe('failed');
  });

  it('19: answers a gateway timeout in the words of a gateway, not in the JSON of the broker', async () => {
    const { standIn, alpaca } = await aBroker();
    standIn.faults.add({ method: 'GET', path: /account/, kind: 'gateway-timeout-before' });
    const error: unknown = await alpaca.trading.account.getAccount().catch((thrown) => thrown);
    expect(error).toMatchObject({ status: 504 });
  });

  it('19: is found by method and path, in the order of adding, as often as it was asked for', async () => {
    const { standIn, call } = await aBroker();
    const clock = { method: 'GET', path: /^\/v2\/clock$/ } as const;
    standIn.faults.add({ ...clock, kind: 'reject', status: 500, body: { message: 'a' }, times: 2 });
    standIn.faults.add({ ...clock, kind: 'reject', status: 503, body: { message: 'b' } });
    standIn.faults.add({ method: 'GET', path: /status=all/, kind: 'reject', status: 502, body: 1 });
    const statuses = [];
    for (let count = 0; count < 4; count += 1) {
      statuses.push((await call('GET', '/v2/clock')).status);
    }
    expect(statuses).toEqual([500, 500, 503, 200]);
    expect((await call('GET', '/v2/orders')).status).toBe(200);
    expect((await call('GET', '/v2/orders?status=all')).status).toBe(502);
  });

  it('19: breaks the connection of a question too, and nobody asks again behind its back', async () => {
    const seen: string[] = [];
    const { standIn, call } = await aBroker({ onRequest: ({ path }) => seen.push(path) });
    standIn.faults.add({ method: 'GET', path: /clock/, kind: 'lost-reply' });
    await expect(call('GET', '/v2/clock')).rejects.toThrow('fetch failed');
    expect(seen).toEqual(['/v2/clock']);
    expect((await call('GET', '/v2/clock')).status).toBe(200);
  });

  it('19: is forgotten when the faults are cleared', async () => {
    const { standIn, call } = await aBroker();
    standIn.faults.add({ method: 'GET', path: /clock/, kind: 'drop-before', times: 100 });
    standIn.faults.clear();
    expect((await call('GET', '/v2/clock')).status).toBe(200);
  });
});

describe('the list of orders', () => {
  it('25: gives everything back page by page to whoever remembers nothing', async () => {
    const broker = await aBroker({ bars: [entry] });
    await aBracket(broker);
    broker.advance();
    const limit = { symbol: 'MSFT', qty: '1', side: 'buy', type: 'limit', limit_price: '50' };
    for (let count = 0; count < 502; count += 1) {
      await broker.call('POST', '/v2/orders', { ...limit, time_in_force: 'gtc' });
    }
    const found: string[] = [];
    for (let after: string | null = null; ;) {
      const query = after === null ? '' : `&after_order_id=${after}`;
      const { body } = await broker.call(
        'GET',
        `/v2/orders?status=all&direction=asc&limit=500&nested=true${query}`,
      );
      found.push(...body.map(({ id }: { id: string }) => id));
      after = found.at(-1) ?? null;
      if (body.length < 500) break;
    }
    const parents = broker.standIn.inspect().orders.filter(({ parentId }) => parentId === null);
    expect(found).toEqual(parents.map(({ id }) => id));
  });

  it('25: has a pending cancel among the open ones', async () => {
    const broker = await aBroker({ delays: { cancelMs: 15 } });
    const { id } = await aBracket(broker);
    await broker.alpaca.trading.orders.deleteOrderByOrderID({ orderId: id });
    const open = await broker.alpaca.trading.orders.getAllOrders({ status: 'open' });
    expect(open).toMatchObject([{ id, status: 'pending_cancel' }]);
    broker.timers.elapse(15);
    expect(await broker.alpaca.trading.orders.getAllOrders({ status: 'open' })).toEqual([]);
  });
});

describe('the rate limit', () => {
  it('29: refuses what is over it until the time that the headers name, without Retry-After', async () => {
    const { call, timers } = await aBroker({ requestsPerMinute: 3 });
    const start = timers.now();
    for (const left of ['2', '1', '0']) {
      const { status, headers } = await call('GET', '/v2/clock');
      expect([status, headers.get('x-ratelimit-remaining')]).toEqual([200, left]);
    }
    const over = await call('GET', '/v2/clock');
    expect([over.status, over.body]).toEqual([
      429,
      { code: 42910000, message: 'rate limit exceeded' },
    ]);
    expect(over.headers.get('retry-after')).toBeNull();
    const reset = Number(over.headers.get('x-ratelimit-reset')) * 1000;
    expect(reset - start).toBeGreaterThanOrEqual(60_000);
    expect(reset - start).toBeLessThan(61_000);
    timers.elapse(59_999);
    expect((await call('GET', '/v2/clock')).status).toBe(429);
    timers.elapse(reset - timers.now());
    expect((await call('GET', '/v2/clock')).status).toBe(200);
  });

  it('29: can be said to be reached at any moment', async () => {
    const broker = await aBroker();
    broker.standIn.faults.add({ ...ORDERS, kind: 'rate-limited', resetInMs: 5_000 });
    const { status, headers } = await broker.call('POST', '/v2/orders', BRACKET);
    expect([status, headers.get('x-ratelimit-remaining'), headers.get('retry-after')]).toEqual([
      429,
      '0',
      null,
    ]);
    expect(headers.get('x-ratelimit-limit')).toBe('200');
    const reset = Number(headers.get('x-ratelimit-reset')) * 1000;
    expect(Math.abs(reset - broker.timers.now() - 5_000)).toBeLessThan(1_000);
    expect(broker.standIn.inspect().orders).toEqual([]);
  });
});

describe('the consolidated feed', () => {
  it('29: may be closed to the last quarter of an hour, and is open before it', async () => {
    const { standIn, call, advance } = await aBroker();
    advance(4);
    standIn.behaviour.recentSip = 'refused';
    const read = (feed: string, count: number) => {
      const end = new Date(barEnd(count)).toISOString();
      return call('GET', `/v2/stocks/bars?symbols=AAPL&timeframe=5Min&feed=${feed}&end=${end}`);
    };
    expect(await read('sip', 4)).toMatchObject({
      status: 403,
      body: { message: 'subscription does not permit querying recent SIP data' },
    });
    expect((await read('iex', 4)).status).toBe(200);
    expect((await read('sip', 0)).status).toBe(200);
  });
});

describe('the clock', () => {
  it('30: of a half day says one o’clock, and a day entry ends there with its legs', async () => {
    const above: Ohlc = [103, 103, 103, 103];
    const broker = await aBroker({ market: aMarket({ AAPL: [above], MSFT: [above] }) });
    broker.advance(78 * 2 + 1);
    const clock = await broker.alpaca.trading.clock.legacyClock();
    expect(clock.nextClose.getTime()).toBe(HALF_DAY.close);
    const { id } = await aBracket(broker, { qty: 9 });
    const day = await broker.alpaca.trading.orders.bracket({
      ...LONG,
      symbol: 'MSFT',
      timeInForce: 'day',
    });
    expect(day.expiresAt?.getTime()).toBe(HALF_DAY.close);
    broker.advance(41);
    expect(await broker.statuses(day.id ?? '')).toEqual(['expired', 'expired', 'expired']);
    expect(await broker.statuses(id)).toEqual(['new', 'held', 'held']);
  });

  it.each(['expired', 'canceled'] as const)(
    '30: ends a partly filled day entry as %s, and leaves its shares naked overnight',
    async (how) => {
      const broker = await aBroker({ bars: [entry, [102, 103, 101, 102]] });
      Object.assign(broker.standIn.behaviour, { fillAtMost: 4, partialDayParentEnd: how });
      const order = await broker.alpaca.trading.orders.bracket({ ...LONG, timeInForce: 'day' });
      broker.advance(78);
      expect(await broker.statuses(order.id ?? '')).toEqual([how, how, how]);
      expect(await broker.shares()).toEqual(['4', '4']);
    },
  );

  it('30: keeps a good-till-cancelled order for ninety days at most', async () => {
    const { alpaca } = await aBroker();
    const { expiresAt } = await alpaca.trading.orders.bracket(LONG);
    const days = ((expiresAt?.getTime() ?? 0) - FIRST.open) / 86_400_000;
    expect(days).toBeGreaterThan(86);
    expect(days).toBeLessThan(90);
  });

  it('30: lets an exit of the evening wait for the open, and only then trade', async () => {
    const broker = await aBroker({ bars: [entry] });
    await broker.alpaca.trading.orders.market({ symbol: 'AAPL', qty: 10, side: 'buy' });
    broker.advance(78);
    const closing = await broker.alpaca.trading.positions.deleteOpenPosition({
      symbolOrAssetId: 'AAPL',
    });
    expect(await broker.statuses(closing.id ?? '')).toEqual(['accepted']);
    expect(await broker.shares()).toEqual(['10', '0']);
    broker.advance();
    expect(await broker.shares()).toBeNull();
  });

  it('30: has the profit of the day as equity less that of the close before', async () => {
    const broker = await aBroker({ bars: [entry, [100, 103, 99.5, 103]] });
    await aBracket(broker);
    broker.advance(2);
    const account = await broker.alpaca.trading.account.getAccount();
    expect([account.equity, account.lastEquity]).toEqual(['100030', '100000']);
    expect(broker.standIn.now()).toBe(barEnd(2));
    const keys = Object.keys(account);
    expect(keys.filter((key) => /daytrad|patternDay/i.test(key))).toEqual([]);
  });
});

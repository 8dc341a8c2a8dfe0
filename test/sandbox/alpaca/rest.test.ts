import { describe, expect, it } from 'vitest';

import { parseUsd } from '#core/money.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';

import { FIRST, SECOND, aMarket, barEnd } from '../alpaca-market.ts';
import type { Ohlc } from '../alpaca-market.ts';
import { BRACKET, aStandIn } from './a-stand-in.ts';

const ENTRY: Ohlc = [100, 101, 99, 100];
const LIMIT = {
  symbol: 'MSFT',
  qty: '1',
  side: 'buy',
  type: 'limit',
  limit_price: '90',
  time_in_force: 'gtc',
} as const;

describe('every request', () => {
  it('needs a key and a secret', async () => {
    const { standIn } = await aStandIn();
    const reply = await fetch(`${standIn.url}/v2/account`, { headers: { 'APCA-API-KEY-ID': 'k' } });
    expect([reply.status, await reply.json()]).toEqual([401, { message: 'unauthorized' }]);
  });

  it('is told the rate limit, which nobody enforces unless it is switched on', async () => {
    const { call } = await aStandIn();
    const { headers } = await call('GET', '/v2/clock');
    expect(headers.get('x-ratelimit-limit')).toBe('200');
    expect(headers.get('x-ratelimit-remaining')).toBe('199');
    expect(Number(headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(Date.now() - 60_000);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('29: beyond the limit is refused without a Retry-After', async () => {
    const { call } = await aStandIn({ requestsPerMinute: 2 });
    const replies = [];
    for (let count = 0; count < 6; count += 1) replies.push(await call('GET', '/v2/clock'));
    const over = replies.filter(({ status }) => status === 429);
    expect(over.length, 'even when a minute turns in between').toBeGreaterThanOrEqual(2);
    expect(over[0]?.body).toEqual({ code: 42910000, message: 'rate limit exceeded' });
    expect(over[0]?.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(over[0]?.headers.get('retry-after')).toBeNull();
  });

  it('for something unknown finds nothing', async () => {
    const { call } = await aStandIn();
    expect(await call('GET', '/v2/nonsense')).toMatchObject({
      status: 404,
      body: { code: 40410000 },
    });
  });

  it('is shown to whoever watches', async () => {
    const seen: string[] = [];
    const { call } = await aStandIn({
      onRequest: ({ method, path }) => seen.push(`${method} ${path}`),
    });
    await call('GET', '/v2/orders?status=all');
    expect(seen).toEqual(['GET /v2/orders?status=all']);
  });
});

const ids = (reply: { body: { id: string }[] }) => reply.body.map(({ id }) => id);

describe('the list of orders', () => {
  it('25: has neither the held stop nor the legs of a filled entry among the open ones', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY] });
    const { body: parent } = await call('POST', '/v2/orders', BRACKET);
    expect(ids(await call('GET', '/v2/orders?nested=true'))).toEqual([parent.id]);
    expect(ids(await call('GET', '/v2/orders'))).toEqual([parent.id]);
    advance();
    const [target, stop] = parent.legs;
    expect(ids(await call('GET', '/v2/orders?status=open&nested=true'))).toEqual([]);
    expect(ids(await call('GET', '/v2/orders?status=open'))).toEqual([target.id]);
    expect(ids(await call('GET', '/v2/orders?status=closed'))).toEqual([stop.id, parent.id]);
  });

  it('25: rolls legs up under their parent only where it nests', async () => {
    const { call } = await aStandIn();
    const { body: parent } = await call('POST', '/v2/orders', BRACKET);
    const nested = await call('GET', '/v2/orders?status=all&nested=true');
    expect(nested.body).toHaveLength(1);
    expect(ids({ body: nested.body[0].legs })).toEqual(ids({ body: parent.legs }));
    const flat = await call('GET', '/v2/orders?status=all');
    expect(flat.body.map(({ legs }: { legs: unknown }) => legs)).toEqual([null, null, null]);
  });

  it('25: comes in pages of fifty, the newest first, and never more than 500', async () => {
    const { call, standIn } = await aStandIn();
    for (let count = 0; count < 510; count += 1) await call('POST', '/v2/orders', LIMIT);
    const all = standIn.inspect().orders.map(({ id }) => id);
    expect(ids(await call('GET', '/v2/orders?status=all'))).toEqual(all.toReversed().slice(0, 50));
    expect((await call('GET', '/v2/orders?limit=9999')).body).toHaveLength(500);
    const first = ids(await call('GET', '/v2/orders?status=all&direction=asc&limit=500'));
    const rest = await call(
      'GET',
      `/v2/orders?status=all&direction=asc&limit=500&after_order_id=${first.at(-1)}`,
    );
    expect([...first, ...ids(rest)]).toEqual(all);
    const before = await call('GET', `/v2/orders?status=all&limit=500&before_order_id=${all[3]}`);
    expect(ids(before)).toEqual(all.slice(0, 3).toReversed());
  });

  it('25: is bounded by instants that are not included themselves', async () => {
    const { call, advance } = await aStandIn();
    const placed = [];
    for (let count = 0; count < 3; count += 1) {
      placed.push((await call('POST', '/v2/orders', LIMIT)).body.id);
      advance();
    }
    const list = async (query: string) =>
      ids(await call('GET', `/v2/orders?status=all&direction=asc&${query}`));
    const [first, second, third] = [0, 1, 2].map((count) => new Date(barEnd(count)).toISOString());
    expect(await list(`after=${first}`)).toEqual(placed.slice(1));
    expect(await list(`until=${third}`)).toEqual(placed.slice(0, 2));
    expect(await list(`after=${first}&until=${third}`)).toEqual([placed[1]]);
    expect(await list(`after=${second}&until=${second}`)).toEqual([]);
  });

  it('is filtered by symbols, side and asset class, in one key or several', async () => {
    const { call } = await aStandIn();
    await call('POST', '/v2/orders', BRACKET);
    await call('POST', '/v2/orders', LIMIT);
    const count = async (query: string) =>
      (await call('GET', `/v2/orders?status=all&${query}`)).body.length;
    expect(await count('symbols=MSFT')).toBe(1);
    expect(await count('symbols=MSFT%2CAAPL')).toBe(4);
    expect(await count('side=sell')).toBe(2);
    expect(await count('asset_class=us_equity&asset_class=crypto')).toBe(4);
    expect(await count('asset_class=us_option,crypto')).toBe(0);
  });

  it.each(['status=new', 'limit=0', 'limit=x', 'direction=up', 'after=yesterday'])(
    'refuses %s',
    async (query) => {
      const { call } = await aStandIn();
      expect(await call('GET', `/v2/orders?${query}`)).toMatchObject({
        status: 422,
        body: { code: 40010001, message: `invalid ${query.split('=')[0]}` },
      });
    },
  );
});

describe('an order', () => {
  it('may have numbers for amounts', async () => {
    const { call } = await aStandIn();
    const { body } = await call('POST', '/v2/orders', { ...LIMIT, qty: 2, limit_price: 90.5 });
    expect(body).toMatchObject({ qty: '2', limit_price: '90.5', order_class: '', legs: null });
  });

  it('of the simple class by name is the same as one without a class', async () => {
    const { call } = await aStandIn();
    const { body } = await call('POST', '/v2/orders', { ...LIMIT, order_class: 'simple' });
    expect(body.order_class).toBe('');
  });

  it('loses a trail beside its stop without a word', async () => {
    const { call } = await aStandIn();
    const stop_loss = { stop_price: '98', trail_percent: '1' };
    const { status, body } = await call('POST', '/v2/orders', { ...BRACKET, stop_loss });
    expect([status, body.legs[1].type]).toEqual([200, 'stop']);
  });

  it.each([
    ['a side', { side: 'hold' }, 'invalid side'],
    ['a type', { type: 'trailing_stop' }, 'invalid type'],
    ['a price', { limit_price: 'cheap' }, 'invalid limit_price'],
    ['a class', { order_class: 'mleg' }, 'invalid order_class'],
    ['an id', { client_order_id: 'x'.repeat(129) }, 'invalid client_order_id'],
    ['a symbol', { symbol: 'no symbol' }, 'could not find asset "no symbol"'],
    ['no symbol', { symbol: undefined }, 'invalid symbol'],
    ['no quantity', { qty: null }, 'qty must be > 0'],
  ])('with %s that makes no sense is refused', async (_, change, message) => {
    const { call } = await aStandIn();
    expect(await call('POST', '/v2/orders', { ...LIMIT, ...change })).toMatchObject({
      status: 422,
      body: { code: 40010001, message },
    });
  });

  it('by amount of money is refused like any part of a share', async () => {
    const { call } = await aStandIn();
    const order = { ...LIMIT, qty: undefined, notional: '100' };
    expect(await call('POST', '/v2/orders', order)).toMatchObject({
      status: 403,
      body: { code: 40310000, message: 'asset "MSFT" is not fractionable' },
    });
  });

  it.each(['[', '3', 'null'])('that is no object (%s) is refused', async (body) => {
    const { standIn } = await aStandIn();
    const headers = { 'APCA-API-KEY-ID': 'k', 'APCA-API-SECRET-KEY': 's' };
    const reply = await fetch(`${standIn.url}/v2/orders`, { method: 'POST', headers, body });
    expect([reply.status, await reply.json()]).toMatchObject([400, { code: 40010000 }]);
  });

  it('is not found by an id that nothing has, nor by text that is no id', async () => {
    const { call } = await aStandIn();
    const id = '00000000-0000-4000-8000-000000000000';
    for (const method of ['GET', 'DELETE']) {
      expect(await call(method, `/v2/orders/${id}`)).toMatchObject({
        status: 404,
        body: { code: 40410000, message: `order not found for ${id}` },
      });
    }
    expect(await call('GET', '/v2/orders/some_order_id')).toMatchObject({
      status: 422,
      body: { code: 40010001, message: 'order_id is missing' },
    });
  });

  it('is counted by its client id, however often it is sent', async () => {
    const { call, standIn } = await aStandIn();
    const order = { ...LIMIT, client_order_id: 'mine' };
    await call('POST', '/v2/orders', order);
    await call('POST', '/v2/orders', order);
    expect(standIn.inspect().submissions).toEqual(new Map([['mine', 2]]));
  });
});

describe('a position', () => {
  it('that is not there cannot be seen or closed', async () => {
    const { call } = await aStandIn();
    for (const method of ['GET', 'DELETE']) {
      expect(await call(method, '/v2/positions/AAPL')).toMatchObject({
        status: 404,
        body: { code: 40410000, message: 'position does not exist' },
      });
    }
  });

  it('is found by the id of its asset too', async () => {
    const { call, advance } = await aStandIn();
    const { body: order } = await call('POST', '/v2/orders', { ...LIMIT, limit_price: '100' });
    advance();
    const { body } = await call('GET', `/v2/positions/${order.asset_id}`);
    expect(body).toMatchObject({ symbol: 'MSFT', qty: '1' });
  });

  it('has its day reckoned from the last close, once it is held overnight', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY, [100, 110, 100, 110]] });
    await call('POST', '/v2/orders', { ...BRACKET, take_profit: { limit_price: '150' } });
    advance(2);
    const today = { unrealized_pl: '100', unrealized_plpc: '0.1', lastday_price: '100' };
    expect((await call('GET', '/v2/positions/AAPL')).body).toMatchObject({
      ...today,
      unrealized_intraday_pl: '100',
      change_today: '0.1',
    });
    advance(77);
    expect((await call('GET', '/v2/positions/AAPL')).body).toMatchObject({
      unrealized_pl: '100',
      unrealized_intraday_pl: '0',
      lastday_price: '110',
      change_today: '0',
    });
  });

  it('is closed by a quantity or a percentage, not by both', async () => {
    const { call, advance } = await aStandIn();
    await call('POST', '/v2/orders', { ...LIMIT, qty: 10, limit_price: '100' });
    advance();
    expect((await call('DELETE', '/v2/positions/MSFT?qty=3')).body).toMatchObject({ qty: '3' });
    expect(await call('DELETE', '/v2/positions/MSFT?qty=3&percentage=5')).toMatchObject({
      status: 422,
    });
  });

  it('is left as it is, with the reason, when its shares are held and nothing was cancelled', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY] });
    await call('POST', '/v2/orders', BRACKET);
    advance();
    const { status, body } = await call('DELETE', '/v2/positions');
    expect(status).toBe(207);
    expect(body).toMatchObject([{ symbol: 'AAPL', status: 403, body: { code: 40310000 } }]);
  });
});

describe('activities', () => {
  it('come newest first, and those of one day by its date', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY, [106, 107, 105, 106]] });
    await call('POST', '/v2/orders', BRACKET);
    advance(78);
    const list = async (query: string) =>
      (await call('GET', `/v2/account/activities?${query}`)).body.map(
        ({ activity_type: type, price }: Record<string, string>) => price ?? type,
      );
    expect(await list('')).toEqual(['FEE', '106', '100']);
    expect(await list('activity_types=FILL')).toEqual(['106', '100']);
    expect(await list('date=2025-11-25')).toHaveLength(3);
    expect(await list('date=2025-11-24')).toEqual([]);
    expect(await list(`until=${new Date(barEnd(2)).toISOString()}`)).toEqual(['100']);
  });

  it('refuse a type and a token that nobody knows', async () => {
    const { call } = await aStandIn();
    expect(await call('GET', '/v2/account/activities/nonsense')).toMatchObject({
      status: 422,
      body: { code: 40010001, message: 'invalid activity type: nonsense' },
    });
    expect(await call('GET', '/v2/account/activities?page_token=x')).toMatchObject({ status: 422 });
  });
});

describe('bars', () => {
  it('29: count the limit over all symbols, so that the first page may hold one only', async () => {
    const { call, advance } = await aStandIn();
    advance(3);
    const path = `/v2/stocks/bars?symbols=MSFT,AAPL&timeframe=5Min&limit=4`;
    const first = await call('GET', path);
    expect(Object.keys(first.body.bars)).toEqual(['AAPL', 'MSFT']);
    expect([first.body.bars.AAPL.length, first.body.bars.MSFT.length]).toEqual([3, 1]);
    const { body } = await call('GET', `${path}&page_token=${first.body.next_page_token}`);
    expect([Object.keys(body.bars), body.bars.MSFT.length]).toEqual([['MSFT'], 2]);
    expect(body.next_page_token).toBeNull();
  });

  it('may come newest first', async () => {
    const { call, advance } = await aStandIn();
    advance(2);
    const { body } = await call('GET', '/v2/stocks/AAPL/bars?timeframe=5Min&sort=desc');
    expect(body).toMatchObject({ symbol: 'AAPL', next_page_token: null });
    expect(body.bars.map(({ t }: { t: string }) => t)).toEqual([
      '2025-11-25T14:35:00Z',
      '2025-11-25T14:30:00Z',
    ]);
  });

  it('include both start and end', async () => {
    const { call, advance } = await aStandIn();
    advance(4);
    const [start, end] = [1, 2].map((count) => new Date(barEnd(count)).toISOString());
    const { body } = await call(
      'GET',
      `/v2/stocks/AAPL/bars?timeframe=5Min&start=${start}&end=${end}`,
    );
    expect(body.bars).toHaveLength(2);
  });

  it.each(['1Min', '7Min', '2Day', '1Week', 'nonsense', ''])(
    'cannot be made to a length of "%s"',
    async (timeframe) => {
      const { call } = await aStandIn();
      const { status, body } = await call(
        'GET',
        `/v2/stocks/bars?symbols=AAPL&timeframe=${timeframe}`,
      );
      expect([status, body.message]).toEqual([
        400,
        `invalid timeframe: "${timeframe}"; this market has bars of 5 minutes`,
      ]);
    },
  );

  it('need symbols, and a token of their own', async () => {
    const { call } = await aStandIn();
    expect(await call('GET', '/v2/stocks/bars?timeframe=5Min')).toMatchObject({ status: 400 });
    const path = '/v2/stocks/bars?symbols=AAPL&timeframe=5Min&page_token=x';
    expect(await call('GET', path)).toMatchObject({ status: 400 });
  });

  it('of one symbol have a latest bar, trade and quote, unless nobody knows it', async () => {
    const { call } = await aStandIn();
    const latest = async (kind: string) =>
      (await call('GET', `/v2/stocks/AAPL/${kind}/latest`)).body;
    expect(await latest('bars')).toMatchObject({ symbol: 'AAPL', bar: { c: 100 } });
    expect(await latest('trades')).toMatchObject({ symbol: 'AAPL', trade: { p: 100 } });
    expect(await latest('quotes')).toMatchObject({
      symbol: 'AAPL',
      quote: { bp: 99.99, ap: 100.01 },
    });
    expect(await call('GET', '/v2/stocks/NONE/bars/latest')).toMatchObject({ status: 400 });
    expect((await call('GET', '/v2/stocks/bars/latest?symbols=NONE')).body).toEqual({ bars: {} });
  });
});

describe('time', () => {
  it('goes through every bar on the way, also overnight', async () => {
    const { standIn, call, advance } = await aStandIn();
    await call('POST', '/v2/orders', { ...LIMIT, time_in_force: 'day' });
    advance(79);
    expect(standIn.now()).toBe(barEnd(0) + (SECOND.open - FIRST.open) + 300_000);
    expect(standIn.inspect().orders[0]?.status, 'its day is over').toBe('expired');
    expect((await call('GET', '/v2/clock')).body.is_open).toBe(true);
  });

  it('never stops between two bars, and never goes back', async () => {
    const { standIn, advance } = await aStandIn();
    advance(2);
    expect(() => standIn.advanceTo(barEnd(2) + 1)).toThrow(RangeError);
    expect(() => standIn.advanceTo(barEnd(1))).toThrow(RangeError);
    expect(standIn.now()).toBe(barEnd(2));
  });

  it('closes a session whose last bar is missing before the next one opens', async () => {
    const whole = aMarket();
    const barEnds = whole.barEnds.filter((end) => end !== FIRST.close);
    const { standIn, call, advance } = await aStandIn({ market: { ...whole, barEnds } });
    await call('POST', '/v2/orders', { ...LIMIT, time_in_force: 'day' });
    advance(78);
    const [order] = standIn.inspect().orders;
    expect([order?.status, order?.expiredAt]).toEqual(['expired', FIRST.close]);
    expect((await call('GET', '/v2/clock')).body.is_open).toBe(true);
  });

  it('brings the first price of a symbol without history with its first bar', async () => {
    const market = { ...aMarket(), bars: () => [] };
    const { call, advance } = await aStandIn({ market });
    const latest = () => call('GET', '/v2/stocks/trades/latest?symbols=AAPL');
    expect((await latest()).body).toEqual({ trades: {} });
    advance();
    expect((await latest()).body).toMatchObject({ trades: { AAPL: { p: 100 } } });
  });

  it('cannot begin at a port that is taken', async () => {
    const { standIn } = await aStandIn();
    const port = Number(new URL(standIn.url).port);
    const second = createAlpacaStandIn({
      market: aMarket(),
      startingCash: parseUsd('100000'),
      port,
    });
    await expect(second).rejects.toThrow('EADDRINUSE');
  });
});

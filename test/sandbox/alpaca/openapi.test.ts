/** Every reply against Alpaca's own specification, and against replies that were recorded there. */
import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { describeWithShared, sharedPath } from '#test/support/shared.ts';

import type { Ohlc } from '../alpaca-market.ts';
import { BRACKET, aStandIn } from './a-stand-in.ts';
import type { Loose, Reply } from './a-stand-in.ts';
import { readSpec } from './openapi.ts';

const ENTRY: Ohlc = [100, 101, 99, 100];
const QUIET: Ohlc = [100, 101, 99.5, 101];

const kindOf = (item: unknown): string => (Array.isArray(item) ? 'array' : typeof item);

/** Keys of the real reply that ours lacks, and values of another kind; null stands for any. */
const differences = (ours: Loose, theirs: Loose): string[] =>
  Object.entries(theirs).flatMap(([key, value]) => {
    if (!(key in ours)) return [`no ${key}`];
    if (value === null || ours[key] === null) return [];
    return kindOf(ours[key]) === kindOf(value) ? [] : [`${key} is ${kindOf(ours[key])}`];
  });

/** What of an order is settled before anything happens to it. */
const settled = ({ status, position_intent: intent, order_class, type, legs }: Loose) => [
  status,
  intent,
  order_class,
  type,
  legs === null,
];

describeWithShared('openapi/trading-api.json', 'replies of the trading API', () => {
  const check = readSpec(sharedPath('openapi', 'trading-api.json'));
  const errorsOf = (method: string, path: string, { status, body }: Reply): readonly string[] =>
    check(method, path, status, body).map((error) => `${method} ${path} ${status}: ${error}`);

  it.each([
    ['/v2/account', '/v2/account'],
    ['/v2/clock', '/v2/clock'],
    ['/v2/calendar', '/v2/calendar?start=2025-11-24&end=2025-12-31'],
    ['/v2/assets', '/v2/assets'],
    ['/v2/assets/{symbol_or_asset_id}', '/v2/assets/AAPL'],
  ])('of %s match its schema', async (path, request) => {
    const { call } = await aStandIn();
    expect(errorsOf('get', path, await call('GET', request))).toEqual([]);
  });

  it('would be found out otherwise', () => {
    const account = { id: 'no id', status: 'FINE', cash: 1 };
    const errors = check('get', '/v2/account', 200, account);
    expect(errors).toEqual(
      expect.arrayContaining([
        '/id must match format "uuid"',
        '/cash must be string',
        " must have required property 'equity'",
      ]),
    );
  });

  it('about orders match, through the life of a bracket', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY, QUIET] });
    const errors: string[] = [];
    const note = (...reply: Parameters<typeof errorsOf>) => errors.push(...errorsOf(...reply));
    const posted = await call('POST', '/v2/orders', BRACKET);
    note('post', '/v2/orders', posted);
    const { id, client_order_id: clientId, legs } = posted.body;
    for (const _ of [0, 1]) {
      note('get', '/v2/orders', await call('GET', '/v2/orders?status=all&nested=true'));
      note('get', '/v2/orders', await call('GET', '/v2/orders?status=all'));
      note('get', '/v2/orders/{order_id}', await call('GET', `/v2/orders/${id}?nested=true`));
      advance();
    }
    const byClientId = `/v2/orders:by_client_order_id?client_order_id=${clientId}`;
    note('get', '/v2/orders:by_client_order_id', await call('GET', byClientId));
    const patched = await call('PATCH', `/v2/orders/${legs[1].id}`, { stop_price: '98.50' });
    note('patch', '/v2/orders/{order_id}', patched);
    note('delete', '/v2/orders', await call('DELETE', '/v2/orders'));
    note('get', '/v2/orders', await call('GET', '/v2/orders?status=all&nested=true'));
    expect(errors).toEqual([]);
  });

  it('about positions match, and so do those that close them', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY, QUIET] });
    const errors: string[] = [];
    const note = (...reply: Parameters<typeof errorsOf>) => errors.push(...errorsOf(...reply));
    await call('POST', '/v2/orders', BRACKET);
    advance(2);
    note('get', '/v2/positions', await call('GET', '/v2/positions'));
    note('get', '/v2/positions/{symbol_or_asset_id}', await call('GET', '/v2/positions/AAPL'));
    await call('DELETE', '/v2/orders');
    const closed = await call('DELETE', '/v2/positions/AAPL?qty=4');
    note('delete', '/v2/positions/{symbol_or_asset_id}', closed);
    const all = await call('DELETE', '/v2/positions?cancel_orders=true');
    expect(all.body).toHaveLength(1);
    note('delete', '/v2/positions', all);
    expect(errors).toEqual([]);
  });

  it('about activities match, fills and fees', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY, [97, 97, 97, 97]] });
    await call('POST', '/v2/orders', BRACKET);
    advance(78);
    const path = '/v2/account/activities/{activity_type}';
    for (const type of ['FILL', 'FEE']) {
      const reply = await call('GET', `/v2/account/activities/${type}`);
      expect(reply.body.length).toBeGreaterThan(0);
      const { status, body } = reply;
      // The two kinds of activity have no required keys, so each of them matches both.
      const errors = check('get', path, status, body).filter(
        (error) => !error.includes('exactly one'),
      );
      expect(errors).toEqual([]);
    }
    const all = await call('GET', '/v2/account/activities');
    expect(errorsOf('get', '/v2/account/activities', all)).toEqual([]);
  });
});

describeWithShared('openapi/market-data-api.json', 'replies of the market data API', () => {
  const check = readSpec(sharedPath('openapi', 'market-data-api.json'));
  const many = '?symbols=AAPL,MSFT';

  it.each([
    ['/v2/stocks/bars', `${many}&timeframe=5Min&limit=3`],
    ['/v2/stocks/bars', `${many}&timeframe=15Min`],
    ['/v2/stocks/bars', `${many}&timeframe=1Day&start=2025-11-01`],
    ['/v2/stocks/{symbol}/bars', '?timeframe=5Min'],
    ['/v2/stocks/bars/latest', many],
    ['/v2/stocks/trades/latest', many],
    ['/v2/stocks/quotes/latest', many],
    ['/v2/stocks/{symbol}/bars/latest', ''],
    ['/v2/stocks/{symbol}/trades/latest', ''],
    ['/v2/stocks/{symbol}/quotes/latest', ''],
  ])('of %s%s match its schema', async (path, query) => {
    const { call, advance } = await aStandIn();
    advance(6);
    const { status, body } = await call('GET', `${path.replace('{symbol}', 'AAPL')}${query}`);
    expect(status).toBe(200);
    expect(check('get', path, status, body)).toEqual([]);
  });
});

describeWithShared('recorded/rest_recorded.json', 'replies and what Alpaca answered', () => {
  const recorded: { name: string; body: Loose }[] = JSON.parse(
    readFileSync(sharedPath('recorded', 'rest_recorded.json'), 'utf8'),
  );
  const real = (name: string) => recorded.find((reply) => reply.name === name)!.body;

  it('have the same keys for a bracket and its legs, but one that an SDK has added', async () => {
    const { call } = await aStandIn();
    const { body } = await call('POST', '/v2/orders', {
      ...BRACKET,
      side: 'sell',
      take_profit: { limit_price: '95' },
      stop_loss: { stop_price: '102' },
      time_in_force: 'day',
    });
    const theirs = real('orders_post_bracket_limit_short_day');
    expect(differences(body, theirs)).toEqual(['no ratio_qty']);
    expect([body, ...body.legs].map(settled)).toEqual([theirs, ...theirs.legs].map(settled));
    for (const leg of [0, 1]) {
      expect(differences(body.legs[leg], theirs.legs[leg])).toEqual(['no ratio_qty']);
    }
    expect(body.expires_at, 'the close of the day').toBe('2025-11-25T21:00:00Z');
  });

  it('have the same keys and an empty class for a simple order', async () => {
    const { call } = await aStandIn();
    const { body } = await call('POST', '/v2/orders', {
      symbol: 'AAPL',
      qty: '2',
      side: 'buy',
      type: 'market',
      time_in_force: 'gtc',
    });
    const theirs = real('orders_post_market_gtc');
    expect(differences(body, theirs)).toEqual([]);
    expect(body).toMatchObject({
      order_class: theirs.order_class,
      status: theirs.status,
      legs: null,
    });
    expect(body.expires_at, 'the last close within 90 days').toBe('2026-02-20T21:00:00Z');
  });

  it('have the keys of a position, a fill and a clock', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY] });
    await call('POST', '/v2/orders', BRACKET);
    advance();
    const { body: positions } = await call('GET', '/v2/positions');
    expect(differences(positions[0], real('positions_get_one_long_spy'))).toEqual([]);
    const { body: fills } = await call('GET', '/v2/account/activities/FILL');
    expect(differences(fills[0], real('activities_fill')[0])).toEqual([]);
    expect(fills[0].id).toMatch(/^\d{17}::[0-9a-f-]{36}$/);
    const { body: clock } = await call('GET', '/v2/clock');
    expect(differences(clock, real('clock_get'))).toEqual([]);
    expect(clock.next_open).toBe('2025-11-26T09:30:00-05:00');
  });

  it('have the keys of an account, without those of the retired day-trading rule', async () => {
    const { call } = await aStandIn();
    const { body } = await call('GET', '/v2/account');
    expect(differences(body, real('account_get_cash_account')).toSorted()).toEqual([
      'no bod_dtbp',
      'no crypto_tier',
      'no daytrade_count',
      'no daytrading_buying_power',
      'no pattern_day_trader',
    ]);
  });

  it('refuse to close held shares in the same words and keys', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY] });
    await call('POST', '/v2/orders', BRACKET);
    advance();
    const { body } = await call('DELETE', '/v2/positions/AAPL');
    const theirs = real('error_insufficient_qty_held_for_orders_delete_position');
    expect(Object.keys(body).toSorted()).toEqual(Object.keys(theirs).toSorted());
    expect(body.message).toBe(theirs.message.replaceAll('23', '10'));
  });

  it('refuse a bracket against a position, and one on a stop-limit, in the same words', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY] });
    await call('POST', '/v2/orders', BRACKET);
    advance();
    const again = await call('POST', '/v2/orders', BRACKET);
    expect(again.body).toEqual(real('error_bracket_must_be_entry'));
    const stopLimit = await call('POST', '/v2/orders', {
      ...BRACKET,
      symbol: 'MSFT',
      type: 'stop_limit',
      stop_price: '101',
    });
    expect(stopLimit.body).toEqual(real('error_bracket_type'));
  });

  it('refuse a wash trade in the same words and keys', async () => {
    const { call, advance } = await aStandIn({ bars: [ENTRY] });
    const simple = { symbol: 'AAPL', qty: '1', side: 'buy', type: 'market', time_in_force: 'day' };
    await call('POST', '/v2/orders', simple);
    advance();
    const stop = { ...simple, side: 'sell', type: 'stop', stop_price: '90' };
    const { body: existing } = await call('POST', '/v2/orders', stop);
    const { status, body } = await call('POST', '/v2/orders', simple);
    expect(status).toBe(403);
    expect(body).toEqual({ ...real('error_wash_trade'), existing_order_id: existing.id });
  });
});

describeWithShared('recorded/trading_stream_recorded.json', 'frames and what Alpaca sent', () => {
  it('have the keys of a recorded fill', async () => {
    const frames: { name: string; message: Loose }[] = JSON.parse(
      readFileSync(sharedPath('recorded', 'trading_stream_recorded.json'), 'utf8'),
    );
    const { message } = frames.find(({ name }) => name === 'trade_update_fill')!;
    const { standIn, call, advance } = await aStandIn({ bars: [ENTRY] });
    const socket = new WebSocket(`${standIn.url.replace('http', 'ws')}/stream`);
    const heard: Loose[] = [];
    const filled = new Promise<void>((resolve) => {
      socket.addEventListener('message', async ({ data }) => {
        const frame = JSON.parse(await (data as Blob).text());
        heard.push(frame);
        if (frame.data.event === 'fill') resolve();
        if (frame.stream === 'listening') {
          await call('POST', '/v2/orders', BRACKET);
          advance();
        }
      });
    });
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ action: 'auth', key: 'k', secret: 's' }));
      socket.send(JSON.stringify({ action: 'listen', data: { streams: ['trade_updates'] } }));
    });
    await filled;
    socket.close();
    const fill = heard.find(({ data }) => data.event === 'fill');
    expect(Object.keys(message.data).filter((key) => !(key in fill.data))).toEqual([]);
    expect(Object.keys(message.data.order).filter((key) => !(key in fill.data.order))).toEqual([
      'cancel_requested_at',
    ]);
  });
});

import { describe, expect, it } from 'vitest';

import { brokerOrderId, clientOrderId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { BrokerError } from '#ports/broker.ts';

import { T0, json, served } from './served.ts';
import type { Answer } from './served.ts';
import { virtualTimers } from './virtual-timers.ts';

/** A 429 that says when to come back, in seconds from the start. */
const tooMany = (resetIn: number): Answer =>
  json(
    { code: 42910000, message: 'rate limit exceeded' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(T0 / 1000 + resetIn) },
    429,
  );

const cut: Answer = ({ socket }) => socket.destroy();
const busy = json({ message: 'busy' }, {}, 503);

const order = {
  id: 'an-order',
  client_order_id: 'brk-1',
  created_at: '2025-11-25T14:30:00Z',
  symbol: 'AAPL',
  side: 'sell',
  type: 'limit',
  order_class: '',
  time_in_force: 'day',
  qty: '10',
  filled_qty: '0',
  limit_price: '99.9',
  status: 'pending_new',
};

const EXIT = {
  clientOrderId: clientOrderId('brk-1'),
  symbol: ticker('AAPL'),
  side: 'sell',
  quantity: 10,
  limitPrice: parseUsd('99.90'),
} as const;
const BRACKET = {
  ...EXIT,
  side: 'buy',
  targetPrice: parseUsd('105'),
  stopPrice: parseUsd('98'),
  timeInForce: 'gtc',
} as const;

const clock = {
  timestamp: '2025-11-25T09:30:00-05:00',
  is_open: true,
  next_open: '2025-11-26T09:30:00-05:00',
  next_close: '2025-11-25T16:00:00-05:00',
};

describe('a 429 of Alpaca', () => {
  it('29: has an order wait for Reset and sent once more, with the same id', async () => {
    const { broker, asked } = await served([tooMany(30), json(order)]);
    expect(await broker.submitExit(EXIT)).toMatchObject({ kind: 'accepted' });
    expect(asked).toHaveLength(2);
    expect(asked[1]!.at).toBeGreaterThanOrEqual(30_000);
    expect(asked[1]!.at).toBeLessThan(32_000);
  });

  it('29: of an entry is a refusal when Reset is too far away', async () => {
    const { broker, asked } = await served([tooMany(30), json(order)]);
    expect(await broker.submitBracket(BRACKET)).toMatchObject({
      kind: 'rejected',
      code: 'rate-limited',
    });
    expect(asked, 'it was not sent a second time').toHaveLength(1);
  });

  it('29: that comes again is a refusal', async () => {
    const { broker, asked } = await served([tooMany(1)]);
    expect(await broker.cancelOrder(brokerOrderId('an-order'))).toMatchObject({
      kind: 'rejected',
      code: 'rate-limited',
    });
    expect(asked).toHaveLength(2);
  });

  it('29: of a read is told as an error that may pass', async () => {
    const { broker } = await served([tooMany(30)]);
    const error = await broker.clock().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(BrokerError);
    expect(error).toMatchObject({ retryable: true });
  });

  it('29: of the market data holds no order up', async () => {
    // Time stands still: nobody would come back from waiting.
    const { broker, marketData, asked } = await served([tooMany(30), json(order)], {
      timers: virtualTimers(T0),
    });
    void marketData.bars({
      symbols: [ticker('AAPL')],
      barMinutes: 5,
      from: T0 - 600_000,
      until: T0,
    });
    await expect.poll(() => asked.length).toBe(1);
    expect(await broker.submitExit(EXIT)).toMatchObject({ kind: 'accepted' });
  });
});

describe("the broker's budget", () => {
  it('29: is kept for what protects once it is nearly used up', async () => {
    const { broker, asked } = await served([json(clock), json(clock), json(order)], {
      requestsPerMinute: 3,
      protectiveReserve: 1,
    });
    await broker.clock();
    await broker.clock();
    const [entry, exit] = await Promise.all([
      broker.submitBracket(BRACKET),
      broker.submitExit(EXIT),
    ]);
    expect(entry).toMatchObject({ kind: 'rejected', code: 'rate-limited' });
    expect(exit).toMatchObject({ kind: 'accepted' });
    expect(asked.map(({ line }) => line).slice(2)).toEqual(['POST /v2/orders']);
  });

  it('29: serves urgent reads from the reserve', async () => {
    const { broker } = await served([json(clock)], { requestsPerMinute: 3, protectiveReserve: 1 });
    await broker.clock();
    await broker.clock();
    const [urgent, usual] = await Promise.allSettled([broker.urgent.clock(), broker.clock()]);
    expect([urgent.status, usual.status]).toEqual(['fulfilled', 'rejected']);
  });

  it("29: shrinks to what the broker's headers say is left", async () => {
    const headers = { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': String(T0 / 1000 + 50) };
    const { broker, asked } = await served([json(clock, headers), json(order)], {
      requestsPerMinute: 200,
      protectiveReserve: 1,
    });
    await broker.clock();
    expect(await broker.submitBracket(BRACKET)).toMatchObject({ code: 'rate-limited' });
    expect(await broker.submitExit(EXIT)).toMatchObject({ kind: 'accepted' });
    expect(asked).toHaveLength(2);
  });

  it('29: counts each page of the bars', async () => {
    const bar = { t: '2025-11-25T14:30:00Z', o: 1, h: 1, l: 1, c: 1, v: 1, n: 1, vw: 1 };
    const { marketData, asked } = await served(
      [
        json({ bars: { AAPL: [bar] }, next_page_token: 'two' }),
        json({ bars: { AAPL: [bar], MSFT: [bar] }, next_page_token: 'three' }),
        json({ bars: {}, next_page_token: null }),
      ],
      { dataRequestsPerMinute: 2 },
    );
    const query = {
      symbols: [ticker('AAPL'), ticker('MSFT')],
      barMinutes: 5,
      from: T0,
      until: T0 + 300_000,
    };
    await expect(marketData.bars(query)).rejects.toThrow('not sent');
    expect(
      asked.map(({ line }) => new URL(line.slice(4), 'http://x').searchParams.get('page_token')),
    ).toEqual([null, 'two']);
  });
});

describe('a request that is lost on its way', () => {
  it('is repeated twice when it is a read', async () => {
    const { broker, asked } = await served([cut, busy, json(clock)]);
    expect(await broker.clock()).toMatchObject({ isOpen: true });
    expect(asked).toHaveLength(3);
  });

  it('is an error that may pass when it stays lost', async () => {
    const { broker, asked } = await served([cut]);
    await expect(broker.clock()).rejects.toMatchObject({ retryable: true });
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['cut off', cut],
    ['answered with a 503', busy],
  ])('is never repeated when it is an order: %s', async (_, answer) => {
    const { broker, asked } = await served([answer]);
    expect(await broker.submitExit(EXIT)).toMatchObject({ kind: 'unknown' });
    expect(asked).toHaveLength(1);
  });
});

describe('a 404', () => {
  it('of Alpaca says that there is no such thing', async () => {
    const { broker } = await served([
      json({ code: 40410000, message: 'position does not exist' }, {}, 404),
    ]);
    expect(await broker.position(EXIT.symbol)).toBeNull();
    expect(await broker.orderByClientId(EXIT.clientOrderId)).toBeNull();
  });

  it.each([
    ['of a proxy', json({ message: 'no Route matched with those values' }, {}, 404)],
    [
      'of a page',
      (_, response) => {
        response.writeHead(404, { 'content-type': 'text/html' });
        response.end('<html>404 Not Found</html>');
      },
    ],
  ] satisfies [string, Answer][])('%s says nothing of positions and orders', async (_, answer) => {
    const { broker } = await served([answer]);
    await expect(broker.position(EXIT.symbol)).rejects.toThrow(BrokerError);
    await expect(broker.orderByClientId(EXIT.clientOrderId)).rejects.toThrow(BrokerError);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import { toTradeUpdate } from '#adapters/alpaca/mapping.ts';
import { brokerOrderId, ticker } from '#core/ids.ts';
import { parseInstant } from '#core/session.ts';
import { silentLog } from '#test/support/log.ts';

const CREATED = '2025-11-26T15:00:00Z';

const order = (id: string, changes: object = {}) => ({
  id,
  client_order_id: `client-${id}`,
  created_at: CREATED,
  submitted_at: CREATED,
  updated_at: CREATED,
  symbol: 'AAPL',
  asset_class: 'us_equity',
  side: 'buy',
  type: 'limit',
  order_class: '',
  time_in_force: 'gtc',
  qty: '10',
  filled_qty: '0',
  filled_avg_price: null,
  limit_price: '270.15',
  stop_price: null,
  status: 'new',
  legs: null,
  ...changes,
});
/** Its parts have symbols, it has none itself. */
const SPREAD = order('spread', { symbol: null, order_class: 'mleg', asset_class: 'us_option' });

const fill = (id: string, changes: object = {}) => ({
  id,
  activity_type: 'FILL',
  order_id: 'ours',
  symbol: 'AAPL',
  side: 'buy',
  qty: '10',
  cum_qty: '10',
  leaves_qty: '0',
  price: '270.15',
  transaction_time: CREATED,
  type: 'fill',
  ...changes,
});

const position = (symbol: string, qty: string) => ({
  asset_id: symbol,
  symbol,
  exchange: 'NASDAQ',
  asset_class: 'us_equity',
  side: 'long',
  qty,
  avg_entry_price: '270.1463414634',
  current_price: '271',
  unrealized_pl: '8.5',
});

/** A broker whose Alpaca answers each path with one reply, what it was asked, and what was logged. */
async function brokerOf(replies: Readonly<Record<string, unknown>>) {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    asked.push(url);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(replies[url.pathname]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = createAlpacaClient({ kind: 'stand-in', url: `http://127.0.0.1:${port}` });
  const logged: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => logged.push(message) };
  return { broker: createAlpacaBroker(client, log), asked, logged };
}

describe('an account that also holds what the bot cannot read', () => {
  it('lists the orders that can be read, and tells once of each that cannot', async () => {
    const { broker, logged } = await brokerOf({ '/v2/orders': [SPREAD, order('ours')] });
    const listed = [await broker.ordersSince(0), await broker.ordersSince(0)];
    expect(listed.map((orders) => orders.map(({ id }) => id))).toEqual([['ours'], ['ours']]);
    expect(logged).toEqual(['order spread cannot be read and is left out']);
  });

  it('lists the fills that can be read', async () => {
    const { broker, logged } = await brokerOf({
      '/v2/account/activities/FILL': [fill('grant', { price: null }), fill('1')],
    });
    const fills = await broker.executionsSince(0);
    expect(fills.map(({ orderId }) => orderId)).toEqual(['ours']);
    expect(logged).toEqual(['fill grant cannot be read and is left out']);
  });

  it('lists the positions that can be read', async () => {
    const { broker, logged } = await brokerOf({
      '/v2/positions': [
        { ...position('BTCUSD', '1.013'), asset_class: 'crypto' },
        position('AAPL', '10'),
      ],
    });
    expect(await broker.positions()).toMatchObject([{ symbol: 'AAPL', quantity: 10 }]);
    expect(logged).toEqual(['position BTCUSD cannot be read and is left out']);
  });

  it.each(['10.5', '10.000000001', '-10.25'])(
    'sees the whole shares of a position of %s, whatever fraction somebody holds beside them',
    async (qty) => {
      const { broker, logged } = await brokerOf({
        '/v2/positions': [position('AAPL', qty)],
        '/v2/positions/AAPL': position('AAPL', qty),
      });
      expect(await broker.positions()).toMatchObject([{ symbol: 'AAPL', quantity: 10 }]);
      expect(await broker.position(ticker('AAPL'))).toMatchObject({ quantity: 10, available: 10 });
      expect(logged).toEqual([]);
    },
  );

  it('has no position where somebody holds less than a share', async () => {
    const half = position('AAPL', '0.5');
    const { broker } = await brokerOf({ '/v2/positions': [half], '/v2/positions/AAPL': half });
    expect(await broker.position(ticker('AAPL'))).toBeNull();
    expect(await broker.positions()).toEqual([]);
  });

  it('fails for one order that is asked for by its id', async () => {
    const { broker } = await brokerOf({ '/v2/orders/spread': SPREAD });
    await expect(broker.order(brokerOrderId('spread'))).rejects.toThrow('no symbol');
  });
});

describe('orders since an instant', () => {
  it('include one submitted a moment before it was created, and none created before', async () => {
    const after = parseInstant(CREATED) - 1;
    const earlier = order('earlier', { created_at: '2025-11-26T14:59:59Z' });
    const { broker, asked } = await brokerOf({ '/v2/orders': [earlier, order('ours')] });
    expect((await broker.ordersSince(after)).map(({ id }) => id)).toEqual(['ours']);
    expect(asked[0]?.searchParams.get('after')).toBe('2025-11-26T14:58:59.999Z');
  });
});

const update = (qty: string, filledQty: string) =>
  toTradeUpdate({
    event: 'partial_fill',
    price: '270.15',
    qty,
    timestamp: new Date(CREATED),
    order: {
      id: 'ours',
      symbol: 'AAPL',
      side: 'buy',
      type: 'limit',
      timeInForce: 'gtc',
      createdAt: new Date(CREATED),
      qty: '10',
      filledQty,
    },
  } as Parameters<typeof toTradeUpdate>[0]);

describe('an execution on the order stream', () => {
  it('is told with the quantity that its order has filled', () => {
    expect(update('4', '7').execution).toMatchObject({ quantity: 4, cumulativeQuantity: 7 });
  });

  it('is left to REST when its order has filled less than it', () => {
    expect(update('4', '3').execution).toBeNull();
  });
});

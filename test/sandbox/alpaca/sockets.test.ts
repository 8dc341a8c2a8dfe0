import type { Alpaca, streaming } from '@alpacahq/alpaca-trade-api';
import { decode, encode } from '@msgpack/msgpack';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

import type { AlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { eventually } from '#test/support/eventually.ts';

import { barEnd } from '../alpaca-market.ts';
import type { Ohlc } from '../alpaca-market.ts';
import { BRACKET, aStandIn } from './a-stand-in.ts';

const ENTRY: Ohlc = [100, 101, 99, 100];
const TARGET: Ohlc = [104, 106, 103, 105];

const socketUrl = ({ url }: AlpacaStandIn, path: string) => `${url.replace('http', 'ws')}${path}`;

/** The SDK's trade stream, once it is listening. */
async function tradeUpdates(alpaca: Alpaca, standIn: AlpacaStandIn) {
  const stream = alpaca.trading.stream({ url: socketUrl(standIn, '/stream') });
  onTestFinished(() => stream.disconnect());
  const updates: streaming.TradeUpdate[] = [];
  stream.onTradeUpdate((update) => updates.push(update));
  const listening = new Promise<unknown>((resolve) => {
    stream.on('subscription', resolve);
  });
  stream.subscribeTradeUpdates();
  stream.connect();
  expect(await listening).toEqual(['trade_updates']);
  return updates;
}

const tradesOf = (symbols: string[]) => ({
  trades: symbols,
  corrections: symbols,
  cancelErrors: symbols,
});

/** A bare client: what it says and everything it hears. */
async function rawClient(
  standIn: AlpacaStandIn,
  path: string,
  headers: Record<string, string> = {},
) {
  const isMsgpack = headers['content-type'] !== undefined;
  const socket = new WebSocket(socketUrl(standIn, path), { headers });
  onTestFinished(() => socket.terminate());
  const heard: unknown[] = [];
  const kinds: string[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    kinds.push(isBinary ? 'binary' : 'text');
    heard.push(isMsgpack ? decode(data) : JSON.parse(data.toString()));
  });
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return {
    kinds,
    heard,
    say: (message: unknown) => socket.send(isMsgpack ? encode(message) : JSON.stringify(message)),
    hears: (count: number) => eventually(() => expect(heard.length).toBeGreaterThanOrEqual(count)),
  };
}

describe('trade updates through the SDK', () => {
  it('tell of a bracket from its confirmation to its end, in order', async () => {
    const { alpaca, standIn, advance, call } = await aStandIn({ bars: [ENTRY, TARGET] });
    const updates = await tradeUpdates(alpaca, standIn);
    await call('POST', '/v2/orders', BRACKET);
    advance(2);
    await eventually(() => expect(updates).toHaveLength(7));
    expect(updates.map(({ event, order }) => `${order.type} ${event} → ${order.status}`)).toEqual([
      'limit pending_new → pending_new',
      'limit new → new',
      'limit fill → filled',
      'limit new → new',
      'stop held → held',
      'limit fill → filled',
      'stop canceled → canceled',
    ]);
  });

  it('26: have price and quantity of the execution, and the position after it', async () => {
    const { alpaca, standIn, advance, call } = await aStandIn({ bars: [ENTRY] });
    const updates = await tradeUpdates(alpaca, standIn);
    const { body } = await call('POST', '/v2/orders', { ...BRACKET, side: 'buy' });
    advance();
    await eventually(() => expect(updates).toHaveLength(5));
    expect(updates[2]).toMatchObject({
      event: 'fill',
      price: '100',
      qty: '10',
      positionQty: '10',
      executionId: expect.any(String),
      timestamp: new Date(barEnd(1)),
      order: { id: body.id, filledQty: '10', filledAvgPrice: '100' },
    });
    expect(updates[0]?.executionId, 'of a pending order').toBeUndefined();
  });

  it('tell of every part of an entry, whose legs sleep until it is whole', async () => {
    const { alpaca, standIn, advance, call } = await aStandIn({
      bars: [ENTRY, ENTRY],
      rules: { maxParticipationBps: 6 },
    });
    await call('POST', '/v2/orders', BRACKET);
    const updates = await tradeUpdates(alpaca, standIn);
    advance();
    await eventually(() => expect(updates).toHaveLength(1));
    const parts = { event: 'partial_fill', qty: '6', order: { status: 'partially_filled' } };
    expect(updates[0]).toMatchObject(parts);
    advance();
    await eventually(() => expect(updates).toHaveLength(4));
    expect(updates.map(({ event, qty, positionQty }) => [event, qty, positionQty])).toEqual([
      ['partial_fill', '6', '6'],
      ['fill', '4', '10'],
      ['new', undefined, undefined],
      ['held', undefined, undefined],
    ]);
  });

  it('carry the old order when one is replaced, then the new one', async () => {
    const { alpaca, standIn, call } = await aStandIn();
    const { body: order } = await call('POST', '/v2/orders', BRACKET);
    const updates = await tradeUpdates(alpaca, standIn);
    const { body: moved } = await call('PATCH', `/v2/orders/${order.legs[1].id}`, {
      stop_price: '97.50',
    });
    await eventually(() => expect(updates).toHaveLength(2));
    expect(updates).toMatchObject([
      { event: 'replaced', order: { id: order.legs[1].id, replacedBy: moved.id } },
      { event: 'held', order: { id: moved.id, stopPrice: '97.5' } },
    ]);
  });
});

describe('the trade socket', () => {
  it.each([
    ['the old form', { action: 'authenticate', data: { key_id: 'k', secret_key: 's' } }],
    ['the new form', { action: 'auth', key: 'k', secret: 's' }],
  ])('26: takes %s of authentication and answers in binary JSON', async (_, credentials) => {
    const { standIn } = await aStandIn();
    const client = await rawClient(standIn, '/stream');
    client.say(credentials);
    client.say({ action: 'listen', data: { streams: ['trade_updates', 'nonsense'] } });
    await client.hears(2);
    expect(client.heard).toEqual([
      { stream: 'authorization', data: { status: 'authorized', action: 'authenticate' } },
      { stream: 'listening', data: { streams: ['trade_updates'] } },
    ]);
    expect(client.kinds).toEqual(['binary', 'binary']);
  });

  it('refuses to listen to anyone without keys', async () => {
    const { standIn } = await aStandIn();
    const client = await rawClient(standIn, '/stream');
    client.say({ action: 'listen', data: { streams: ['trade_updates'] } });
    client.say({ action: 'auth', key: '', secret: '' });
    await client.hears(2);
    expect(client.heard).toEqual([
      { stream: 'authorization', data: { status: 'unauthorized', action: 'listen' } },
      { stream: 'authorization', data: { status: 'unauthorized', action: 'authenticate' } },
    ]);
  });

  it('26: stops telling when another listen leaves the stream out', async () => {
    const { standIn, call } = await aStandIn();
    const client = await rawClient(standIn, '/stream');
    client.say({ action: 'auth', key: 'k', secret: 's' });
    client.say({ action: 'listen', data: { streams: ['trade_updates'] } });
    client.say({ action: 'listen', data: { streams: [] } });
    await client.hears(3);
    await call('POST', '/v2/orders', BRACKET);
    client.say({ action: 'listen', data: { streams: [] } });
    await client.hears(4);
    expect(client.heard.at(-1)).toEqual({ stream: 'listening', data: { streams: [] } });
    expect(client.heard).toHaveLength(4);
  });

  it('26: speaks MessagePack to whoever asks for it', async () => {
    const { standIn } = await aStandIn();
    const client = await rawClient(standIn, '/stream', { 'content-type': 'application/msgpack' });
    client.say({ action: 'auth', key: 'k', secret: 's' });
    await client.hears(1);
    expect(client.heard).toMatchObject([
      { stream: 'authorization', data: { status: 'authorized' } },
    ]);
  });
});

describe('stock data through the SDK', () => {
  it('28: brings the bars that are subscribed to as they end', async () => {
    const { alpaca, standIn, advance } = await aStandIn({ bars: [ENTRY, TARGET] });
    const stream = alpaca.marketData.stockStream({ url: socketUrl(standIn, '/v2/iex') });
    onTestFinished(() => stream.disconnect());
    const bars: streaming.StreamBar[] = [];
    stream.onBar((bar) => bars.push(bar));
    const subscribed = new Promise<unknown>((resolve) => {
      stream.on('subscription', resolve);
    });
    stream.subscribeForBars(['AAPL']);
    stream.connect();
    expect(await subscribed).toMatchObject({ bars: ['AAPL'], trades: [] });
    advance(2);
    await eventually(() => expect(bars).toHaveLength(2));
    expect(bars[1]).toMatchObject({ symbol: 'AAPL', open: 104, high: 106, low: 103, close: 105 });
    expect(bars[1]?.timestamp.getTime(), 'the start of the bar').toBe(barEnd(1));
  });
});

describe('the data socket', () => {
  const auth = { action: 'auth', key: 'k', secret: 's' };
  const nothing = {
    trades: [],
    quotes: [],
    bars: [],
    updatedBars: [],
    dailyBars: [],
    statuses: [],
    lulds: [],
    corrections: [],
    cancelErrors: [],
  };

  it('28: welcomes, authenticates and answers subscriptions with the whole list', async () => {
    const { standIn } = await aStandIn();
    const client = await rawClient(standIn, '/v2/sip');
    client.say(auth);
    client.say({ action: 'subscribe', trades: ['AAPL'], bars: ['*'] });
    client.say({ action: 'subscribe', trades: ['MSFT'] });
    client.say({ action: 'unsubscribe', trades: ['AAPL'], bars: ['*'] });
    await client.hears(5);
    expect(client.heard).toEqual([
      [{ T: 'success', msg: 'connected' }],
      [{ T: 'success', msg: 'authenticated' }],
      [{ T: 'subscription', ...nothing, ...tradesOf(['AAPL']), bars: ['*'] }],
      [{ T: 'subscription', ...nothing, ...tradesOf(['AAPL', 'MSFT']), bars: ['*'] }],
      [{ T: 'subscription', ...nothing, ...tradesOf(['MSFT']) }],
    ]);
  });

  it('takes the keys in the headers of the upgrade', async () => {
    const { standIn } = await aStandIn();
    const headers = { 'apca-api-key-id': 'k', 'apca-api-secret-key': 's' };
    const client = await rawClient(standIn, '/v2/iex', headers);
    await client.hears(2);
    expect(client.heard[1]).toEqual([{ T: 'success', msg: 'authenticated' }]);
  });

  it('sends the bars of all symbols in one frame of JSON to whoever asks for no other', async () => {
    const { standIn, advance } = await aStandIn();
    const client = await rawClient(standIn, '/v2/iex');
    client.say(auth);
    client.say({ action: 'subscribe', bars: ['*'] });
    await client.hears(3);
    advance();
    await client.hears(4);
    const flat = { T: 'b', o: 100, h: 100, l: 100, c: 100, v: 10_000, n: 100, vw: 100 };
    expect(client.heard[3]).toEqual([
      { ...flat, S: 'AAPL', t: '2025-11-25T14:30:00Z' },
      { ...flat, S: 'MSFT', t: '2025-11-25T14:30:00Z' },
    ]);
    expect(client.kinds.at(-1)).toBe('text');
  });

  it.each([
    [400, 'invalid syntax', ['nonsense']],
    [400, 'invalid syntax', [{ action: 'dance' }]],
    [401, 'not authenticated', [{ action: 'subscribe', bars: ['AAPL'] }]],
    [402, 'auth failed', [{ action: 'auth', key: '', secret: 's' }]],
    [403, 'already authenticated', [auth, auth]],
  ])('answers with error %i, %s', async (code, msg, messages) => {
    const { standIn } = await aStandIn();
    const client = await rawClient(standIn, '/v2/iex');
    for (const message of messages) client.say(message);
    await client.hears(1 + messages.length);
    expect(client.heard.at(-1)).toEqual([{ T: 'error', code, msg }]);
  });

  it('is not there for a feed that does not exist', async () => {
    const { standIn } = await aStandIn();
    await expect(rawClient(standIn, '/v2/moon')).rejects.toThrow('404');
  });
});

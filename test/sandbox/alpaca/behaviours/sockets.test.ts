import type { Alpaca, streaming } from '@alpacahq/alpaca-trade-api';
import { describe, expect, it, onTestFinished } from 'vitest';

import { parseUsd } from '#core/money.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import type { AlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { createVirtualTimers } from '#sandbox/alpaca/timers.ts';
import { eventually } from '#test/support/eventually.ts';

import { FIRST, aMarket, barEnd } from '../../alpaca-market.ts';
import type { Ohlc } from '../../alpaca-market.ts';
import { BRACKET, aStandIn } from '../a-stand-in.ts';

const ENTRY: Ohlc = [100, 101, 99, 100];

/** Impatient, so that a test need not be patient. */
const FAST = {
  initialReconnectMs: 5,
  maxReconnectMs: 10,
  maxReconnectAttempts: -1,
};
/** Finds a dead connection soon; on a busy machine also one that is only slow. */
const FAST_PINGS = { pingIntervalMs: 30, pongWaitMs: 30 };

const socketUrl = ({ url }: AlpacaStandIn, path: string) => `${url.replace('http', 'ws')}${path}`;

/** What the SDK's stream says of itself. */
function observed(stream: streaming.TradingStream | streaming.StockDataStream) {
  onTestFinished(() => stream.disconnect());
  const seen = { acks: [] as unknown[], errors: [] as string[], states: [] as string[] };
  stream.on('subscription', (ack: unknown) => seen.acks.push(ack));
  stream.onError((error) => seen.errors.push(error));
  stream.onStateChange((state) => seen.states.push(state));
  return seen;
}

async function orderStream(alpaca: Alpaca, standIn: AlpacaStandIn, options: object = {}) {
  const url = socketUrl(standIn, '/stream');
  const stream = alpaca.trading.stream({ url, ...FAST, ...options });
  const updates: streaming.TradeUpdate[] = [];
  const seen = observed(stream);
  stream.onTradeUpdate((update) => updates.push(update));
  stream.subscribeTradeUpdates();
  stream.connect();
  await eventually(() => expect(seen.acks).not.toEqual([]));
  return { stream, updates, ...seen };
}

function dataStream(alpaca: Alpaca, standIn: AlpacaStandIn, symbols = ['AAPL']) {
  const stream = alpaca.marketData.stockStream({ url: socketUrl(standIn, '/v2/iex'), ...FAST });
  const bars: streaming.StreamBar[] = [];
  const seen = observed(stream);
  stream.onBar((bar) => bars.push(bar));
  stream.subscribeForBars(symbols);
  stream.connect();
  return { stream, bars, ...seen };
}

/** Long enough for anything on this machine that is under way to arrive. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 50));

describe('the stand-in of the order stream', () => {
  it('26: tells of an event and a status that nobody knows', async () => {
    const { alpaca, standIn } = await aStandIn();
    const { updates } = await orderStream(alpaca, standIn);
    const order = { id: 'x', symbol: 'AAPL', status: 'pondering', type: 'limit', side: 'buy' };
    standIn.sockets.inject('orders', {
      stream: 'trade_updates',
      data: { event: 'restated', timestamp: '2025-11-25T14:30:00Z', order },
    });
    await eventually(() =>
      expect(updates).toMatchObject([{ event: 'restated', order: { status: 'pondering' } }]),
    );
  });

  it('26: sends its last frames again when it is told to', async () => {
    const { alpaca, standIn, advance, call } = await aStandIn({ bars: [ENTRY] });
    const { updates } = await orderStream(alpaca, standIn);
    await call('POST', '/v2/orders', BRACKET);
    advance();
    await eventually(() => expect(updates).toHaveLength(5));
    standIn.sockets.resend(3);
    await eventually(() => expect(updates).toHaveLength(8));
    expect(updates.slice(5)).toEqual(updates.slice(2, 5));
    expect(updates[5]).toMatchObject({ event: 'fill', executionId: updates[2]?.executionId });
  });

  it('27: loses what happens while its connections are cut', async () => {
    const { alpaca, standIn, advance, call } = await aStandIn({ bars: [ENTRY] });
    const { updates, acks } = await orderStream(alpaca, standIn);
    await call('POST', '/v2/orders', BRACKET);
    await eventually(() => expect(updates).toHaveLength(2));
    standIn.sockets.drop();
    advance();
    await eventually(() => expect(acks).toHaveLength(2));
    await quiet();
    expect(updates, 'the fill is not told').toHaveLength(2);
  });

  it('27: loses what happens before a delayed acknowledgement', async () => {
    const timers = createVirtualTimers();
    const { alpaca, standIn, call } = await aStandIn({ timers });
    const { stream, updates, acks } = await orderStream(alpaca, standIn);
    standIn.sockets.delayAcks(60_000);
    const reconnected = new Promise<void>((resolve) => {
      stream.onReconnected(resolve);
    });
    standIn.sockets.drop();
    await reconnected;
    await call('POST', '/v2/orders', BRACKET);
    expect(acks, 'the SDK says reconnected, the broker has not').toHaveLength(1);
    await eventually(() => {
      timers.elapse(60_000);
      expect(acks).toHaveLength(2);
    });
    expect(updates).toEqual([]);
  });

  it('27: refuses upgrades with 429 as often as it is told to', async () => {
    const { alpaca, standIn } = await aStandIn();
    const { acks, errors } = await orderStream(alpaca, standIn);
    standIn.sockets.refuseUpgrades(2);
    standIn.sockets.drop();
    await eventually(() => expect(acks).toHaveLength(2));
    expect(errors).toEqual(['Unexpected server response: 429', 'Unexpected server response: 429']);
  });

  it('27: stops answering on connections that are half-open, and takes new ones', async () => {
    const { alpaca, standIn } = await aStandIn();
    const { acks, states } = await orderStream(alpaca, standIn, FAST_PINGS);
    standIn.sockets.halfOpen();
    await eventually(() => expect(acks.length).toBeGreaterThan(1));
    expect(states).toContain('disconnected');
  });
});

describe('the stand-in of the data stream', () => {
  it('27: ends the SDK for good with a slow authentication', async () => {
    const { alpaca, standIn } = await aStandIn();
    standIn.sockets.authTimeout(1);
    const { stream, errors, acks } = dataStream(alpaca, standIn);
    await eventually(() => expect(errors).toEqual(['auth timeout']));
    await quiet();
    expect(stream.getState()).toBe('disconnected');
    expect(acks).toEqual([]);
  });

  it('27: refuses every connection that is one too many with 406', async () => {
    const { alpaca, standIn } = await aStandIn();
    standIn.sockets.connectionLimit(true);
    const { errors, acks } = dataStream(alpaca, standIn);
    await eventually(() => expect(errors.length).toBeGreaterThan(1));
    expect(new Set(errors)).toEqual(new Set(['connection limit exceeded']));
    standIn.sockets.connectionLimit(false);
    await eventually(() => expect(acks).toHaveLength(1));
  });

  it('28: leaves its list as it was when one symbol is too many', async () => {
    const { alpaca, standIn } = await aStandIn();
    const { stream, acks, errors } = dataStream(alpaca, standIn, ['AAPL']);
    await eventually(() => expect(acks).toHaveLength(1));
    standIn.sockets.symbolLimit(1);
    stream.subscribeForBars(['MSFT']);
    await eventually(() => expect(errors).toEqual(['symbol limit exceeded']));
    stream.unsubscribeFromTrades(['MSFT']);
    await eventually(() => expect(acks).toHaveLength(2));
    expect(acks[1]).toMatchObject({ bars: ['AAPL'] });
  });

  it('28: stays connected and says nothing while it is mute', async () => {
    const { alpaca, standIn, advance } = await aStandIn();
    const { stream, bars, acks } = dataStream(alpaca, standIn);
    await eventually(() => expect(acks).toHaveLength(1));
    standIn.sockets.mute(true);
    advance();
    await quiet();
    expect(stream.getState(), 'its pings are answered').toBe('authenticated');
    expect(bars).toEqual([]);
    standIn.sockets.mute(false);
    advance();
    await eventually(() => expect(bars).toHaveLength(1));
  });

  it('28: sends bars out of order, bars again and corrections as it is told to', async () => {
    const { alpaca, standIn, advance } = await aStandIn({ bars: [ENTRY] });
    const { stream, bars, acks } = dataStream(alpaca, standIn);
    const others: unknown[] = [];
    stream.onUpdatedBar((bar) => others.push(['u', bar.symbol]));
    stream.onCorrection((correction) => others.push(['c', correction.symbol]));
    stream.onCancelError((cancellation) => others.push(['x', cancellation.symbol]));
    stream.onQuote((quote) => others.push(['q', quote.bidPrice, quote.askPrice]));
    await eventually(() => expect(acks).toHaveLength(1));
    advance();
    await eventually(() => expect(bars).toHaveLength(1));
    const late = { T: 'b', S: 'AAPL', o: 1, h: 1, l: 1, c: 1, v: 1, n: 1, vw: 1 };
    standIn.sockets.inject('data', { ...late, t: '2025-11-25T14:00:00Z' });
    standIn.sockets.inject('data', { ...late, T: 'u', t: '2025-11-25T14:30:00Z' });
    standIn.sockets.inject('data', { T: 'c', S: 'AAPL', oi: 1, ci: 2, t: '2025-11-25T14:30:00Z' });
    standIn.sockets.inject('data', { T: 'x', S: 'AAPL', i: 1, t: '2025-11-25T14:30:00Z' });
    standIn.sockets.inject('data', { T: 'q', S: 'AAPL', bp: 0, ap: 0, t: '2025-11-25T14:30:00Z' });
    standIn.sockets.resend(1, 'data');
    await eventually(() => expect(bars).toHaveLength(3));
    expect(bars[1]?.timestamp.getTime()).toBeLessThan(FIRST.open);
    expect(bars[2]).toEqual(bars[0]);
    expect(bars[0]?.timestamp.getTime()).toBe(barEnd(0));
    expect(others).toEqual([
      ['u', 'AAPL'],
      ['c', 'AAPL'],
      ['x', 'AAPL'],
      ['q', 0, 0],
    ]);
  });
});

describe('the stand-in of a limited account', () => {
  it('29: answers 429 with the headers of the limit, and without Retry-After', async () => {
    const standIn = await createAlpacaStandIn({
      market: aMarket(),
      startingCash: parseUsd('100000'),
      requestsPerMinute: 1,
    });
    onTestFinished(() => standIn.close());
    const headers = { 'APCA-API-KEY-ID': 'key', 'APCA-API-SECRET-KEY': 'secret' };
    const ask = () => fetch(`${standIn.url}/v2/account`, { headers });
    // A minute may end between two requests, but not between each two of four.
    const replies = [await ask(), await ask(), await ask(), await ask()];
    const refused = replies.findLast(({ status }) => status === 429);
    expect(await refused?.json()).toEqual({ code: 42910000, message: 'rate limit exceeded' });
    expect(refused?.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(Number(refused?.headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(
      Date.now() - 60_000,
    );
    expect(refused?.headers.get('retry-after')).toBeNull();
  });
});

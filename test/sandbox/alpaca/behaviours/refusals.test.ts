/** Behaviours 18 and 20 to 24: what the broker says no to, word for word. */
import { describe, expect, it } from 'vitest';

import { ticker } from '#core/ids.ts';

import { aMarket } from '../../alpaca-market.ts';
import { BRACKET } from '../a-stand-in.ts';
import { BARS, EXITS, LONG, aBracket, aBroker, listenTo, refusalOf } from './a-broker.ts';
import type { TestBroker } from './a-broker.ts';

const { entry, quiet, stop } = BARS;

const buy = ({ alpaca }: TestBroker, qty: number, change: object = {}) =>
  alpaca.trading.orders.market({ symbol: 'AAPL', qty, side: 'buy', ...change });

describe('a client order id', () => {
  it.each([
    ['working', 0, false],
    ['filled', 1, false],
    ['canceled', 0, true],
  ])('18: of an order that is %s is taken', async (status, bars, isCanceled) => {
    const broker = await aBroker({ bars: [entry] });
    const { id } = await aBracket(broker, { clientOrderId: 'once' });
    if (bars > 0) broker.advance(bars);
    if (isCanceled) await broker.alpaca.trading.orders.deleteOrderByOrderID({ orderId: id });
    const again = buy(broker, 1, { clientOrderId: 'once' });
    expect(await refusalOf(again)).toEqual({
      status: 422,
      body: { code: 40010001, message: 'client_order_id must be unique' },
    });
    const found = await broker.alpaca.trading.orders.getOrderByClientOrderId({
      clientOrderId: 'once',
    });
    expect(found).toMatchObject({ id, status: status === 'working' ? 'new' : status });
  });
});

describe('a bracket is refused', () => {
  it.each([
    [
      'without a stop',
      { stop_loss: undefined },
      422,
      { code: 40010001, message: 'bracket orders require stop_loss.stop_price' },
    ],
    [
      'without a target',
      { take_profit: undefined },
      422,
      { code: 40010001, message: 'bracket orders require take_profit.limit_price' },
    ],
    [
      'at once or never',
      { time_in_force: 'ioc' },
      422,
      { code: 40010001, message: 'bracket orders support only "day" or "gtc" time_in_force' },
    ],
    [
      'for the extended hours',
      { extended_hours: true },
      403,
      { code: 40310000, message: 'bracket orders do not support extended hours trading' },
    ],
    [
      'for parts of a share',
      { qty: '1.5' },
      422,
      { code: 42210000, message: 'fractional orders must be simple orders' },
    ],
    [
      'at parts of a cent',
      { limit_price: '99.123' },
      422,
      {
        code: 42210000,
        message:
          'invalid limit_price 99.123. sub-penny increment does not fulfill minimum pricing criteria',
      },
    ],
    [
      'whose stop is at its base price',
      { limit_price: '99.00', stop_loss: { stop_price: '99.00' } },
      422,
      {
        base_price: '99',
        code: 42210000,
        message: 'stop_loss.stop_price must be <= base_price - 0.01',
      },
    ],
    [
      'whose target is at its entry',
      { take_profit: { limit_price: '100.00' } },
      422,
      {
        base_price: '100',
        code: 42210000,
        message: 'take_profit.limit_price must be >= base_price + 0.01',
      },
    ],
  ])('20: %s', async (_, change, status, body) => {
    const { call } = await aBroker();
    expect(await call('POST', '/v2/orders', { ...BRACKET, ...change })).toMatchObject({
      status,
      body,
    });
  });

  it('20: whose stop is beyond the market, wherever its own limit is', async () => {
    const broker = await aBroker({ bars: [[100, 100, 97, 97]] });
    broker.advance();
    const { body } = await refusalOf(broker.alpaca.trading.orders.bracket(LONG));
    expect(body).toMatchObject({ base_price: '97' });
  });

  it('20: beside a position, or is not, or even beside a working entry', async () => {
    const broker = await aBroker({ bars: [quiet, entry] });
    const { behaviour } = broker.standIn;
    const words = { code: 42210000, message: 'bracket orders must be entry orders' };
    const another = () => broker.alpaca.trading.orders.bracket({ ...LONG, qty: 1 });
    await aBracket(broker);
    expect(await another(), 'the usual').toMatchObject({ status: 'pending_new' });
    behaviour.secondBracket = 'refused';
    expect((await refusalOf(another())).body).toEqual(words);
    behaviour.secondBracket = null;
    broker.advance(2);
    expect((await refusalOf(another())).body).toEqual(words);
    behaviour.secondBracket = 'accepted';
    expect(await another()).toMatchObject({ status: 'pending_new' });
  });
});

describe('an OCO', () => {
  it('20: without a position is refused', async () => {
    const { alpaca } = await aBroker();
    expect(await refusalOf(alpaca.trading.orders.oco(EXITS))).toEqual({
      status: 422,
      body: { code: 42210000, message: 'oco orders must be exit orders' },
    });
  });

  it('20: right after the fill may be refused as well, while the positions lag', async () => {
    const broker = await aBroker({ bars: [entry] });
    broker.standIn.behaviour.positionLagMs = 500;
    await buy(broker, 10);
    broker.advance();
    const protect = () => broker.alpaca.trading.orders.oco(EXITS);
    expect((await refusalOf(protect())).body.message).toBe('oco orders must be exit orders');
    expect(await broker.shares()).toBeNull();
    const close = broker.alpaca.trading.positions.deleteOpenPosition({ symbolOrAssetId: 'AAPL' });
    expect(await refusalOf(close)).toMatchObject({ status: 404 });
    broker.timers.elapse(500);
    expect(await broker.shares()).toEqual(['10', '10']);
    expect(await protect()).toMatchObject({ orderClass: 'oco' });
  });

  it('20: may be late to show what was sold, too', async () => {
    const broker = await aBroker({ bars: [entry] });
    await buy(broker, 10);
    broker.advance();
    broker.standIn.behaviour.positionLagMs = 500;
    await broker.alpaca.trading.positions.deleteOpenPosition({ symbolOrAssetId: 'AAPL' });
    expect(await broker.shares()).toEqual(['10', '0']);
    broker.timers.elapse(500);
    expect(await broker.shares()).toBeNull();
  });
});

describe('a wash trade', () => {
  it('21: is refused with the order that is in the way, unless it belongs to a group', async () => {
    const broker = await aBroker({ bars: [entry] });
    await buy(broker, 10);
    broker.advance();
    const { body: resting } = await broker.call('POST', '/v2/orders', {
      symbol: 'AAPL',
      qty: '5',
      side: 'sell',
      type: 'stop',
      stop_price: '95',
      time_in_force: 'gtc',
    });
    expect(await refusalOf(buy(broker, 1))).toEqual({
      status: 403,
      body: {
        code: 40310000,
        existing_order_id: resting.id,
        message: 'potential wash trade detected. use complex orders',
        reject_reason: 'opposite side market/stop order exists',
      },
    });
    broker.standIn.behaviour.secondBracket = 'accepted';
    expect(await broker.alpaca.trading.orders.bracket({ ...LONG, qty: 1 })).toMatchObject({
      status: 'pending_new',
    });
  });

  it.each([
    ['at the limit', '103', 403],
    ['below it', '102.99', 200],
  ])('21: of two limits is one only where they meet: %s', async (_, limit, status) => {
    const broker = await aBroker({ bars: [entry] });
    await buy(broker, 10);
    broker.advance();
    const limitOrder = { symbol: 'AAPL', qty: '1', type: 'limit', time_in_force: 'day' };
    await broker.call('POST', '/v2/orders', { ...limitOrder, side: 'sell', limit_price: '103' });
    const reply = await broker.call('POST', '/v2/orders', {
      ...limitOrder,
      side: 'buy',
      limit_price: limit,
    });
    expect(reply.status).toBe(status);
  });
});

describe('buying power', () => {
  it('22: falls on acceptance, not on the fill, and then refuses with both numbers', async () => {
    const broker = await aBroker({ bars: [entry] });
    const power = async () => (await broker.alpaca.trading.account.getAccount()).buyingPower;
    await aBracket(broker, {});
    expect(await power()).toBe('399000');
    expect(
      (await refusalOf(broker.alpaca.trading.orders.bracket({ ...LONG, qty: 4_000 }))).body,
    ).toEqual({
      buying_power: '399000',
      code: 40310000,
      cost_basis: '400000',
      message: 'insufficient buying power',
    });
    broker.advance();
    expect(await power()).toBe('399000');
  });
});

describe('a short', () => {
  it('23: of what cannot be borrowed is refused', async () => {
    const { alpaca } = await aBroker({ notShortable: [ticker('AAPL')] });
    const short = alpaca.trading.orders.market({ symbol: 'AAPL', qty: 1, side: 'sell' });
    expect(await refusalOf(short)).toEqual({
      status: 422,
      body: { code: 42210000, message: 'asset "AAPL" cannot be sold short' },
    });
  });

  it('23: cannot be opened while a long entry is open', async () => {
    const broker = await aBroker();
    await aBracket(broker);
    const short = broker.alpaca.trading.orders.market({ symbol: 'AAPL', qty: 1, side: 'sell' });
    expect(await refusalOf(short)).toEqual({
      status: 403,
      body: {
        code: 40310000,
        message: 'cannot open a short sell while a long buy order is open',
      },
    });
  });
});

describe('a hard-to-borrow asset', () => {
  it('23: takes day orders only, protective stops of longs included, and says so', async () => {
    const broker = await aBroker({ bars: [entry] });
    await buy(broker, 10);
    broker.advance();
    broker.standIn.behaviour.hardToBorrow.add('AAPL');
    const words = 'only day orders are allowed for hard-to-borrow asset "AAPL"';
    const protect = (timeInForce: 'gtc' | 'day') =>
      broker.alpaca.trading.orders.oco({ ...EXITS, timeInForce });
    expect(await refusalOf(protect('gtc'))).toEqual({
      status: 422,
      body: { code: 42210000, message: words },
    });
    expect(await protect('day')).toMatchObject({ orderClass: 'oco' });
    const asset = await broker.alpaca.trading.assets.getV2AssetsSymbolOrAssetId({
      symbolOrAssetId: 'AAPL',
    });
    expect(asset).toMatchObject({ borrowStatus: 'hard_to_borrow', shortable: true });
  });
});

describe('an inactive asset', () => {
  it('20: takes no order at all, and is listed as such', async () => {
    const broker = await aBroker();
    broker.standIn.behaviour.inactive.add('AAPL');
    expect((await refusalOf(buy(broker, 1))).body.message).toBe('asset AAPL is not active');
    const assets = await broker.alpaca.trading.assets.getV2Assets({ status: 'active' });
    expect(assets.map(({ symbol }) => symbol)).toEqual(['MSFT']);
  });
});

describe('a trading halt', () => {
  it('24: lets nothing trade and no stop trigger until the open after it, which may gap', async () => {
    const broker = await aBroker({ bars: [entry, stop, stop, [90, 91, 89, 90]] });
    const { id, stop: stopLeg } = await aBracket(broker);
    broker.advance();
    broker.standIn.behaviour.haltedSymbols.add('AAPL');
    const { hears } = await listenTo(broker);
    broker.advance(2);
    expect(await broker.statuses(id)).toEqual(['filled', 'new', 'held']);
    broker.standIn.behaviour.haltedSymbols.clear();
    broker.advance();
    await hears(['canceled sell limit', 'new sell stop', 'fill sell stop']);
    const filled = await broker.alpaca.trading.orders.getOrderByOrderID({ orderId: stopLeg });
    expect(filled.filledAvgPrice).toBe('90');
  });

  it('24: refuses market orders and points to limits, which wait', async () => {
    const broker = await aBroker({ bars: [entry] });
    await buy(broker, 10);
    broker.advance();
    broker.standIn.behaviour.haltedSymbols.add('AAPL');
    const close = broker.alpaca.trading.positions.deleteOpenPosition({ symbolOrAssetId: 'AAPL' });
    expect(await refusalOf(close)).toEqual({
      status: 422,
      body: {
        code: 42210000,
        message:
          'market order rejected due to trading halt on symbol: "AAPL", please place a limit order instead',
      },
    });
    const exit = { symbol: 'AAPL', qty: 10, side: 'sell', limitPrice: '90' } as const;
    const { id } = await broker.alpaca.trading.orders.limit(exit);
    broker.advance();
    expect(await broker.statuses(id ?? '')).toEqual(['new']);
    broker.standIn.behaviour.haltedSymbols.clear();
    broker.advance();
    expect(await broker.statuses(id ?? '')).toEqual(['filled']);
  });

  it('24: of one symbol leaves the others alone', async () => {
    const broker = await aBroker({ market: aMarket({ AAPL: [entry], MSFT: [entry] }) });
    broker.standIn.behaviour.haltedSymbols.add('AAPL');
    await aBracket(broker);
    await buy(broker, 1, { symbol: 'MSFT' });
    broker.advance();
    const positions = await broker.alpaca.trading.positions.getAllOpenPositions();
    expect(positions.map(({ symbol }) => symbol)).toEqual(['MSFT']);
  });
});

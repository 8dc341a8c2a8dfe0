/** The unmodified SDK on the stand-in: what it understands there, it understands at Alpaca. */
import { ApiError, TimeFrame, timeFrame, TimeFrameUnit } from '@alpacahq/alpaca-trade-api';
import { describe, expect, it } from 'vitest';

import { FIRST, HALF_DAY, HISTORY, SECOND, barEnd } from '../alpaca-market.ts';
import type { Ohlc } from '../alpaca-market.ts';
import { aStandIn } from './a-stand-in.ts';
import type { TestStandIn } from './a-stand-in.ts';

const FLAT: Ohlc = [100, 100.5, 99.5, 100];
const ENTRY: Ohlc = [100, 101, 99, 100];
const TARGET: Ohlc = [104, 106, 103, 105];
const STOP: Ohlc = [99, 100, 97, 98];

const bracket = {
  symbol: 'AAPL',
  qty: 10,
  side: 'buy',
  limitPrice: '100.00',
  timeInForce: 'gtc',
  takeProfit: { limitPrice: '105.00' },
  stopLoss: { stopPrice: '98.00' },
} as const;

const all = ({ alpaca }: TestStandIn, nested = true) =>
  alpaca.trading.orders.getAllOrders({ status: 'all', nested, direction: 'asc' });
const legStatuses = async (test: TestStandIn) =>
  (await all(test)).map(({ status, legs }) => [status, ...(legs ?? []).map((leg) => leg.status)]);
const refusal = async (request: Promise<unknown>) => {
  const error: unknown = await request.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error(`no refusal: ${String(error)}`);
  return { status: error.status, body: await error.response.json() };
};

describe('account, clock and calendar', () => {
  it('30: reads an account with its money as strings', async () => {
    const { alpaca } = await aStandIn();
    expect(await alpaca.trading.account.getAccount()).toMatchObject({
      equity: '100000',
      lastEquity: '100000',
      cash: '100000',
      buyingPower: '400000',
      multiplier: '4',
      status: 'ACTIVE',
      shortingEnabled: true,
    });
  });

  it('has the market time, which moves with the bars only', async () => {
    const test = await aStandIn();
    const clock = await test.alpaca.trading.clock.legacyClock();
    expect(clock).toMatchObject({ isOpen: true });
    expect(clock.timestamp.getTime()).toBe(FIRST.open);
    expect(clock.nextClose.getTime()).toBe(FIRST.close);
    expect(clock.nextOpen.getTime()).toBe(SECOND.open);
    test.advance(3);
    expect((await test.alpaca.trading.clock.legacyClock()).timestamp.getTime()).toBe(barEnd(3));
  });

  it('30: is closed from the last bar of a session to the first of the next', async () => {
    const test = await aStandIn();
    test.advance(78);
    const clock = await test.alpaca.trading.clock.legacyClock();
    expect(clock).toMatchObject({ isOpen: false });
    expect([clock.nextOpen.getTime(), clock.nextClose.getTime()]).toEqual([
      SECOND.open,
      SECOND.close,
    ]);
  });

  it('30: takes the date-times that the SDK sends for a calendar, and knows half-days and holidays', async () => {
    const { alpaca } = await aStandIn();
    const days = await alpaca.trading.calendar.legacyCalendar({
      start: new Date('2025-11-26'),
      end: new Date('2025-12-01'),
    });
    expect(days.map((day) => [day.date.toISOString().slice(0, 10), day.open, day.close])).toEqual([
      ['2025-11-26', '09:30', '16:00'],
      ['2025-11-28', '09:30', '13:00'],
      ['2025-12-01', '09:30', '16:00'],
    ]);
  });

  it('lists assets, and finds one by symbol or id', async () => {
    const { alpaca } = await aStandIn({ notShortable: ['MSFT' as never] });
    const assets = await alpaca.trading.assets.getV2Assets();
    expect(assets.map(({ symbol, shortable }) => [symbol, shortable])).toEqual([
      ['AAPL', true],
      ['MSFT', false],
    ]);
    const find = (symbolOrAssetId: string) =>
      alpaca.trading.assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId });
    expect((await find(assets[0]!.id)).symbol).toBe('AAPL');
    expect(await refusal(find('NONE'))).toEqual({
      status: 404,
      body: { code: 40410000, message: 'asset not found for NONE' },
    });
  });
});

describe('a bracket', () => {
  it('1: is answered with a pending parent and two held legs of their own ids', async () => {
    const { alpaca } = await aStandIn();
    const order = await alpaca.trading.orders.bracket({ ...bracket, clientOrderId: 'entry-1' });
    expect(order).toMatchObject({
      clientOrderId: 'entry-1',
      status: 'pending_new',
      orderClass: 'bracket',
      qty: '10',
      filledQty: '0',
      limitPrice: '100',
    });
    expect(order.legs?.map(({ type, status, side }) => [type, status, side])).toEqual([
      ['limit', 'held', 'sell'],
      ['stop', 'held', 'sell'],
    ]);
    const ids = [order.id, ...(order.legs ?? []).map(({ id }) => id)];
    expect(new Set(ids).size).toBe(3);
  });

  it('4: fills its target and cancels its stop', async () => {
    const test = await aStandIn({ bars: [ENTRY, TARGET] });
    await test.alpaca.trading.orders.bracket(bracket);
    expect(await legStatuses(test)).toEqual([['new', 'held', 'held']]);
    test.advance();
    expect(await legStatuses(test)).toEqual([['filled', 'new', 'held']]);
    expect(await test.alpaca.trading.positions.getAllOpenPositions()).toMatchObject([
      { symbol: 'AAPL', qty: '10', qtyAvailable: '0', avgEntryPrice: '100', side: 'long' },
    ]);
    test.advance();
    expect(await legStatuses(test)).toEqual([['filled', 'filled', 'canceled']]);
    expect(await test.alpaca.trading.account.getAccount()).toMatchObject({ equity: '100050' });
  });

  it('5: fills its stop and cancels its target', async () => {
    const test = await aStandIn({ bars: [ENTRY, STOP] });
    await test.alpaca.trading.orders.bracket(bracket);
    test.advance(2);
    expect(await legStatuses(test)).toEqual([['filled', 'canceled', 'filled']]);
  });

  it('8: dies as a group when its stop is cancelled', async () => {
    const test = await aStandIn();
    const { legs } = await test.alpaca.trading.orders.bracket(bracket);
    await test.alpaca.trading.orders.deleteOrderByOrderID({ orderId: legs![1]!.id! });
    expect(await legStatuses(test)).toEqual([['canceled', 'canceled', 'canceled']]);
  });

  it('10: moves its stop to a new order by a patch, and shows the chain', async () => {
    const test = await aStandIn({ bars: [ENTRY, [100, 102, 99.4, 101]] });
    const { id, legs } = await test.alpaca.trading.orders.bracket(bracket);
    test.advance();
    const stop = legs![1]!.id!;
    const moved = await test.alpaca.trading.orders.patchOrderByOrderId({
      orderId: stop,
      patchOrderRequest: { stopPrice: '99.50' },
    });
    expect(moved).toMatchObject({ replaces: stop, orderClass: 'bracket', stopPrice: '99.5' });
    const old = await test.alpaca.trading.orders.getOrderByOrderID({ orderId: stop });
    expect(old).toMatchObject({ status: 'replaced', replacedBy: moved.id });
    test.advance();
    const parent = await test.alpaca.trading.orders.getOrderByOrderID({
      orderId: id!,
      nested: true,
    });
    expect(parent.legs?.map(({ status }) => status)).toEqual(['canceled', 'replaced', 'filled']);
  });

  it('11: keeps a leg whose quantity someone tries to change', async () => {
    const test = await aStandIn({ bars: [ENTRY] });
    const { legs } = await test.alpaca.trading.orders.bracket(bracket);
    test.advance();
    const patch = test.alpaca.trading.orders.patchOrderByOrderId({
      orderId: legs![0]!.id!,
      patchOrderRequest: { qty: '5' },
    });
    expect(await refusal(patch)).toEqual({
      status: 422,
      body: { code: 42210000, message: 'qty cannot be changed for advanced orders' },
    });
    expect(await legStatuses(test)).toEqual([['filled', 'new', 'held']]);
  });

  it('1: waits as accepted when the market is closed', async () => {
    const test = await aStandIn();
    test.advance(78);
    const order = await test.alpaca.trading.orders.bracket(bracket);
    expect(order).toMatchObject({ status: 'accepted' });
    expect(await legStatuses(test)).toEqual([['accepted', 'held', 'held']]);
  });
});

describe('OCO and OTO', () => {
  it('protects shares with an OCO whose parent is the take-profit', async () => {
    const test = await aStandIn({ bars: [ENTRY, STOP] });
    await test.alpaca.trading.orders.market({ symbol: 'AAPL', qty: 10, side: 'buy' });
    test.advance();
    const oco = await test.alpaca.trading.orders.oco({
      symbol: 'AAPL',
      qty: 10,
      side: 'sell',
      timeInForce: 'gtc',
      takeProfit: { limitPrice: '105.00' },
      stopLoss: { stopPrice: '98.00' },
    });
    expect(oco).toMatchObject({ type: 'limit', limitPrice: '105', orderClass: 'oco' });
    expect(oco.legs).toMatchObject([{ type: 'stop', status: 'held' }]);
    test.advance();
    expect((await legStatuses(test))[1]).toEqual(['canceled', 'filled']);
    expect(await test.alpaca.trading.positions.getAllOpenPositions()).toEqual([]);
  });

  it('protects an entry with an OTO stop, which is new after the fill', async () => {
    const test = await aStandIn({ bars: [ENTRY] });
    await test.alpaca.trading.orders.oto({
      symbol: 'AAPL',
      qty: 10,
      side: 'buy',
      limitPrice: '100.00',
      stopLoss: { stopPrice: '98.00' },
    });
    test.advance();
    expect(await legStatuses(test)).toEqual([['filled', 'new']]);
  });
});

describe('refusals', () => {
  it('22: tells of too little buying power with both numbers', async () => {
    const { alpaca } = await aStandIn();
    expect(await refusal(alpaca.trading.orders.bracket({ ...bracket, qty: 4001 }))).toEqual({
      status: 403,
      body: {
        buying_power: '400000',
        code: 40310000,
        cost_basis: '400100',
        message: 'insufficient buying power',
      },
    });
  });

  it('16: refuses to close shares that the legs hold, and says which order holds them', async () => {
    const test = await aStandIn({ bars: [ENTRY] });
    const { legs } = await test.alpaca.trading.orders.bracket(bracket);
    test.advance();
    const close = test.alpaca.trading.positions.deleteOpenPosition({ symbolOrAssetId: 'AAPL' });
    expect(await refusal(close)).toEqual({
      status: 403,
      body: {
        available: '0',
        code: 40310000,
        existing_qty: '10',
        held_for_orders: '10',
        message: 'insufficient qty available for order (requested: 10, available: 0)',
        related_orders: [legs![0]!.id],
        symbol: 'AAPL',
      },
    });
  });

  it('18: refuses a client order id twice and finds the first order by it', async () => {
    const { alpaca } = await aStandIn();
    const first = await alpaca.trading.orders.bracket({ ...bracket, clientOrderId: 'once' });
    const again = alpaca.trading.orders.bracket({ ...bracket, clientOrderId: 'once' });
    expect(await refusal(again)).toEqual({
      status: 422,
      body: { code: 40010001, message: 'client_order_id must be unique' },
    });
    const find = (clientOrderId: string) =>
      alpaca.trading.orders.getOrderByClientOrderId({ clientOrderId });
    expect((await find('once')).id).toBe(first.id);
    expect(await refusal(find('never'))).toEqual({
      status: 404,
      body: { code: 40410000, message: 'order not found for never' },
    });
  });

  it('14: refuses to cancel what is filled', async () => {
    const test = await aStandIn({ bars: [ENTRY] });
    const { id } = await test.alpaca.trading.orders.bracket(bracket);
    test.advance();
    const cancel = test.alpaca.trading.orders.deleteOrderByOrderID({ orderId: id! });
    expect(await refusal(cancel)).toEqual({
      status: 422,
      body: { code: 42210000, message: 'order is already in "filled" state' },
    });
  });
});

describe('closing', () => {
  it('17: ends flat after cancelling and closing everything', async () => {
    const test = await aStandIn({ bars: [ENTRY, FLAT] });
    await test.alpaca.trading.orders.bracket(bracket);
    test.advance();
    const closed = await test.alpaca.trading.positions.deleteAllOpenPositions({
      cancelOrders: true,
    });
    expect(closed).toMatchObject([{ symbol: 'AAPL', status: 200, body: { side: 'sell' } }]);
    test.advance();
    expect(await test.alpaca.trading.positions.getAllOpenPositions()).toEqual([]);
    expect((await legStatuses(test))[0]).toEqual(['filled', 'canceled', 'canceled']);
  });

  it('closes a part of a position', async () => {
    const test = await aStandIn({ bars: [ENTRY, FLAT] });
    await test.alpaca.trading.orders.market({ symbol: 'AAPL', qty: 10, side: 'buy' });
    test.advance();
    const order = await test.alpaca.trading.positions.deleteOpenPosition({
      symbolOrAssetId: 'AAPL',
      percentage: 50,
    });
    expect(order).toMatchObject({ type: 'market', qty: '5', positionIntent: 'sell_to_close' });
    test.advance();
    const position = await test.alpaca.trading.positions.getOpenPosition({
      symbolOrAssetId: 'AAPL',
    });
    expect(position).toMatchObject({ qty: '5', unrealizedPl: '0' });
  });

  it('17: cancels every order, each group whole', async () => {
    const test = await aStandIn();
    await test.alpaca.trading.orders.bracket(bracket);
    await test.alpaca.trading.orders.limit({
      symbol: 'MSFT',
      qty: 1,
      side: 'buy',
      limitPrice: '90',
    });
    expect(await test.alpaca.trading.orders.deleteAllOrders()).toHaveLength(4);
    expect(await legStatuses(test)).toEqual([['canceled', 'canceled', 'canceled'], ['canceled']]);
  });
});

describe('activities', () => {
  it('lists fills with what is left of the order, a page at a time', async () => {
    const test = await aStandIn({ bars: [ENTRY, TARGET] });
    const { id, legs } = await test.alpaca.trading.orders.bracket(bracket);
    test.advance(2);
    // The listing by type reads every fill as something else, so this is the one to use.
    const fills = (pageToken?: string) =>
      test.alpaca.trading.accountActivities.getAccountActivities({
        activityTypes: ['FILL'],
        after: new Date(FIRST.open),
        direction: 'asc',
        pageSize: 1,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
    const [entry] = await fills();
    expect(entry).toMatchObject({
      orderId: id,
      symbol: 'AAPL',
      side: 'buy',
      qty: '10',
      price: '100',
      cumQty: '10',
      leavesQty: '0',
      type: 'fill',
      transactionTime: new Date(barEnd(1)),
    });
    const [exit] = await fills(entry!.id);
    expect(exit).toMatchObject({ orderId: legs![0]!.id, side: 'sell', price: '105' });
    expect(await fills(exit!.id)).toEqual([]);
  });

  it('books the fees of a session at its close', async () => {
    const test = await aStandIn({ bars: [ENTRY, TARGET] });
    await test.alpaca.trading.orders.bracket(bracket);
    test.advance(78);
    const fees = await test.alpaca.trading.accountActivities.getAccountActivitiesByActivityType({
      activityType: 'FEE',
      after: new Date('2025-11-25'),
    });
    expect(fees).toMatchObject([{ activityType: 'FEE', netAmount: '-0.03' }]);
    expect(await test.alpaca.trading.account.getAccount()).toMatchObject({ cash: '100049.97' });
  });

  it('calls the opening of a short a short sale', async () => {
    const test = await aStandIn({ bars: [FLAT] });
    await test.alpaca.trading.orders.market({ symbol: 'AAPL', qty: 1, side: 'sell' });
    test.advance();
    const fills = await test.alpaca.trading.accountActivities.getAccountActivities({});
    expect(fills).toMatchObject([{ side: 'sell_short' }]);
    expect(await test.alpaca.trading.positions.getAllOpenPositions()).toMatchObject([
      { qty: '-1', qtyAvailable: '-1', side: 'short', marketValue: '-100' },
    ]);
  });
});

describe('bars', () => {
  const week = { start: new Date(HISTORY.open), end: new Date(HALF_DAY.close) };

  it('29: come as far as they have ended, over as many pages as it takes', async () => {
    const test = await aStandIn();
    test.advance(2);
    const bars = await test.alpaca.marketData.getStockBars({
      ...week,
      symbols: ['AAPL', 'MSFT'],
      timeframe: timeFrame(5, TimeFrameUnit.Minute),
      limit: 7,
    });
    expect(Object.keys(bars)).toEqual(['AAPL', 'MSFT']);
    expect([bars['AAPL']?.length, bars['MSFT']?.length]).toEqual([80, 80]);
    expect(bars['AAPL']?.at(-1)?.timestamp.getTime()).toBe(barEnd(1));
  });

  it('of fifteen minutes are made of three, once they are complete', async () => {
    const test = await aStandIn({
      bars: [
        [100, 103, 99, 102],
        [102, 104, 101, 103],
        [103, 103, 95, 96],
      ],
    });
    const request = {
      symbols: ['AAPL'],
      timeframe: timeFrame(15, TimeFrameUnit.Minute),
      start: new Date(FIRST.open),
    };
    test.advance(2);
    expect(await test.alpaca.marketData.getStockBars(request)).toEqual({});
    test.advance();
    const { AAPL: bars } = await test.alpaca.marketData.getStockBars(request);
    expect(bars).toMatchObject([{ open: 100, high: 104, low: 95, close: 96, volume: 30_000 }]);
  });

  it('of a day start at midnight in New York and are there after the close', async () => {
    const test = await aStandIn({ bars: [TARGET] });
    const days = async () =>
      (
        await test.alpaca.marketData.getStockBars({
          start: new Date('2025-11-24'),
          symbols: ['AAPL'],
          timeframe: TimeFrame.Day,
        })
      )['AAPL'];
    test.advance(77);
    expect(await days()).toHaveLength(1);
    test.advance();
    expect(await days()).toMatchObject([
      { timestamp: new Date('2025-11-24T05:00:00Z') },
      { timestamp: new Date('2025-11-25T05:00:00Z'), high: 106, close: 105 },
    ]);
  });

  it('the latest trade, quote and bar are those of the last bar that ended', async () => {
    const test = await aStandIn({ bars: [TARGET] });
    const { marketData } = test.alpaca;
    expect(await marketData.getLatestPrice('AAPL'), 'from history').toBe(104);
    test.advance();
    expect(await marketData.getLatestPrice('AAPL')).toBe(105);
    const { quotes } = await marketData.stocks.stockLatestQuotes({ symbols: 'AAPL,MSFT' });
    expect([quotes['AAPL']?.bp, quotes['AAPL']?.ap, quotes['MSFT']?.bp]).toEqual([
      104.99, 105.01, 99.99,
    ]);
    const { bars } = await marketData.stocks.stockLatestBars({ symbols: 'AAPL' });
    expect(bars['AAPL']?.c).toBe(105);
  });
});

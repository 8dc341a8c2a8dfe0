import { describe, expect, it } from 'vitest';

import { brokerOrderId, clientOrderId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { asSessionDate } from '#core/session.ts';
import type { BracketOrder } from '#ports/broker.ts';

import { FIRST } from '../../sandbox/alpaca-market.ts';
import type { Ohlc } from '../../sandbox/alpaca-market.ts';
import { aBroker } from './a-broker.ts';
import { json, served } from './served.ts';

const ENTRY: Ohlc = [100, 101, 99, 100];
const AAPL = ticker('AAPL');
const MSFT = ticker('MSFT');

const bracketOf = (id: string, changes: Partial<BracketOrder> = {}): BracketOrder => ({
  clientOrderId: clientOrderId(id),
  symbol: AAPL,
  side: 'buy',
  quantity: 10,
  limitPrice: parseUsd('100'),
  targetPrice: parseUsd('105'),
  stopPrice: parseUsd('98'),
  timeInForce: 'gtc',
  ...changes,
});

const exitOf = (id: string) => ({
  clientOrderId: clientOrderId(id),
  symbol: AAPL,
  side: 'sell' as const,
  quantity: 10,
});

const protectionOf = (id: string, targetPrice: string | null) => ({
  ...exitOf(id),
  stopPrice: parseUsd('97'),
  targetPrice: targetPrice === null ? null : parseUsd(targetPrice),
  timeInForce: 'gtc' as const,
});

/** A broker that holds 10 AAPL, bought by a simple order that nothing protects. */
async function withNakedShares() {
  const world = await aBroker({ bars: [ENTRY] });
  await world.call('POST', '/v2/orders', {
    symbol: 'AAPL',
    qty: '10',
    side: 'buy',
    type: 'market',
    time_in_force: 'day',
  });
  world.advance();
  return world;
}

/** One that holds them with the two legs of their bracket. */
async function withBracket() {
  const world = await aBroker({ bars: [ENTRY] });
  const outcome = await world.broker.submitBracket(bracketOf('brk-1-entry'));
  if (outcome.kind !== 'accepted') throw new Error(`the entry was ${outcome.kind}`);
  world.advance();
  const stop = outcome.order.legs.find(({ type }) => type === 'stop');
  if (stop === undefined) throw new Error('the bracket has no stop');
  return { ...world, stop };
}

describe('an order of the port, at the stand-in', () => {
  it.each(['gtc', 'day'] as const)('enters with a bracket that is good for %s', async (tif) => {
    const { broker } = await aBroker();
    const outcome = await broker.submitBracket(bracketOf('brk-1', { timeInForce: tif }));
    expect(outcome).toMatchObject({
      kind: 'accepted',
      order: {
        orderClass: 'bracket',
        timeInForce: tif,
        legs: [{ status: 'held' }, { status: 'held' }],
      },
    });
  });

  it('leaves at a limit, for the day', async () => {
    const { broker } = await withNakedShares();
    const outcome = await broker.submitExit({
      ...exitOf('brk-1-exit'),
      limitPrice: parseUsd('99.90'),
    });
    expect(outcome).toMatchObject({
      kind: 'accepted',
      order: {
        clientOrderId: 'brk-1-exit',
        orderClass: 'simple',
        type: 'limit',
        side: 'sell',
        timeInForce: 'day',
        limitPrice: 99_900_000,
        legs: [],
      },
    });
  });

  it('leaves at the market, for the day', async () => {
    const { broker } = await withNakedShares();
    const outcome = await broker.submitExit({ ...exitOf('brk-1-exit'), limitPrice: null });
    expect(outcome).toMatchObject({
      kind: 'accepted',
      order: { type: 'market', timeInForce: 'day', limitPrice: null },
    });
  });

  it('protects with a stop and a target that cancel each other', async () => {
    const { broker } = await withNakedShares();
    const outcome = await broker.submitProtection(protectionOf('brk-1-protect', '105'));
    expect(outcome).toMatchObject({
      kind: 'accepted',
      order: {
        clientOrderId: 'brk-1-protect',
        orderClass: 'oco',
        type: 'limit',
        limitPrice: 105_000_000,
        legs: [{ type: 'stop', stopPrice: 97_000_000, quantity: 10 }],
      },
    });
  });

  it('protects with a stop alone where there is no target', async () => {
    const { broker } = await withNakedShares();
    const outcome = await broker.submitProtection(protectionOf('brk-1-protect', null));
    expect(outcome).toMatchObject({
      kind: 'accepted',
      order: { orderClass: 'simple', type: 'stop', stopPrice: 97_000_000, timeInForce: 'gtc' },
    });
  });

  it('protects nothing without a position', async () => {
    const { broker } = await aBroker();
    const outcome = await broker.submitProtection(protectionOf('brk-1-protect', '105'));
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'not-an-exit' });
  });

  it('moves a stop, under an id of its own', async () => {
    const { broker, stop } = await withBracket();
    const move = {
      orderId: stop.id,
      clientOrderId: clientOrderId('brk-1-move-1'),
      stopPrice: parseUsd('98.50'),
    };
    const outcome = await broker.moveStop(move);
    expect(outcome).toMatchObject({
      kind: 'accepted',
      order: { clientOrderId: 'brk-1-move-1', replaces: stop.id, stopPrice: 98_500_000 },
    });
    expect(await broker.order(stop.id)).toMatchObject({ status: 'replaced' });
    expect(await broker.moveStop({ ...move, clientOrderId: clientOrderId('again') })).toMatchObject(
      { kind: 'rejected', code: 'already-replaced' },
    );
  });

  it('is told when a stop is there already', async () => {
    const { broker, stop } = await withBracket();
    const outcome = await broker.moveStop({
      orderId: stop.id,
      clientOrderId: clientOrderId('brk-1-move-1'),
      stopPrice: parseUsd('98'),
    });
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'unchanged' });
  });

  it('finds a position and what of it is free', async () => {
    const { broker } = await withBracket();
    expect(await broker.position(AAPL)).toMatchObject({ quantity: 10, available: 0 });
    expect(await broker.urgent.position(MSFT)).toBeNull();
  });

  it('lists the orders of some symbols, and none of none', async () => {
    const { broker } = await aBroker();
    await broker.submitBracket(bracketOf('a'));
    await broker.submitBracket(bracketOf('b', { symbol: MSFT }));
    const ids = async (symbols?: readonly (typeof AAPL)[]) =>
      (await broker.ordersSince(FIRST.open - 1, symbols)).map((order) => order.clientOrderId);
    expect(await ids()).toEqual(['a', 'b']);
    expect(await ids([MSFT])).toEqual(['b']);
    expect(await ids([])).toEqual([]);
  });
});

const oco = {
  id: 'an-oco',
  client_order_id: 'brk-1-protect',
  created_at: '2025-11-25T14:30:00Z',
  symbol: 'AAPL',
  side: 'sell',
  type: 'limit',
  order_class: 'oco',
  time_in_force: 'gtc',
  qty: '10',
  filled_qty: '0',
  limit_price: '105',
  status: 'new',
  legs: null,
};
const stopLeg = { ...oco, id: 'its-stop', type: 'stop', limit_price: null, stop_price: '97' };

describe('a reply without the legs', () => {
  it('is read once more, with them', async () => {
    const { broker, asked } = await served([json(oco), json({ ...oco, legs: [stopLeg] })]);
    expect(await broker.submitProtection(protectionOf('brk-1-protect', '105'))).toMatchObject({
      kind: 'accepted',
      order: { legs: [{ id: 'its-stop', type: 'stop', stopPrice: 97_000_000 }] },
    });
    expect(asked.map(({ line }) => line)).toEqual([
      'POST /v2/orders',
      'GET /v2/orders/an-oco?nested=true',
    ]);
  });

  it('is an accepted order all the same when that cannot be read', async () => {
    const { broker } = await served([json(oco), json({ message: 'busy' }, {}, 503)]);
    expect(await broker.submitProtection(protectionOf('brk-1-protect', '105'))).toMatchObject({
      kind: 'accepted',
      order: { id: 'an-oco', legs: [] },
    });
  });
});

describe('a stop that is moved', () => {
  it('is sent with its price and its id alone', async () => {
    const { broker, asked } = await served([json(stopLeg)]);
    await broker.moveStop({
      orderId: brokerOrderId('old'),
      clientOrderId: clientOrderId('brk-1-move-1'),
      stopPrice: parseUsd('98.50'),
    });
    expect(asked).toMatchObject([{ line: 'PATCH /v2/orders/old' }]);
    expect(JSON.parse(asked[0]!.body)).toEqual({
      client_order_id: 'brk-1-move-1',
      stop_price: '98.50',
    });
  });
});

const asset = {
  id: 'a',
  class: 'us_equity',
  exchange: 'NASDAQ',
  symbol: 'AAPL',
  status: 'active',
  tradable: true,
  shortable: true,
};

describe('an asset', () => {
  it.each([
    ['that says nothing of borrowing', {}, { shortable: true, hardToBorrow: false }],
    [
      'easy to borrow',
      { borrow_status: 'easy_to_borrow' },
      { shortable: true, hardToBorrow: false },
    ],
    [
      'hard to borrow',
      { borrow_status: 'hard_to_borrow' },
      { shortable: false, hardToBorrow: true },
    ],
    ['by the old field', { easy_to_borrow: false }, { shortable: false, hardToBorrow: true }],
    ['not to be borrowed', { shortable: false }, { shortable: false, hardToBorrow: false }],
  ])('%s', async (_, changes, expected) => {
    const { broker } = await served([json({ ...asset, ...changes })]);
    expect(await broker.asset(AAPL)).toMatchObject(expected);
  });
});

const activity = (id: string, type: string, changes: object = {}) => ({
  id,
  activity_type: type,
  date: '2025-11-25',
  net_amount: '12.5',
  status: 'executed',
  ...changes,
});

describe('cash activities', () => {
  it('are all that moved cash and is no trade', async () => {
    const { broker, asked } = await served([
      json([
        activity('1', 'CSD', { net_amount: '1000' }),
        activity('2', 'FEE', { net_amount: '-0.31' }),
        activity('3', 'DIV'),
        activity('4', 'SPLIT', { net_amount: '0' }),
        activity('5', 'NC', { net_amount: undefined }),
        activity('6', 'CSW', { status: 'canceled' }),
        activity('7', 'FILL', { net_amount: undefined }),
        activity('8', 'INT', { date: undefined }),
      ]),
    ]);
    const found = await broker.cashActivitiesSince(asSessionDate('2025-11-25'));
    expect(found.map(({ id, type, amount }) => [id, type, amount])).toEqual([
      ['1', 'CSD', 1_000_000_000],
      ['2', 'FEE', -310_000],
      ['3', 'DIV', 12_500_000],
    ]);
    expect(asked[0]?.line).toContain('category=non_trade_activity');
  });
});

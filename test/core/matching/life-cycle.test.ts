import { describe, expect, it } from 'vitest';

import type { Exchange } from '#core/matching/exchange.ts';
import { parseUsd } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';

import { NVDA, SESSIONS, aBracket, aRequest, anExchange, tell } from './an-exchange.ts';
import type { Ohlc } from './an-exchange.ts';

const ENTRY_FILLS: Ohlc = [100, 101, 99, 100];
const TARGET_FILLS: Ohlc = [104, 106, 103, 105];
const STOP_FILLS: Ohlc = [99, 100, 97, 98];
const QUIET: Ohlc = [101, 102, 100.5, 101];

const NOTHING = {
  clientOrderId: null,
  quantity: null,
  limitPrice: null,
  stopPrice: null,
  timeInForce: null,
};
const cancel = (exchange: Exchange, id: Parameters<Exchange['cancel']>[0], at: number) => {
  const result = exchange.cancel(id, at);
  return result.kind === 'refused' ? result.reason : result.events.map(tell);
};

describe('a bracket', () => {
  it('is confirmed as pending with its legs held, the take-profit first', () => {
    const { exchange, now } = anExchange();
    const result = exchange.submit(aBracket(), now());
    if (result.kind === 'refused') throw new Error(result.reason.code);
    const { order, legs } = result;
    expect([order, ...legs].map(({ role, status, type }) => [role, status, type])).toEqual([
      ['entry', 'pending_new', 'limit'],
      ['take-profit', 'held', 'limit'],
      ['stop-loss', 'held', 'stop'],
    ]);
    expect(result.events.map(tell)).toEqual(['entry pending_new', 'entry new']);
  });

  it('turns a stop leg with a limit into a stop-limit', () => {
    const { exchange, submit } = anExchange();
    const { legs } = submit(aBracket({ stopLossLimit: '97' }));
    expect(exchange.order(legs[1]!)).toMatchObject({ type: 'stop_limit', limitPrice: 97e6 });
  });

  it('wakes the target and keeps the stop held when the entry is filled', () => {
    const { submit, bar, statuses } = anExchange();
    const { id } = submit(aBracket());
    expect(bar(ENTRY_FILLS)).toEqual(['entry fill 10 @ 100', 'take-profit new', 'stop-loss held']);
    expect(statuses(id)).toEqual(['filled', 'new', 'held']);
  });

  it('2: keeps both legs asleep while the entry is filled in part', () => {
    const { exchange, submit, bar, statuses } = anExchange({ maxParticipationBps: 5000 });
    const { id } = submit(aBracket());
    bar(ENTRY_FILLS, { volume: 8 });
    expect(statuses(id)).toEqual(['partially_filled', 'held', 'held']);
    expect(exchange.position(NVDA)?.available, 'the filled shares are naked').toBe(4);
    expect(bar(STOP_FILLS, { volume: 0 }), 'no leg protects them').toEqual([]);
  });

  it('cancels the stop when the target fills', () => {
    const { submit, bar, statuses } = anExchange();
    const { id } = submit(aBracket());
    bar(ENTRY_FILLS);
    expect(bar(TARGET_FILLS)).toEqual(['take-profit fill 10 @ 105', 'stop-loss canceled']);
    expect(statuses(id)).toEqual(['filled', 'filled', 'canceled']);
  });

  it('cancels the target when the stop is triggered, and only then makes the stop new', () => {
    const { submit, bar, statuses } = anExchange();
    const { id } = submit(aBracket());
    bar(ENTRY_FILLS);
    expect(bar(STOP_FILLS)).toEqual([
      'take-profit canceled',
      'stop-loss new',
      'stop-loss fill 10 @ 98',
    ]);
    expect(statuses(id)).toEqual(['filled', 'canceled', 'filled']);
  });

  it('guards no more shares than are left when a part was sold while the entry was filling', () => {
    const { exchange, submit, bar } = anExchange({ maxParticipationBps: 5000 });
    const { legs } = submit(aBracket());
    bar(ENTRY_FILLS, { volume: 8 });
    submit(aRequest({ side: 'sell', quantity: 4 }));
    bar(ENTRY_FILLS, { volume: 20 });
    expect(legs.map((leg) => exchange.order(leg)?.quantity)).toEqual([6, 6]);
  });

  it('6: lets the stop guard what a partial target fill leaves', () => {
    const { exchange, submit, bar } = anExchange({ maxParticipationBps: 5000 });
    const { legs } = submit(aBracket());
    bar(ENTRY_FILLS, { volume: 20 });
    expect(bar(TARGET_FILLS, { volume: 8 })).toEqual(['take-profit partial_fill 4 @ 105']);
    expect(exchange.order(legs[1]!)).toMatchObject({ status: 'held', quantity: 6 });
    expect(exchange.position(NVDA)).toMatchObject({ quantity: 6, available: 0 });
    expect(bar(STOP_FILLS)).toEqual([
      'take-profit canceled',
      'stop-loss new',
      'stop-loss fill 6 @ 98',
    ]);
    expect(exchange.position(NVDA)).toBeUndefined();
  });

  it.each([
    ['the entry', 0],
    ['the target', 1],
    ['the stop', 2],
  ])('dies as a whole when %s is cancelled before the entry fills', (_, member) => {
    const { exchange, submit, now, statuses } = anExchange();
    const { id, legs } = submit(aBracket());
    const events = cancel(exchange, [id, ...legs][member]!, now());
    expect(events, 'each is announced once').toHaveLength(3);
    expect(statuses(id)).toEqual(['canceled', 'canceled', 'canceled']);
  });

  it.each([
    ['target', 0],
    ['stop', 1],
  ])('loses both exits when the %s is cancelled after the entry has filled', (_, leg) => {
    const { exchange, submit, bar, now, statuses } = anExchange();
    const { id, legs } = submit(aBracket());
    bar(ENTRY_FILLS);
    cancel(exchange, legs[leg]!, now());
    expect(statuses(id)).toEqual(['filled', 'canceled', 'canceled']);
    expect(exchange.position(NVDA)?.available, 'the shares are free again').toBe(10);
  });

  it('9: takes the legs along when its partly filled entry is cancelled: the shares are naked', () => {
    const { exchange, submit, bar, now, statuses } = anExchange({ maxParticipationBps: 5000 });
    const { id } = submit(aBracket());
    bar(ENTRY_FILLS, { volume: 8 });
    cancel(exchange, id, now());
    expect(statuses(id)).toEqual(['canceled', 'canceled', 'canceled']);
    expect(exchange.position(NVDA)).toMatchObject({ quantity: 4, available: 4 });
  });

  it('does not work in the bar at whose end it was sent', () => {
    const { submit, bar } = anExchange();
    bar(ENTRY_FILLS);
    submit(aBracket({ limit: '101', stopLoss: '98' }));
    expect(bar([101.5, 102, 101.2, 102])).toEqual([]);
  });
});

describe('an OTO', () => {
  it.each([
    ['stop', { stopLoss: '98' }, STOP_FILLS, 'stop-loss fill 10 @ 98'],
    ['target', { target: '105' }, TARGET_FILLS, 'take-profit fill 10 @ 105'],
  ] as const)('with a %s only has that leg new after the fill', (_, leg, prices, fill) => {
    const { submit, bar, statuses } = anExchange();
    const { id } = submit(aRequest({ orderClass: 'oto', limit: '100', ...leg }));
    bar(ENTRY_FILLS);
    expect(statuses(id)).toEqual(['filled', 'new']);
    expect(bar(prices)).toEqual([fill]);
  });
});

const withShares = () => {
  const test = anExchange();
  test.submit(aRequest());
  test.bar(ENTRY_FILLS);
  return test;
};

describe('an OCO', () => {
  const oco = aRequest({
    orderClass: 'oco',
    side: 'sell',
    type: 'limit',
    target: '105',
    stopLoss: '98',
  });
  it('has the take-profit as parent, new, and the stop held beside it', () => {
    const { submit, statuses } = withShares();
    const { id, events } = submit(oco);
    expect(events).toEqual(['take-profit pending_new', 'take-profit new', 'stop-loss held']);
    expect(statuses(id)).toEqual(['new', 'held']);
  });

  it('holds the shares once', () => {
    const { exchange, submit } = withShares();
    submit(oco);
    expect(exchange.position(NVDA)?.available).toBe(0);
  });

  it('cancels the stop when the target fills', () => {
    const { submit, bar } = withShares();
    submit(oco);
    expect(bar(TARGET_FILLS)).toEqual(['take-profit fill 10 @ 105', 'stop-loss canceled']);
  });

  it('cancels the target when the stop is triggered', () => {
    const { submit, bar, statuses } = withShares();
    const { id } = submit(oco);
    expect(bar(STOP_FILLS)).toEqual([
      'take-profit canceled',
      'stop-loss new',
      'stop-loss fill 10 @ 98',
    ]);
    expect(statuses(id)).toEqual(['canceled', 'filled']);
  });
});

describe('cancelling', () => {
  it('is refused for a filled order', () => {
    const { exchange, submit, bar, now } = anExchange();
    const { id } = submit(aRequest());
    bar(QUIET);
    expect(cancel(exchange, id, now())).toEqual({ code: 'already-final', status: 'filled' });
  });

  it('is refused for an order that nobody sent', () => {
    const { exchange, now } = anExchange();
    expect(cancel(exchange, 'nobody' as never, now())).toEqual({ code: 'unknown-order' });
  });
});

const replace = (
  { exchange, now }: ReturnType<typeof anExchange>,
  id: Parameters<Exchange['replace']>[0],
  change: Partial<Parameters<Exchange['replace']>[1]>,
) => exchange.replace(id, { ...NOTHING, ...change }, now());

const inPosition = () => {
  const test = anExchange();
  const { id, legs } = test.submit(aBracket());
  test.bar(ENTRY_FILLS);
  return { ...test, id, target: legs[0]!, stop: legs[1]! };
};

const inBook = () => {
  const test = anExchange();
  return { ...test, ...test.submit(aRequest({ limit: '100' })) };
};

describe('replacing', () => {
  it('moves the held stop to a new order of its own id, which still guards', () => {
    const test = inPosition();
    const result = replace(test, test.stop, { stopPrice: parseUsd('99') });
    if (result.kind === 'refused') throw new Error(result.reason.code);
    expect(result.events.map(tell)).toEqual(['stop-loss replaced', 'stop-loss held']);
    expect(result.order).toMatchObject({
      status: 'held',
      replaces: test.stop,
      orderClass: 'bracket',
      stopPrice: 99e6,
    });
    expect(test.exchange.order(test.stop)).toMatchObject({
      status: 'replaced',
      replacedBy: result.order.id,
    });
    expect(test.bar([99.5, 100, 98.9, 99])).toEqual([
      'take-profit canceled',
      'stop-loss new',
      'stop-loss fill 10 @ 99',
    ]);
  });

  it('moves the working target, whose fill still cancels the stop', () => {
    const test = inPosition();
    const result = replace(test, test.target, { limitPrice: parseUsd('103') });
    if (result.kind === 'refused') throw new Error(result.reason.code);
    expect(result.events.map(tell)).toEqual(['take-profit replaced', 'take-profit new']);
    expect(test.bar([102, 103.5, 101, 103])).toEqual([
      'take-profit fill 10 @ 103',
      'stop-loss canceled',
    ]);
  });

  it('moves an entry and keeps its legs', () => {
    const test = anExchange();
    const { id, legs } = test.submit(aBracket());
    const result = replace(test, id, { limitPrice: parseUsd('101') });
    if (result.kind === 'refused') throw new Error(result.reason.code);
    expect(result.legs.map((leg) => leg.id)).toEqual(legs);
    test.bar(ENTRY_FILLS);
    expect(test.statuses(result.order.id)).toEqual(['filled', 'new', 'held']);
  });

  it('has the whole quantity before it again where the old order was filled in part', () => {
    const test = anExchange({ maxParticipationBps: 5000 });
    const { id } = test.submit(aRequest({ limit: '100' }));
    test.bar(ENTRY_FILLS, { volume: 8 });
    const result = replace(test, id, { limitPrice: parseUsd('101') });
    expect(result).toMatchObject({ kind: 'accepted', order: { quantity: 10, filledQuantity: 0 } });
  });

  it.each([
    ['the same price', { limitPrice: parseUsd('100') }, { code: 'nothing-changed' }],
    ['nothing at all', {}, { code: 'nothing-changed' }],
    [
      'a stop price for a limit order',
      { stopPrice: parseUsd('99') },
      { code: 'price-not-allowed', type: 'limit', field: 'stop_price' },
    ],
    [
      'a price off its tick',
      { limitPrice: parseUsd('100.001') },
      { code: 'sub-penny', field: 'limit_price', price: 100_001_000 },
    ],
    [
      'half a share',
      { quantity: 1.5 },
      { code: 'fractional', orderClass: 'simple', symbol: 'NVDA' },
    ],
    ['no share', { quantity: 0 }, { code: 'not-positive-quantity' }],
    ['an auction', { timeInForce: 'opg' }, { code: 'time-in-force', orderClass: 'simple' }],
    [
      'more than the money allows',
      { quantity: 4_001 },
      { code: 'insufficient-buying-power', costBasis: 399_100e6, buyingPower: 399_000e6 },
    ],
  ] as const)('of a limit order by %s is refused', (_, change, reason) => {
    const test = inBook();
    expect(replace(test, test.id, change)).toEqual({ kind: 'refused', reason });
  });

  it('is refused for a quantity that is filled already', () => {
    const test = anExchange({ maxParticipationBps: 5000 });
    const { id } = test.submit(aRequest({ limit: '100' }));
    test.bar(ENTRY_FILLS, { volume: 8 });
    expect(replace(test, id, { quantity: 4 })).toEqual({
      kind: 'refused',
      reason: { code: 'quantity-below-filled', filled: 4 },
    });
  });

  it.each([
    ['the quantity of a leg', 'stop', { quantity: 5 }, { code: 'quantity-fixed' }],
    [
      'a stop to the market price',
      'stop',
      { stopPrice: parseUsd('100') },
      { code: 'base-price', field: 'stop_loss.stop_price', relation: '<=', basePrice: 100e6 },
    ],
    [
      'a target to the stop',
      'target',
      { limitPrice: parseUsd('98') },
      { code: 'base-price', field: 'take_profit.limit_price', relation: '>=', basePrice: 98e6 },
    ],
  ] as const)('%s is refused', (_, leg, change, reason) => {
    const test = inPosition();
    expect(replace(test, test[leg], change)).toEqual({ kind: 'refused', reason });
  });

  it('of an entry beyond its own target is refused', () => {
    const test = anExchange();
    const { id } = test.submit(aBracket());
    expect(replace(test, id, { limitPrice: parseUsd('105') })).toMatchObject({
      reason: { code: 'base-price', field: 'take_profit.limit_price' },
    });
  });

  it('is refused while an order waits for the open', () => {
    const test = anExchange({}, { isOpen: false });
    const { id } = test.submit(aRequest({ limit: '100' }));
    expect(replace(test, id, { limitPrice: parseUsd('99') })).toEqual({
      kind: 'refused',
      reason: { code: 'not-replaceable', status: 'accepted' },
    });
  });

  it('is refused for what was replaced or filled before', () => {
    const test = inPosition();
    replace(test, test.stop, { stopPrice: parseUsd('99') });
    const again = { stopPrice: parseUsd('98.5') };
    expect(replace(test, test.stop, again)).toMatchObject({ reason: { code: 'already-replaced' } });
    expect(replace(test, test.id, { limitPrice: parseUsd('99') })).toMatchObject({
      reason: { code: 'already-final', status: 'filled' },
    });
  });
});

describe('sessions', () => {
  it('take orders while closed and let them work from the open', () => {
    const { exchange, submit, statuses, bar } = anExchange({}, { isOpen: false });
    const { id, events } = submit(aBracket());
    expect(events).toEqual(['entry accepted']);
    expect(exchange.openSession(SESSIONS[0]).map(tell)).toEqual(['entry new']);
    bar(ENTRY_FILLS);
    expect(statuses(id)).toEqual(['filled', 'new', 'held']);
  });

  it('30: end day orders at the close with their legs, and leave the others', () => {
    const { exchange, submit, statuses } = anExchange();
    const day = submit(aBracket({ timeInForce: 'day' })).id;
    const gtc = submit(aBracket()).id;
    expect(exchange.closeSession(SESSIONS[0]).map(tell)).toEqual([
      'entry expired',
      'take-profit expired',
      'stop-loss expired',
    ]);
    expect(statuses(day)).toEqual(['expired', 'expired', 'expired']);
    expect(statuses(gtc)).toEqual(['new', 'held', 'held']);
  });

  it('30: leave a position naked overnight when its exits were for the day', () => {
    const { exchange, submit, bar, statuses } = anExchange();
    const { id } = submit(aBracket({ timeInForce: 'day' }));
    bar(ENTRY_FILLS);
    exchange.closeSession(SESSIONS[0]);
    expect(statuses(id)).toEqual(['filled', 'expired', 'expired']);
    expect(exchange.position(NVDA)?.available).toBe(10);
  });

  it('give an order of the evening until the next close', () => {
    const { exchange } = anExchange();
    exchange.closeSession(SESSIONS[0]);
    const result = exchange.submit(aRequest(), SESSIONS[0].close);
    expect(result).toMatchObject({ order: { status: 'accepted', expiresAt: SESSIONS[1].close } });
  });

  it('30: end good-till-cancelled orders at the last close within 90 days', () => {
    const { exchange, now } = anExchange();
    const result = exchange.submit(aRequest({ timeInForce: 'gtc' }), now());
    expect(result).toMatchObject({ order: { expiresAt: SESSIONS[1].close } });
    const late = SESSIONS[1].close + MINUTE_MS;
    const beyond = exchange.submit(aRequest({ timeInForce: 'gtc' }), late);
    expect(beyond, 'no session is known any more').toMatchObject({
      order: { expiresAt: late + 90 * 24 * 60 * MINUTE_MS },
    });
  });

  it('compare with the equity at the close before', () => {
    const { exchange, submit, bar } = anExchange();
    submit(aRequest());
    bar(ENTRY_FILLS);
    bar([103, 104, 102, 103]);
    exchange.closeSession(SESSIONS[0]);
    expect(exchange.account().lastEquity, 'until the next open').toBe(100_000e6);
    exchange.openSession(SESSIONS[1]);
    expect(exchange.account().lastEquity).toBe(100_030e6);
  });
});

/** What an exchange does between two bars: trades of exits, and commands that take their time. */
import { describe, expect, it } from 'vitest';

import type { BrokerOrderId } from '#core/ids.ts';
import type { Quirks } from '#core/matching/quirks.ts';
import { NO_QUIRKS } from '#core/matching/quirks.ts';
import { parseUsd } from '#core/money.ts';

import { NVDA, SESSIONS, aBracket, aRequest, anExchange, tell } from './an-exchange.ts';
import type { Ohlc, TestExchange } from './an-exchange.ts';

const ENTRY_FILLS: Ohlc = [100, 101, 99, 100];
const QUIET: Ohlc = [101, 102, 100.5, 101];
const STOP_FILLS: Ohlc = [99, 100, 97, 98];

const NOTHING = {
  clientOrderId: null,
  quantity: null,
  limitPrice: null,
  stopPrice: null,
  timeInForce: null,
};

const behave = ({ exchange }: TestExchange, quirks: Partial<Quirks>) =>
  exchange.behave({ ...NO_QUIRKS, ...quirks });
const trade = ({ exchange, now }: TestExchange, id: BrokerOrderId) =>
  exchange.trade(id, now()).map(tell);
const available = ({ exchange }: TestExchange) => exchange.position(NVDA)?.available;

function withShares(options?: Parameters<typeof anExchange>[1]) {
  const test = anExchange({}, options);
  test.submit(aRequest());
  test.bar(ENTRY_FILLS);
  return test;
}

function inPosition() {
  const test = anExchange();
  const { id, legs } = test.submit(aBracket());
  test.bar(ENTRY_FILLS);
  return { ...test, id, target: legs[0]!, stop: legs[1]! };
}

describe('a trade between bars', () => {
  it.each([
    ['a market exit', {}, ['single fill 10 @ 100']],
    ['a limit exit that the price is within', { limit: '99.50' }, ['single fill 10 @ 100']],
    ['a limit exit at the price', { limit: '100' }, ['single fill 10 @ 100']],
    ['no limit exit beyond it', { limit: '100.01' }, []],
    ['no stop that waits', { type: 'stop', stop: '98' }, []],
  ] as const)('fills %s at the latest price', (_, shape, events) => {
    const test = withShares();
    const { id } = test.submit(aRequest({ side: 'sell', ...shape }));
    expect(trade(test, id)).toEqual(events);
  });

  it('fills what closes a short', () => {
    const test = anExchange();
    test.submit(aRequest({ side: 'sell' }));
    test.bar(ENTRY_FILLS);
    const { id } = test.submit(aRequest({ side: 'buy' }));
    expect(trade(test, id)).toEqual(['single fill 10 @ 100']);
    expect(test.exchange.position(NVDA)).toBeUndefined();
  });

  it('never fills an entry, nor what is over or nobody sent', () => {
    const test = withShares();
    const { id } = test.submit(aRequest({ limit: '101' }));
    expect(trade(test, id)).toEqual([]);
    test.exchange.cancel(id, test.now());
    const sale = test.submit(aRequest({ side: 'sell', limit: '99' }));
    test.exchange.cancel(sale.id, test.now());
    expect(trade(test, sale.id)).toEqual([]);
    expect(trade(test, 'nobody' as BrokerOrderId)).toEqual([]);
  });

  it('does not happen while the exchange is closed', () => {
    const test = withShares();
    test.exchange.closeSession(SESSIONS[0]);
    const { id } = test.submit(aRequest({ side: 'sell' }));
    expect(trade(test, id)).toEqual([]);
    test.exchange.openSession(SESSIONS[1]);
    expect(trade(test, id)).toEqual(['single fill 10 @ 100']);
  });

  it('of a target takes its stop along', () => {
    const test = inPosition();
    const change = { ...NOTHING, limitPrice: parseUsd('99') };
    const moved = test.exchange.replace(test.target, change, test.now());
    if (moved.kind === 'refused') throw new Error(moved.reason.code);
    expect(trade(test, moved.order.id)).toEqual([
      'take-profit fill 10 @ 100',
      'stop-loss canceled',
    ]);
  });

  it('has no more shares than one execution may have', () => {
    const test = withShares();
    behave(test, { fillAtMost: 4 });
    const { id } = test.submit(aRequest({ side: 'sell' }));
    expect(trade(test, id)).toEqual(['single partial_fill 4 @ 100']);
    expect(test.bar(QUIET)).toEqual(['single partial_fill 4 @ 101']);
    expect(test.bar(QUIET)).toEqual(['single fill 2 @ 101']);
  });
});

describe('a cancel that is pending', () => {
  it('leaves the order working, and then ends its group', () => {
    const test = inPosition();
    const { exchange, now, stop } = test;
    const requested = exchange.requestCancel(stop, now());
    expect(requested).toMatchObject({ kind: 'canceled', events: [{ type: 'pending_cancel' }] });
    expect(exchange.order(stop)).toMatchObject({ status: 'pending_cancel', statusBefore: 'held' });
    expect(available(test)).toBe(0);
    exchange.cancel(stop, now());
    expect(test.statuses(test.id)).toEqual(['filled', 'canceled', 'canceled']);
    expect(available(test)).toBe(10);
  });

  it('loses against a stop that is triggered meanwhile', () => {
    const test = inPosition();
    test.exchange.requestCancel(test.stop, test.now());
    expect(test.bar(STOP_FILLS)).toEqual([
      'take-profit canceled',
      'stop-loss fill 10 @ 98',
      'stop-loss order_cancel_rejected',
    ]);
    expect(test.exchange.cancel(test.stop, test.now())).toMatchObject({
      reason: { code: 'already-final', status: 'filled' },
    });
  });

  it('stays pending while the order fills in part', () => {
    const test = anExchange();
    behave(test, { fillAtMost: 4 });
    const { id } = test.submit(aRequest({ limit: '100' }));
    test.exchange.requestCancel(id, test.now());
    expect(test.bar(ENTRY_FILLS)).toEqual(['single partial_fill 4 @ 100']);
    expect(test.exchange.order(id)).toMatchObject({ status: 'pending_cancel', filledQuantity: 4 });
    expect(test.bar(ENTRY_FILLS)).toEqual(['single partial_fill 4 @ 100']);
    test.exchange.cancel(id, test.now());
    expect(test.exchange.order(id)).toMatchObject({ status: 'canceled', filledQuantity: 8 });
  });

  it('of an order that waits for the open lets it work from there', () => {
    const test = anExchange({}, { isOpen: false });
    const { id } = test.submit(aRequest({ limit: '100' }));
    test.exchange.requestCancel(id, test.now());
    expect(test.exchange.openSession(SESSIONS[0])).toEqual([]);
    expect(test.bar(ENTRY_FILLS)).toEqual(['single fill 10 @ 100', 'single order_cancel_rejected']);
  });

  it('of a leg survives its entry’s fill', () => {
    const test = anExchange();
    const { id, legs } = test.submit(aBracket());
    test.exchange.requestCancel(legs[0]!, test.now());
    expect(test.bar(ENTRY_FILLS)).toEqual(['entry fill 10 @ 100', 'stop-loss held']);
    expect(test.statuses(id)).toEqual(['filled', 'pending_cancel', 'held']);
    test.exchange.cancel(legs[0]!, test.now());
    expect(test.statuses(id)).toEqual(['filled', 'canceled', 'canceled']);
  });

  it('cannot be asked for twice', () => {
    const { exchange, stop, now } = inPosition();
    exchange.requestCancel(stop, now());
    expect(exchange.requestCancel(stop, now())).toMatchObject({
      reason: { code: 'cancel-pending' },
    });
  });
});

describe('shares of a canceled exit', () => {
  it('may linger until they are released', () => {
    const test = inPosition();
    const { exchange, target, now } = test;
    exchange.cancel(target, now(), 'later');
    expect(available(test)).toBe(0);
    expect(exchange.lingering()).toEqual([target]);
    expect(test.refusal(aRequest({ side: 'sell' }))).toMatchObject({
      code: 'insufficient-quantity',
      held: 10,
      relatedOrders: [target],
    });
    expect(exchange.release(target)).toBe(true);
    expect(exchange.release(target)).toBe(false);
    expect(available(test)).toBe(10);
  });

  it('do not linger where nothing was held', () => {
    const { exchange, submit, now } = anExchange();
    const { id } = submit(aBracket());
    exchange.cancel(id, now(), 'later');
    expect(exchange.lingering()).toEqual([]);
  });
});

const request = (test: TestExchange, id: BrokerOrderId, change: object) => {
  const result = test.exchange.requestReplace(id, { ...NOTHING, ...change }, test.now());
  if (result.kind === 'refused') throw new Error(result.reason.code);
  return result.order.id;
};

describe('a replacement that is pending', () => {
  it('takes nothing over until it is complete', () => {
    const test = inPosition();
    const next = request(test, test.stop, { stopPrice: parseUsd('99') });
    expect(test.exchange.order(test.stop)).toMatchObject({
      status: 'pending_replace',
      statusBefore: 'held',
      replacedBy: next,
    });
    expect(test.exchange.order(next)).toMatchObject({ status: 'pending_new', replaces: test.stop });
    expect(test.bar([99.5, 99.6, 98.9, 99]), 'the old price counts').toEqual([]);
    expect(test.exchange.completeReplace(next, test.now()).map(tell)).toEqual([
      'stop-loss replaced',
      'stop-loss held',
    ]);
    expect(test.statuses(test.id)).toEqual(['filled', 'new', 'replaced', 'held']);
  });

  it('is rejected when the old order fills first', () => {
    const test = inPosition();
    const next = request(test, test.stop, { stopPrice: parseUsd('99') });
    test.bar(STOP_FILLS);
    expect(test.exchange.completeReplace(next, test.now()).map(tell)).toEqual([
      'stop-loss rejected',
      'stop-loss order_replace_rejected',
    ]);
    expect(test.exchange.order(test.stop)).toMatchObject({ status: 'filled', replacedBy: null });
    expect(test.exchange.completeReplace(next, test.now()), 'once').toEqual([]);
  });

  it('is rejected when the group is cancelled first', () => {
    const test = inPosition();
    const next = request(test, test.stop, { stopPrice: parseUsd('99') });
    test.exchange.cancel(test.target, test.now());
    test.exchange.completeReplace(next, test.now());
    expect([test.stop, next].map((id) => test.exchange.order(id)?.status)).toEqual([
      'canceled',
      'rejected',
    ]);
  });

  it('of an entry takes its legs over', () => {
    const test = anExchange();
    const { id, legs } = test.submit(aBracket());
    const next = request(test, id, { limitPrice: parseUsd('99') });
    expect(test.exchange.order(next)?.legIds).toEqual([]);
    test.exchange.completeReplace(next, test.now());
    expect(test.exchange.order(next)?.legIds).toEqual(legs);
    expect(test.bar([99, 99.5, 98.5, 99])).toEqual([
      'entry fill 10 @ 99',
      'take-profit new',
      'stop-loss held',
    ]);
  });

  it('of a stop waits for the entry that has come in its own entry’s place', () => {
    const test = anExchange();
    const { id, legs } = test.submit(aBracket());
    const stop = request(test, legs[1]!, { stopPrice: parseUsd('97') });
    const entry = request(test, id, { limitPrice: parseUsd('99') });
    test.exchange.completeReplace(entry, test.now());
    test.exchange.completeReplace(stop, test.now());
    expect(test.exchange.order(stop)?.parentId).toBe(entry);
    test.bar([99, 99.5, 98.5, 99]);
    expect(test.bar([98, 98, 96, 96.5])).toEqual([
      'take-profit canceled',
      'stop-loss new',
      'stop-loss fill 10 @ 97',
    ]);
  });

  it('of a stop takes the target along that has come in its own target’s place', () => {
    const test = withShares();
    const oco = { side: 'sell', orderClass: 'oco', target: '105', stopLoss: '97' } as const;
    const { id, legs } = test.submit(aRequest({ ...oco, type: 'limit' }));
    const stop = request(test, legs[0]!, { stopPrice: parseUsd('98') });
    const target = request(test, id, { limitPrice: parseUsd('104') });
    test.exchange.completeReplace(target, test.now());
    test.exchange.completeReplace(stop, test.now());
    test.bar(STOP_FILLS);
    expect([stop, target].map((each) => test.exchange.order(each)?.status)).toEqual([
      'filled',
      'canceled',
    ]);
  });

  it('leaves the old order at work where it is canceled before it comes', () => {
    const test = withShares();
    const { id } = test.submit(aRequest({ side: 'sell', limit: '110', quantity: 4 }));
    const next = request(test, id, { limitPrice: parseUsd('109') });
    test.exchange.cancel(next, test.now());
    expect(test.exchange.order(id)?.status).toBe('pending_replace');
    test.exchange.completeReplace(next, test.now());
    expect(test.exchange.order(id)).toMatchObject({ status: 'new', replacedBy: null });
    expect(test.exchange.order(next)?.status).toBe('canceled');
    expect(test.bar([110, 111, 109.5, 110.5])).toEqual(['single fill 4 @ 110']);
  });

  it('holds shares only for what it wants beyond the old order', () => {
    const test = withShares();
    const { id } = test.submit(aRequest({ side: 'sell', limit: '110', quantity: 4 }));
    const next = request(test, id, { quantity: 6 });
    expect(available(test)).toBe(4);
    test.exchange.completeReplace(next, test.now());
    expect(available(test)).toBe(4);
  });

  it('is rejected when it would sell more than is left by then', () => {
    const test = withShares();
    behave(test, { fillAtMost: 4 });
    const { id } = test.submit(aRequest({ side: 'sell', limit: '101' }));
    const next = request(test, id, { limitPrice: parseUsd('103') });
    test.bar([101, 102, 101, 102]);
    test.exchange.completeReplace(next, test.now());
    expect(test.exchange.order(next)?.status).toBe('rejected');
    expect(test.exchange.order(id)).toMatchObject({ status: 'partially_filled', replacedBy: null });
  });

  it('cannot be cancelled by its old order', () => {
    const test = inPosition();
    request(test, test.stop, { stopPrice: parseUsd('99') });
    for (const refusal of [
      test.exchange.cancel(test.stop, test.now()),
      test.exchange.requestCancel(test.stop, test.now()),
    ]) {
      expect(refusal).toMatchObject({ reason: { code: 'not-cancelable' } });
    }
  });
});

describe('an order that fills anyway', () => {
  it('does so at its own price, a stop with all that belongs to it', () => {
    const test = inPosition();
    expect(test.exchange.fillAnyway(test.stop, test.now()).map(tell)).toEqual([
      'take-profit canceled',
      'stop-loss new',
      'stop-loss fill 10 @ 98',
    ]);
  });

  it('has to be working', () => {
    const test = anExchange();
    const { legs } = test.submit(aBracket());
    expect(test.exchange.fillAnyway(legs[0]!, test.now())).toEqual([]);
  });
});

describe('a double exit', () => {
  it('costs what it costs: a short at the price of the second fill', () => {
    const test = inPosition();
    behave(test, { doubleExit: true });
    test.bar([104, 106, 103, 105]);
    expect(test.exchange.position(NVDA)).toMatchObject({ quantity: -10, costBasis: -980e6 });
    expect(test.exchange.account().equity).toBe(100_000e6 + 50e6 - 70e6);
  });

  it('has no more shares than the stop still guards', () => {
    const test = inPosition();
    behave(test, { fillAtMost: 4 });
    test.bar([104, 106, 103, 105]);
    expect(test.exchange.position(NVDA)?.quantity).toBe(6);
    behave(test, { doubleExit: true });
    test.bar([104, 106, 103, 105]);
    expect(test.exchange.position(NVDA)).toMatchObject({ quantity: -6, costBasis: -588e6 });
  });
});

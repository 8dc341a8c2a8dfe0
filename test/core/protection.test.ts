import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { brokerOrderId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { ORDER_STATUS } from '#core/order.ts';
import type { BrokerOrder, OrderStatus } from '#core/order.ts';
import { protectionOf } from '#core/protection.ts';

import { bracket, order, stop, target } from './support/orders.ts';
import { position } from './support/snapshots.ts';

const LONG = position('NVDA', { quantity: 100 });
const SHORT = position('NVDA', { side: 'short', quantity: 100 });

/** One of the brackets that together open a position of 100 shares. */
const half = (id: string, stopAt: string, targetAt: string): BrokerOrder => {
  const limitPrice = parseUsd(targetAt);
  const stopPrice = parseUsd(stopAt);
  const legs = [
    target({ id: brokerOrderId(`${id}-target`), quantity: 50, limitPrice }),
    stop({ id: brokerOrderId(`${id}-stop`), quantity: 50, stopPrice }),
  ];
  return bracket({ id: brokerOrderId(id), legs });
};

describe('a position', () => {
  it('is protected by the held stop of a filled bracket', () => {
    expect(protectionOf(LONG, [bracket()])).toEqual({
      isProtected: true,
      liveStopQuantity: 100,
      stopPrice: parseUsd('97'),
      targetPrice: parseUsd('105'),
    });
  });

  it('is naked while its entry is partly filled: the legs sleep, whatever their status', () => {
    const entry = bracket({
      status: 'partially_filled',
      filledQuantity: 40,
      legs: [target(), stop({ status: 'new' })],
    });
    expect(protectionOf(position('NVDA', { quantity: 40 }), [entry])).toEqual({
      isProtected: false,
      liveStopQuantity: 0,
      stopPrice: null,
      targetPrice: null,
    });
  });

  it('is naked when a partly filled entry was cancelled, also before its legs are', () => {
    const entry = bracket({ status: 'canceled', filledQuantity: 40 });
    expect(protectionOf(position('NVDA', { quantity: 40 }), [entry]).isProtected).toBe(false);
  });

  it('is protected by the stop of an OCO beside its take-profit', () => {
    const oco = target({ orderClass: 'oco', legs: [stop({ orderClass: 'oco' })] });
    expect(protectionOf(LONG, [oco])).toMatchObject({
      isProtected: true,
      stopPrice: parseUsd('97'),
      targetPrice: parseUsd('105'),
    });
  });

  it.each(['stop', 'stop_limit', 'trailing_stop'] as const)(
    'is protected by a simple %s order',
    (type) => {
      expect(
        protectionOf(LONG, [stop({ type, orderClass: 'simple', status: 'new' })]).isProtected,
      ).toBe(true);
    },
  );

  it('is not protected by a take-profit alone', () => {
    expect(protectionOf(LONG, [target({ orderClass: 'simple' })])).toEqual({
      isProtected: false,
      liveStopQuantity: 0,
      stopPrice: null,
      targetPrice: parseUsd('105'),
    });
  });

  it('is not protected by orders of another symbol or of the entry side', () => {
    const simple = { orderClass: 'simple', status: 'new' } as const;
    expect(protectionOf(LONG, [stop({ ...simple, symbol: ticker('AMD') })]).isProtected).toBe(
      false,
    );
    expect(protectionOf(LONG, [stop({ ...simple, side: 'buy' })]).isProtected).toBe(false);
    expect(protectionOf(SHORT, [stop({ ...simple, side: 'buy' })]).isProtected).toBe(true);
  });

  it('is not proved protected by a held leg whose entry nobody has shown', () => {
    expect(protectionOf(LONG, [stop()]).isProtected).toBe(false);
    expect(protectionOf(LONG, [stop({ status: 'new' })]).isProtected).toBe(true);
  });

  it('counts what is left of a stop', () => {
    const partly = stop({ orderClass: 'simple', status: 'partially_filled', filledQuantity: 60 });
    expect(protectionOf(position('NVDA', { quantity: 41 }), [partly])).toMatchObject({
      isProtected: false,
      liveStopQuantity: 40,
    });
    expect(protectionOf(position('NVDA', { quantity: 40 }), [partly]).isProtected).toBe(true);
  });

  it('adds up the stops of two brackets and tells the outermost prices', () => {
    const orders = [half('scale-out', '97', '104'), half('runner', '98.5', '110')];
    expect(protectionOf(LONG, orders)).toEqual({
      isProtected: true,
      liveStopQuantity: 100,
      stopPrice: parseUsd('97'),
      targetPrice: parseUsd('110'),
    });
    expect(protectionOf(LONG, orders.slice(1)).isProtected).toBe(false);
  });

  it('of a short has its outermost stop above and its outermost target below', () => {
    const leg = { side: 'buy', orderClass: 'simple', status: 'new' } as const;
    const orders = [
      stop({ ...leg, id: brokerOrderId('a'), stopPrice: parseUsd('103') }),
      stop({ ...leg, id: brokerOrderId('b'), stopPrice: parseUsd('104') }),
      target({ ...leg, id: brokerOrderId('c'), limitPrice: parseUsd('95') }),
      target({ ...leg, id: brokerOrderId('d'), limitPrice: parseUsd('92') }),
    ];
    expect(protectionOf(SHORT, orders)).toMatchObject({
      stopPrice: parseUsd('104'),
      targetPrice: parseUsd('92'),
    });
  });

  it('counts a leg once that is listed nested and on its own, in either order', () => {
    const held = stop({ quantity: 60 });
    const entry = bracket({ legs: [target(), held] });
    for (const orders of [
      [held, entry],
      [entry, held],
    ]) {
      expect(protectionOf(LONG, orders)).toMatchObject({
        isProtected: false,
        liveStopQuantity: 60,
      });
    }
  });

  it('counts a stop that is being replaced once, and where it stands until the other one is in force', () => {
    const old = stop({ status: 'pending_replace', orderClass: 'simple' });
    const moved = stop({
      id: brokerOrderId('moved'),
      orderClass: 'simple',
      status: 'pending_new',
      replaces: old.id,
      stopPrice: parseUsd('99'),
    });
    expect(protectionOf(LONG, [old, moved])).toMatchObject({
      liveStopQuantity: 100,
      stopPrice: parseUsd('97'),
    });
    const replaced = { ...old, status: 'replaced' } as const;
    expect(protectionOf(LONG, [replaced, { ...moved, status: 'new' }])).toMatchObject({
      liveStopQuantity: 100,
      stopPrice: parseUsd('99'),
    });
    const refused = { ...moved, status: 'rejected' } as const;
    expect(protectionOf(LONG, [old, refused])).toMatchObject({
      liveStopQuantity: 100,
      stopPrice: parseUsd('97'),
    });
  });

  it('stays protected when its stop was moved twice and the new leg is listed on its own', () => {
    const first = stop({ status: 'replaced' });
    const second = stop({ id: brokerOrderId('second'), status: 'replaced', replaces: first.id });
    const third = stop({
      id: brokerOrderId('third'),
      replaces: second.id,
      stopPrice: parseUsd('99'),
    });
    const filled = bracket({ legs: [target(), first] });
    expect(protectionOf(LONG, [filled, second, third])).toMatchObject({
      isProtected: true,
      stopPrice: parseUsd('99'),
    });
    const partial = bracket({ status: 'partially_filled', legs: [target(), first] });
    expect(protectionOf(LONG, [partial, second, third]).isProtected).toBe(false);
  });

  it('without any order is naked', () => {
    expect(protectionOf(LONG, [])).toEqual({
      isProtected: false,
      liveStopQuantity: 0,
      stopPrice: null,
      targetPrice: null,
    });
  });
});

describe('a stop under a filled entry protects while its status is live', () => {
  const statuses = [...(Object.keys(ORDER_STATUS) as OrderStatus[]), 'unknown' as const];

  it.each(statuses)('%s', (status) => {
    const dead = ['filled', 'canceled', 'expired', 'replaced', 'rejected'].includes(status);
    expect(protectionOf(LONG, [bracket({ legs: [target(), stop({ status })] })]).isProtected).toBe(
      !dead,
    );
  });

  it.each(statuses.filter((status) => status !== 'filled'))(
    'and never under an entry that is %s',
    (status) => {
      expect(protectionOf(LONG, [bracket({ status })]).isProtected).toBe(false);
    },
  );
});

it('protection does not depend on the order of the list', () => {
  const some = fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 0, max: 9 }).map((id) => brokerOrderId(String(id))),
      type: fc.constantFrom('stop' as const, 'limit' as const),
      status: fc.constantFrom(
        'new' as const,
        'held' as const,
        'canceled' as const,
        'pending_replace' as const,
      ),
      quantity: fc.integer({ min: 1, max: 200 }),
      replaces: fc.option(fc.integer({ min: 0, max: 9 }).map((id) => brokerOrderId(String(id)))),
    }),
    { selector: ({ id }) => id, maxLength: 6 },
  );
  fc.assert(
    fc.property(some, (rows) => {
      // A replacement is always younger than what it replaces.
      const orders = rows.map(({ replaces, ...row }) =>
        order(row.id, {
          ...row,
          stopPrice: parseUsd('97'),
          limitPrice: parseUsd('105'),
          replaces: replaces !== null && replaces < row.id ? replaces : null,
        }),
      );
      expect(protectionOf(LONG, orders.toReversed())).toEqual(protectionOf(LONG, orders));
    }),
  );
});

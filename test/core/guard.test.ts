import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isAtOrBeyond, judgePosition } from '#core/guard.ts';
import type { GuardVerdict, GuardView } from '#core/guard.ts';
import { brokerOrderId, clientOrderId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { ORDER_STATUS } from '#core/order.ts';
import type { BrokerOrder, OrderStatus } from '#core/order.ts';
import { bookFill, plannedTrade } from '#core/trade.ts';
import { anIntent } from '#test/support/intents.ts';

import { bracket, lone, oco, order, stop, target } from './support/orders.ts';
import { position } from './support/snapshots.ts';

const ENTRY = clientOrderId('brk-2025-11-26-1030-NVDA-entry');
const SCALE = clientOrderId('brk-2025-11-26-1030-NVDA-scale');

/** 100 NVDA long at 100.00, stop 97.00, target 105.00, price 100.00; or the same mirrored. */
const tradeOf = (side: 'long' | 'short') =>
  bookFill(
    plannedTrade(anIntent({ side, quantity: 100, stopDistance: '3.00', targetDistance: '5.00' })),
    'entry',
    {
      orderId: brokerOrderId('entry'),
      symbol: ticker('NVDA'),
      side: side === 'long' ? 'buy' : 'sell',
      quantity: 100,
      price: parseUsd('100.00'),
      at: 0,
      cumulativeQuantity: 100,
    },
  );

const view = (orders: readonly BrokerOrder[], changes: Partial<GuardView> = {}): GuardView => ({
  position: position('NVDA', { quantity: 100, currentPrice: parseUsd('100.00') }),
  orders,
  trade: tradeOf('long'),
  ledgerQuantity: 100,
  isClosing: false,
  ...changes,
});

const held = (price: string, changes: Parameters<typeof position>[1] = {}) => ({
  position: position('NVDA', { quantity: 100, currentPrice: parseUsd(price), ...changes }),
});

const across = (price: BrokerOrder['limitPrice']) =>
  price === null ? null : parseUsd(String(200 - price / 1e6));

/** The orders of a short are those of a long, mirrored at 100.00. */
function mirrored(one: BrokerOrder): BrokerOrder {
  return {
    ...one,
    side: one.side === 'buy' ? 'sell' : 'buy',
    limitPrice: across(one.limitPrice),
    stopPrice: across(one.stopPrice),
    legs: one.legs.map(mirrored),
  };
}

const shortView = ({ position: of, orders, ledgerQuantity, trade, isClosing }: GuardView) => ({
  position: {
    ...of,
    side: of.side === 'long' ? ('short' as const) : ('long' as const),
    currentPrice: parseUsd(String(200 - of.currentPrice / 1e6)),
  },
  orders: orders.map(mirrored),
  trade: trade && tradeOf('short'),
  ledgerQuantity: -ledgerQuantity,
  isClosing,
});

/** A verdict without the prices, and groups by their roots. */
function brief(verdict: GuardVerdict) {
  if (verdict.kind === 'part-filled') {
    return ['part-filled', ...verdict.entries.map(({ root }) => root.id)];
  }
  if (verdict.kind !== 'protect') return [verdict.kind];
  return ['protect', verdict.quantity, ...verdict.inTheWay.map(({ root }) => root.id)];
}

const filled = bracket({ clientOrderId: ENTRY });
const partFilled = (changes: Partial<BrokerOrder> = {}) =>
  bracket({
    clientOrderId: ENTRY,
    status: 'partially_filled',
    filledQuantity: 40,
    legs: [target({ status: 'held' }), stop()],
    ...changes,
  });
const cancelled = partFilled({
  status: 'canceled',
  legs: [
    target({ id: brokerOrderId('old-target'), status: 'canceled' }),
    stop({ id: brokerOrderId('old-stop'), status: 'canceled' }),
  ],
});
/** The second bracket of the trade, for the early part. */
const early = (changes: Partial<BrokerOrder> = {}) =>
  bracket({
    id: brokerOrderId('scale'),
    clientOrderId: SCALE,
    quantity: 50,
    filledQuantity: 50,
    legs: [
      target({ id: brokerOrderId('scale-target'), quantity: 50 }),
      stop({ id: brokerOrderId('scale-stop'), quantity: 50 }),
    ],
    ...changes,
  });
const runner = bracket({
  clientOrderId: ENTRY,
  quantity: 50,
  filledQuantity: 50,
  legs: [target({ quantity: 50 }), stop({ quantity: 50 })],
});
const moved = stop({ id: brokerOrderId('moved'), replaces: brokerOrderId('stop') });
const some = (quantity: number, price = '100.00') => held(price, { quantity });

const TABLE: readonly (readonly [string, GuardView, ReturnType<typeof brief>])[] = [
  // Hands off.
  ['its bracket works', view([filled]), ['protected']],
  ['its stop is held', view([bracket({ legs: [target(), stop()] })]), ['protected']],
  ['its stop is new', view([bracket({ legs: [stop({ status: 'new' })] })]), ['protected']],
  [
    'its stop is being filled',
    view([bracket({ legs: [stop({ status: 'partially_filled', filledQuantity: 40 })] })], some(60)),
    ['protected'],
  ],
  [
    'its stop is being replaced',
    view([bracket({ legs: [target(), stop({ status: 'pending_replace' })] })]),
    ['protected'],
  ],
  [
    'the cancel of its stop is not confirmed',
    view([bracket({ legs: [target(), stop({ status: 'pending_cancel' })] })]),
    ['protected'],
  ],
  [
    'its stop was replaced, and the new one is listed flat',
    view([bracket({ legs: [target(), stop({ status: 'replaced' })] }), moved]),
    ['protected'],
  ],
  [
    'its stop was replaced, and the new one is listed nested',
    view([bracket({ legs: [target(), stop({ status: 'replaced' }), moved] })]),
    ['protected'],
  ],
  ['an OCO works', view([cancelled, oco()]), ['protected']],
  ['a stop alone works', view([cancelled, lone()]), ['protected']],
  ['two brackets cover it', view([runner, early()]), ['protected']],
  ['only the stop is left of the bracket', view([bracket({ legs: [stop()] })]), ['protected']],
  [
    'a stop covers it while another entry fills in part',
    view([runner, early({ status: 'partially_filled', filledQuantity: 20 })], some(50)),
    ['protected'],
  ],
  // In hand.
  ['a closing is under way', view([], { isClosing: true }), ['in-hand']],
  [
    'the part-filled entry is being cancelled',
    view([partFilled({ status: 'pending_cancel' })], some(40)),
    ['rest-dying'],
  ],
  // Part-filled: its legs sleep.
  ['its entry fills in part', view([partFilled()], some(40)), ['part-filled', 'entry']],
  [
    'its entry fills in part and price is beyond the stop',
    view([partFilled()], some(40, '96.00')),
    ['part-filled', 'entry'],
  ],
  [
    'its entry ended in part and its legs are not gone yet',
    view([partFilled({ status: 'canceled' })], some(40)),
    ['part-filled', 'entry'],
  ],
  [
    'the second entry fills in part beside the first',
    view([runner, early({ status: 'partially_filled', filledQuantity: 20 })], some(70)),
    ['part-filled', 'scale'],
  ],
  [
    'one of two part-filled entries is being cancelled',
    view(
      [
        partFilled({ status: 'pending_cancel' }),
        early({ status: 'partially_filled', filledQuantity: 20 }),
      ],
      some(60),
    ),
    ['part-filled', 'scale'],
  ],
  // Protect.
  ['nothing is left', view([], held('100.00', { available: 100 })), ['protect', 100]],
  [
    'its entry ended in part',
    view([cancelled], held('100.00', { quantity: 40, available: 40 })),
    ['protect', 40],
  ],
  [
    'a stop covers a part of it',
    view([lone({ quantity: 60 })], held('100.00', { available: 40 })),
    ['protect', 40],
  ],
  [
    'the second bracket has no stop',
    view(
      [runner, early({ legs: [stop({ id: brokerOrderId('scale-stop'), status: 'canceled' })] })],
      held('100.00', { available: 50 }),
    ),
    ['protect', 50],
  ],
  [
    'the second entry has not filled, and its legs are no stops for the first',
    view(
      [cancelled, early({ status: 'new', filledQuantity: 0 })],
      held('100.00', { quantity: 40, available: 40 }),
    ),
    ['protect', 40],
  ],
  [
    'a take-profit alone holds its shares',
    view([cancelled, target({ orderClass: 'simple' })]),
    ['protect', 100, 'target'],
  ],
  [
    'its stop was refused, and the take-profit of its bracket holds its shares',
    view([bracket({ clientOrderId: ENTRY, legs: [target(), stop({ status: 'rejected' })] })]),
    ['protect', 100, 'entry'],
  ],
  [
    'somebody’s limit order holds its shares',
    view([cancelled, order('by-hand', { orderClass: 'simple' })]),
    ['protect', 100, 'by-hand'],
  ],
  [
    'somebody’s order on the entry’s side holds none of its shares',
    view([cancelled, target({ orderClass: 'simple' }), order('by-hand', { side: 'buy' })]),
    ['protect', 100, 'target'],
  ],
  [
    'an entry that has not filled holds none of its shares',
    view([target({ orderClass: 'simple' }), early({ status: 'new', filledQuantity: 0 })], some(50)),
    ['protect', 50, 'target'],
  ],
  [
    'a take-profit is not in the way, since enough shares are free',
    view([target({ orderClass: 'simple', quantity: 50 })], held('100.00', { available: 100 })),
    ['protect', 100],
  ],
  [
    'a stop for a part of it and a take-profit hold its shares',
    view([lone({ quantity: 60 }), target({ orderClass: 'simple', quantity: 40 })]),
    ['protect', 40, 'target'],
  ],
  ['only another symbol has orders', view([lone({ symbol: ticker('AMD') })]), ['protect', 100]],
  ['its stop’s entry was never shown', view([stop()]), ['protect', 100]],
  // Emergency.
  ['nothing is left and price is at the stop', view([], held('97.00')), ['emergency']],
  ['nothing is left and price is beyond the stop', view([], held('96.99')), ['emergency']],
  [
    'nothing is left and price is a cent short of the stop',
    view([], held('97.01')),
    ['protect', 100],
  ],
  [
    'price is beyond the stop, and a part of it has one',
    view([lone({ quantity: 60 })], held('96.00', { available: 40 })),
    ['protect', 40],
  ],
  // None of the open trade's.
  [
    'both exits of a bracket filled',
    view([], {
      trade: null,
      ledgerQuantity: -100,
      position: position('NVDA', { side: 'short' }),
    }),
    ['stray'],
  ],
  [
    'both exits filled, and its trade is still open',
    view([], { ledgerQuantity: -100, position: position('NVDA', { side: 'short' }) }),
    ['stray'],
  ],
  ['no trade nor fill of ours has it', view([], { trade: null, ledgerQuantity: 0 }), ['foreign']],
  [
    'the ledger accounts for a part of it',
    view([], { trade: null, ledgerQuantity: 60 }),
    ['foreign'],
  ],
  [
    'the ledger has as many of the other side',
    view([], { trade: null, ledgerQuantity: -100 }),
    ['foreign'],
  ],
  [
    'it is not ours, though protected',
    view([lone()], { trade: null, ledgerQuantity: 0, ...held('90.00') }),
    ['foreign'],
  ],
];

describe('of a position, the guard says', () => {
  it.each(TABLE)('%s', (_, seen, expected) => {
    expect(brief(judgePosition(seen)), 'long').toEqual(expected);
    expect(brief(judgePosition(shortView(seen))), 'short').toEqual(expected);
  });

  it('where it is to be protected: at the trade’s stop, with the target of the plan', () => {
    const trade = { ...tradeOf('long'), stopPrice: parseUsd('98.50') };
    expect(judgePosition(view([], { trade, ...held('100.00', { available: 100 }) }))).toEqual({
      kind: 'protect',
      quantity: 100,
      stopPrice: parseUsd('98.50'),
      targetPrice: parseUsd('105.00'),
      inTheWay: [],
    });
    expect(judgePosition(view([], { trade, ...held('98.50') })).kind).toBe('emergency');
  });

  it.each(['97.01', '97.00', '90.00'])(
    'at %s, hands off a bracket that is whole, wherever price is: a halt or a stray trade proves nothing',
    (price) => {
      const seen = view([filled], held(price));
      const verdict = { kind: 'protected', isOverdue: false };
      expect(judgePosition(seen)).toEqual(verdict);
      expect(judgePosition(shortView(seen))).toEqual(verdict);
    },
  );

  it('not that price is beyond a stop whose own price nobody knows', () => {
    const trailing = lone({ type: 'trailing_stop', stopPrice: null });
    expect(judgePosition(view([trailing], held('90.00')))).toEqual({
      kind: 'protected',
      isOverdue: false,
    });
  });
});

it.each([
  ['long', '97.01', false],
  ['long', '97.00', true],
  ['long', '96.99', true],
  ['short', '96.99', false],
  ['short', '97.00', true],
  ['short', '97.01', true],
] as const)('of a %s, %s at or beyond a stop at 97.00: %s', (side, price, expected) => {
  expect(isAtOrBeyond(side, parseUsd(price), parseUsd('97.00'))).toBe(expected);
});

const statuses = fc.constantFrom(
  ...(Object.keys(ORDER_STATUS) as OrderStatus[]),
  'unknown' as const,
);

/** Orders of all kinds, also nested, of two symbols, some of them under ids of ours. */
const anyOrder = (isLeg = false): fc.Arbitrary<BrokerOrder> =>
  fc
    .record({
      id: fc.integer({ min: 0, max: 40 }),
      of: fc.constantFrom('client-1', ENTRY, SCALE, 'brk-2025-11-26-1030-NVDA-guard1'),
      symbol: fc.constantFrom('NVDA', 'NVDA', 'AMD'),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      type: fc.constantFrom('market' as const, 'limit' as const, 'stop' as const),
      status: statuses,
      quantity: fc.integer({ min: 1, max: 200 }),
      filled: fc.double({ min: 0, max: 1, noNaN: true }),
      legs: isLeg ? fc.constant([]) : fc.array(anyOrder(true), { maxLength: 2 }),
    })
    .map(({ id, of, symbol, filled: share, ...rest }) =>
      order(`any-${isLeg ? 'leg-' : ''}${id}`, {
        ...rest,
        clientOrderId: clientOrderId(of),
        symbol: ticker(symbol),
        filledQuantity: Math.floor(rest.quantity * share),
        limitPrice: parseUsd('101.00'),
        stopPrice: parseUsd('99.00'),
      }),
    );

describe('the bracket at the broker is sacred', () => {
  const quantity = fc.integer({ min: 1, max: 100 });
  const awake = fc.constantFrom(
    filled,
    oco(),
    lone(),
    bracket({ legs: [target(), stop({ status: 'replaced' }), moved] }),
  );

  it('as long as live stops cover every share, whatever else is in the list and however it is sorted', () => {
    const world = fc
      .tuple(awake, fc.array(anyOrder(), { maxLength: 8 }))
      .chain(([covering, others]) =>
        fc.shuffledSubarray([covering, ...others], { minLength: others.length + 1 }),
      );
    const price = fc.constantFrom('1.00', '97.00', '100.00', '500.00');
    fc.assert(
      fc.property(world, quantity, price, fc.boolean(), (orders, shares, at, isClosing) => {
        const seen = view(orders, { ...held(at, { quantity: shares }), isClosing });
        for (const one of [seen, shortView(seen)]) {
          expect(judgePosition(one).kind).toBe(isClosing ? 'in-hand' : 'protected');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('and what is asked for beyond it never exceeds the shares without a stop', () => {
    const worlds = fc.array(anyOrder(), { maxLength: 8 });
    fc.assert(
      fc.property(worlds, quantity, (orders, shares) => {
        const verdict = judgePosition(view(orders, held('100.00', { quantity: shares })));
        fc.pre(verdict.kind === 'protect');
        expect(verdict.quantity).toBeGreaterThanOrEqual(1);
        expect(verdict.quantity).toBeLessThanOrEqual(shares);
        for (const { live } of verdict.inTheWay) {
          expect(live.every(({ side, type }) => side === 'sell' && type !== 'stop')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

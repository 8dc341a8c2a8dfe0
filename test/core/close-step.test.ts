import { describe, expect, it } from 'vitest';

import { nextCloseStep } from '#core/close-step.ts';
import type { CloseStep, CloseView } from '#core/close-step.ts';
import { CLOSE_TACTICS, retryPause } from '#core/close.ts';
import type { Close } from '#core/close.ts';
import { brokerOrderId, clientOrderId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { BrokerOrder } from '#core/order.ts';

import { aClose, closeOrderId } from './support/closes.ts';
import { bracket, lone, oco, order, stop, target } from './support/orders.ts';
import { position } from './support/snapshots.ts';

const CLEAR = CLOSE_TACTICS.clearMs;
const FILL = CLOSE_TACTICS.fillMs;
const ASK = CLOSE_TACTICS.askAgainMs;
const SETTLE = CLOSE_TACTICS.settleMs;

interface Shape extends Partial<
  Pick<CloseView, 'isMarketOpen' | 'now' | 'orders' | 'ledgerShares'>
> {
  readonly close?: Partial<Close>;
  /** Shares held and shares free; none is no position. */
  readonly shares?: readonly [held: number, available: number];
  readonly price?: string;
  readonly side?: 'long' | 'short';
  /** When orders were asked to be cancelled, by their ids. */
  readonly asked?: Readonly<Record<string, number>>;
}

const view = (shape: Shape): CloseView => {
  const { shares = [0, 0], price = '100.00', side = 'long', asked = {} } = shape;
  const [quantity, available] = shares;
  return {
    close: aClose(shape.close),
    position:
      quantity === 0
        ? null
        : position('NVDA', { side, quantity, available, currentPrice: parseUsd(price) }),
    orders: shape.orders ?? [],
    asked: new Map(Object.entries(asked).map(([id, at]) => [brokerOrderId(id), at])),
    // Always some more than the closing knows of.
    ledgerShares: shape.ledgerShares ?? 1_000,
    isMarketOpen: shape.isMarketOpen ?? true,
    now: shape.now ?? 0,
    tactics: CLOSE_TACTICS,
  };
};

/** A step in few words: groups by their roots, the proof without its figures. */
function brief(step: CloseStep): readonly (string | number | null)[] {
  switch (step.kind) {
    case 'cancel':
      return ['cancel', ...step.groups.map(({ root }) => root.id)];
    case 'wait':
      return ['wait', step.for];
    case 'cleared':
    case 'keep':
      return [step.kind, step.quantity];
    case 'exit':
      return ['exit', step.quantity, step.limitPrice === null ? 'market' : step.limitPrice / 1e6];
    case 'fail':
      return ['fail', step.why];
    case 'finish':
      return ['finish', step.proof.positionQuantity];
    case 'queue':
    case 'recount':
      return [step.kind];
    default:
      return step satisfies never;
  }
}

const exit = (n: number, changes: Partial<BrokerOrder> = {}): BrokerOrder =>
  order(`exit${n}`, { clientOrderId: closeOrderId('exit', n), orderClass: 'simple', ...changes });
const filledExit = (n: number, shares: number, changes: Partial<BrokerOrder> = {}): BrokerOrder =>
  exit(n, { status: 'filled', quantity: shares, filledQuantity: shares, ...changes });
const kept = (shares: number, changes: Partial<BrokerOrder> = {}): BrokerOrder =>
  oco({
    id: brokerOrderId('keep'),
    clientOrderId: closeOrderId('keep', 1),
    quantity: shares,
    legs: [stop({ id: brokerOrderId('keep-stop'), orderClass: 'oco', quantity: shares })],
    ...changes,
  });
const dead = { status: 'canceled' } as const;
const gone = bracket({ legs: [target(dead), stop(dead)] });
const dying = bracket({
  legs: [target({ status: 'pending_cancel' }), stop({ status: 'pending_cancel' })],
});
const rescue = lone({
  id: brokerOrderId('rescue'),
  clientOrderId: closeOrderId('rescue', 1),
});

/** The phase of the exit orders; since 0. */
const exiting = (changes: Partial<Close> = {}): Partial<Close> => ({
  phase: 'exiting',
  ...changes,
});
/** After the n-th exit order. */
const tried = (n: number, changes: Partial<Close> = {}) =>
  exiting({ exits: n, attempt: n, ...changes });
const part = { quantity: 60, keep: 40 } as const;

type Row = readonly [title: string, shape: Shape, step: readonly (string | number | null)[]];

const stepOf = (shape: Shape): Row[2] => brief(nextCloseStep(view(shape)));

describe('while the market is closed, a closing', () => {
  it.each<Row>([
    [
      'leaves a working bracket alone until the open',
      { isMarketOpen: false, shares: [100, 0], orders: [bracket()] },
      ['queue'],
    ],
    [
      'goes on waiting when it waits already',
      { isMarketOpen: false, shares: [100, 0], orders: [bracket()], close: { phase: 'queued' } },
      ['queue'],
    ],
    [
      'fails where no live stop protects the shares, so that one goes in',
      { isMarketOpen: false, shares: [100, 100], orders: [gone] },
      ['fail', 'the market is closed'],
    ],
    [
      'fails when the market closes on its exit order',
      { isMarketOpen: false, shares: [100, 0], orders: [exit(1)], close: tried(1) },
      ['fail', 'the market is closed'],
    ],
    [
      'is finished all the same when nothing is left',
      { isMarketOpen: false, orders: [gone] },
      ['finish', 0],
    ],
    [
      'begins anew at the open, whenever it was asked for',
      {
        shares: [100, 0],
        orders: [bracket()],
        close: { phase: 'queued', phaseSince: 0 },
        now: 50_000_000,
      },
      ['recount'],
    ],
    [
      'begins anew as well when its shares are gone by then',
      { orders: [bracket()], close: { phase: 'queued', phaseSince: 0 }, now: 50_000_000 },
      ['recount'],
    ],
  ])('%s', (_, shape, step) => {
    expect(stepOf(shape)).toEqual(step);
  });
});

describe('first a closing clears the symbol: it', () => {
  const at = (now: number, asked: number, orders: readonly BrokerOrder[] = [dying]): Shape => ({
    shares: [100, 0],
    orders,
    asked: { target: asked },
    now,
  });
  it.each<Row>([
    ['cancels a bracket, as one', { shares: [100, 0], orders: [bracket()] }, ['cancel', 'entry']],
    [
      'cancels each group once',
      { shares: [100, 0], orders: [gone, oco({ quantity: 60 }), lone({ id: brokerOrderId('b') })] },
      ['cancel', 'target', 'b'],
    ],
    [
      'cancels what rescued an earlier try, and what is left of its exits',
      { shares: [100, 0], orders: [gone, rescue, exit(1)], close: { exits: 1 } },
      ['cancel', 'rescue', 'exit1'],
    ],
    [
      'cancels orders that are none of ours',
      { shares: [100, 100], orders: [gone, order('by-hand', { side: 'buy' })] },
      ['cancel', 'by-hand'],
    ],
    [
      'cancels an entry that still works',
      { shares: [40, 40], orders: [bracket({ status: 'partially_filled', filledQuantity: 40 })] },
      ['cancel', 'entry'],
    ],
    ['waits for a cancel it has asked for', at(ASK - 1, 0), ['wait', 'cancels']],
    ['asks again after a while', at(ASK, 0), ['cancel', 'entry']],
    ['waits again', at(2 * ASK - 1, ASK), ['wait', 'cancels']],
    [
      'asks for one of two groups alone',
      at(10, 0, [dying, lone({ id: brokerOrderId('b') })]),
      ['cancel', 'b'],
    ],
    ['waits to the end of its patience', at(CLEAR - 1, CLEAR - ASK), ['wait', 'cancels']],
    ['fails then', at(CLEAR, CLEAR - ASK), ['fail', 'the broker does not confirm the cancels']],
    [
      'gives a cancel its time that was asked for late',
      at(CLEAR, CLEAR - ASK + 1),
      ['wait', 'cancels'],
    ],
    [
      'asks before it gives up, when it resumes long after its phase began',
      { shares: [100, 0], orders: [bracket()], now: 10 * CLEAR },
      ['cancel', 'entry'],
    ],
    [
      'waits until the shares are free',
      { shares: [100, 99], orders: [gone], now: CLEAR + FILL - 1 },
      ['wait', 'shares'],
    ],
    [
      'counts that wait from its last cancel',
      { shares: [100, 0], orders: [gone], now: 10 * CLEAR, asked: { target: 10 * CLEAR - 60 } },
      ['wait', 'shares'],
    ],
    [
      'fails when they never are',
      { shares: [100, 0], orders: [gone], now: CLEAR + FILL },
      ['fail', 'the broker does not set the shares free'],
    ],
    ['is through with all shares', { shares: [100, 100], orders: [gone] }, ['cleared', 100]],
    ['is through where nothing was in the way', { shares: [100, 100] }, ['cleared', 100]],
    [
      'is through with a part',
      { shares: [100, 100], orders: [gone], close: part },
      ['cleared', 60],
    ],
    [
      'counts anew what is there by then',
      { shares: [70, 70], orders: [gone], close: part },
      ['cleared', 30],
    ],
    [
      'counts what it has sold already among what is to leave',
      { shares: [80, 80], orders: [gone, filledExit(1, 20)], close: { ...part, exits: 1 } },
      ['cleared', 60],
    ],
  ])('%s', (_, shape, step) => {
    expect(stepOf(shape)).toEqual(step);
  });
});

describe('then shares leave: it', () => {
  const free = { shares: [100, 100] } as const;
  it.each<Row>([
    ['sells at a limit through the price', { ...free, close: exiting() }, ['exit', 100, 99.9]],
    [
      'sells at the market when told to',
      { ...free, close: exiting({ atMarket: true }) },
      ['exit', 100, 'market'],
    ],
    [
      'waits for its order to fill',
      { shares: [100, 0], orders: [exit(1)], close: tried(1), now: FILL - 1 },
      ['wait', 'fill'],
    ],
    [
      'cancels it when it does not in time',
      { shares: [100, 0], orders: [exit(1)], close: tried(1), now: FILL },
      ['cancel', 'exit1'],
    ],
    [
      'waits for that cancel',
      {
        shares: [100, 0],
        orders: [exit(1, { status: 'pending_cancel' })],
        close: tried(1),
        now: FILL + 50,
        asked: { exit1: FILL },
      },
      ['wait', 'cancels'],
    ],
    [
      'fails when it never comes',
      {
        shares: [100, 0],
        orders: [exit(1, { status: 'pending_cancel' })],
        close: tried(1),
        now: CLEAR,
        asked: { exit1: CLEAR - ASK },
      },
      ['fail', 'the broker does not confirm the cancels'],
    ],
    [
      'waits until the cancelled order lets go of the shares',
      { shares: [100, 0], orders: [exit(1, dead)], close: tried(1), now: FILL },
      ['wait', 'shares'],
    ],
    [
      'fails when it never does',
      { shares: [100, 0], orders: [exit(1, dead)], close: tried(1), now: CLEAR + FILL },
      ['fail', 'the broker does not set the shares free'],
    ],
    [
      're-prices from where price stands then',
      { ...free, orders: [exit(1, dead)], close: tried(1), price: '98.00' },
      ['exit', 100, 97.9],
    ],
    [
      'sells what its first order left',
      {
        shares: [70, 70],
        orders: [exit(1, { ...dead, filledQuantity: 30 })],
        close: tried(1),
      },
      ['exit', 70, 99.9],
    ],
    [
      'sells no more than that when the list of positions is old',
      { ...free, orders: [exit(1, { ...dead, filledQuantity: 30 })], close: tried(1) },
      ['exit', 70, 99.9],
    ],
    [
      'sells at the market once the limits have had their turns',
      { ...free, orders: [exit(1, dead), exit(2, dead)], close: tried(2) },
      ['exit', 100, 'market'],
    ],
    [
      'sends a third market order, should it have to',
      { ...free, orders: [1, 2, 3, 4].map((n) => exit(n, dead)), close: tried(4) },
      ['exit', 100, 'market'],
    ],
    [
      'fails rather than send one after the other into a halt',
      { ...free, orders: [1, 2, 3, 4, 5].map((n) => exit(n, dead)), close: tried(5) },
      ['fail', 'the exit orders do not fill'],
    ],
    [
      're-prices all the same after orders that the broker refused',
      { ...free, orders: [exit(1, dead)], close: tried(7) },
      ['exit', 100, 99.9],
    ],
    [
      'fails when the broker goes on refusing them',
      { ...free, orders: [exit(1, dead)], close: tried(21) },
      ['fail', 'the broker refuses the exit orders'],
    ],
    [
      'counts what all its orders have sold, but tries since the position was cleared alone',
      {
        shares: [40, 40],
        orders: [filledExit(1, 50), exit(2, { ...dead, filledQuantity: 10 })],
        close: exiting({ quantity: 100, exits: 2, attempt: 1 }),
      },
      ['exit', 40, 99.9],
    ],
    [
      'cancels what appears beside it before anything else',
      { ...free, orders: [lone({ quantity: 10 })], close: exiting() },
      ['cancel', 'stop'],
    ],
    [
      'waits for the list of positions when all is sold',
      { ...free, orders: [filledExit(1, 100)], close: tried(1), now: SETTLE - 1 },
      ['wait', 'position'],
    ],
    [
      'waits longer for the list when the ledger knows of no other shares',
      {
        ...free,
        orders: [filledExit(1, 100)],
        close: tried(1),
        ledgerShares: 100,
        now: CLEAR - 1,
      },
      ['wait', 'position'],
    ],
    [
      'believes the list in the end',
      { ...free, orders: [filledExit(1, 100)], close: tried(1), ledgerShares: 100, now: CLEAR },
      ['recount'],
    ],
    [
      'begins again when the list still shows shares after that',
      { ...free, orders: [filledExit(1, 100)], close: tried(1), now: SETTLE },
      ['recount'],
    ],
  ])('%s', (_, shape, step) => {
    expect(stepOf(shape)).toEqual(step);
  });

  it.each([
    // 0.1 % through the price, rounded further through it
    ['long', '100.00', 99.9],
    ['long', '99.99', 99.89],
    ['long', '1.00', 0.999],
    ['long', '0.5000', 0.4995],
    ['long', '0.5010', 0.5004],
    ['short', '100.00', 100.1],
    ['short', '99.99', 100.09],
    ['short', '0.5000', 0.5005],
    ['short', '0.5010', 0.5016],
    ['short', '0.9999', 1.01],
  ] as const)('with a %s at %s, it sends %s', (side, price, expected) => {
    const shares = [100, 100] as const;
    const shape = { shares, price, side, close: exiting({ side }) };
    expect(stepOf(shape)).toEqual(['exit', 100, expected]);
  });
});

describe('where a part stays, it', () => {
  const keeping = exiting({ ...part, keeps: 1 });
  it.each<Row>([
    [
      'protects that first',
      { shares: [100, 100], orders: [gone], close: exiting(part) },
      ['keep', 40],
    ],
    [
      'waits until so many shares are free',
      { shares: [100, 39], orders: [gone], close: exiting(part) },
      ['wait', 'shares'],
    ],
    [
      'then sells the rest',
      { shares: [100, 60], orders: [gone, kept(40)], close: keeping },
      ['exit', 60, 99.9],
    ],
    [
      'protects it again when the stop it placed is gone',
      { shares: [100, 100], orders: [gone, kept(40, dead)].map(dies), close: keeping },
      ['keep', 40],
    ],
    [
      'is finished when the rest is sold and the part is protected',
      { shares: [40, 0], orders: [gone, kept(40), filledExit(1, 60)], close: tried(1, part) },
      ['finish', 40],
    ],
    [
      'cancels an exit order that has become too many',
      { shares: [40, 0], orders: [gone, kept(40), exit(1)], close: tried(1, part) },
      ['cancel', 'exit1'],
    ],
    [
      'protects what is left when the kept stop filled first',
      { shares: [30, 30], orders: [gone, filledExit(1, 30)], close: tried(1, part) },
      ['keep', 30],
    ],
    [
      'cancels what protects too little of it',
      { shares: [40, 10], orders: [gone, kept(30), filledExit(1, 60)], close: tried(1, part) },
      ['cancel', 'keep'],
    ],
    [
      'waits for the shares before it protects them',
      { shares: [40, 0], orders: [gone, filledExit(1, 60)], close: tried(1, part) },
      ['wait', 'shares'],
    ],
    [
      'is finished at once when the other bracket has left by itself',
      { shares: [40, 0], orders: [bracket({ legs: [target(), stop()] })], close: part },
      ['finish', 40],
    ],
    [
      'is not finished with a stop that it has asked to be cancelled',
      { shares: [40, 0], orders: [bracket()], close: part, asked: { target: 0 }, now: 100 },
      ['wait', 'cancels'],
    ],
    [
      'nor with one that it asked before it rested',
      {
        shares: [40, 0],
        orders: [bracket()],
        close: { ...part, phaseSince: 10 * CLEAR },
        asked: { target: 0 },
        now: 11 * CLEAR,
      },
      ['cancel', 'entry'],
    ],
    [
      'nor with one that says it is being cancelled',
      { shares: [40, 0], orders: [dying], close: part },
      ['cancel', 'entry'],
    ],
    [
      'cancels what holds the shares that stay and protects nothing',
      { shares: [40, 0], orders: [gone, target({ id: brokerOrderId('t') })], close: part },
      ['cancel', 't'],
    ],
    [
      'is finished with fewer shares than were to stay',
      { shares: [10, 0], orders: [kept(10)], close: tried(1, part) },
      ['finish', 10],
    ],
  ])('%s', (_, shape, step) => {
    expect(stepOf(shape)).toEqual(step);
  });
});

/** An OCO’s stop dies with it. */
function dies(one: BrokerOrder): BrokerOrder {
  return one.status === 'canceled'
    ? { ...one, legs: one.legs.map((leg) => ({ ...leg, status: 'canceled' })) }
    : one;
}

describe('when the position is gone, it', () => {
  it.each<Row>([
    ['is finished', { orders: [gone, filledExit(1, 100)], close: tried(1) }, ['finish', 0]],
    [
      'is finished too when the stop filled meanwhile',
      { orders: [bracket({ legs: [target(dead), stop({ status: 'filled' })] })] },
      ['finish', 0],
    ],
    [
      'first cancels what still lives',
      { orders: [bracket({ legs: [target(), stop({ status: 'filled' })] })] },
      ['cancel', 'entry'],
    ],
    [
      'cancels its own exit order too: it would open a short',
      { orders: [gone, exit(1)], close: tried(1) },
      ['cancel', 'exit1'],
    ],
    [
      'waits for that',
      { orders: [gone, exit(1)], close: tried(1), asked: { exit1: 0 }, now: 100 },
      ['wait', 'cancels'],
    ],
    [
      'fails when that is never confirmed',
      { orders: [gone, exit(1)], close: tried(1), asked: { exit1: CLEAR - ASK }, now: CLEAR },
      ['fail', 'the broker does not confirm the cancels'],
    ],
    [
      'never sells what is held the other way round, and says how much that is',
      { shares: [100, 100], side: 'short', orders: [gone] },
      ['finish', -100],
    ],
    [
      'nor buys more of it',
      { shares: [100, 100], close: tried(1, { side: 'short' }), orders: [gone] },
      ['finish', 100],
    ],
  ])('%s', (_, shape, step) => {
    expect(stepOf(shape)).toEqual(step);
  });
});

const proofOf = (shape: Shape) => {
  const step = nextCloseStep(view(shape));
  return step.kind === 'finish' ? step.proof : null;
};

describe('the proof of a closing', () => {
  it('tells the average of its own exits, of all tries, and how long it took', () => {
    const orders = [
      gone,
      filledExit(1, 30, { filledAveragePrice: parseUsd('99.90') }),
      exit(2, { ...dead, filledQuantity: 20, filledAveragePrice: parseUsd('99.80') }),
      filledExit(3, 50, { filledAveragePrice: parseUsd('99.70') }),
    ];
    const close = tried(3, { attempt: 1, requestedAt: 1_000 });
    expect(proofOf({ orders, close, now: 4_500 })).toEqual({
      positionQuantity: 0,
      liveOrders: 0,
      exitPrice: parseUsd('99.78'),
      exitQuantity: 100,
      tookMs: 3_500,
    });
  });

  it('tells no price when another order emptied the position', () => {
    const orders = [bracket({ legs: [target(dead), stop({ status: 'filled' })] })];
    expect(proofOf({ orders, now: 70 })).toEqual({
      positionQuantity: 0,
      liveOrders: 0,
      exitPrice: null,
      exitQuantity: 0,
      tookMs: 70,
    });
  });

  it('tells the shares that stay and the orders that protect them', () => {
    const orders = [kept(40), filledExit(1, 60, { filledAveragePrice: parseUsd('99.90') })];
    const close = tried(1, part);
    expect(proofOf({ shares: [40, 0], orders, close })).toMatchObject({
      positionQuantity: 40,
      liveOrders: 2,
      exitQuantity: 60,
    });
  });

  it('leaves out the exits of other closings', () => {
    const other = clientOrderId('brk-2025-11-26-1030-NVDA-close2-exit1');
    const orders = [filledExit(1, 100, { clientOrderId: other })];
    expect(proofOf({ orders })).toMatchObject({ exitQuantity: 0, exitPrice: null });
  });
});

it.each([
  [0, 3_000, 3_000],
  [1, 15_000, 15_000],
  [2, 30_000, 30_000],
  [3, 60_000, 30_000],
  [5, 240_000, 30_000],
  [6, 300_000, 30_000],
  [60, 300_000, 30_000],
])(
  'a closing that got stuck %d times rests %d ms, and in the last minutes %d',
  (failures, ...rests) => {
    const pauses = [false, true].map((isLast) => retryPause(CLOSE_TACTICS, failures, isLast));
    expect(pauses).toEqual(rests);
  },
);

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { brokerOrderId, ticker } from '#core/ids.ts';
import { micros, parseUsd } from '#core/money.ts';
import { asSessionDate, MINUTE_MS, parseInstant } from '#core/session.ts';
import { plannedTrade } from '#core/trade.ts';
import type { LegRole, Trade } from '#core/trade.ts';
import type { Ledger, LegIntervention } from '#ports/ledger.ts';

import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';
import { BAR_END, DATE, aFill, anOrder, id, intentOf, ofTrade } from './facts.ts';

let desk: LedgerDesk;
let ledger: Ledger;

beforeAll(async () => {
  desk = await openDesk();
  ledger = desk.ledger;
});
beforeEach(async () => {
  await desk.clear();
  await plan('t1');
});
afterAll(() => desk.close());

const plan = (name: string): Promise<void> =>
  ledger.transaction((tx) => tx.insertTrade(intentOf(name)));

type OrderShape = NonNullable<Parameters<typeof anOrder>[1]>;

const report = (
  name: string,
  shape: OrderShape = {},
  { role = 'entry', parent = null }: { role?: LegRole; parent?: string | null } = {},
) => ledger.transaction((tx) => tx.saveOrder(anOrder(name, shape), ofTrade(role, parent)));

const find = (name: string) => ledger.transaction((tx) => tx.findOrder(brokerOrderId(name)));

const book = (...fill: Parameters<typeof aFill>) =>
  ledger.transaction((tx) => tx.insertFill(aFill(...fill), id('t1')));

const told = () =>
  report('s1', { replaces: brokerOrderId('s0') }, { role: 'stop_loss', parent: 'e1' });

const at = (minute: number) => BAR_END + minute * MINUTE_MS;
const cash = (name: string, type: string, date: string, amount: string) =>
  ledger.transaction((tx) =>
    tx.insertCashActivity({
      id: name,
      type,
      date: asSessionDate(date),
      amount: parseUsd(amount),
    }),
  );
const fee = (name: string, date: string, amount: string) =>
  ledger.transaction((tx) =>
    tx.insertFee({
      id: name,
      date: asSessionDate(date),
      amount: parseUsd(amount),
      description: '',
    }),
  );

const intervene = (name: string, shape: Partial<LegIntervention> = {}) =>
  ledger.transaction((tx) =>
    tx.insertLegIntervention({
      brokerOrderId: brokerOrderId(name),
      tradeId: id('t1'),
      action: 'cancel',
      intentId: null,
      at: BAR_END,
      sessionDate: DATE,
      ...shape,
    }),
  );
const ended = async (before = BAR_END + 1) =>
  (await ledger.unexplainedLegs(before)).map(({ leg }) => leg.brokerOrderId);
const end = (name: string, shape: OrderShape = {}) =>
  report(name, { status: 'canceled', ...shape }, { role: 'stop_loss', parent: 'e1' });

describe('reports of one millisecond', () => {
  it('never bring an order back to life that is over', async () => {
    await report('o1', { status: 'filled', filledQuantity: 10 });
    await report('o1', { status: 'partially_filled', filledQuantity: 10 });
    expect((await find('o1'))?.status).toBe('filled');
  });

  it('never take a filled share away', async () => {
    await report('o1', { status: 'partially_filled', filledQuantity: 6 });
    await report('o1', { status: 'new', filledQuantity: 0 });
    expect(await find('o1')).toMatchObject({ status: 'partially_filled', filledQuantity: 6 });
    await report('o1', { status: 'canceled', filledQuantity: 5 });
    expect(await find('o1')).toMatchObject({ status: 'partially_filled', filledQuantity: 6 });
  });

  it('count otherwise, the last one as the newest', async () => {
    await report('o1', { status: 'new' });
    await report('o1', { status: 'held' });
    await report('o1', { status: 'canceled' });
    await report('o1', { status: 'expired' });
    expect((await find('o1'))?.status).toBe('expired');
  });

  it('give way to a newer one, whatever that says', async () => {
    await report('o1', { status: 'filled', filledQuantity: 10 });
    await report('o1', { status: 'new', updatedAt: BAR_END + 1 });
    expect(await find('o1')).toMatchObject({ status: 'new', filledQuantity: 0 });
  });
});

describe('what an order hangs on and whose place it took', () => {
  const links = { parentId: 'e1', replaces: 's0' };

  it('is kept when later reports do not tell it', async () => {
    await told();
    await report('s1', { status: 'canceled', updatedAt: BAR_END + 1 }, { role: 'stop_loss' });
    expect(await find('s1')).toMatchObject({ ...links, status: 'canceled' });
  });

  it('is learnt also from an older report, which changes nothing else', async () => {
    await report('s1', { status: 'canceled', updatedAt: BAR_END + 1 }, { role: 'stop_loss' });
    await told();
    expect(await find('s1')).toMatchObject({ ...links, status: 'canceled' });
  });
});

describe('orders', () => {
  it('are known whatever became of them', async () => {
    await report('o1', { status: 'canceled' });
    const ids = ['o1', 'o2'].map(brokerOrderId);
    expect(await ledger.knownOrders(ids)).toEqual(new Set(['o1']));
    expect(await ledger.knownOrders([])).toEqual(new Set());
  });

  it('of a trade come oldest first', async () => {
    await report('o1', { createdAt: BAR_END + 1 });
    await report('o2');
    const orders = await ledger.transaction((tx) => tx.ordersOf(id('t1')));
    expect(orders.map((order) => order.brokerOrderId)).toEqual(['o2', 'o1']);
  });
});

describe('trades', () => {
  it('keep where their stop stands, how they scale out and why they ended', async () => {
    const changes: Partial<Trade> = {
      scaleOut: 'watched',
      stopPrice: parseUsd('101.50'),
      exitReason: 'time_exit',
    };
    await ledger.transaction(async (tx) => {
      const trade = await tx.lockTrade(id('t1'));
      await tx.saveTrade({ ...trade!, ...changes });
    });
    expect(await ledger.trade(id('t1'))).toMatchObject(changes);
  });

  it('with an early profit begin with it resting at the broker', async () => {
    const scaleOut = { quantity: 5, targetPrice: parseUsd('104.00') };
    const intent = { ...intentOf('t2'), scaleOut };
    await ledger.transaction((tx) => tx.insertTrade(intent));
    expect(await ledger.trade(id('t2'))).toEqual(plannedTrade(intent));
  });

  it('whose bracket had to be moved have the new one, until the broker accepts it', async () => {
    const moved = intentOf('t1', { limit: '99.00' });
    await ledger.transaction((tx) => tx.saveIntent(moved));
    expect(await ledger.trade(id('t1'))).toEqual(plannedTrade(moved));
    await ledger.transaction(async (tx) => {
      await tx.saveTrade({ ...plannedTrade(moved), status: 'submitted' });
    });
    const late = ledger.transaction((tx) => tx.saveIntent(intentOf('t1')));
    await expect(late).rejects.toThrow('not a planned trade in the ledger: t1');
  });
});

describe('a trade that was adopted', () => {
  const adopted: Trade = {
    ...plannedTrade(intentOf('a1', { symbol: 'AAPL', side: 'short' })),
    status: 'open',
    origin: 'adopted',
    stopPrice: parseUsd('102.00'),
    entryQuantity: 7,
    entryValue: parseUsd('700.07'),
    openedAt: BAR_END,
  };
  const adopt = () => ledger.transaction((tx) => tx.insertAdopted(adopted));

  it('is there as it was given, once', async () => {
    await adopt();
    await adopt();
    expect(await ledger.trade(id('a1'))).toEqual(adopted);
    expect(await ledger.unfinishedTrades()).toHaveLength(2);
  });

  it('has its shares counted, and no money moved for them', async () => {
    await adopt();
    await adopt();
    expect(await ledger.netQuantities()).toEqual(new Map([['AAPL', -7]]));
    expect(await ledger.cashMoved(0)).toBe(0);
  });

  it('is no intent of ours', async () => {
    await adopt();
    expect(await ledger.intentCount()).toBe(1);
  });

  it('moves money like any other when its shares leave', async () => {
    await adopt();
    const back = aFill('x1', 7, 7, { symbol: ticker('AAPL'), price: parseUsd('101.00') });
    await ledger.transaction((tx) => tx.insertFill(back, id('a1')));
    expect(await ledger.netQuantities()).toEqual(new Map());
    expect(await ledger.cashMoved(0)).toBe(parseUsd('-707.00'));
  });
});

describe('net quantities', () => {
  it('are the bought shares less the sold ones of each symbol, without those that are flat', async () => {
    expect(await ledger.netQuantities()).toEqual(new Map());
    await book('o1', 10, 10);
    await book('o2', 4, 4, { side: 'sell' });
    await book('o3', 5, 5, { symbol: ticker('AAPL'), side: 'sell' });
    await book('o4', 3, 3, { symbol: ticker('MSFT') });
    await book('o5', 3, 3, { symbol: ticker('MSFT'), side: 'sell' });
    expect(await ledger.netQuantities()).toEqual(
      new Map([
        ['NVDA', 6],
        ['AAPL', -5],
      ]),
    );
  });

  it('are the sum of the fills, whoever books them at once and in whatever order', async () => {
    const symbols = ['AAPL', 'MSFT', 'NVDA'].map(ticker);
    const bookAll = (n: number) =>
      ledger.transaction(async (tx) => {
        const turned = n % 2 === 0 ? symbols : symbols.toReversed();
        for (const [index, symbol] of turned.entries()) {
          const fill = aFill(`o${n}-${symbol}`, n + index, 100, { symbol });
          await tx.insertFill(n % 3 === 0 ? { ...fill, side: 'sell' } : fill, id('t1'));
          await tx.insertFill(fill, id('t1'));
        }
      });
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9].map(bookAll));
    const sums = await desk.query<{ symbol: string; sum: number }>(
      "SELECT symbol, sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END)::int FROM fills GROUP BY 1",
    );
    expect(await ledger.netQuantities()).toEqual(
      new Map(sums.map(({ symbol, sum }) => [symbol, sum])),
    );
  });

  it('know nothing of a transaction that failed', async () => {
    const failing = ledger.transaction(async (tx) => {
      await tx.insertFill(aFill('o1', 10, 10), id('t1'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await ledger.netQuantities()).toEqual(new Map());
  });
});

describe('the cash that moved', () => {
  it('is what fills after the instant brought in and cost', async () => {
    await book('o1', 10, 10, { price: parseUsd('100.00'), at: at(0) });
    await book('o2', 10, 10, { side: 'sell', price: parseUsd('101.01'), at: at(5) });
    expect(await ledger.cashMoved(at(-1))).toBe(parseUsd('10.10'));
    expect(await ledger.cashMoved(at(0))).toBe(parseUsd('1010.10'));
    expect(await ledger.cashMoved(at(5))).toBe(0);
  });

  it('is less the fees of the instant’s own day on, and with what else the broker booked after it', async () => {
    await fee('f1', '2025-11-25', '9.00');
    await fee('f2', '2025-11-26', '0.02');
    await cash('c1', 'CSD', '2025-11-25', '5000.00');
    expect(await cash('c2', 'CSD', '2025-11-26', '100.00')).toBe(true);
    expect(await cash('c2', 'CSD', '2025-11-26', '100.00')).toBe(false);
    await cash('c3', 'CSW', '2025-11-28', '-30.00');
    expect(await ledger.cashMoved(at(0)), 'that day’s deposit was there before').toBe(
      parseUsd('-30.02'),
    );
    const lateEvening = parseInstant('2025-11-27T02:00:00Z');
    expect(await ledger.cashMoved(lateEvening), 'still the 26th in New York').toBe(
      parseUsd('-30.02'),
    );
    expect(await ledger.cashMoved(parseInstant('2025-11-27T12:00:00Z'))).toBe(parseUsd('-30.00'));
  });

  it('counts a fee once that is among the fees and among the cash activities', async () => {
    await fee('f1', '2025-11-26', '0.02');
    await cash('f1', 'FEE', '2025-11-26', '-0.02');
    await cash('f2', 'FEE', '2025-11-26', '-0.03');
    expect(await ledger.cashMoved(at(0))).toBe(parseUsd('-0.05'));
  });

  it('is exact beyond what a day can bring', async () => {
    await book('o1', 100_000, 100_000, { side: 'sell', price: micros(89_999_999_999) });
    expect(await ledger.cashMoved(0)).toBe(8_999_999_999_900_000);
  });
});

describe('legs that ended', () => {
  it.each<[LegRole, OrderShape, boolean]>([
    ['stop_loss', { status: 'canceled' }, true],
    ['take_profit', { status: 'replaced' }, true],
    ['stop_loss', { status: 'expired' }, false],
    ['stop_loss', { status: 'new' }, false],
    ['take_profit', { status: 'filled' }, false],
    ['entry', { status: 'canceled' }, false],
    ['exit', { status: 'canceled' }, false],
  ])('as %s %o need an explanation: %s', async (role, shape, needs) => {
    await report('o1', shape, { role });
    expect(await ended()).toEqual(needs ? ['o1'] : []);
  });

  it('come with all orders and interventions of their trade, and of no other', async () => {
    await plan('t2');
    await report('e1', { status: 'filled' });
    await end('s1', { status: 'replaced', createdAt: BAR_END + 1 });
    await end('s2', { createdAt: BAR_END + 2 });
    await intervene('s1', { action: 'replace', intentId: 'brk-t1-move1' });
    await ledger.transaction((tx) =>
      tx.saveOrder(anOrder('x1', { status: 'canceled' }), {
        ...ofTrade('stop_loss'),
        tradeId: id('t2'),
      }),
    );
    const legs = await ledger.unexplainedLegs(BAR_END + 1);
    const mine = legs.find(({ leg }) => leg.tradeId === id('t1'));
    expect(legs).toHaveLength(2);
    expect(mine?.leg.brokerOrderId).toBe('s2');
    expect(mine?.orders.map((order) => order.brokerOrderId)).toEqual(['e1', 's1', 's2']);
    expect(mine?.interventions).toEqual([
      {
        brokerOrderId: 's1',
        tradeId: 't1',
        action: 'replace',
        intentId: 'brk-t1-move1',
        at: BAR_END,
        sessionDate: DATE,
      },
    ]);
  });

  it('are left alone until they are older than the instant', async () => {
    await end('s1');
    expect(await ended(BAR_END)).toEqual([]);
  });

  it('are not told again once explained, also when they are reported again', async () => {
    await end('s1');
    await ledger.transaction((tx) => tx.explainLeg(brokerOrderId('s1')));
    await end('s1', { updatedAt: BAR_END + 5 });
    expect(await ended(BAR_END + 10)).toEqual([]);
  });

  it('for no reason are interference, counted once an order and action, by session', async () => {
    await end('s1');
    await Promise.all([intervene('s1'), intervene('s1'), intervene('s1')]);
    await intervene('s1', { intentId: 'too late to explain it' });
    await intervene('s2', { intentId: 'cancel-s2-1' });
    await intervene('s3', { sessionDate: asSessionDate('2025-11-25') });
    expect(await ledger.interferenceCount(DATE)).toBe(1);
    expect(await ended()).toEqual([]);
  });
});

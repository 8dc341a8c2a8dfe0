import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openLedger } from '#adapters/postgres/ledger.ts';
import { brokerOrderId } from '#core/ids.ts';
import { micros, parseUsd } from '#core/money.ts';
import type { OrderStatus } from '#core/order.ts';
import { asSessionDate, MINUTE_MS } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';
import type { Ledger } from '#ports/ledger.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';

import { openDesk, WORLD } from './desk.ts';
import type { LedgerDesk } from './desk.ts';
import { BAR_END, CYCLE, DATE, aFill, alarm, anOrder, id, intentOf, ofTrade } from './facts.ts';

let desk: LedgerDesk;
let ledger: Ledger;

beforeAll(async () => {
  desk = await openDesk();
  ledger = desk.ledger;
});
beforeEach(() => desk.clear());
afterAll(() => desk.close());

const plan = (name: string, decidedAt = '2025-11-26T15:30:00Z'): Promise<void> =>
  ledger.transaction((tx) => tx.insertTrade(intentOf(name, { decidedAt })));

async function save(name: string, changes: Partial<Trade>): Promise<void> {
  await ledger.transaction(async (tx) => {
    const trade = await tx.lockTrade(id(name));
    await tx.saveTrade({ ...trade!, ...changes });
  });
}

const report = (name: string, shape: Parameters<typeof anOrder>[1] = {}) =>
  ledger.transaction((tx) => tx.saveOrder(anOrder(name, shape), ofTrade('entry')));

const book = (name: string, quantity: number, cumulative: number) =>
  ledger.transaction((tx) => tx.insertFill(aFill(name, quantity, cumulative), id('t1')));

const find = (name: string) => ledger.transaction((tx) => tx.findOrder(brokerOrderId(name)));

const fee = (name: string, date: string, amount: string) => ({
  id: name,
  date: asSessionDate(date),
  amount: parseUsd(amount),
  description: 'TAF \0 fee',
});

const equityPoint = (minute: number, date: string, equity: string) => ({
  at: BAR_END + minute * MINUTE_MS,
  sessionDate: asSessionDate(date),
  equity: parseUsd(equity),
  cash: parseUsd('-12.34'),
  flows: parseUsd('-0.5'),
});

const cycle = (minute: number) => ({
  sessionDate: DATE,
  barEnd: BAR_END + minute * MINUTE_MS,
  symbols: 30,
  entries: 1,
  finishedAt: BAR_END + 1234,
  tookMs: 56.789,
});

/** Long from 100.00 to 105.00, ten shares. */
const closed = (closedAt: number): Partial<Trade> => ({
  status: 'closed',
  entryQuantity: 10,
  entryValue: parseUsd('1000.00'),
  exitQuantity: 10,
  exitValue: parseUsd('1050.00'),
  exitReason: 'take_profit',
  openedAt: BAR_END,
  closedAt,
  pnl: parseUsd('50.00'),
  rMultiple: 2.5,
});

describe('opening the ledger', () => {
  it('is active from the first start on, by the system', async () => {
    expect(await ledger.controlState()).toMatchObject({
      status: 'active',
      by: 'system',
      reason: 'first start',
      until: null,
    });
  });

  it('opens an existing ledger of the same world again, with what is in it', async () => {
    await plan('t1');
    const again = await desk.openAnother();
    expect(await again.ledger.intentCount()).toBe(1);
    await again.close();
  });

  it.each([
    ['another account', { mode: 'SANDBOX', identity: 'other' }],
    ['another mode', { mode: 'LIVE', identity: 'test' }],
  ])('refuses a ledger of %s, and says what to do', async (_title, world) => {
    await expect(desk.openAnother(world)).rejects.toThrow(
      /belongs to SANDBOX test.*give it another database \(DATABASE_URL/,
    );
  });

  it('refuses a database that is not there, without telling its password', async () => {
    const url = 'postgres://user:hidden@127.0.0.1:1/ledger';
    const opening = openLedger({ url, poolSize: 3, world: WORLD, log: silentLog });
    await expect(opening).rejects.toThrow(
      /^The database at 127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)/,
    );
  });

  it('lets processes that start together wait for each other', async () => {
    const database = await freshDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('DROP SCHEMA public, drizzle CASCADE; CREATE SCHEMA public');
    await client.end();
    const { url } = database;
    const opening = () => openLedger({ url, poolSize: 3, world: WORLD, log: silentLog });
    const all = await Promise.all([opening(), opening(), opening()]);
    const counts = await Promise.all(all.map((one) => one.ledger.intentCount()));
    expect(counts).toEqual([0, 0, 0]);
    await Promise.all(all.map((one) => one.close()));
    await database.drop();
  });

  it('knows whether the database answers', async () => {
    expect(await desk.ping()).toBe(true);
    const other = await desk.openAnother();
    await other.close();
    expect(await other.ping()).toBe(false);
  });
});

describe('transactions', () => {
  it('write all or nothing', async () => {
    const failing = ledger.transaction(async (tx) => {
      await tx.insertTrade(intentOf('t1'));
      await tx.enqueueCard('card', alarm('never'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await ledger.intentCount()).toBe(0);
    expect(await ledger.outbox.backlog()).toBe(0);
  });

  it('hold the control state still', async () => {
    const { promise: isChanged, resolve } = Promise.withResolvers<string>();
    await ledger.transaction(async (tx) => {
      await tx.controlState();
      const halt = desk.query("UPDATE control_state SET status = 'halted'");
      void halt.then(() => resolve('after'));
      const blocked = () =>
        desk.query<{ waits: boolean }>(
          "SELECT count(*) > 0 AS waits FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
        );
      while (!(await blocked())[0]!.waits) await Promise.race([isChanged, blocked()]);
      expect((await tx.controlState()).status).toBe('active');
    });
    expect(await isChanged).toBe('after');
    expect((await ledger.controlState()).status).toBe('halted');
  });

  it('lock a trade until they end', async () => {
    await plan('t1');
    const addOne = () =>
      ledger.transaction(async (tx) => {
        const trade = await tx.lockTrade(id('t1'));
        await tx.saveTrade({ ...trade!, entryQuantity: trade!.entryQuantity + 1 });
      });
    await Promise.all([addOne(), addOne(), addOne(), addOne(), addOne()]);
    expect((await ledger.trade(id('t1')))?.entryQuantity).toBe(5);
  });

  it('store an order of a trade that another one has locked, which then stores it too: neither waits for both', async () => {
    await plan('t1');
    const locked = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const first = ledger.transaction(async (tx) => {
      await tx.lockTrade(id('t1'));
      locked.resolve();
      await stored.promise;
      await tx.saveOrder(anOrder('o1'), ofTrade('entry'));
    });
    await locked.promise;
    await report('o1');
    stored.resolve();
    await first;
    expect(await find('o1')).not.toBeNull();
  });
});

describe('trades', () => {
  it('come back with the whole intent', async () => {
    const intent = intentOf('t1');
    await ledger.transaction((tx) => tx.insertTrade(intent));
    expect(await ledger.trade(id('t1'))).toEqual({
      id: 't1',
      status: 'planned',
      origin: 'strategy',
      intent,
      scaleOut: 'none',
      stopPrice: parseUsd('98.00'),
      bestPrice: null,
      worstPrice: null,
      entryQuantity: 0,
      entryValue: 0,
      exitQuantity: 0,
      exitValue: 0,
      exitReason: null,
      openedAt: null,
      closedAt: null,
      pnl: null,
      rMultiple: null,
    });
  });

  it('stay as they are when they are planned again', async () => {
    await plan('t1');
    await save('t1', { status: 'submitted' });
    await plan('t1');
    expect((await ledger.trade(id('t1')))?.status).toBe('submitted');
  });

  it('keep the best and the worst price since the entry', async () => {
    await plan('t1');
    const prices = { bestPrice: parseUsd('103.4001'), worstPrice: parseUsd('99.5') };
    await save('t1', { status: 'open', ...prices });
    expect(await ledger.trade(id('t1'))).toMatchObject(prices);
  });

  it('are null when nobody knows them, and saving them is an error', async () => {
    expect(await ledger.trade(id('none'))).toBeNull();
    const saving = ledger.transaction(async (tx) => {
      expect(await tx.lockTrade(id('none'))).toBeNull();
      await plan('t1');
      await tx.saveTrade({ ...(await ledger.trade(id('t1')))!, id: id('none') });
    });
    await expect(saving).rejects.toThrow('no such trade in the ledger: none');
  });

  it('are unfinished while planned, submitted or open, oldest first', async () => {
    await plan('younger', '2025-11-26T15:40:00Z');
    await plan('older', '2025-11-26T15:35:00Z');
    await plan('gone', '2025-11-26T15:30:00Z');
    await save('older', { status: 'open' });
    await save('gone', { status: 'cancelled' });
    const unfinished = await ledger.unfinishedTrades();
    expect(unfinished.map((trade) => [trade.id, trade.status])).toEqual([
      ['older', 'open'],
      ['younger', 'planned'],
    ]);
  });

  it('that closed are told with averages and percentages, oldest first', async () => {
    await plan('t2');
    await plan('t1');
    await save('t1', closed(BAR_END + 2 * MINUTE_MS));
    await save('t2', { ...closed(BAR_END + MINUTE_MS), exitReason: 'stop_loss' });
    const trades = await ledger.closedTrades();
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(['t2', 't1']);
    expect(trades[1]).toEqual({
      tradeId: 't1',
      symbol: 'NVDA',
      side: 'long',
      quantity: 10,
      entryPrice: parseUsd('100.00'),
      exitPrice: parseUsd('105.00'),
      exitReason: 'take_profit',
      openedAt: BAR_END,
      closedAt: BAR_END + 2 * MINUTE_MS,
      pnl: parseUsd('50.00'),
      pnlPercent: 5,
      rMultiple: 2.5,
    });
  });

  it('that closed within an interval: its start counts, its end does not', async () => {
    for (const [index, name] of ['t0', 't1', 't2'].entries()) {
      await plan(name);
      await save(name, closed(BAR_END + index * MINUTE_MS));
    }
    const range = { from: BAR_END, until: BAR_END + 2 * MINUTE_MS };
    const trades = await ledger.closedTrades(range);
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(['t0', 't1']);
  });

  it('of the past are the last so many, or all since an instant where those are more', async () => {
    for (const [index, name] of ['t0', 't1', 't2', 't3'].entries()) {
      await plan(name);
      await save(name, closed(BAR_END + index * MINUTE_MS));
    }
    await plan('open one');
    const minutes = async (count: number, since: number) =>
      (await ledger.pastTrades(count, since)).map(
        ({ closedAt }) => (closedAt - BAR_END) / MINUTE_MS,
      );
    expect(await minutes(2, BAR_END + 60 * MINUTE_MS)).toEqual([2, 3]);
    expect(await minutes(2, BAR_END + MINUTE_MS)).toEqual([1, 2, 3]);
    expect(await minutes(9, BAR_END + MINUTE_MS)).toEqual([0, 1, 2, 3]);
    expect((await ledger.pastTrades(1, BAR_END + 60 * MINUTE_MS))[0]).toEqual({
      symbol: 'NVDA',
      exitReason: 'take_profit',
      closedAt: BAR_END + 3 * MINUTE_MS,
      pnl: parseUsd('50.00'),
    });
  });

  it('are counted by status, of those decided within an interval', async () => {
    for (const name of ['t1', 't2', 't3']) await plan(name);
    await plan('later', '2025-11-26T15:35:00Z');
    await save('t1', { status: 'rejected' });
    const counts = await ledger.tradeCounts({ from: BAR_END, until: BAR_END + 5 * MINUTE_MS });
    expect(counts).toEqual({
      planned: 2,
      submitted: 0,
      open: 0,
      closed: 0,
      cancelled: 0,
      rejected: 1,
      abandoned: 0,
    });
    expect(await ledger.intentCount()).toBe(4);
  });
});

describe('orders and fills', () => {
  beforeEach(() => plan('t1'));

  it('keep what the broker said last', async () => {
    await report('o1');
    await report('o1', { status: 'filled', filledQuantity: 10, updatedAt: BAR_END + 1 });
    expect(await find('o1')).toEqual({
      brokerOrderId: 'o1',
      clientOrderId: 'client-o1',
      tradeId: 't1',
      role: 'entry',
      symbol: 'NVDA',
      status: 'filled',
      isLive: false,
      quantity: 10,
      filledQuantity: 10,
      bookedQuantity: 0,
      limitPrice: parseUsd('100.05'),
      stopPrice: null,
      createdAt: BAR_END,
      updatedAt: BAR_END + 1,
      parentId: null,
      replaces: null,
    });
    expect(await find('o2')).toBeNull();
  });

  it('never go back to an older report', async () => {
    await report('o1', { status: 'filled', updatedAt: BAR_END + 1 });
    await report('o1', { status: 'new', updatedAt: BAR_END });
    expect((await find('o1'))?.status).toBe('filled');
  });

  it.each<[OrderStatus | 'unknown', boolean]>([
    ['new', true],
    ['held', true],
    ['done_for_day', true],
    ['unknown', true],
    ['filled', false],
    ['canceled', false],
    ['replaced', false],
  ])('of a trade that is over count %s as unsettled: %s', async (status, isUnsettled) => {
    await save('t1', { status: 'closed' });
    await report('o1', { status });
    expect((await ledger.unsettledOrders()).length).toBe(isUnsettled ? 1 : 0);
  });

  it('of a trade that is not finished are unsettled, whatever their state', async () => {
    await report('o1', { status: 'filled' });
    await report('o2', { status: 'canceled' });
    expect(await ledger.unsettledOrders()).toHaveLength(2);
  });

  it('are unsettled until every fill is booked, oldest first', async () => {
    await save('t1', { status: 'closed' });
    await report('o2', { status: 'filled', filledQuantity: 10, createdAt: BAR_END + 2 });
    await report('o1', { createdAt: BAR_END + 1 });
    expect((await ledger.unsettledOrders()).map((order) => order.brokerOrderId)).toEqual([
      'o1',
      'o2',
    ]);
    await book('o2', 4, 4);
    expect((await ledger.unsettledOrders())[1]?.bookedQuantity).toBe(4);
    await book('o2', 6, 10);
    expect((await ledger.unsettledOrders()).map((order) => order.brokerOrderId)).toEqual(['o1']);
  });

  it('count fills that were booked before the order was known', async () => {
    await book('o1', 4, 4);
    await report('o1', { filledQuantity: 4 });
    expect((await find('o1'))?.bookedQuantity).toBe(4);
  });

  it('book a fill once, however many tell of it', async () => {
    await report('o1');
    const outcomes = await Promise.all([book('o1', 4, 4), book('o1', 4, 4), book('o1', 4, 4)]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await book('o1', 6, 10)).toBe(true);
    expect((await find('o1'))?.bookedQuantity).toBe(10);
  });
});

describe('the account', () => {
  it('adds up fees, each booked once, first and last date included', async () => {
    const insert = (entry: ReturnType<typeof fee>) =>
      ledger.transaction((tx) => tx.insertFee(entry));
    expect(await ledger.totalFees()).toBe(0);
    expect(await insert(fee('f1', '2025-11-25', '0.02'))).toBe(true);
    expect(await insert(fee('f1', '2025-11-25', '0.02'))).toBe(false);
    await insert(fee('f2', '2025-11-26', '0.30'));
    await insert(fee('f3', '2025-11-28', '4.00'));
    expect(await ledger.totalFees()).toBe(parseUsd('4.32'));
    const of = (from: string, until: string) =>
      ledger.totalFees({ from: asSessionDate(from), until: asSessionDate(until) });
    expect(await of('2025-11-26', '2025-11-26')).toBe(parseUsd('0.30'));
    expect(await of('2025-11-25', '2025-11-26')).toBe(parseUsd('0.32'));
  });

  it('keeps equity by session, the last word on an instant counting', async () => {
    const points = [
      equityPoint(0, '2025-11-26', '100000.00'),
      equityPoint(5, '2025-11-26', '100010.00'),
      equityPoint(2880, '2025-11-28', '99990.00'),
    ];
    expect(await ledger.firstEquity()).toBeNull();
    for (const one of points) await ledger.transaction((tx) => tx.saveEquity(one));
    await ledger.transaction((tx) =>
      tx.saveEquity({ ...points[1]!, equity: parseUsd('100011.00') }),
    );
    expect(await ledger.equityPoints(DATE)).toEqual([
      points[0],
      { ...points[1], equity: parseUsd('100011.00') },
    ]);
    expect(await ledger.firstEquity()).toEqual(points[0]);
    expect((await ledger.equityBefore(asSessionDate('2025-11-28')))?.at).toBe(points[1]!.at);
    expect(await ledger.equityBefore(DATE)).toBeNull();
  });

  it('keeps money to the micro-dollar, whatever the amount', async () => {
    const amount = fc.integer({ min: -9e15, max: 9e15 }).map(micros);
    await fc.assert(
      fc.asyncProperty(amount, amount, fc.nat(1e9), async (equity, cash, at) => {
        const point = { at, sessionDate: DATE, equity, cash, flows: cash };
        await ledger.transaction((tx) => tx.saveEquity(point));
        expect((await ledger.equityPoints(DATE)).find((one) => one.at === at)).toEqual(point);
      }),
      { numRuns: 40 },
    );
  });
});

describe('cycles', () => {
  it('are finished once, and the latest one is told', async () => {
    expect(await ledger.lastCycle()).toBeNull();
    for (const minute of [0, 5, 5]) await ledger.transaction((tx) => tx.finishCycle(cycle(minute)));
    expect(await ledger.lastCycle()).toEqual(cycle(5));
    expect(await ledger.hasFinishedCycle(CYCLE)).toBe(true);
    expect(await ledger.hasFinishedCycle({ ...CYCLE, barEnd: BAR_END + 1 })).toBe(false);
    expect(await ledger.cycleCount()).toBe(2);
    expect(await ledger.cycleCount(asSessionDate('2025-11-25'))).toBe(0);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { DrawdownState } from '#core/drawdown.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { asSessionDate } from '#core/session.ts';
import type { Ledger } from '#ports/ledger.ts';

import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';

const MONDAY = asSessionDate('2025-11-24');
const TUESDAY = asSessionDate('2025-11-25');
const AT = Date.parse('2025-11-25T14:35:00Z');

let desk: LedgerDesk;
let ledger: Ledger;

beforeAll(async () => {
  desk = await openDesk();
  ({ ledger } = desk);
});
beforeEach(() => desk.clear());
afterAll(() => desk.close());

const state: DrawdownState = {
  sessionDate: TUESDAY,
  openingEquity: parseUsd('100000.123456'),
  peakEquity: parseUsd('104000'),
  peakAt: AT - 86_400_000,
  equity: parseUsd('99000'),
  flows: parseUsd('-500'),
  at: AT,
  deepestPercent: 1.25,
  cash: { unexplained: parseUsd('-12.5'), assumed: parseUsd('10000'), movedSince: AT },
  day: { level: 'first', suspectedAt: AT },
  peak: { level: 'none', suspectedAt: null },
};

describe('the drawdown’s state', () => {
  it('is none before the first reading, and then what was saved last, to the micro-dollar', async () => {
    expect(await ledger.drawdownState()).toBeNull();
    await ledger.transaction((tx) => tx.saveDrawdown({ ...state, at: AT - 1 }));
    await ledger.transaction((tx) => tx.saveDrawdown(state));
    expect(await ledger.drawdownState()).toEqual(state);
  });

  it('is what another process finds', async () => {
    await ledger.transaction((tx) => tx.saveDrawdown(state));
    const other = await desk.openAnother();
    expect(await other.ledger.drawdownState()).toEqual(state);
    await other.close();
  });
});

describe('a session’s open', () => {
  const open = {
    sessionDate: TUESDAY,
    equity: parseUsd('100000'),
    flows: parseUsd('0'),
    at: AT,
    results: [{ symbol: ticker('NVDA'), pnl: parseUsd('-12.5') }],
    deepestPercent: 0.5,
  };

  it('is written once', async () => {
    await ledger.transaction((tx) => tx.insertSessionOpen(open));
    await ledger.transaction((tx) => tx.insertSessionOpen({ ...open, equity: parseUsd('1') }));
    expect(await ledger.sessionOpen(TUESDAY)).toEqual(open);
    expect(await ledger.sessionOpen(MONDAY)).toBeNull();
  });
});

describe('what was paid in and out', () => {
  it('is the sum of deposits and withdrawals, without what the positions brought or cost', async () => {
    expect(await ledger.cashFlows()).toBe(0);
    const activities = [
      ['CSD', '1000', TUESDAY],
      ['CSW', '-200', TUESDAY],
      ['JNLC', '30', MONDAY],
      ['JNL', '4', MONDAY],
      ['ACATC', '0.5', MONDAY],
      ['TRANS', '0.06', MONDAY],
      ['DIV', '7000', MONDAY],
      ['INT', '-7000', MONDAY],
      ['FEE', '-7000', TUESDAY],
      ['PTC', '-7000', TUESDAY],
    ] as const;
    await ledger.transaction(async (tx) => {
      for (const [type, amount, date] of activities) {
        await tx.insertCashActivity({ id: type, type, date, amount: parseUsd(amount) });
      }
    });
    expect(await ledger.cashFlows()).toBe(parseUsd('834.56'));
    expect(await ledger.cashFlows(MONDAY)).toBe(parseUsd('34.56'));
    expect(await ledger.cashFlows(TUESDAY)).toBe(parseUsd('834.56'));
  });
});

describe('the deepest fall of a session', () => {
  it('is kept with its open, and never becomes less', async () => {
    const open = { sessionDate: TUESDAY, equity: parseUsd('1'), flows: parseUsd('0'), at: AT };
    await ledger.transaction(async (tx) => {
      await tx.insertSessionOpen({ ...open, results: [], deepestPercent: 0 });
      await tx.noteDeepest(TUESDAY, 1.5);
      await tx.noteDeepest(TUESDAY, 1.25);
      await tx.noteDeepest(MONDAY, 9);
    });
    expect(await ledger.sessionOpen(TUESDAY)).toMatchObject({ deepestPercent: 1.5 });
  });
});

describe('the highest equity on record', () => {
  it('is that without what had been paid in by the end of its day', async () => {
    expect(await ledger.highestEquity()).toBeNull();
    const points = [
      [MONDAY, AT - 86_400_000, '12000'],
      [TUESDAY, AT, '101000'],
      [TUESDAY, AT + 1, '100000'],
    ] as const;
    await ledger.transaction(async (tx) => {
      for (const [sessionDate, at, equity] of points) {
        const money = { equity: parseUsd(equity), cash: parseUsd('0'), flows: null };
        await tx.saveEquity({ sessionDate, at, ...money });
      }
    });
    expect(await ledger.highestEquity()).toEqual({ at: AT, equity: parseUsd('101000'), flows: 0 });
    const deposit = { id: 'a', type: 'CSD', date: TUESDAY, amount: parseUsd('90000') };
    const dividend = { id: 'b', type: 'DIV', date: MONDAY, amount: parseUsd('9000') };
    await ledger.transaction(async (tx) => {
      await tx.insertCashActivity(deposit);
      await tx.insertCashActivity(dividend);
    });
    expect(await ledger.highestEquity()).toEqual({
      at: AT - 86_400_000,
      equity: parseUsd('12000'),
      flows: 0,
    });
  });
});

describe('the cash that is booked', () => {
  it('is all that moved, a fee that is listed twice counting once', async () => {
    expect(await ledger.cashBooked()).toBe(0);
    const [date, description] = [MONDAY, 'a fee'];
    await ledger.transaction(async (tx) => {
      await tx.insertFee({ id: 'fee', date, amount: parseUsd('2'), description });
      await tx.insertCashActivity({ id: 'fee', type: 'FEE', date, amount: parseUsd('-2') });
      await tx.insertCashActivity({ id: 'in', type: 'CSD', date, amount: parseUsd('100') });
      await tx.insertCashActivity({ id: 'div', type: 'DIV', date, amount: parseUsd('0.5') });
    });
    expect(await ledger.cashBooked()).toBe(parseUsd('98.5'));
  });
});

describe('the control state', () => {
  const halted = {
    status: 'halted',
    by: 'Ada',
    reason: 'news\0',
    since: AT,
    until: AT + 60_000,
  } as const;

  it('is saved as a whole, and counts its changes', async () => {
    const first = await ledger.transaction((tx) => tx.saveControl(halted));
    expect(await ledger.controlState()).toEqual({ ...halted, reason: 'news' });
    const second = await ledger.transaction((tx) => tx.saveControl({ ...halted, until: null }));
    expect(second).toBe(first + 1);
    expect(await ledger.controlState()).toMatchObject({ until: null });
  });

  it('is changed by one at a time', async () => {
    const order: string[] = [];
    const first = Promise.withResolvers<void>();
    const change = (name: string, wait: Promise<void>) =>
      ledger.transaction(async (tx) => {
        await tx.lockControl();
        order.push(`${name} locks`);
        await wait;
        order.push(`${name} ends`);
        await tx.saveControl({ ...halted, by: name });
      });
    const ada = change('Ada', first.promise);
    await expect.poll(() => order).toEqual(['Ada locks']);
    const bob = change('Bob', Promise.resolve());
    first.resolve();
    await Promise.all([ada, bob]);
    expect(order).toEqual(['Ada locks', 'Ada ends', 'Bob locks', 'Bob ends']);
    expect(await ledger.controlState()).toMatchObject({ by: 'Bob' });
  });
});

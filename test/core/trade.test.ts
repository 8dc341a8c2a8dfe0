import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { brokerOrderId, ticker } from '#core/ids.ts';
import { micros, parseUsd } from '#core/money.ts';
import type { Execution, OrderStatus } from '#core/order.ts';
import {
  bookFill,
  closedTrade,
  closeTrade,
  followEntry,
  isFlat,
  plannedTrade,
} from '#core/trade.ts';
import type { LegRole, Trade } from '#core/trade.ts';
import { anIntent } from '#test/support/intents.ts';

const fill = (quantity: number, price: string, at = 1_000): Execution => ({
  orderId: brokerOrderId('order-1'),
  symbol: ticker('NVDA'),
  side: 'buy',
  quantity,
  price: parseUsd(price),
  at,
  cumulativeQuantity: quantity,
});

const sums = ({ entryQuantity, entryValue, exitQuantity, exitValue }: Trade) => ({
  entryQuantity,
  entryValue,
  exitQuantity,
  exitValue,
});

const book = (trade: Trade, fills: readonly [LegRole, Execution][]): Trade =>
  fills.reduce((booked, [role, execution]) => bookFill(booked, role, execution), trade);

describe('a trade', () => {
  it('opens with the first share of its entry', () => {
    const trade = bookFill(plannedTrade(anIntent()), 'entry', fill(10, '100.00', 5_000));
    expect(trade).toMatchObject({ status: 'open', entryQuantity: 10, openedAt: 5_000 });
  });

  it('adds up its fills exactly, also at prices with four decimals', () => {
    const trade = book(plannedTrade(anIntent()), [
      ['entry', fill(3, '100.0001')],
      ['entry', fill(7, '100.0002')],
    ]);
    expect(trade.entryValue).toBe(parseUsd('1000.0017'));
  });

  it.each([
    { side: 'long', entry: '100.00', exit: '105.00', pnl: '50.00', percent: 5, r: 2.5 },
    { side: 'long', entry: '100.00', exit: '98.00', pnl: '-20.00', percent: -2, r: -1 },
    { side: 'short', entry: '100.00', exit: '95.00', pnl: '50.00', percent: 5, r: 2.5 },
    { side: 'short', entry: '100.00', exit: '102.00', pnl: '-20.00', percent: -2, r: -1 },
  ] as const)('a $side from $entry to $exit makes $pnl, $r R', (row) => {
    const intent = anIntent({ side: row.side, limit: '100.00', stopDistance: '2.00' });
    const trade = closeTrade(
      book(plannedTrade(intent), [
        ['entry', fill(10, row.entry, 1_000)],
        ['take_profit', fill(10, row.exit, 9_000)],
      ]),
    );
    const closed = closedTrade(trade);
    expect(closed).toMatchObject({ pnl: parseUsd(row.pnl), openedAt: 1_000, closedAt: 9_000 });
    expect(closed.pnlPercent).toBeCloseTo(row.percent, 10);
    expect(closed.rMultiple).toBeCloseTo(row.r, 10);
    expect(trade).toMatchObject({ status: 'closed', pnl: closed.pnl });
  });

  it('is not flat while its entry may still buy more', () => {
    const trade = book(plannedTrade(anIntent()), [
      ['entry', fill(10, '100.00')],
      ['stop_loss', fill(10, '98.00')],
    ]);
    expect(isFlat(trade, false)).toBe(false);
    expect(isFlat(trade, true)).toBe(true);
  });

  it('refuses to give the figures of a trade that holds shares', () => {
    const trade = bookFill(plannedTrade(anIntent()), 'entry', fill(10, '100.00'));
    expect(() => closedTrade(trade)).toThrow('is not flat');
  });

  it.each<[OrderStatus, string]>([
    ['pending_new', 'submitted'],
    ['new', 'submitted'],
    ['filled', 'submitted'],
    ['canceled', 'cancelled'],
    ['expired', 'cancelled'],
    ['rejected', 'rejected'],
  ])('planned, whose entry is %s without a booked share, is %s', (status, expected) => {
    expect(followEntry(plannedTrade(anIntent()), { status }).status).toBe(expected);
  });

  it.each(['open', 'closed'] as const)('that is %s is not the entry’s any more', (status) => {
    const trade: Trade = { ...plannedTrade(anIntent()), status };
    expect(followEntry(trade, { status: 'new' })).toBe(trade);
  });

  it.each(['abandoned', 'rejected'] as const)(
    'that was given up as %s is submitted after all when the broker has its entry',
    (status) => {
      const trade: Trade = { ...plannedTrade(anIntent()), status };
      expect(followEntry(trade, { status: 'new' }).status).toBe('submitted');
    },
  );

  it('that is closed keeps its figures when the other leg fills as well', () => {
    const closed = closeTrade(
      book(plannedTrade(anIntent()), [
        ['entry', fill(10, '100.00')],
        ['take_profit', fill(10, '105.00')],
      ]),
    );
    expect(bookFill(closed, 'stop_loss', fill(10, '98.00'))).toBe(closed);
  });

  it('comes to the same sums whatever order its fills are booked in', () => {
    const anyFill = fc.record({
      role: fc.constantFrom<LegRole>('entry', 'take_profit', 'stop_loss'),
      quantity: fc.integer({ min: 1, max: 1_000 }),
      price: fc.integer({ min: 100, max: 500_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(anyFill, { maxLength: 12 }), (fills) => {
        const booked = (list: typeof fills) =>
          book(
            plannedTrade(anIntent()),
            list.map(({ role, quantity, price }) => [
              role,
              { ...fill(quantity, '1.00'), price: micros(price) },
            ]),
          );
        expect(sums(booked(fills))).toEqual(sums(booked(fills.toReversed())));
      }),
    );
  });
});

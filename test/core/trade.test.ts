import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { brokerOrderId, ticker } from '#core/ids.ts';
import { micros, parseUsd } from '#core/money.ts';
import type { Execution, OrderStatus } from '#core/order.ts';
import {
  bookFill,
  closedTrade,
  closeTrade,
  followEntries,
  heldShares,
  isFlat,
  plannedTrade,
  realizedSoFar,
} from '#core/trade.ts';
import type { ExitReason, Trade } from '#core/trade.ts';
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

/** All that fills decide, the times and the reason included. */
const sums = ({ id: _id, intent: _intent, ...figures }: Trade) => figures;

const book = (
  trade: Trade,
  fills: readonly (readonly ['entry' | ExitReason, Execution])[],
): Trade => fills.reduce((booked, [as, execution]) => bookFill(booked, as, execution), trade);

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

  it.each([
    { entered: [], left: [], held: 0, flat: false },
    { entered: [10], left: [], held: 10, flat: false },
    { entered: [4, 6], left: [5], held: 5, flat: false },
    { entered: [4, 6], left: [5, 5], held: 0, flat: true },
    // Both legs filled in a fast market: the account is the other way round, the trade is over.
    { entered: [10], left: [10, 10], held: -10, flat: true },
  ])('that entered $entered and left $left holds $held, flat: $flat', (row) => {
    const trade = book(plannedTrade(anIntent()), [
      ...row.entered.map((shares) => ['entry', fill(shares, '100.00')] as const),
      ...row.left.map((shares) => ['stop_loss', fill(shares, '98.00')] as const),
    ]);
    expect([heldShares(trade), isFlat(trade)]).toEqual([row.held, row.flat]);
  });

  it.each<'take_profit' | 'stop_loss' | 'manual_close' | 'emergency_stop' | 'scale_out' | 'other'>([
    'take_profit',
    'stop_loss',
    'manual_close',
    'emergency_stop',
    'scale_out',
    'other',
  ])('that left as %s says so', (reason) => {
    const trade = book(plannedTrade(anIntent()), [
      ['entry', fill(10, '100.00')],
      [reason, fill(10, '101.00')],
    ]);
    expect(closedTrade(trade).exitReason).toBe(reason);
  });

  it('tells the reason and the time of its last exit, when a part left before', () => {
    const trade = book(plannedTrade(anIntent()), [
      ['entry', fill(10, '100.00', 1_000)],
      ['scale_out', fill(5, '104.00', 5_000)],
      ['stop_loss', fill(5, '101.00', 9_000)],
    ]);
    expect(closedTrade(trade)).toMatchObject({ exitReason: 'stop_loss', closedAt: 9_000 });
  });

  it('tells the same when the news of the earlier fills comes last', () => {
    const trade = book(plannedTrade(anIntent()), [
      ['entry', fill(5, '100.10', 2_000)],
      ['entry', fill(5, '100.00', 1_000)],
      ['stop_loss', fill(5, '101.00', 9_000)],
      ['scale_out', fill(5, '104.00', 5_000)],
    ]);
    expect(closedTrade(trade)).toMatchObject({
      exitReason: 'stop_loss',
      openedAt: 1_000,
      closedAt: 9_000,
    });
  });

  it('takes its early profit with a bracket of its own, where one is planned', () => {
    const scaleOut = { quantity: 5, targetPrice: parseUsd('104.00') };
    expect(plannedTrade(anIntent()).scaleOut).toBe('none');
    expect(plannedTrade(anIntent({ scaleOut })).scaleOut).toBe('resting');
  });

  it('refuses to give the figures of a trade that holds shares', () => {
    const trade = bookFill(plannedTrade(anIntent()), 'entry', fill(10, '100.00'));
    expect(() => closedTrade(trade)).toThrow('is not flat');
  });

  it.each<[readonly (OrderStatus | 'unknown')[], string]>([
    [[], 'planned'],
    [['pending_new'], 'submitted'],
    [['new'], 'submitted'],
    [['unknown'], 'submitted'],
    [['filled'], 'submitted'],
    [['canceled'], 'cancelled'],
    [['expired'], 'cancelled'],
    [['rejected'], 'rejected'],
    // Two brackets: one is enough to be known to the broker.
    [['new', 'new'], 'submitted'],
    [['new', 'rejected'], 'submitted'],
    [['canceled', 'pending_cancel'], 'submitted'],
    [['filled', 'canceled'], 'submitted'],
    [['canceled', 'expired'], 'cancelled'],
    [['canceled', 'rejected'], 'cancelled'],
    [['rejected', 'rejected'], 'rejected'],
  ])('planned, whose entries are %j without a booked share, is %s', (statuses, expected) => {
    const entries = statuses.map((status) => ({
      status,
      filledQuantity: status === 'filled' ? 10 : 0,
    }));
    expect(followEntries(plannedTrade(anIntent()), entries).status).toBe(expected);
    expect(followEntries(plannedTrade(anIntent()), entries.toReversed()).status).toBe(expected);
  });

  it.each(['canceled', 'expired'] as const)(
    'is not over without a share while what its %s entry has filled is still to be booked',
    (status) => {
      const entries = [{ status, filledQuantity: 4 }];
      expect(followEntries(plannedTrade(anIntent()), entries).status).toBe('submitted');
    },
  );

  it.each(['open', 'closed'] as const)('that is %s is not its entries’ any more', (status) => {
    const trade: Trade = { ...plannedTrade(anIntent()), status };
    expect(followEntries(trade, [{ status: 'new', filledQuantity: 0 }])).toBe(trade);
  });

  it.each(['abandoned', 'rejected', 'cancelled'] as const)(
    'that was given up as %s is submitted after all when the broker has its entry',
    (status) => {
      const trade: Trade = { ...plannedTrade(anIntent()), status };
      expect(followEntries(trade, [{ status: 'new', filledQuantity: 0 }]).status).toBe('submitted');
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
      role: fc.constantFrom<'entry' | ExitReason>('entry', 'take_profit', 'stop_loss', 'scale_out'),
      quantity: fc.integer({ min: 1, max: 1_000 }),
      price: fc.integer({ min: 100, max: 500_000_000 }),
      at: fc.integer({ min: 1, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(anyFill, { maxLength: 12, selector: ({ at }) => at }), (fills) => {
        const booked = (list: typeof fills) =>
          book(
            plannedTrade(anIntent()),
            list.map(({ role, quantity, price, at }) => [
              role,
              { ...fill(quantity, '1.00', at), price: micros(price) },
            ]),
          );
        expect(sums(booked(fills))).toEqual(sums(booked(fills.toReversed())));
      }),
    );
  });

  it.each([
    ['long', 0, '0.00'],
    ['long', 4, '20.00'],
    ['short', 4, '-20.00'],
    ['long', 10, '50.00'],
  ] as const)(
    'that is %s has realized, with %d of 10 shares gone at 5 more, %s',
    (side, gone, pnl) => {
      const entered = bookFill(plannedTrade(anIntent({ side })), 'entry', fill(10, '100.00'));
      const trade = gone === 0 ? entered : bookFill(entered, 'take_profit', fill(gone, '105.00'));
      expect(realizedSoFar(trade)).toBe(parseUsd(pnl));
    },
  );
});

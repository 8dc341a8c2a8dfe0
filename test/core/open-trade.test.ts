import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { brokerOrderId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { followPrice, openTradeOf } from '#core/open-trade.ts';
import type { BarPrices } from '#core/open-trade.ts';
import type { PositionSide } from '#core/order.ts';
import { MINUTE_MS, parseInstant } from '#core/session.ts';
import { bookFill, plannedTrade } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';
import { anIntent } from '#test/support/intents.ts';

const OPENED = parseInstant('2025-11-26T15:32:00Z');
const BAR_MS = 5 * MINUTE_MS;
const FIRST = parseInstant('2025-11-26T15:30:00Z');

const fill = (price: string, quantity: number, of = 1) => ({
  orderId: brokerOrderId(`o${of}`),
  symbol: ticker('NVDA'),
  side: 'buy' as const,
  quantity,
  price: parseUsd(price),
  at: OPENED,
  cumulativeQuantity: quantity,
});

/** Ten shares at 100.00, two minutes into the bar of 10:30. */
const aTrade = (side: PositionSide = 'long', changes: Partial<Trade> = {}): Trade => ({
  ...bookFill(plannedTrade(anIntent({ side })), 'entry', fill('100.00', 10)),
  ...changes,
});

/** The n-th bar, of which the entry's is number 0. */
const bar = (n: number, high: number, low: number, close: number): BarPrices => {
  const start = FIRST + n * BAR_MS;
  return { start, end: start + BAR_MS, high, low, close };
};

const excursion = (high: string, low: string) => ({ high: parseUsd(high), low: parseUsd(low) });

describe('the prices since an entry', () => {
  it.each([
    // bars, highest, lowest
    [[], '100', '100', 'are its own at first'],
    [[bar(0, 109, 91, 101)], '101', '100', 'then the close of its bar, not high and low'],
    [[bar(0, 109, 91, 99)], '100', '99', 'likewise'],
    [[bar(0, 109, 91, 100), bar(1, 103, 99.5, 100)], '103', '99.5', 'later high and low count'],
    [[bar(1, 103, 99.5, 100)], '103', '99.5', 'also where the bar of the entry is missing'],
    [[bar(-1, 120, 80, 100)], '100', '100', 'what was before the entry does not'],
    [[bar(1, 103, 99, 100), bar(2, 102, 98.75, 101)], '103', '98.75', 'of all bars the farthest'],
  ] as const)('after %j reach from %s to %s: %s', (...row) => {
    const [bars, high, low] = row;
    const expected = excursion(high, low);
    expect(followPrice(aTrade('long'), bars)).toEqual({ best: expected.high, worst: expected.low });
    expect(followPrice(aTrade('short'), bars)).toEqual({
      best: expected.low,
      worst: expected.high,
    });
  });

  it.each([
    [FIRST + BAR_MS, '101', 'at its end, as a bar of before'],
    [FIRST + BAR_MS + 1, '100', 'after it, none of it'],
    [FIRST, '109', 'at its start, all of it'],
    [FIRST + 1, '101', 'just after that, the close'],
  ])('of a bar and an entry at %d reach up to %s (%s)', (openedAt, high) => {
    const followed = followPrice(aTrade('long', { openedAt }), [bar(0, 109, 100, 101)]);
    expect(followed?.best).toBe(parseUsd(high));
  });

  it('keep what was recorded, of bars that nobody has any more', () => {
    const known = { bestPrice: parseUsd('105'), worstPrice: parseUsd('97') };
    const trade = aTrade('long', known);
    expect(followPrice(trade, [bar(5, 104, 98, 99)])).toEqual({
      best: known.bestPrice,
      worst: known.worstPrice,
    });
    expect(followPrice(trade, [bar(5, 106, 96, 99)])).toMatchObject({ best: parseUsd('106') });
  });

  it('are those of a single share as well', () => {
    const one = bookFill(plannedTrade(anIntent()), 'entry', fill('100.00', 1));
    expect(followPrice(one, [])).toEqual({ best: parseUsd('100'), worst: parseUsd('100') });
  });

  it('are none of a trade that was never entered', () => {
    const bars = [bar(1, 103, 99, 100)];
    expect(followPrice(plannedTrade(anIntent()), bars)).toBeNull();
    expect(followPrice(aTrade('long', { openedAt: null }), bars)).toBeNull();
    expect(followPrice(aTrade('long', { entryQuantity: 0 }), bars)).toBeNull();
  });

  it('are the same whether the bars are followed one by one, again, or all at once', () => {
    const cents = fc.integer({ min: 9_000, max: 11_000 }).map((value) => value / 100);
    const prices = fc.array(fc.tuple(cents, cents, cents), { maxLength: 12 });
    const side = fc.constantFrom('long' as const, 'short' as const);
    fc.assert(
      fc.property(prices, side, (all, of) => {
        const bars = all.map((three, n) => {
          const [low = 0, close = 0, high = 0] = three.toSorted((left, right) => left - right);
          return bar(n, high, low, close);
        });
        let trade = aTrade(of);
        for (let n = 0; n <= bars.length; n += 1) {
          const { best, worst } = followPrice(trade, bars.slice(0, n))!;
          trade = { ...trade, bestPrice: best, worstPrice: worst };
        }
        const atOnce = followPrice(aTrade(of), bars)!;
        expect([trade.bestPrice, trade.worstPrice]).toEqual([atOnce.best, atOnce.worst]);
      }),
    );
  });
});

describe('a trade as the exits see it', () => {
  it('has the average of its fills, the risk that was planned, and where its stop stands', () => {
    const twice = bookFill(aTrade(), 'entry', fill('100.50', 10, 2));
    expect(openTradeOf({ ...twice, stopPrice: parseUsd('99') }, parseUsd('101'))).toEqual({
      id: twice.id,
      symbol: 'NVDA',
      side: 'long',
      openedAt: OPENED,
      entryPrice: parseUsd('100.25'),
      riskPerShare: parseUsd('2'),
      stopPrice: parseUsd('99'),
      bestPrice: parseUsd('100.25'),
      lastClose: parseUsd('101'),
    });
  });

  it('holds a share as long as one is left', () => {
    expect(openTradeOf(aTrade('long', { exitQuantity: 9 }), null)).not.toBeNull();
  });

  it('has the best price that was recorded', () => {
    const trade = aTrade('long', { bestPrice: parseUsd('103') });
    expect(openTradeOf(trade, null)).toMatchObject({ bestPrice: parseUsd('103'), lastClose: null });
  });

  it.each([
    ['was never entered', plannedTrade(anIntent())],
    ['waits for its entry', aTrade('long', { status: 'submitted' })],
    ['is over', aTrade('long', { status: 'closed' })],
    ['has sold all of its shares while an entry still works', aTrade('long', { exitQuantity: 10 })],
    ['opened at nobody knows when', aTrade('long', { openedAt: null })],
  ])('is none when it %s', (_title, trade) => {
    expect(openTradeOf(trade, null)).toBeNull();
  });
});

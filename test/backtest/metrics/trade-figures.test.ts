import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { tradeReturns } from '#backtest/metrics/net.ts';
import { stressFigures } from '#backtest/metrics/stress.ts';
import { tradeFigures } from '#backtest/metrics/trade-figures.ts';
import { micros } from '#core/money.ts';

import { aTrade } from '../support/results.ts';
import type { TradeRow } from '../support/results.ts';

/** One after the other. */
const tradesOf = (rows: readonly TradeRow[]) =>
  rows.map((row, index) => aTrade({ ...row, time: `10:${String(index).padStart(2, '0')}` }));
const ofResults = (...pnls: readonly number[]) => tradesOf(pnls.map((pnl) => ({ pnl })));

describe('the figures of trades', () => {
  it('are those of a small table', () => {
    expect(tradeFigures(ofResults(4, -2, 6, -2, -2))).toEqual({
      trades: 5,
      wins: 2,
      losses: 3,
      winRate: 0.4,
      winRateInterval: [expect.closeTo(0.1176, 4), expect.closeTo(0.7693, 4)],
      netPnl: 4_000_000,
      grossPnl: 4_000_000,
      fees: 0,
      averageWin: 5_000_000,
      averageLoss: -2_000_000,
      payoffRatio: 2.5,
      profitFactor: 10 / 6,
      expectancy: 800_000,
      expectancyR: 0.4,
      // 0.4 ± 2.7764 · 1.9494 / √5.
      expectancyRInterval: [expect.closeTo(-2.02045, 5), expect.closeTo(2.82045, 5)],
      grossAverageR: 0.4,
      // √5 · 0.4 / 1.9494.
      sqn: expect.closeTo(0.4588, 4),
      longestWinningStreak: 1,
      longestLosingStreak: 2,
    });
  });

  it('are nothing without a trade', () => {
    expect(tradeFigures([])).toEqual({
      trades: 0,
      wins: 0,
      losses: 0,
      winRate: null,
      winRateInterval: null,
      netPnl: 0,
      grossPnl: 0,
      fees: 0,
      averageWin: null,
      averageLoss: null,
      payoffRatio: null,
      profitFactor: null,
      expectancy: null,
      expectancyR: null,
      expectancyRInterval: null,
      grossAverageR: null,
      sqn: null,
      longestWinningStreak: 0,
      longestLosingStreak: 0,
    });
  });

  it('are those after fees: what the costs eat up is a loss', () => {
    const { wins, losses, netPnl, grossPnl, fees, profitFactor } = tradeFigures(
      tradesOf([
        { pnl: 4, fees: 1 },
        { pnl: 1, fees: 2 },
        { pnl: 1, fees: 1 },
      ]),
    );
    expect([wins, losses]).toEqual([1, 1]);
    expect([netPnl, grossPnl, fees]).toEqual([2_000_000, 6_000_000, 4_000_000]);
    expect(profitFactor).toBe(3);
  });

  it('take the fees out of R as well, but for a trade that tells nothing of its risk', () => {
    const { expectancyR, grossAverageR } = tradeFigures(
      tradesOf([
        { pnl: 4, r: 2, fees: 1 },
        { pnl: -4, r: -1, fees: 1 },
        { pnl: 0, r: 0, fees: 1 },
      ]),
    );
    expect(expectancyR).toBeCloseTo((1.5 - 1.25 + 0) / 3, 12);
    expect(grossAverageR).toBeCloseTo(1 / 3, 12);
  });

  it('leave out the R of a trade without risk', () => {
    const trades = tradesOf([
      { pnl: 4, r: 2 },
      { pnl: 4, r: Infinity },
    ]);
    expect(tradeFigures(trades)).toMatchObject({ trades: 2, expectancyR: 2, grossAverageR: 2 });
  });

  it.each([
    ['no loss', [2, 4], { profitFactor: null, payoffRatio: null, averageLoss: null }],
    ['no win', [-2, -4], { profitFactor: 0, payoffRatio: null, averageWin: null }],
    ['nothing but zero', [0, 0], { wins: 0, losses: 0, winRate: 0, profitFactor: null, sqn: null }],
    ['results that are all alike', [2, 2, 2], { sqn: null, expectancyR: 1 }],
    ['one trade', [2], { sqn: null, expectancyRInterval: null, expectancyR: 1 }],
  ])('are null where nothing stands behind them: with %s', (_, results, expected) => {
    expect(tradeFigures(ofResults(...results))).toMatchObject(expected);
  });

  it.each([
    [[1, 1, -1, 1, 1, 1, -1], 3, 1],
    [[-1, -1, 0, -1], 0, 2],
    [[1, 0, 1], 1, 0],
  ])('know the longest streaks of %j', (results, winning, losing) => {
    const figures = tradeFigures(ofResults(...results));
    expect([figures.longestWinningStreak, figures.longestLosingStreak]).toEqual([winning, losing]);
  });

  it('count streaks in the order of the exits, whatever order the trades came in', () => {
    const [a, b, c] = ofResults(1, -1, 1);
    expect(tradeFigures([a!, c!, b!]).longestWinningStreak).toBe(1);
  });

  it('bear more trades than a call has room for arguments', () => {
    const trade = aTrade({ pnl: 1 });
    expect(tradeFigures(Array.from({ length: 150_000 }, () => trade)).netPnl).toBe(150_000_000_000);
  });

  it('add up, whatever happened', () => {
    const rows = fc.array(
      fc.record({ pnl: fc.integer({ min: -50, max: 50 }), fees: fc.nat(3), r: fc.double() }),
    );
    fc.assert(
      fc.property(rows, (some) => {
        const figures = tradeFigures(some.map((row) => aTrade(row)));
        expect(figures.netPnl).toBe(figures.grossPnl - figures.fees);
        expect(figures.wins + figures.losses).toBeLessThanOrEqual(figures.trades);
        const won = (figures.averageWin ?? 0) * figures.wins;
        const lost = (figures.averageLoss ?? 0) * figures.losses;
        // Each average is rounded to a micro-dollar.
        expect(Math.abs(won + lost - figures.netPnl)).toBeLessThanOrEqual(figures.trades);
      }),
    );
  });
});

const returnsOf = (...rows: readonly TradeRow[]) =>
  tradeReturns(micros(100_000_000), tradesOf(rows));

describe('the returns of trades', () => {
  it('are net results over the equity that the trades before have left', () => {
    expect(returnsOf({ pnl: 12, fees: 2 }, { pnl: -10, fees: 1 })).toEqual([0.1, -0.1]);
  });

  it('are in the order of the exits', () => {
    const [first, second] = tradesOf([{ pnl: 100 }, { pnl: -100 }]);
    expect(tradeReturns(micros(100_000_000), [second!, first!])).toEqual([1, -0.5]);
  });

  it('end with ruin', () => {
    expect(returnsOf({ pnl: -100 }, { pnl: 10 })).toEqual([-1, 0]);
  });
});

describe('the stress of doubled costs', () => {
  it('charges fees once more', () => {
    const trades = tradesOf([
      { pnl: 5, fees: 1 },
      { pnl: -1, fees: 0.5 },
    ]);
    expect(stressFigures(trades)).toEqual({
      netPnl: 1_000_000,
      profitFactor: 1.5,
      expectancy: 500_000,
    });
  });

  // 100 shares that were decided at $100 and filled 10 bps worse: ten cents a share.
  it.each([
    ['long', 100.1, 10],
    ['short', 99.9, 10],
    ['long', 99.9, 0],
  ] as const)('charges the slippage of a %s entry at %d once more', (side, price, cost) => {
    const slippageBps = ((side === 'long' ? 1 : -1) * 10_000 * (price - 100)) / 100;
    const entryPrice = micros(Math.round(price * 1_000_000));
    const trade = aTrade({ pnl: 50, changes: { side, entryPrice, slippageBps } });
    expect(stressFigures([trade]).netPnl).toBe((50 - cost) * 1_000_000);
  });

  it('is nothing without a trade', () => {
    expect(stressFigures([])).toEqual({ netPnl: 0, profitFactor: null, expectancy: null });
  });
});

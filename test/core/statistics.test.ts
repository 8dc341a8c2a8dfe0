import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros, parseUsd, usdFromNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { maxDrawdownPercent, tradeStatistics } from '#core/statistics.ts';

import { describeWithShared, sharedPath } from '../support/shared.ts';

const trade = (dollars: number, r = dollars / 100) => ({
  pnl: usdFromNumber(dollars),
  rMultiple: r,
});
const trades = (wins: number, losses: number) => [
  ...Array.from({ length: wins }, () => trade(100)),
  ...Array.from({ length: losses }, () => trade(-100)),
];

describe('trade statistics', () => {
  it('say nothing about no trades', () => {
    expect(tradeStatistics([])).toEqual({
      trades: 0,
      wins: 0,
      winRate: null,
      winRateInterval: null,
      profitFactor: null,
      averageR: null,
      totalPnl: micros(0),
    });
  });

  it('count a trade at zero as no win and no loss', () => {
    const result = tradeStatistics([trade(300), trade(-100), trade(0), trade(50)]);
    expect(result).toMatchObject({
      trades: 4,
      wins: 2,
      winRate: 0.5,
      profitFactor: 3.5,
      averageR: 0.625,
      totalPnl: parseUsd('250'),
    });
  });

  it('have no profit factor without a loss, and one of 0 without a win', () => {
    expect(tradeStatistics(trades(3, 0)).profitFactor).toBeNull();
    expect(tradeStatistics(trades(0, 3)).profitFactor).toBe(0);
  });

  // The examples of Newcombe (1998), Statistics in Medicine 17, table I, method 3, and round ones.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
  ])('give %d wins of %d the Wilson interval from %d to %d', (wins, count, low, high) => {
    const interval = tradeStatistics(trades(wins, count - wins)).winRateInterval;
    expect(interval?.[0]).toBeCloseTo(low, 4);
    expect(interval?.[1]).toBeCloseTo(high, 4);
  });

  it('keep the rate within its interval, and the interval within 0 and 1', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (wins, losses) => {
        fc.pre(wins + losses > 0);
        const { winRate, winRateInterval } = tradeStatistics(trades(wins, losses));
        const [low, high] = winRateInterval!;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(winRate! + 1e-12);
        expect(high).toBeGreaterThanOrEqual(winRate! - 1e-12);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });
});

const dollars = (values: readonly number[]): readonly Usd[] => values.map(usdFromNumber);

describe('the maximum drawdown', () => {
  it.each([
    [[], 0],
    [[100], 0],
    [[100, 110, 120], 0],
    [[100, 90, 95], -10],
    [[100, 120, 90, 130, 110], -25],
    [[100, 50, 200, 150], -50],
    [[0, 100, 75], -25],
    [[-10, -20], 0],
  ])('of %j is %d %%', (values, percent) => {
    expect(maxDrawdownPercent(dollars(values))).toBe(percent);
  });

  it('does not depend on the size of the account', () => {
    const curve = fc.array(fc.integer({ min: 1_000, max: 9_000 }), { minLength: 1 });
    fc.assert(
      fc.property(curve, fc.integer({ min: 1, max: 1_000 }), (values, factor) => {
        const scaled = maxDrawdownPercent(values.map((value) => micros(value * factor)));
        expect(scaled).toBeCloseTo(maxDrawdownPercent(values.map(micros)), 9);
      }),
    );
  });
});

const EMPYRICAL = 'golden/empyrical/empyrical_cases.json';

describeWithShared(EMPYRICAL, 'the maximum drawdown against empyrical', () => {
  interface Cases {
    readonly max_drawdown: readonly (readonly [
      { readonly values: readonly (number | null)[] },
      number | 'NaN',
    ])[];
  }

  it('agrees on every one of its cases', () => {
    const { max_drawdown: all } = JSON.parse(readFileSync(sharedPath(EMPYRICAL), 'utf8')) as Cases;
    const cases = all.filter(([, expected]) => expected !== 'NaN');
    expect(cases.length).toBeGreaterThan(5);
    for (const [{ values }, expected] of cases) {
      let equity = 1_000;
      const curve = [equity, ...values.map((value) => (equity *= 1 + (value ?? 0)))];
      const ours = maxDrawdownPercent(dollars(curve)) / 100;
      expect(ours, `returns ${JSON.stringify(values)}`).toBeCloseTo(Number(expected), 6);
    }
  });
});

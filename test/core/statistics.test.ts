import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros, usdFromNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import {
  deviationOf,
  maxDrawdownPercent,
  meanInterval,
  meanOf,
  medianOf,
  quantileOf,
  ratioOf,
  tQuantile,
  wilsonInterval,
} from '#core/statistics.ts';

import { describeWithShared, sharedPath } from '../support/shared.ts';

describe('the Wilson interval', () => {
  // The examples of Newcombe (1998), Statistics in Medicine 17, table I, method 3, and round ones.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
  ])('of %d of %d goes from %d to %d', (wins, count, low, high) => {
    const interval = wilsonInterval(wins, count);
    expect(interval?.[0]).toBeCloseTo(low, 4);
    expect(interval?.[1]).toBeCloseTo(high, 4);
  });

  it('does not exist of nothing', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });

  it('never reaches beyond 0 and 1, however it is rounded', () => {
    for (let count = 1; count <= 200; count += 1) {
      expect(wilsonInterval(0, count)?.[0], `of 0 of ${count}`).toBeGreaterThanOrEqual(0);
      expect(wilsonInterval(count, count)?.[1], `of all ${count}`).toBeLessThanOrEqual(1);
    }
  });

  it('keeps the rate within itself, and itself within 0 and 1', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (wins, losses) => {
        fc.pre(wins + losses > 0);
        const [low, high] = wilsonInterval(wins, wins + losses)!;
        const rate = wins / (wins + losses);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(rate + 1e-12);
        expect(high).toBeGreaterThanOrEqual(rate - 1e-12);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the quantile of Student’s t', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, column 0.975.
  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [6, 2.447],
    [7, 2.365],
    [8, 2.306],
    [9, 2.262],
    [10, 2.228],
    [15, 2.131],
    [20, 2.086],
    [29, 2.045],
    [30, 2.042],
    [60, 2.0],
    [99, 1.984],
    [100, 1.984],
  ])('at %d degrees of freedom is %d, as the tables have it', (degrees, quantile) => {
    expect(tQuantile(degrees)).toBeCloseTo(quantile, 3);
  });

  // In closed form: tan(π · 0.475), and 0.95 · √(2 / (1 − 0.95²)).
  it.each([
    [1, 12.706_204_736_174_69],
    [2, 4.302_652_729_749_46],
  ])('at %d degrees of freedom is %d to the last digit but a few', (degrees, quantile) => {
    expect(tQuantile(degrees)).toBeCloseTo(quantile, 12);
  });

  it('falls with the degrees of freedom towards that of the normal distribution', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), (degrees) => {
        expect(tQuantile(degrees + 1)).toBeLessThan(tQuantile(degrees));
        expect(tQuantile(degrees)).toBeGreaterThan(1.959963);
      }),
    );
    expect(tQuantile(1_000_000)).toBeCloseTo(1.959966, 6);
  });
});

describe('a mean', () => {
  it.each([
    [[], null],
    [[4], 4],
    [[1, 2, 6], 3],
  ])('of %j is %d', (values, mean) => {
    expect(meanOf(values)).toBe(mean);
  });
});

describe('a standard deviation', () => {
  it.each([
    [[], null],
    [[4], null],
    [[2, 2], 0],
    [[2, 4, 4, 4, 5, 5, 7, 9], Math.sqrt(32 / 7)],
  ])('of %j is %d', (values, deviation) => {
    expect(deviationOf(values)).toBe(deviation);
  });
});

describe('a median', () => {
  it.each([
    [[], null],
    [[4], 4],
    [[10, 1], 5.5],
    [[10, 1, 2], 2],
    [[10, 1, 2, 3], 2.5],
  ])('of %j is %d', (values, median) => {
    expect(medianOf(values)).toBe(median);
  });
});

describe('a quantile', () => {
  // Of 1 to 9 definition 7 has the share of 8 steps from 1.
  it.each([
    [0, 1],
    [0.025, 1.2],
    [0.25, 3],
    [0.9, 8.2],
    [1, 9],
  ])('at %d of 1 to 9, however they are mixed, is %d', (share, quantile) => {
    expect(quantileOf([9, 1, 8, 2, 7, 3, 6, 4, 5], share)).toBeCloseTo(quantile, 12);
  });

  it('does not exist of nothing', () => {
    expect(quantileOf([], 0.5)).toBeNull();
  });
});

describe('a ratio', () => {
  it.each([
    [1, 4, 0.25],
    [0, 4, 0],
    [1, 0, null],
    [0, 0, null],
    [Infinity, 4, null],
  ])('of %d to %d is %d', (numerator, denominator, ratio) => {
    expect(ratioOf(numerator, denominator)).toBe(ratio);
  });
});

describe('the interval of a mean', () => {
  it('is that of the NIST handbook for its 195 measurements', () => {
    // 1.3.5.2, ZARR13.DAT: mean 9.261460, standard deviation 0.02278881, 9.258242 to 9.264679.
    const away = 0.02278881;
    const half = Array.from({ length: 97 }, () => [9.26146 - away, 9.26146 + away]).flat();
    const [low, high] = meanInterval([...half, 9.26146])!;
    expect(low).toBeCloseTo(9.258242, 5);
    expect(high).toBeCloseTo(9.264679, 5);
  });

  // 12.7062 · s / √2 and 4.30265 · s / √3.
  it.each([
    [[1, 3], -10.7062, 14.7062],
    [[1, 2, 3], -0.4841, 4.4841],
    [[2, 2, 2], 2, 2],
  ])('of %j goes from %d to %d', (values, low, high) => {
    expect(meanInterval(values)?.[0]).toBeCloseTo(low, 4);
    expect(meanInterval(values)?.[1]).toBeCloseTo(high, 4);
  });

  it.each([[[]], [[1]]])('does not exist of %j', (values) => {
    expect(meanInterval(values)).toBeNull();
  });

  it('moves with its values and grows with their scale', () => {
    const sample = fc.array(fc.integer({ min: -1_000, max: 1_000 }), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(sample, fc.integer({ min: -50, max: 50 }), (values, by) => {
        const [low, high] = meanInterval(values)!;
        const mean = meanOf(values)!;
        expect(low).toBeLessThanOrEqual(mean);
        expect(high - mean).toBeCloseTo(mean - low, 6);
        const changed = meanInterval(values.map((value) => 2 * value + by))!;
        expect(changed[0]).toBeCloseTo(2 * low + by, 6);
        expect(changed[1]).toBeCloseTo(2 * high + by, 6);
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
    [[0], 0],
    [[0.000_001, 0], -100],
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

import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  expectedMaxSharpe,
  minTrackRecordLength,
  probabilisticSharpe,
  sharpeSample,
  trialsOf,
} from '#research/statistics/sharpe.ts';
import type { SharpeSample, Trials } from '#research/statistics/sharpe.ts';

import { describeWithShared, sharedPath } from '../../support/shared.ts';

/** As the paper has it. */
const deflatedSharpe = (sample: SharpeSample, trials: Trials): number =>
  probabilisticSharpe(sample, expectedMaxSharpe(trials));

const NORMAL: SharpeSample = { sharpe: 0.1, count: 250, skewness: 0, kurtosis: 3 };

describe('a sample of returns', () => {
  it('has its Sharpe ratio a period, its skewness and its kurtosis', () => {
    // By hand: mean 1, sample variance 6, moments about the mean 4.5, 3 and 40.5.
    const sample = sharpeSample([-2, 1, 1, 4])!;
    expect(sample.count).toBe(4);
    expect(sample.sharpe).toBeCloseTo(1 / Math.sqrt(6), 12);
    expect(sample.skewness).toBeCloseTo(0, 12);
    expect(sample.kurtosis).toBeCloseTo(40.5 / 4.5 ** 2, 12);
    // Mean 2.5, moments 18.75 and 93.75.
    expect(sharpeSample([0, 0, 0, 10])?.skewness).toBeCloseTo(93.75 / 18.75 ** 1.5, 12);
  });

  it.each([[[]], [[0.1]], [[0.1, 0.1, 0.1]]])('tells nothing as %j', (returns) => {
    expect(sharpeSample(returns)).toBeNull();
  });
});

describe('the probabilistic Sharpe ratio', () => {
  it('is one half at the benchmark itself', () => {
    expect(probabilisticSharpe(NORMAL, 0.1)).toBe(0.5);
  });

  it('is a probability, whatever the returns', () => {
    const returns = fc.array(fc.double({ min: -1, max: 10, noNaN: true }), { minLength: 2 });
    fc.assert(
      fc.property(returns, fc.double({ min: -2, max: 2, noNaN: true }), (values, benchmark) => {
        const sample = sharpeSample(values);
        fc.pre(sample !== null);
        const probability = probabilisticSharpe(sample, benchmark);
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('grows with the number of returns, and falls with skewness to the losses and with fat tails', () => {
    const psr = probabilisticSharpe(NORMAL);
    expect(probabilisticSharpe({ ...NORMAL, count: 500 })).toBeGreaterThan(psr);
    expect(probabilisticSharpe({ ...NORMAL, skewness: -2 })).toBeLessThan(psr);
    expect(probabilisticSharpe({ ...NORMAL, kurtosis: 10 })).toBeLessThan(psr);
  });
});

describe('the deflated Sharpe ratio', () => {
  it('is the probabilistic one where nothing was chosen', () => {
    expect(deflatedSharpe(NORMAL, { count: 1, deviation: 0.1 })).toBe(probabilisticSharpe(NORMAL));
    expect(deflatedSharpe(NORMAL, { count: 100, deviation: 0 })).toBe(probabilisticSharpe(NORMAL));
  });

  it('falls with every further trial', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (count) => {
        const [fewer, more] = [count, count + 1].map((trials) =>
          deflatedSharpe(NORMAL, { count: trials, deviation: 0.05 }),
        );
        expect(more).toBeLessThan(fewer!);
      }),
    );
  });

  it('expects of noise what noise shows: the mean of the best of 10 normal numbers is 1.54', () => {
    // 1.53875 by Teichroew (1956), Annals of Mathematical Statistics 27; the formula is an approximation.
    expect(expectedMaxSharpe({ count: 10, deviation: 1 })).toBeCloseTo(1.54, 1);
  });
});

describe('the trials of a search', () => {
  it('are all that were tried, and scatter as those with a ratio do, a period', () => {
    const { count, deviation } = trialsOf([1, null, 3]);
    expect(count).toBe(3);
    expect(deviation).toBeCloseTo(Math.SQRT2 / Math.sqrt(252), 12);
  });

  it('do not scatter where there is one', () => {
    expect(trialsOf([1])).toEqual({ count: 1, deviation: 0 });
  });
});

describe('the minimum track record', () => {
  it('is as long as it takes for the probability asked for', () => {
    const probability = 0.95;
    const length = minTrackRecordLength(NORMAL, { benchmark: 0, probability })!;
    expect(probabilisticSharpe({ ...NORMAL, count: length })).toBeCloseTo(probability, 12);
  });

  it('does not exist at the benchmark and below', () => {
    expect(minTrackRecordLength(NORMAL, { benchmark: 0.1, probability: 0.95 })).toBeNull();
    expect(minTrackRecordLength(NORMAL, { benchmark: 0.2, probability: 0.95 })).toBeNull();
  });
});

const STATISTICS = 'golden/dsr_pbo/sharpe_statistics.json';

describeWithShared(STATISTICS, 'the worked examples of the papers', () => {
  interface Golden {
    readonly expected_max_100: { readonly N: number; readonly expected: number };
    readonly psr: {
      readonly sr_monthly: number;
      readonly T: number;
      readonly skew: number;
      readonly kurtosis: number;
      readonly target: number;
      readonly expected: number;
    };
    readonly dsr: {
      readonly sr_annual: number;
      readonly sr_var_annual: number;
      readonly N: number;
      readonly T: number;
      readonly periods_per_year: number;
      readonly skew: number;
      readonly kurtosis: number;
      readonly expected: number;
    };
    readonly minTRL: readonly {
      readonly sr: number;
      readonly target: number;
      readonly skew: number;
      readonly kurtosis: number;
      readonly prob: number;
      readonly periods: number;
      readonly expected_years: number;
    }[];
  }
  const golden = JSON.parse(readFileSync(sharedPath(STATISTICS), 'utf8')) as Golden;

  it('agree on the expected maximum of 100 trials', () => {
    const { N, expected } = golden.expected_max_100;
    expect(expectedMaxSharpe({ count: N, deviation: 1 })).toBeCloseTo(expected, 12);
  });

  it('agree on the probabilistic Sharpe ratio', () => {
    const { sr_monthly: sharpe, T, skew, kurtosis, target, expected } = golden.psr;
    const sample = { sharpe, count: T, skewness: skew, kurtosis };
    expect(probabilisticSharpe(sample, target)).toBeCloseTo(expected, 12);
  });

  it('agree on the deflated one', () => {
    const { sr_annual, sr_var_annual, N, T, periods_per_year: year, ...rest } = golden.dsr;
    const sample = {
      sharpe: sr_annual / Math.sqrt(year),
      count: T,
      skewness: rest.skew,
      kurtosis: rest.kurtosis,
    };
    const trials = { count: N, deviation: Math.sqrt(sr_var_annual / year) };
    expect(deflatedSharpe(sample, trials)).toBeCloseTo(rest.expected, 12);
  });

  it.each(golden.minTRL)('agree on the minimum track record at a Sharpe ratio of $sr', (row) => {
    const { sr: sharpe, target: benchmark, prob: probability, kurtosis, periods } = row;
    const sample = { sharpe, count: 2, skewness: row.skew, kurtosis };
    const length = minTrackRecordLength(sample, { benchmark, probability })!;
    expect(length / periods).toBeCloseTo(row.expected_years, 12);
  });
});

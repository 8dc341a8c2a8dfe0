import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  annualReturn,
  calmarRatio,
  closingDrawdownPercent,
  returnFigures,
  returnsOf,
  sharpeRatio,
  sortinoRatio,
} from '#backtest/metrics/returns.ts';

import { distance } from '../../support/distance.ts';
import { describeWithShared, sharedPath } from '../../support/shared.ts';

describe('session returns', () => {
  it.each([
    [
      [110, 99, 99],
      [0.1, -0.1, 0],
    ],
    [[], []],
    [
      [50, 0, 0],
      [-0.5, -1, 0],
    ],
    [
      [-10, 20],
      [-1, 0],
    ],
  ])('of equity %j from 100 on are %j', (values, expected) => {
    const returns = returnsOf(100, values);
    expect(returns).toHaveLength(expected.length);
    for (const [index, value] of expected.entries()) {
      expect(returns[index]).toBeCloseTo(value, 12);
    }
  });
});

describe('figures of returns', () => {
  it.each([
    ['no session', [], [0, null, null, null, null, null, 0]],
    ['one session', [0.01], [1, 0.01, null, null, null, null, 0]],
    ['sessions that are all alike', [0, 0, 0], [3, 0, 0, null, null, null, 0]],
    [
      'returns that are alike but for rounding',
      [0.1, 0.1, 0.1],
      [3, 0.331, 1.1 ** 252 - 1, null, null, null, 0],
    ],
    ['no loss', [0, 0.1], [2, 0.1, 1.1 ** 126 - 1, 7.937253933193771 * Math.SQRT2, null, null, 0]],
    ['ruin', [0, -1], [2, -1, -1, -7.937253933193771 * Math.SQRT2, -Math.sqrt(126), -1, 100]],
    ['growth beyond all numbers', [1e3, 1e3], [2, 1_002_000, null, null, null, null, 0]],
  ])('of %s are told, or null', (_, returns, expected) => {
    const {
      sessions,
      totalReturn,
      cagr,
      sharpe,
      sortino,
      calmar,
      closingDrawdownPercent: fall,
    } = returnFigures(returns);
    const figures = [sessions, totalReturn, cagr, sharpe, sortino, calmar, fall];
    for (const [index, value] of expected.entries()) {
      expect(distance(figures[index]!, value), `figure ${index}`).toBeLessThan(
        1e-6 * Math.max(1, value ?? 1),
      );
    }
  });

  it('are finite or null, whatever happened', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1e6, noNaN: true })), (returns) => {
        for (const figure of Object.values(returnFigures(returns))) {
          expect(figure === null || Number.isFinite(figure)).toBe(true);
        }
      }),
    );
  });
});

const EMPYRICAL = 'golden/empyrical/empyrical_cases.json';

describeWithShared(EMPYRICAL, 'ratios against empyrical', () => {
  interface Series {
    readonly values: readonly (number | null)[];
    readonly freq: string;
  }
  /** Returns, then a target or a benchmark, then the period of some, then what is expected. */
  type Case = readonly [Series, ...(Series | number | string)[]];
  type Name = 'sharpe_ratio' | 'sortino' | 'calmar' | 'cagr' | 'annual_ret' | 'max_drawdown';

  const golden = JSON.parse(readFileSync(sharedPath(EMPYRICAL), 'utf8')) as Record<
    Name,
    readonly Case[]
  >;

  /** Excess returns over the target or the benchmark, where there is one; days without a return are left out. */
  function excessOf([series, over]: Case): readonly number[] {
    const overAt = (index: number): number =>
      typeof over === 'object' ? (over.values[index] ?? Number.NaN) : Number(over);
    return series.values.flatMap((value, index) => (value === null ? [] : [value - overAt(index)]));
  }
  /** For what is compounded, a day without a return is one of zero, and counts as a day. */
  const filled = ([series]: Case): readonly number[] => series.values.map((value) => value ?? 0);

  /** Daily cases of returns as one series; empyrical says NaN or infinite where we say null. */
  const casesOf = (name: Name) =>
    golden[name]
      .filter(([series]) => 'values' in series && series.freq === 'D')
      .map((each) => {
        const expected = each.at(-1);
        return { each, expected: typeof expected === 'number' ? expected : null };
      });

  const RATIOS = {
    sharpe_ratio: (each: Case) => sharpeRatio(excessOf(each)),
    sortino: (each: Case) => {
      const returns = excessOf(each);
      return returns.length > 1 ? sortinoRatio(returns) : null;
    },
    calmar: (each: Case) => calmarRatio(filled(each)),
    cagr: (each: Case) => annualReturn(filled(each)),
    annual_ret: (each: Case) => annualReturn(filled(each)),
    max_drawdown: (each: Case) =>
      each[0].values.length === 0 ? null : 0 - closingDrawdownPercent(filled(each)) / 100,
  } satisfies Record<Name, (each: Case) => number | null>;

  it.each([
    ['sharpe_ratio', 8],
    ['sortino', 8],
    ['calmar', 3],
    ['cagr', 4],
    ['annual_ret', 1],
    ['max_drawdown', 8],
  ] as const)('%s agrees to 1e-9 in all %d daily cases', (name, count) => {
    const cases = casesOf(name);
    expect(cases).toHaveLength(count);
    for (const { each, expected } of cases) {
      const ours = RATIOS[name](each);
      expect(distance(ours, expected), `of ${JSON.stringify(each)}`).toBeLessThan(1e-9);
    }
  });
});

const STATISTICS = 'golden/dsr_pbo/sharpe_statistics.json';

describeWithShared(STATISTICS, 'the Sortino ratio against the example of Red Rock Capital', () => {
  it('agrees, but for the year of the example being one return', () => {
    const { sortino } = JSON.parse(readFileSync(sharedPath(STATISTICS), 'utf8')) as {
      readonly sortino: { readonly returns: readonly number[]; readonly expected: number };
    };
    expect(sortinoRatio(sortino.returns)! / Math.sqrt(252)).toBeCloseTo(sortino.expected, 6);
  });
});

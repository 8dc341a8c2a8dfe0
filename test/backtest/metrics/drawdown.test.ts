import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { deepestFall, maxDrawdown } from '#backtest/metrics/drawdown.ts';
import { usdFromNumber } from '#core/money.ts';
import { maxDrawdownPercent } from '#core/statistics.ts';

import { aRecord } from '../support/results.ts';

describe('the deepest fall', () => {
  // From a start at 100: the curve, per cent, amount, where it begins, is deepest and is made good.
  it.each([
    [[90, 95], 10, 10, -1, 0, null],
    [[90, 100, 95], 10, 10, -1, 0, 1],
    [[120, 90, 130, 110], 25, 30, 0, 1, 2],
    [[200, 150, 160, 100, 150, 200, 190], 50, 100, 0, 3, 5],
    // The deeper one in per cent, though the other is more money.
    [[50, 1_000, 600], 50, 50, -1, 0, 1],
    [[50, 1_000, 400, 990], 60, 600, 1, 2, null],
    // Of two that are as deep, the first.
    [[50, 100, 50], 50, 50, -1, 0, 1],
    [[0], 100, 100, -1, 0, null],
    [[-20, 10], 120, 120, -1, 0, null],
  ])('of %j', (curve, ...[percent, amount, peak, trough, recovery]) => {
    expect(deepestFall(100, curve)).toEqual({ percent, amount, peak, trough, recovery });
  });

  it.each([[[]], [[100, 100, 110]]])('does not exist of %j', (curve) => {
    expect(deepestFall(100, curve)).toBeNull();
  });

  it('does not exist where there was nothing to fall from', () => {
    expect(deepestFall(0, [-10, 0, -5])).toBeNull();
  });

  it('is as deep as the one that the live account is measured by', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1 }), (curve) => {
        const percent = deepestFall(100, curve)?.percent ?? 0;
        expect(-percent).toBeCloseTo(maxDrawdownPercent([100, ...curve].map(usdFromNumber)), 9);
      }),
    );
  });
});

const of = (...equities: readonly number[]) => maxDrawdown(1_000, aRecord(equities).equity);

describe('the maximum drawdown of equity', () => {
  it('has its money, its days and how long it lasted', () => {
    expect(of(1_000, 1_200, 900, 1_100, 1_200, 1_190)).toEqual({
      amount: 300_000_000,
      percent: 25,
      from: '2024-01-03',
      trough: '2024-01-04',
      to: '2024-01-06',
      days: 3,
    });
  });

  it('lasts to the end of the data where it was not made good', () => {
    expect(of(1_000, 900, 950)).toMatchObject({ from: '2024-01-02', to: null, days: 2 });
  });

  it('may begin with the starting equity, on the first day', () => {
    expect(of(900, 1_000)).toMatchObject({ from: '2024-01-02', to: '2024-01-03', days: 1 });
  });

  it('does not exist where equity never fell', () => {
    expect(of(1_000, 1_001)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';

import {
  briefDollars,
  briefGain,
  compact,
  dollars,
  gain,
  percent,
  percentGain,
  price,
} from '#adapters/charts/figures.ts';

describe('figures in charts', () => {
  it.each([
    [price, 183.1, '183.10'],
    [price, 1, '1.00'],
    [price, 0.4125, '0.4125'],
    [price, 767_891, '767,891.00'],
    [dollars, 101_240.1, '$101,240.10'],
    [dollars, -84.2, '−$84.20'],
    [gain, 412.3, '+$412.30'],
    [gain, -1_204, '−$1,204.00'],
    [gain, 0.004, '$0.00'],
    [briefDollars, 999.5, '$999.50'],
    [briefDollars, 1_000, '$1,000'],
    [briefDollars, 9_999_999, '$9,999,999'],
    [briefDollars, 10_000_000, '$10M'],
    [briefGain, 1_240.4, '+$1,240'],
    [briefGain, -84.2, '−$84.20'],
    [percent, -0.824, '−0.82 %'],
    [percent, -0.001, '0.00 %'],
    [percentGain, 1.236, '+1.24 %'],
  ] as const)('%o writes %d as %s', (write, value, text) => {
    expect(write(value)).toBe(text);
  });

  it.each([
    [0, '0'],
    [96, '96'],
    [999, '999'],
    [999.4, '999'],
    [999.6, '1K'],
    [1_250, '1.25K'],
    [12_500, '12.5K'],
    [99_960, '100K'],
    [840_000, '840K'],
    [999_600, '1M'],
    [1_254_000, '1.25M'],
    [3.4e9, '3.4B'],
    [2e12, '2T'],
  ])('compacts %d to %s', (value, text) => {
    expect(compact(value)).toBe(text);
  });
});

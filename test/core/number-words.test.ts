import { describe, expect, it } from 'vitest';

import { parseUsd } from '#core/money.ts';
import {
  count,
  formatDuration,
  formatFixed,
  formatGain,
  formatMoney,
  formatPercentGain,
  formatPerShare,
  formatPrice,
  formatR,
  formatRoundMoney,
  formatSeconds,
  formatSlippage,
  ordinal,
} from '#core/number-words.ts';

describe('numbers in words', () => {
  it.each([
    ['412.3', '+$412.30'],
    ['-1204', '−$1,204.00'],
    ['0', '$0.00'],
    ['-0.004', '$0.00'],
    ['0.005', '+$0.01'],
    ['1234567.891', '+$1,234,567.89'],
  ])('shows a gain of %s as %s, with a real minus', (amount, shown) => {
    expect(formatGain(parseUsd(amount))).toBe(shown);
  });

  it.each([
    ['100000', '$100,000.00', '$100,000'],
    ['2.14', '$2.14', '$2.14'],
    ['-3.5', '−$3.50', '−$3.50'],
  ])('shows an amount of %s as %s, or %s where cents would only disturb', (amount, long, short) => {
    expect(formatMoney(parseUsd(amount))).toBe(long);
    expect(formatRoundMoney(parseUsd(amount))).toBe(short);
  });

  it.each([
    ['182.3', '$182.30'],
    ['1', '$1.00'],
    ['0.9999', '$0.9999'],
    ['0.05', '$0.0500'],
    ['1234.5', '$1,234.50'],
  ])('shows a price of %s as %s: four decimals below a dollar', (price, shown) => {
    expect(formatPrice(parseUsd(price))).toBe(shown);
  });

  it.each([
    ['0.64', '$0.64'],
    ['2.14', '$2.14'],
    ['0.0042', '$0.0042'],
  ])('shows a risk a share of %s as %s', (amount, shown) => {
    expect(formatPerShare(parseUsd(amount))).toBe(shown);
  });

  it.each([
    [1.4, '+1.4 R'],
    [-1.02, '−1.02 R'],
    [2, '+2.0 R'],
    [0, '0.0 R'],
    [Number.NaN, '–'],
  ])('shows an R-multiple of %d as %s', (r, shown) => {
    expect(formatR(r)).toBe(shown);
  });

  it.each([
    [1234.5, 2, '1,234.50'],
    [-0.3, 2, '−0.30'],
    [-0.001, 2, '0.00'],
    [42.55, 0, '43'],
    [Number.NaN, 2, '–'],
  ])('shows %d with exactly %i decimals as %s', (value, decimals, shown) => {
    expect(formatFixed(value, decimals)).toBe(shown);
  });

  it.each([
    [0.41218, '+0.41 %'],
    [-2, '−2.00 %'],
    [-0.001, '0.00 %'],
    [Infinity, '–'],
  ])('shows %d per cent as %s', (percent, shown) => {
    expect(formatPercentGain(percent)).toBe(shown);
  });

  it.each([
    [1.23, '1.2 bps worse'],
    [-0.8, '0.8 bps better'],
    [0.01, '0.0 bps'],
  ])('tells slippage of %d in words: %s', (bps, shown) => {
    expect(formatSlippage(bps)).toBe(shown);
  });

  it.each([
    [45_000, '45 s'],
    [59_600, '1 min'],
    [12 * 60_000, '12 min'],
    [95 * 60_000, '1 h 35 min'],
    [120 * 60_000, '2 h'],
    [51 * 3_600_000, '2 d 3 h'],
    [-5, '0 s'],
  ])('shows %d ms as %s', (durationMs, shown) => {
    expect(formatDuration(durationMs)).toBe(shown);
  });

  it.each([
    [1_280, '1.3 s'],
    [0, '0.0 s'],
    [-5, '0.0 s'],
    [59_900, '59.9 s'],
    [59_960, '1 min'],
    [75 * 60_000, '1 h 15 min'],
  ])('shows %d ms of waiting as %s', (durationMs, shown) => {
    expect(formatSeconds(durationMs)).toBe(shown);
  });

  it.each([
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [4, '4th'],
    [11, '11th'],
    [22, '22nd'],
    [1000, '1,000th'],
  ])('counts %d as the %s', (n, shown) => {
    expect(ordinal(n)).toBe(shown);
  });

  it('counts one thing in the singular', () => {
    expect([count(1, 'share'), count(1200, 'share')]).toEqual(['1 share', '1,200 shares']);
  });
});

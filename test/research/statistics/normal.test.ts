import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { normalCdf, normalQuantile } from '#research/statistics/normal.ts';

describe('the normal distribution', () => {
  // Computed with SciPy 1.17.
  it.each([
    [-37, 5.725571222524077e-300],
    [-10, 7.619853024160525e-24],
    [-5, 2.866515718791939e-7],
    [-3, 1.3498980316300933e-3],
    [-1, 0.15865525393145707],
    [0, 0.5],
    [1, 0.8413447460685429],
    [1.959963984540054, 0.975],
    [3.5, 0.9997673709209645],
    [40, 1],
  ])('has at %d the probability %d, to 1e-12 of itself', (x, probability) => {
    expect(Math.abs(normalCdf(x) / probability - 1)).toBeLessThan(1e-12);
  });

  it.each([
    [1e-300, -37.0470962993612],
    [1e-10, -6.361340902404056],
    [0.01, -2.3263478740408408],
    [0.5, 0],
    [0.7, 0.5244005127080407],
    [0.975, 1.959963984540054],
    [0.999_999_999, 5.9978070196016375],
  ])('has at the probability %d the quantile %d, to 1e-12', (probability, quantile) => {
    expect(Math.abs(normalQuantile(probability) - quantile)).toBeLessThan(1e-12);
  });

  it.each([
    [0, -Infinity],
    [1, Infinity],
    [-0.1, Number.NaN],
    [1.1, Number.NaN],
  ])('has at %d the quantile %d', (probability, quantile) => {
    expect(normalQuantile(probability)).toBe(quantile);
  });

  it.each([
    [-Infinity, 0],
    [Infinity, 1],
  ])('has at %d the probability %d', (x, probability) => {
    expect(normalCdf(x)).toBe(probability);
  });

  it('is symmetric, grows, and its quantile leads back', () => {
    const number = fc.double({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(number, number, (x, step) => {
        expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 14);
        expect(normalCdf(x + Math.abs(step))).toBeGreaterThanOrEqual(normalCdf(x) - 1e-15);
        expect(normalQuantile(normalCdf(-Math.abs(x)))).toBeCloseTo(-Math.abs(x), 11);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { axisFigures } from '#adapters/charts/figures.ts';
import { roundScale } from '#adapters/charts/scale.ts';

describe('a round scale', () => {
  it.each([
    { values: [185.96, 181.21], steps: 5, min: 181, max: 186, step: 1 },
    { values: [0, 7], steps: 5, min: 0, max: 8, step: 2 },
    { values: [0, 11], steps: 5, min: 0, max: 12.5, step: 2.5 },
    { values: [0, 21], steps: 5, min: 0, max: 25, step: 5 },
    { values: [0, 49], steps: 5, min: 0, max: 50, step: 10 },
    { values: [0, 5], steps: 5, min: 0, max: 5, step: 1 },
    { values: [0.4204, 0.4235], steps: 7, min: 0.42, max: 0.4235, step: 0.0005 },
    { values: [-0.82, 0], steps: 2, min: -1, max: 0, step: 0.5 },
    { values: [612_345, 645_300], steps: 5, min: 610_000, max: 650_000, step: 10_000 },
  ])('of $values goes from $min to $max in steps of $step', ({ values, steps, ...expected }) => {
    expect(roundScale(values, { steps })).toMatchObject(expected);
  });

  it.each([
    { values: [25, 25], min: 24.8, max: 25.2 },
    { values: [-25], min: -25.2, max: -24.8 },
    { values: [0], min: 0, max: 1 },
  ])('puts an axis around equal values of $values', ({ values, min, max }) => {
    expect(roundScale(values, { steps: 3 })).toMatchObject({ min, max });
  });

  it('leaves room beyond the values, as a part of their spread, but none beyond zero', () => {
    expect(roundScale([100, 200], { steps: 10, padding: 0.1 })).toMatchObject({
      min: 80,
      max: 220,
    });
    expect(roundScale([1, 100], { steps: 10, padding: 0.2 })).toMatchObject({ min: 0, max: 120 });
    expect(roundScale([-100, -1], { steps: 10, padding: 0.2 })).toMatchObject({
      min: -120,
      max: 0,
    });
  });

  it('has no finer step than the figures have', () => {
    expect(roundScale([10, 10.0001], { steps: 5, smallestStep: 0.01 })).toMatchObject({
      min: 10,
      max: 10.01,
      step: 0.01,
    });
  });

  it('encloses all values in few whole steps, whatever they are', () => {
    // Up to a hundred millions: beyond, a step of a hundredth of a cent is lost in the number itself.
    const dollars = fc.integer({ min: -1e14, max: 1e14 }).map((micros) => micros / 1e6);
    fc.assert(
      fc.property(
        fc.array(dollars, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 2, max: 8 }),
        fc.constantFrom(0, 0.03, 0.1),
        (values, steps, padding) => {
          const { min, max, step } = roundScale(values, { steps, padding, smallestStep: 0.0001 });
          expect(min).toBeLessThanOrEqual(Math.min(...values));
          expect(max).toBeGreaterThanOrEqual(Math.max(...values));
          const count = (max - min) / step;
          expect(count).toBeCloseTo(Math.round(count), 3);
          expect(Math.round(count)).toBeGreaterThanOrEqual(1);
          expect(count).toBeLessThanOrEqual(steps + 2.001);
        },
      ),
    );
  });
});

describe('the labels of an axis', () => {
  it.each([
    { values: [181.21, 185.96], steps: 5, first: '181', last: '186' },
    { values: [181.21, 182.3], steps: 5, first: '181.00', last: '182.50' },
    { values: [0.4204, 0.4235], steps: 7, first: '0.4200', last: '0.4235' },
    { values: [612_345, 645_300], steps: 5, first: '610,000', last: '650,000' },
    { values: [2.6e9, 2.66e9], steps: 5, first: '2.60B', last: '2.66B' },
    { values: [1e7, 1.2e7], steps: 4, first: '10.0M', last: '12.0M' },
  ])('from $first to $last show each step exactly', ({ values, steps, first, last }) => {
    const scale = roundScale(values, { steps });
    const label = axisFigures(scale, { fewestDecimals: 2 });
    expect([label(scale.min), label(scale.max)]).toEqual([first, last]);
  });

  it('have their sign before the unit, and none at zero', () => {
    const scale = roundScale([-500, 500], { steps: 4 });
    const label = axisFigures(scale, { prefix: '$', suffix: ' a day' });
    expect([-250, 0, 250].map(label)).toEqual(['−$250 a day', '$0 a day', '$250 a day']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRandom } from '#core/random.ts';
import { bootstrapTrades, usualBlockLength } from '#research/statistics/bootstrap.ts';

/** So many trades, normal about a mean of so many deviations of a hundredth. */
function trades(seed: string, count: number, mean: number): readonly number[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => 0.01 * (random.normal() + mean));
}

const draw = (returns: readonly number[], resamples = 500, blockLength?: number) =>
  bootstrapTrades(returns, {
    random: createRandom('resamples'),
    resamples,
    ...(blockLength === undefined ? {} : { blockLength }),
  });

describe('trades that are resampled', () => {
  it('give the same for the same seed', () => {
    expect(draw(trades('a', 50, 0))).toEqual(draw(trades('a', 50, 0)));
  });

  it.each([
    ['a strong edge', 0, 0.01, 0.6],
    ['no edge', 0.1, 0.9, 0],
    ['a loss', 0.99, 1, -0.6],
  ])('have with %s a p-value from %d to %d', (_, low, high, mean) => {
    const { pValue } = draw(trades('p', 100, mean))!;
    expect(pValue).toBeGreaterThanOrEqual(low);
    expect(pValue).toBeLessThanOrEqual(high);
  });

  it('have no p-value of zero: what was observed is one of them', () => {
    expect(draw(trades('p', 100, 3), 99)?.pValue).toBe(0.01);
  });

  it('count against an edge where they are exactly as good', () => {
    // Half of the resamples are one of each, a quarter two wins.
    const { pValue } = draw([0.01, -0.01], 2_000, 1)!;
    expect(pValue).toBeGreaterThan(0.7);
    expect(pValue).toBeLessThan(0.8);
  });

  it('are shifted to a mean of zero, and not only compared with it', () => {
    // One win of 0.5 among losses of 0.01: two of it in a resample, 26 %, are as high as twice the mean.
    const lopsided = Array.from({ length: 20 }, (_, index) => (index === 0 ? 0.5 : -0.01));
    const { pValue } = draw(lopsided, 2_000, 1)!;
    expect(pValue).toBeGreaterThan(0.23);
    expect(pValue).toBeLessThan(0.3);
  });

  it('are made of blocks that are as long as was asked for, on average', () => {
    const inner = createRandom('blocks');
    let calls = 0;
    const random = {
      ...inner,
      uniform: () => {
        calls += 1;
        return inner.uniform();
      },
    };
    const count = 20_000;
    bootstrapTrades(trades('long', count, 0), { random, resamples: 1, blockLength: 10 });
    // Each trade but the first takes a number to see whether a block begins, each block one for where.
    const blocks = calls - (count - 1);
    expect(count / blocks).toBeGreaterThan(9.5);
    expect(count / blocks).toBeLessThan(10.5);
  });

  it('have a p-value below 0.05 about as often as that where there is no edge', () => {
    const samples = 200;
    const found = Array.from(
      { length: samples },
      (_, index) => draw(trades(`null ${index}`, 60, 0), 200)!.pValue,
    ).filter((pValue) => pValue < 0.05).length;
    expect(found / samples).toBeGreaterThan(0.015);
    expect(found / samples).toBeLessThan(0.11);
  });

  it('have intervals around what happened', () => {
    const returns = trades('interval', 100, 0.2);
    const total = returns.reduce((growth, each) => growth * (1 + each), 1) - 1;
    const { totalReturn, maxDrawdownPercent } = draw(returns)!;
    expect(totalReturn[0]).toBeLessThan(total);
    expect(totalReturn[1]).toBeGreaterThan(total);
    expect(maxDrawdownPercent[0]).toBeLessThan(maxDrawdownPercent[1]);
  });

  it('keep what came together: long blocks of losses make deeper falls', () => {
    const streaky = Array.from({ length: 100 }, (_, index) => (index % 40 < 20 ? 0.01 : -0.01));
    const worst = (blockLength: number) => draw(streaky, 500, blockLength)!.maxDrawdownPercent[1];
    expect(worst(20)).toBeGreaterThan(1.2 * worst(1));
  });

  it('cannot lose more than everything', () => {
    const { totalReturn, maxDrawdownPercent, probabilityOfLoss } = draw([-1.5, -1.5])!;
    expect(totalReturn).toEqual([-1, -1]);
    expect(maxDrawdownPercent).toEqual([100, 100]);
    expect(probabilityOfLoss).toBe(1);
  });

  it.each([[[]], [[0.1]]])('do not exist of %j', (returns) => {
    expect(draw(returns)).toBeNull();
  });

  it('have probabilities, and intervals in order, whatever the trades', () => {
    const returns = fc.array(fc.double({ min: -1, max: 3, noNaN: true }), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(returns, fc.string(), (values, seed) => {
        const found = bootstrapTrades(values, { random: createRandom(seed), resamples: 20 })!;
        const { pValue, probabilityOfLoss, totalReturn, maxDrawdownPercent: falls } = found;
        for (const probability of [pValue, probabilityOfLoss]) {
          expect(probability).toBeGreaterThanOrEqual(0);
          expect(probability).toBeLessThanOrEqual(1);
        }
        expect(pValue).toBeGreaterThan(0);
        expect(totalReturn[0]).toBeLessThanOrEqual(totalReturn[1]);
        expect(falls[0]).toBeGreaterThanOrEqual(0);
        expect(falls[1]).toBeLessThanOrEqual(100);
      }),
    );
  });
});

describe('the usual length of a block', () => {
  it.each([
    [2, 1],
    [8, 2],
    [38, 3],
    [1_000, 10],
  ])('of %d trades is %d', (count, length) => {
    expect(usualBlockLength(count)).toBe(length);
  });
});

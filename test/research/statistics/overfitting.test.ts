import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { createRandom } from '#core/random.ts';
import { meanOf } from '#core/statistics.ts';
import { allSplits, backtestOverfitting, logit } from '#research/statistics/overfitting.ts';

import { describeWithShared, sharedPath } from '../../support/shared.ts';

/** Strategies with a daily return of a hundredth of a normal number, some with more on top of it. */
function strategies(seed: string, count: number, edges: readonly number[] = []) {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) =>
    Array.from({ length: 160 }, () => 0.01 * random.normal() + (edges[index] ?? 0)),
  );
}

describe('the probability of overfitting', () => {
  it('is about one half of pure noise', () => {
    const found = Array.from(
      { length: 60 },
      (_, index) => backtestOverfitting(strategies(`noise ${index}`, 10), 8)!.probability,
    );
    expect(meanOf(found)).toBeGreaterThan(0.42);
    expect(meanOf(found)).toBeLessThan(0.58);
  });

  it('is about nothing where one strategy is better than all others', () => {
    const found = backtestOverfitting(strategies('edge', 10, [0, 0, 0.02]), 8)!;
    expect(found).toMatchObject({ probability: 0, probabilityOfLoss: 0, splits: 70 });
  });

  it('is one where there is no choice, all strategies being the same', () => {
    const [one] = strategies('same', 1);
    expect(backtestOverfitting([one!, one!, one!], 8)?.probability).toBe(1);
  });

  it('does not favour the chosen one among others that are the same', () => {
    const [good, bad] = strategies('twins', 2, [0.02, -0.02]);
    const [split] = allSplits([good!, good!, good!, bad!], 8);
    expect(split).toMatchObject({ chosen: 0, rank: 3 });
  });

  it('takes a strategy that never trades for one without a result', () => {
    const idle = Array.from({ length: 160 }, () => 0);
    const [losing] = strategies('losing', 1, [-0.02]);
    const [split] = allSplits([losing!, idle], 8);
    expect(split).toMatchObject({ chosen: 1, inSample: 0, outOfSample: 0, rank: 2 });
  });

  it('leaves out the first periods where they fill no block', () => {
    const all = strategies('rest', 3);
    const withMore = all.map((returns) => [9, 9, 9, ...returns]);
    expect(allSplits(withMore, 8)).toEqual(allSplits(all, 8));
  });

  it.each([
    ['one strategy', [[1, 2, 3, 4]], 2],
    ['no strategy', [], 2],
    [
      'one period a block',
      [
        [1, 2, 3],
        [3, 2, 1],
      ],
      2,
    ],
  ])('does not exist with %s', (_, returns, blocks) => {
    expect(backtestOverfitting(returns, blocks)).toBeNull();
  });

  it.each([[0], [3], [-2]])('is not to be had with %d blocks', (blocks) => {
    expect(() => backtestOverfitting(strategies('odd', 2), blocks)).toThrow('not an even number');
  });
});

const read = (file: string): string => readFileSync(sharedPath('golden/dsr_pbo', file), 'utf8');
const rowsOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
const EXPECTED = 'golden/dsr_pbo/pbo_expected.json';

describeWithShared(EXPECTED, 'overfitting against two other implementations', () => {
  interface Expected {
    readonly matrix: string;
    readonly S: number;
    readonly combos: number;
    readonly pbo_R: number;
    readonly pbo_pypbo: number;
    readonly prob_oos_loss_pypbo: number;
    readonly logit_mean_rankOverNplus1_pypbo: number;
    readonly pypbo_slope: number;
  }
  const strategiesOf = (file: string): readonly (readonly number[])[] => {
    const rows = rowsOf(read(file)).map((row) => row.map(Number));
    return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
  };
  const all = JSON.parse(read('pbo_expected.json')) as readonly Expected[];

  it.each(all)('agrees with both on $matrix in $S blocks', (golden) => {
    const returns = strategiesOf(golden.matrix);
    const found = backtestOverfitting(returns, golden.S)!;
    expect(found.splits).toBe(golden.combos);
    expect(found.probability).toBeCloseTo(golden.pbo_R, 12);
    expect(found.probability).toBeCloseTo(golden.pbo_pypbo, 12);
    expect(found.probabilityOfLoss).toBeCloseTo(golden.prob_oos_loss_pypbo, 12);
    expect(found.slope).toBeCloseTo(golden.pypbo_slope, 9);
    const logits = allSplits(returns, golden.S).map(({ rank }) => logit(rank, returns.length));
    expect(meanOf(logits)).toBeCloseTo(golden.logit_mean_rankOverNplus1_pypbo, 9);
  });

  it.each(all)('chooses in each split of $matrix in $S blocks what R does', ({ matrix, S }) => {
    const file = `R_${matrix.replace('.csv', '')}_S${S}.csv`;
    const theirs = rowsOf(read(file)).slice(1);
    const ours = allSplits(strategiesOf(matrix), S);
    expect(ours.map(({ chosen, rank }) => [chosen + 1, rank])).toEqual(
      theirs.map(([, chosen, rank]) => [Number(chosen), Number(rank)]),
    );
  });
});

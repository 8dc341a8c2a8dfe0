import { meanOf, ratioOf } from '#core/statistics.ts';

/** One way to split the time in two halves: the strategy that is best in one, and what becomes of it in the other. */
export interface Split {
  /** Index of the strategy. */
  readonly chosen: number;
  /** Its Sharpe ratios a period: where it was chosen, and where it was not. */
  readonly inSample: number;
  readonly outOfSample: number;
  /** Among all strategies where it was not chosen, from 1 for the worst; of alike ones the mean of theirs. */
  readonly rank: number;
}

export interface Overfitting {
  /** Share of splits in which the best in one half is no better than the median in the other, 0–1. */
  readonly probability: number;
  /** Share of splits in which it loses there, 0–1. */
  readonly probabilityOfLoss: number;
  /** How the Sharpe ratio there depends on the one it was chosen by; null where those are all alike. */
  readonly slope: number | null;
  readonly splits: number;
}

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, López de
 * Prado and Zhu 2015, The Probability of Backtest Overfitting, Journal of Computational Finance 20(4)): how
 * often the choice of the best is worth nothing on time that it was not made on.
 *
 * @param strategies returns of each, period by period, the same periods for all
 * @param blocks that the time is cut into, an even number; 16 in the paper
 * @returns null of fewer than two strategies, or too few periods for two in each block
 */
export function backtestOverfitting(
  strategies: readonly ArrayLike<number>[],
  blocks: number,
): Overfitting | null {
  const splits = allSplits(strategies, blocks);
  if (splits.length === 0) return null;
  const share = (counts: (split: Split) => boolean): number =>
    splits.filter(counts).length / splits.length;
  return {
    probability: share(({ rank }) => logit(rank, strategies.length) <= 0),
    probabilityOfLoss: share(({ outOfSample }) => outOfSample < 0),
    slope: slopeOf(splits),
    splits: splits.length,
  };
}

/** Of several choices, each by its number of splits. Null of none. */
export function pooledOverfitting(parts: readonly Overfitting[]): Overfitting | null {
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0) return first ?? null;
  const splits = parts.reduce((sum, part) => sum + part.splits, 0);
  const mean = (some: readonly Overfitting[], figure: (part: Overfitting) => number): number =>
    some.reduce((sum, part) => sum + part.splits * figure(part), 0) /
    some.reduce((sum, part) => sum + part.splits, 0);
  const sloped = parts.filter(({ slope }) => slope !== null);
  return {
    probability: mean(parts, ({ probability }) => probability),
    probabilityOfLoss: mean(parts, ({ probabilityOfLoss }) => probabilityOfLoss),
    slope: sloped.length === 0 ? null : mean(sloped, ({ slope }) => slope ?? Number.NaN),
    splits,
  };
}

/** Logit of the relative rank; zero at the median. */
export function logit(rank: number, strategies: number): number {
  const relative = rank / (strategies + 1);
  return Math.log(relative / (1 - relative));
}

/** Least squares. */
function slopeOf(splits: readonly Split[]): number | null {
  const meanX = meanOf(splits.map(({ inSample }) => inSample)) ?? 0;
  const meanY = meanOf(splits.map(({ outOfSample }) => outOfSample)) ?? 0;
  let [covariance, variance] = [0, 0];
  for (const { inSample, outOfSample } of splits) {
    covariance += (inSample - meanX) * (outOfSample - meanY);
    variance += (inSample - meanX) ** 2;
  }
  return ratioOf(covariance, variance);
}

/** Returns of each strategy, added up block by block. */
interface BlockSums {
  readonly blocks: number;
  readonly periodsPerBlock: number;
  /** Strategy by strategy, the blocks of each one after the other. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/**
 * Every way to take half of the blocks, in the order of their numbers. Periods that fill no block are left out
 * at the beginning.
 */
export function allSplits(
  strategies: readonly ArrayLike<number>[],
  blocks: number,
): readonly Split[] {
  if (blocks < 2 || blocks % 2 !== 0) throw new RangeError(`not an even number: ${blocks}`);
  const periodsPerBlock = Math.floor((strategies[0]?.length ?? 0) / blocks);
  if (strategies.length < 2 || periodsPerBlock < 2) return [];
  const sums = sumBlocks(strategies, blocks, periodsPerBlock);
  return [...halvesOf(blocks)].map((half) => splitAt(half, sums, strategies.length));
}

function sumBlocks(
  strategies: readonly ArrayLike<number>[],
  blocks: number,
  periodsPerBlock: number,
): BlockSums {
  const sums = new Float64Array(strategies.length * blocks);
  const squares = new Float64Array(sums.length);
  for (const [strategy, returns] of strategies.entries()) {
    const skipped = returns.length - blocks * periodsPerBlock;
    for (let at = skipped; at < returns.length; at += 1) {
      const block = strategy * blocks + Math.floor((at - skipped) / periodsPerBlock);
      const value = returns[at] ?? Number.NaN;
      sums[block] = (sums[block] ?? 0) + value;
      squares[block] = (squares[block] ?? 0) + value * value;
    }
  }
  return { blocks, periodsPerBlock, sums, squares };
}

/** All halves of so many blocks, as the numbers of those that are in it. */
function* halvesOf(blocks: number): Generator<readonly number[]> {
  const half = Array.from({ length: blocks / 2 }, (_, index) => index);
  for (;;) {
    yield [...half];
    const last = half.findLastIndex((block, index) => block < blocks / 2 + index);
    if (last < 0) return;
    const next = (half[last] ?? 0) + 1;
    for (let index = last; index < half.length; index += 1) half[index] = next + index - last;
  }
}

function splitAt(half: readonly number[], sums: BlockSums, strategies: number): Split {
  const inSample = new Float64Array(strategies);
  const outOfSample = new Float64Array(strategies);
  for (let strategy = 0; strategy < strategies; strategy += 1) {
    const first = strategy * sums.blocks;
    let [sum, square, allSum, allSquare] = [0, 0, 0, 0];
    for (const block of half) {
      sum += sums.sums[first + block] ?? 0;
      square += sums.squares[first + block] ?? 0;
    }
    for (let block = first; block < first + sums.blocks; block += 1) {
      allSum += sums.sums[block] ?? 0;
      allSquare += sums.squares[block] ?? 0;
    }
    const count = (sums.blocks / 2) * sums.periodsPerBlock;
    inSample[strategy] = sharpeOf(sum, square, count);
    outOfSample[strategy] = sharpeOf(allSum - sum, allSquare - square, count);
  }
  const chosen = inSample.reduce(
    (best, value, at) => (value > (inSample[best] ?? 0) ? at : best),
    0,
  );
  const result = outOfSample[chosen] ?? 0;
  return {
    chosen,
    inSample: inSample[chosen] ?? 0,
    outOfSample: result,
    rank: rankOf(result, outOfSample),
  };
}

/** Of a period. Below it all returns are the same, as those of a strategy that never trades. */
const LEAST_VARIANCE = 1e-20;

/** A strategy that did nothing has a ratio of zero. */
function sharpeOf(sum: number, square: number, count: number): number {
  const variance = (square - (sum * sum) / count) / (count - 1);
  return variance < LEAST_VARIANCE ? 0 : sum / count / Math.sqrt(variance);
}

function rankOf(value: number, among: Float64Array): number {
  let [lower, equal] = [0, 0];
  for (const each of among) {
    if (each < value) lower += 1;
    else if (each === value) equal += 1;
  }
  return lower + (equal + 1) / 2;
}

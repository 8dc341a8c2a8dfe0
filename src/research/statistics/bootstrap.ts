import type { Random } from '#core/random.ts';
import { meanOf, quantileOf } from '#core/statistics.ts';
import type { Interval } from '#core/statistics.ts';

export interface BootstrapOptions {
  readonly random: Random;
  /** Whole number; 2,000 give a p-value of 0.05 to some ±0.01. */
  readonly resamples: number;
  /** Mean length of the blocks, in trades; {@link usualBlockLength} unless told otherwise. */
  readonly blockLength?: number;
}

/** What might have come of the same trades in another order, some of them more than once. */
export interface Bootstrap {
  readonly resamples: number;
  readonly blockLength: number;
  /** Probability of a mean as high as the one there is if the true one were zero: small is good. */
  readonly pValue: number;
  /** Return over all trades, compounded, as a fraction: the middle 95 % of what came out. */
  readonly totalReturn: Interval;
  /** Deepest fall, in per cent, not negative: likewise. */
  readonly maxDrawdownPercent: Interval;
  /** Share of resamples that end with a loss, 0–1. */
  readonly probabilityOfLoss: number;
}

/**
 * Blocks grow with the cube root of the number (Hall, Horowitz and Jing 1995, On Blocking Rules for the Bootstrap
 * with Dependent Data, Biometrika 82).
 */
export const usualBlockLength = (count: number): number =>
  Math.max(1, Math.round(Math.cbrt(count)));

/**
 * Stationary bootstrap (Politis and Romano 1994, The Stationary Bootstrap, Journal of the American Statistical
 * Association 89) of trades: resamples are made of blocks of random length, so that trades which came together
 * stay together. The p-value is that of trades which are shifted to a mean of zero, with the observed ones
 * counted among the resamples (Davison and Hinkley 1997, Bootstrap Methods, 4.2.3).
 *
 * @param returns of each trade after costs, as a fraction of equity, oldest first
 * @returns null of fewer than two trades
 */
export function bootstrapTrades(
  returns: readonly number[],
  { random, resamples, blockLength = usualBlockLength(returns.length) }: BootstrapOptions,
): Bootstrap | null {
  const mean = meanOf(returns);
  if (mean === null || returns.length < 2) return null;
  const totals: number[] = [];
  const falls: number[] = [];
  let asHigh = 0;
  for (let resample = 0; resample < resamples; resample += 1) {
    const path = resampledPath(returns, blockLength, random);
    totals.push(path.growth - 1);
    falls.push(path.fallPercent);
    if (path.mean - mean >= mean) asHigh += 1;
  }
  return {
    resamples,
    blockLength,
    pValue: (1 + asHigh) / (1 + resamples),
    totalReturn: middle(totals),
    maxDrawdownPercent: middle(falls),
    probabilityOfLoss: totals.filter((total) => total < 0).length / resamples,
  };
}

const middle = (values: readonly number[]): Interval => [
  quantileOf(values, 0.025) ?? Number.NaN,
  quantileOf(values, 0.975) ?? Number.NaN,
];

/** As many trades as there are, in blocks: each next one follows the one before, or begins a block anywhere. */
function resampledPath(returns: readonly number[], blockLength: number, random: Random) {
  const count = returns.length;
  let [at, sum, growth, peak] = [0, 0, 1, 1];
  // Of the peak.
  let least = 1;
  for (let drawn = 0; drawn < count; drawn += 1) {
    const isNewBlock = drawn === 0 || random.uniform() * blockLength < 1;
    at = isNewBlock ? Math.floor(random.uniform() * count) : at + 1 === count ? 0 : at + 1;
    const value = returns[at] ?? Number.NaN;
    sum += value;
    // Nothing comes after ruin.
    growth = Math.max(0, growth * (1 + value));
    if (growth > peak) peak = growth;
    else if (growth < peak * least) least = growth / peak;
  }
  return { mean: sum / count, growth, fallPercent: 100 * (1 - least) };
}

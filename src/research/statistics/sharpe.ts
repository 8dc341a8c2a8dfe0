import { SESSIONS_PER_YEAR } from '#backtest/metrics/returns.ts';
import { deviationOf, meanOf } from '#core/statistics.ts';

import { normalCdf, normalQuantile } from './normal.ts';

/** What is known of a Sharpe ratio: its estimate a period, not annual, and the shape of the returns behind it. */
export interface SharpeSample {
  readonly sharpe: number;
  readonly count: number;
  readonly skewness: number;
  /** 3 of a normal distribution. */
  readonly kurtosis: number;
}

/** Below it all returns are the same: what is left is the rounding of the numbers. */
const LEAST_DEVIATION = 1e-10;

/** Null of fewer than two returns, and of returns that are all alike. */
export function sharpeSample(returns: readonly number[]): SharpeSample | null {
  const [mean, deviation] = [meanOf(returns), deviationOf(returns)];
  if (mean === null || deviation === null || deviation < LEAST_DEVIATION) return null;
  const count = returns.length;
  const moment = (power: number): number =>
    returns.reduce((sum, each) => sum + (each - mean) ** power, 0) / count;
  const variance = moment(2);
  return {
    sharpe: mean / deviation,
    count,
    skewness: moment(3) / variance ** 1.5,
    kurtosis: moment(4) / variance ** 2,
  };
}

/**
 * Variance of the estimate times the number of returns less one: it is larger where returns are skewed to the
 * losses, or have fat tails (Mertens 2002). Not negative, whatever the rounding.
 */
const spread = ({ sharpe, skewness, kurtosis }: SharpeSample): number =>
  Math.max(0, 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2);

/**
 * Probability that the true Sharpe ratio is above the benchmark (Bailey and López de Prado 2012, The Sharpe
 * Ratio Efficient Frontier, Journal of Risk 15(2)).
 *
 * @param benchmark a period, like the sample's
 */
export function probabilisticSharpe(sample: SharpeSample, benchmark = 0): number {
  const excess = sample.sharpe - benchmark;
  if (excess === 0) return 0.5;
  return normalCdf((excess * Math.sqrt(sample.count - 1)) / Math.sqrt(spread(sample)));
}

/** What a strategy was chosen from. */
export interface Trials {
  /** Strategies that were tried, independent ones: 1 where nothing was chosen. */
  readonly count: number;
  /** Standard deviation of their Sharpe ratios, a period. */
  readonly deviation: number;
}

/**
 * The trials of a search by the annual Sharpe ratios it found. One without a ratio, as of a point that never
 * traded, was a try as well.
 */
export function trialsOf(annualSharpes: readonly (number | null)[]): Trials {
  const known = annualSharpes.filter((sharpe) => sharpe !== null);
  const deviation = (deviationOf(known) ?? 0) / Math.sqrt(SESSIONS_PER_YEAR);
  return { count: annualSharpes.length, deviation };
}

const EULER_MASCHERONI = 0.577_215_664_901_532_9;

/**
 * The Sharpe ratio that the best of so many strategies without any skill is expected to show (Bailey and López
 * de Prado 2014, The Deflated Sharpe Ratio, Journal of Portfolio Management 40(5)), a period. Of a single one
 * it is zero. The probabilistic ratio of the best of them against it is the deflated one.
 */
export function expectedMaxSharpe({ count, deviation }: Trials): number {
  if (count <= 1) return 0;
  const most = (1 - EULER_MASCHERONI) * normalQuantile(1 - 1 / count);
  return deviation * (most + EULER_MASCHERONI * normalQuantile(1 - 1 / (count * Math.E)));
}

/**
 * How many returns it takes until the true Sharpe ratio is above the benchmark with this probability (Bailey
 * and López de Prado 2012); not whole. Null where no number of them is enough.
 */
export function minTrackRecordLength(
  sample: SharpeSample,
  { benchmark, probability }: { readonly benchmark: number; readonly probability: number },
): number | null {
  const excess = sample.sharpe - benchmark;
  if (excess <= 0) return null;
  return 1 + spread(sample) * (normalQuantile(probability) / excess) ** 2;
}

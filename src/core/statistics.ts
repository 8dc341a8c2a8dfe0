import type { Usd } from './money.ts';

/** Lower and upper end. */
export type Interval = readonly [number, number];

/** 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054;

/**
 * 95 % interval of a proportion (Wilson 1927): honest also for few trades and for rates near 0 and 1.
 * Null of nothing.
 */
export function wilsonInterval(successes: number, count: number): Interval | null {
  if (count === 0) return null;
  const rate = successes / count;
  const centre = rate + Z ** 2 / (2 * count);
  const margin = Z * Math.sqrt((rate * (1 - rate)) / count + Z ** 2 / (4 * count ** 2));
  const scale = 1 + Z ** 2 / count;
  return [Math.max(0, (centre - margin) / scale), Math.min(1, (centre + margin) / scale)];
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** Null of nothing. */
export const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : sum(values) / values.length;

/** The sample's standard deviation, with n − 1 in its denominator. Null of fewer than two values. */
export function deviationOf(values: readonly number[]): number | null {
  const mean = meanOf(values);
  if (mean === null || values.length < 2) return null;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1));
}

/**
 * The value that this share of the others lies below, between two of them in proportion (Hyndman and Fan 1996,
 * Sample Quantiles in Statistical Packages, definition 7). Null of nothing.
 *
 * @param share 0–1
 */
export function quantileOf(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (place - Math.floor(place));
}

/** The middle value, of an even number the mean of both. Null of nothing. */
export const medianOf = (values: readonly number[]): number | null => quantileOf(values, 0.5);

/** A ratio that can be told: null where it is no finite number, as without a denominator. */
export function ratioOf(numerator: number, denominator: number): number | null {
  const ratio = numerator / denominator;
  return Number.isFinite(ratio) ? ratio : null;
}

/**
 * 95 % interval of a mean (Student 1908): mean ± t · s / √n, where s is the sample's standard deviation and
 * t the 97.5 % quantile at n − 1 degrees of freedom. Exact for values that are normally distributed; for
 * skewed ones, as results in R are, a good approximation only from some thirty on. Null of fewer than two
 * values, which say nothing of how far they scatter.
 */
export function meanInterval(values: readonly number[]): Interval | null {
  const [mean, deviation] = [meanOf(values), deviationOf(values)];
  if (mean === null || deviation === null) return null;
  const margin = (tQuantile(values.length - 1) * deviation) / Math.sqrt(values.length);
  return [mean - margin, mean + margin];
}

/** How much of Student's t lies between the two quantiles, and how often the search for them is halved. */
const CONFIDENCE = 0.95;
const HALVINGS = 60;
/** Above the quantile at one degree of freedom, which is the largest: 12.706. */
const BEYOND_ALL = 13;

/**
 * 97.5 % quantile of Student's t. Found by halving, since the probability below it grows with it.
 *
 * @param degrees of freedom, a whole number from 1
 */
export function tQuantile(degrees: number): number {
  let low = 0;
  let high = BEYOND_ALL;
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (probabilityWithin(middle, degrees) < CONFIDENCE) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Probability of Student's t to lie between −t and t: the finite series for whole degrees of freedom,
 * Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4.
 */
function probabilityWithin(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(angle);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let series = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < degrees; k += 2) {
    term *= (cosine ** 2 * (k - 1)) / k;
    series += term;
  }
  const part = Math.sin(angle) * series;
  return isOdd ? (2 / Math.PI) * (angle + part) : part;
}

/** The deepest fall of equity from the highest value before it, in per cent; zero or negative. */
export function maxDrawdownPercent(equities: readonly Usd[]): number {
  let peak = 0;
  let deepest = 0;
  for (const equity of equities) {
    peak = Math.max(peak, equity);
    if (peak > 0) deepest = Math.min(deepest, (100 * (equity - peak)) / peak);
  }
  return deepest;
}

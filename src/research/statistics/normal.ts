/** From here on the tail is summed from the far end, where the series from the middle would lose its digits. */
const TAIL_FROM = 3;
/** Terms of the tail's continued fraction; more change nothing from 3 on. */
const TAIL_TERMS = 120;

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * Probability of a standard normal number to be no greater than x, to 1e-15, and in the lower tail to
 * 1e-12 of itself. In the middle by the series of Marsaglia (2004), Evaluating the Normal Distribution,
 * Journal of Statistical Software 11(4); in the tails by the continued fraction of Laplace, Abramowitz and
 * Stegun, Handbook of Mathematical Functions (1964), 26.2.14.
 */
export function normalCdf(x: number): number {
  if (x > TAIL_FROM) return 1 - upperTail(x);
  if (x < -TAIL_FROM) return upperTail(-x);
  let [term, sum] = [x, x];
  for (let n = 3; Math.abs(term) > Number.EPSILON * Math.abs(sum); n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

/** Probability of a number beyond x, which is 3 or more. */
function upperTail(x: number): number {
  let fraction = x;
  for (let k = TAIL_TERMS; k >= 1; k -= 1) fraction = x + k / fraction;
  return density(x) / fraction;
}

/** Steps of Halley's method; the third one changes nothing any more. */
const STEPS = 3;

/**
 * The number that a standard normal one is no greater than with this probability, to some 1e-14; infinite at 0
 * and 1. The first guess of Abramowitz and Stegun, 26.2.23, made exact by Halley's method.
 */
export function normalQuantile(probability: number): number {
  if (probability > 0.5) return 0 - normalQuantile(1 - probability);
  if (!(probability > 0)) return probability === 0 ? -Infinity : Number.NaN;
  const t = Math.sqrt(-2 * Math.log(probability));
  let x =
    (2.515517 + t * (0.802853 + t * 0.010328)) /
      (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
    t;
  for (let step = 0; step < STEPS; step += 1) {
    const error = (normalCdf(x) - probability) / density(x);
    x -= error / (1 + (x * error) / 2);
  }
  return x;
}

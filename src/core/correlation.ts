import type { DailyBar, DaysBySymbol } from './decision.ts';
import type { Ticker } from './ids.ts';
import type { StrategyParameters } from './parameters.ts';
import { meanOf } from './statistics.ts';

/** How two symbols move together. */
export interface Correlation {
  /** −1 to 1; null when nobody can tell: too few common days, or one that does not move. */
  readonly value: number | null;
  /** Common daily returns that it stands on. */
  readonly days: number;
}

/** What decides about a symbol beside those that are open. */
export interface OpenCorrelation extends Correlation {
  /** The open symbol; null when nothing is open. */
  readonly with: Ticker | null;
  readonly isAllowed: boolean;
}

/**
 * The correlation that decides about an entry: the highest one where one is above the limit, else the first
 * that nobody can tell, else the highest.
 */
export function correlationWithOpen(
  symbol: Ticker,
  open: ReadonlySet<Ticker>,
  daily: DaysBySymbol,
  parameters: StrategyParameters,
): OpenCorrelation {
  const barsOf = (each: Ticker): readonly DailyBar[] => daily.get(each) ?? [];
  const all = [...open].map((each) => {
    const found = knownCorrelation(barsOf(symbol), barsOf(each), parameters);
    const isAllowed = found.value !== null && found.value <= parameters.maxCorrelation;
    return { with: each, isAllowed, ...found };
  });
  const highest = all.reduce<OpenCorrelation | null>(higherOf, null);
  if (highest !== null && highest.value !== null && !highest.isAllowed) return highest;
  const unclear = all.find(({ value }) => value === null);
  return unclear ?? highest ?? { with: null, value: null, days: 0, isAllowed: true };
}

/** Of two that are as high, the first. */
const higherOf = (best: OpenCorrelation | null, each: OpenCorrelation): OpenCorrelation =>
  best === null || (each.value ?? -Infinity) > (best.value ?? -Infinity) ? each : best;

type Days = readonly DailyBar[];

interface KnownCorrelation {
  readonly correlationDays: number;
  readonly correlationMinDays: number;
  readonly found: Correlation;
}

/** Of two lists of days, for as long as somebody has them. */
const known = new WeakMap<Days, WeakMap<Days, KnownCorrelation>>();

/**
 * The same as returnCorrelation, computed once for the same two lists: the points of a search ask about them again
 * and again, and so does a decision that tells its numbers.
 */
function knownCorrelation(left: Days, right: Days, parameters: StrategyParameters): Correlation {
  const { correlationDays, correlationMinDays } = parameters;
  const ofLeft = known.get(left) ?? new WeakMap<Days, KnownCorrelation>();
  const before = ofLeft.get(right);
  const isSame =
    before?.correlationDays === correlationDays && before.correlationMinDays === correlationMinDays;
  if (isSame) return before.found;
  const found = returnCorrelation(left, right, parameters);
  known.set(left, ofLeft.set(right, { correlationDays, correlationMinDays, found }));
  return found;
}

/**
 * Pearson's correlation of two symbols' daily returns, over the last days that both have. The returns are
 * logarithmic, as RiskMetrics takes them (Technical Document, 4th edition 1996, section 4.1): both go from
 * one common close to the next, so that a day which one of them lacks compares no unequal spans.
 */
export function returnCorrelation(
  left: readonly DailyBar[],
  right: readonly DailyBar[],
  { correlationDays, correlationMinDays }: StrategyParameters,
): Correlation {
  const closes = lastCommonCloses(left, right, correlationDays + 1);
  const days = Math.max(0, closes.left.length - 1);
  if (days < correlationMinDays) return { value: null, days };
  return { value: pearson(logReturns(closes.left), logReturns(closes.right)), days };
}

interface CommonCloses {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/**
 * The closes of the last days that both have, newest first. Both lists are in the order of their dates, so that
 * they are walked together from their ends. A close that is no price is no close of a common day.
 */
function lastCommonCloses(
  left: readonly DailyBar[],
  right: readonly DailyBar[],
  most: number,
): CommonCloses {
  const closes: { left: number[]; right: number[] } = { left: [], right: [] };
  let [at, other] = [left.length - 1, right.length - 1];
  while (closes.left.length < most) {
    const [one, two] = [left[at], right[other]];
    if (one === undefined || two === undefined) break;
    if (one.date >= two.date) at -= 1;
    if (two.date >= one.date) other -= 1;
    if (one.date !== two.date || !isPrice(one.close) || !isPrice(two.close)) continue;
    closes.left.push(one.close);
    closes.right.push(two.close);
  }
  return closes;
}

const isPrice = (value: number): boolean => Number.isFinite(value) && value > 0;

/** Oldest first, of closes that come newest first. */
function logReturns(closes: readonly number[]): readonly number[] {
  const returns: number[] = [];
  let before: number | null = null;
  for (let index = closes.length - 1; index >= 0; index -= 1) {
    const log = Math.log(closes[index] ?? Number.NaN);
    if (before !== null) returns.push(log - before);
    before = log;
  }
  return returns;
}

/** Of daily returns. Below it they are the same each day: what is left is the rounding of the logarithms. */
const LEAST_VARIANCE = 1e-20;

function pearson(left: readonly number[], right: readonly number[]): number | null {
  const [meanX, meanY] = [meanOf(left), meanOf(right)];
  if (meanX === null || meanY === null) return null;
  let [squaresX, squaresY, products] = [0, 0, 0];
  for (const [index, each] of left.entries()) {
    const x = each - meanX;
    const y = (right[index] ?? Number.NaN) - meanY;
    squaresX += x * x;
    squaresY += y * y;
    products += x * y;
  }
  const [varianceX, varianceY] = [squaresX / left.length, squaresY / right.length];
  if (!(varianceX > LEAST_VARIANCE && varianceY > LEAST_VARIANCE)) return null;
  const value = products / left.length / Math.sqrt(varianceX * varianceY);
  // Rounding may carry it a hair beyond what a correlation can be.
  return Math.min(1, Math.max(-1, value));
}

import { deviationOf, meanOf, ratioOf } from '#core/statistics.ts';

import { deepestFall } from './drawdown.ts';

/** Sessions of a year, by which daily figures become annual ones: the convention of the field. */
export const SESSIONS_PER_YEAR = 252;

/** Of daily returns. Below it they are the same each day: what is left is the rounding of the numbers. */
const LEAST_DEVIATION = 1e-10;

/** What session by session returns tell; null where nothing stands behind it. Returns are fractions: 0.1 is 10 %. */
export interface ReturnFigures {
  readonly sessions: number;
  /** Over the whole time. */
  readonly totalReturn: number | null;
  /** A year, compounded; of fewer than two sessions nobody can tell. */
  readonly cagr: number | null;
  /** Without a riskless rate, annual. */
  readonly sharpe: number | null;
  /** Against a target of zero, annual. */
  readonly sortino: number | null;
  readonly calmar: number | null;
  /** The deepest fall from close to close, in per cent, not negative: the one that Calmar is made of. */
  readonly closingDrawdownPercent: number;
}

export function returnFigures(returns: readonly number[]): ReturnFigures {
  const isEnough = returns.length > 1;
  return {
    sessions: returns.length,
    totalReturn: returns.length === 0 ? null : growthOf(returns) - 1,
    cagr: isEnough ? annualReturn(returns) : null,
    sharpe: sharpeRatio(returns),
    sortino: isEnough ? sortinoRatio(returns) : null,
    calmar: isEnough ? calmarRatio(returns) : null,
    closingDrawdownPercent: closingDrawdownPercent(returns),
  };
}

/** The returns of values one after the other, the first against the start. After ruin there is none. */
export function returnsOf(start: number, values: readonly number[]): readonly number[] {
  return values.map((value, index) => {
    const before = index === 0 ? start : (values[index - 1] ?? start);
    return before > 0 ? Math.max(-1, value / before - 1) : 0;
  });
}

const growthOf = (returns: readonly number[]): number =>
  returns.reduce((growth, each) => growth * (1 + each), 1);

/**
 * Compound annual growth of daily returns, as a fraction: growth to the power of 252 over their number, less
 * one. Null of none, and where it is beyond all numbers.
 */
export const annualReturn = (returns: readonly number[]): number | null =>
  returns.length === 0
    ? null
    : ratioOf(growthOf(returns) ** (SESSIONS_PER_YEAR / returns.length) - 1, 1);

/**
 * Annual Sharpe ratio of daily excess returns (Sharpe 1994, The Sharpe Ratio): mean over the sample's standard
 * deviation, times √252. Null of fewer than two, and of returns that are all alike.
 */
export function sharpeRatio(returns: readonly number[]): number | null {
  const [mean, deviation] = [meanOf(returns), deviationOf(returns)];
  if (mean === null || deviation === null || deviation < LEAST_DEVIATION) return null;
  return (mean / deviation) * Math.sqrt(SESSIONS_PER_YEAR);
}

/**
 * Annual Sortino ratio of daily excess returns (Sortino and Price 1994, Performance Measurement in a Downside
 * Risk Framework): mean times 252 over the downside risk, which is the root of the mean square of what lies
 * below zero, among all returns, times √252. Null without a loss.
 */
export function sortinoRatio(returns: readonly number[]): number | null {
  const mean = meanOf(returns);
  const below = meanOf(returns.map((each) => Math.min(0, each) ** 2));
  if (mean === null || below === null) return null;
  return ratioOf(mean * Math.sqrt(SESSIONS_PER_YEAR), Math.sqrt(below));
}

/** Annual return over the deepest fall from close to close (Young 1991). Null where there was no fall. */
export function calmarRatio(returns: readonly number[]): number | null {
  const annual = annualReturn(returns);
  return annual === null ? null : ratioOf(annual, closingDrawdownPercent(returns) / 100);
}

/** The deepest fall of what grows with daily returns, in per cent, not negative. */
export function closingDrawdownPercent(returns: readonly number[]): number {
  let value = 1;
  const curve = returns.map((each) => (value *= 1 + each));
  return deepestFall(1, curve)?.percent ?? 0;
}

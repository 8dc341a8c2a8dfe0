import { meanOf, medianOf } from '#core/statistics.ts';

import type { BacktestTrade } from '../result.ts';
import { knownR, netResult } from './net.ts';

/** How far price went while trades were open (Sweeney, Maximum Adverse Excursion, 1997), in multiples of R. */
export interface Excursions {
  /** Against the trade: zero or negative; `furthest` is the worst. */
  readonly adverse: ExcursionSummary;
  /** For the trade: zero or positive; `furthest` is the best. */
  readonly favourable: ExcursionSummary;
  /** What wins had to bear: a stop nearer than this would have cost half of them. */
  readonly medianAdverseOfWins: number | null;
  /** What losses had gained before they were lost. */
  readonly medianFavourableOfLosses: number | null;
}

export interface ExcursionSummary {
  readonly mean: number | null;
  readonly median: number | null;
  readonly furthest: number | null;
}

export function excursionsOf(trades: readonly BacktestTrade[]): Excursions {
  const wins = trades.filter((trade) => netResult(trade).pnl > 0);
  const losses = trades.filter((trade) => netResult(trade).pnl < 0);
  return {
    adverse: summaryOf(adverseOf(trades)),
    favourable: summaryOf(favourableOf(trades)),
    medianAdverseOfWins: medianOf(adverseOf(wins)),
    medianFavourableOfLosses: medianOf(favourableOf(losses)),
  };
}

const adverseOf = (trades: readonly BacktestTrade[]): readonly number[] =>
  knownR(trades.map(({ maeR }) => maeR));
const favourableOf = (trades: readonly BacktestTrade[]): readonly number[] =>
  knownR(trades.map(({ mfeR }) => mfeR));

const summaryOf = (values: readonly number[]): ExcursionSummary => ({
  mean: meanOf(values),
  median: medianOf(values),
  furthest: values.reduce<number | null>(
    (furthest, value) =>
      furthest === null || Math.abs(value) > Math.abs(furthest) ? value : furthest,
    null,
  ),
});

import { subtractUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { deviationOf, meanInterval, meanOf, ratioOf, wilsonInterval } from '#core/statistics.ts';
import type { Interval } from '#core/statistics.ts';

import type { BacktestTrade } from '../result.ts';
import { knownR, netResult, profitFactorOf, totalUsd, usdPerTrade } from './net.ts';
import type { NetResult } from './net.ts';

/**
 * What closed trades tell. All is net of fees unless it is called gross; null where nothing stands behind it.
 * A win has a profit after fees, a loss has none but costs; a trade at exactly zero is neither.
 */
export interface TradeFigures {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  /** Share of wins, 0–1, and where the true one lies, 95 % sure. */
  readonly winRate: number | null;
  readonly winRateInterval: Interval | null;
  readonly netPnl: Usd;
  readonly grossPnl: Usd;
  readonly fees: Usd;
  readonly averageWin: Usd | null;
  /** Negative. */
  readonly averageLoss: Usd | null;
  /** Average win over average loss. */
  readonly payoffRatio: number | null;
  /** Sum of profits over sum of losses; null without a loss. */
  readonly profitFactor: number | null;
  /** Mean result of a trade, in money. */
  readonly expectancy: Usd | null;
  /** Mean result of a trade in multiples of R, and where the true one lies, 95 % sure. */
  readonly expectancyR: number | null;
  readonly expectancyRInterval: Interval | null;
  /** Mean result in multiples of R before fees, which is how the channel tells it of live trades. */
  readonly grossAverageR: number | null;
  /**
   * System quality number: √trades × mean R ÷ standard deviation of R (Van Tharp, Definitive Guide to
   * Position Sizing, 2008), with all trades, not with 100 at most.
   */
  readonly sqn: number | null;
  /** The most wins, and losses, one after the other in the order in which the trades were closed. */
  readonly longestWinningStreak: number;
  readonly longestLosingStreak: number;
}

export function tradeFigures(trades: readonly BacktestTrade[]): TradeFigures {
  const ordered = trades.toSorted((one, other) => one.closedAt - other.closedAt);
  const results = ordered.map((trade) => netResult(trade));
  const rs = knownR(results.map(({ r }) => r));
  return {
    ...winsAndLosses(results),
    grossPnl: totalUsd(trades.map(({ pnl }) => pnl)),
    fees: totalUsd(trades.map(({ fees }) => fees)),
    expectancyR: meanOf(rs),
    expectancyRInterval: meanInterval(rs),
    grossAverageR: meanOf(knownR(trades.map(({ rMultiple }) => rMultiple))),
    sqn: systemQuality(rs),
    longestWinningStreak: longestStreak(results, ({ pnl }) => pnl > 0),
    longestLosingStreak: longestStreak(results, ({ pnl }) => pnl < 0),
  };
}

function winsAndLosses(results: readonly NetResult[]) {
  const trades = results.length;
  const pnls = results.map(({ pnl }) => pnl);
  const wins = pnls.filter((pnl) => pnl > 0);
  const losses = pnls.filter((pnl) => pnl < 0);
  const netPnl = totalUsd(pnls);
  const won = totalUsd(wins);
  const averageWin = usdPerTrade(won, wins.length);
  const averageLoss = usdPerTrade(subtractUsd(netPnl, won), losses.length);
  return {
    trades,
    wins: wins.length,
    losses: losses.length,
    winRate: ratioOf(wins.length, trades),
    winRateInterval: wilsonInterval(wins.length, trades),
    netPnl,
    averageWin,
    averageLoss,
    payoffRatio:
      averageWin === null || averageLoss === null
        ? null
        : ratioOf(averageWin, Math.abs(averageLoss)),
    profitFactor: profitFactorOf(results),
    expectancy: usdPerTrade(netPnl, trades),
  };
}

/** Below it all trades have the same R: what is left is the rounding of the numbers. */
const LEAST_DEVIATION = 1e-10;

function systemQuality(rs: readonly number[]): number | null {
  const [mean, deviation] = [meanOf(rs), deviationOf(rs)];
  if (mean === null || deviation === null || deviation < LEAST_DEVIATION) return null;
  return (Math.sqrt(rs.length) * mean) / deviation;
}

function longestStreak(
  results: readonly NetResult[],
  counts: (result: NetResult) => boolean,
): number {
  let [longest, current] = [0, 0];
  for (const result of results) {
    current = counts(result) ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}

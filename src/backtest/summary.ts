import { dailyMetrics, ENOUGH } from '#core/daily-metrics.ts';
import type { DailyMetrics } from '#core/daily-metrics.ts';
import { usdFromNumber } from '#core/money.ts';
import { resultsBySymbol } from '#core/performance-groups.ts';
import { maxDrawdownPercent, meanOf } from '#core/statistics.ts';
import type { BacktestSummary, Certainty } from '#ports/backtests.ts';

import type { BacktestHalt, BacktestResult, EquitySeries } from './result.ts';

/** Of fewer returns a ratio says nothing. */
const FEWEST_SESSIONS = 20;
const SESSIONS_A_YEAR = 252;
const DAY_MS = 86_400_000;

/** What a backtest came to, in the figures that are told of it. */
export function summarize(result: BacktestResult): BacktestSummary {
  const { trades, equity, sessions, halts, entries } = result;
  const metrics = dailyMetrics({
    closed: trades,
    entered: trades,
    drawdowns: sessionFalls(equity, sessions.length),
    // Nobody else sends orders to the simulated exchange.
    interference: 0,
  });
  const haltsOf = (scope: BacktestHalt['scope']): number =>
    halts.filter((halt) => halt.scope === scope).length;
  return {
    startingEquity: result.startingEquity,
    endingEquity: result.endingEquity,
    sessions: sessions.length,
    metrics,
    maxDrawdownPercent: deepestFall([...equity.equity]),
    sharpe: sharpe([equity.equity[0] ?? 0, ...sessions.map((session) => session.equity)]),
    certainty: certaintyOf(metrics),
    ambiguous: trades.filter(({ isAmbiguous }) => isAmbiguous).length,
    halts: { day: haltsOf('day'), peak: haltsOf('peak') },
    stillOpen: result.stillOpen,
    fees: result.fees,
    borrow: result.borrow,
    missed: entries.missed,
    rejected: entries.rejected,
    symbols: resultsBySymbol(trades),
  };
}

/** In per cent, zero or positive. */
const deepestFall = (equities: readonly number[]): number =>
  Math.abs(maxDrawdownPercent(equities.map(usdFromNumber)));

/** The deepest fall within each session, its opening included; nothing moves in those that are not in the series. */
function sessionFalls({ at, equity }: EquitySeries, sessions: number): readonly number[] {
  // A session lies on one day also in UTC, which is quicker to tell than the day in New York.
  const rows = [...at.keys()].slice(1);
  const days = Map.groupBy(rows, (row) => Math.floor((at[row] ?? 0) / DAY_MS));
  const falls = [...days.values()].map((own) => {
    const before = (own[0] ?? 1) - 1;
    return deepestFall([before, ...own].map((row) => equity[row] ?? 0));
  });
  const quiet = Math.max(0, sessions - falls.length);
  return [...falls, ...Array.from({ length: quiet }, () => 0)];
}

/**
 * Sharpe ratio of a year without a risk-free rate: mean over standard deviation (n − 1 in its denominator) of the
 * sessions' returns, times the root of the sessions of a year. Null of too few, or where nothing has moved.
 */
function sharpe(closes: readonly number[]): number | null {
  const returns = closes.slice(1).map((close, index) => close / (closes[index] ?? close) - 1);
  const mean = meanOf(returns);
  if (mean === null || returns.length < FEWEST_SESSIONS) return null;
  const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (returns.length - 1));
  return deviation === 0 ? null : (mean / deviation) * Math.sqrt(SESSIONS_A_YEAR);
}

function certaintyOf({ averageR: { count, interval } }: DailyMetrics): Certainty {
  if (count === 0) return 'no-trades';
  if (interval === null || count < ENOUGH) return 'few';
  const [low, high] = interval;
  if (low > 0) return 'gain';
  return high < 0 ? 'loss' : 'luck';
}

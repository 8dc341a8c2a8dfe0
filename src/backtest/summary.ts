import { dailyMetrics } from '#core/daily-metrics.ts';
import { usdFromNumber } from '#core/money.ts';
import { resultsBySymbol } from '#core/performance-groups.ts';
import { maxDrawdownPercent } from '#core/statistics.ts';
import type { BacktestSummary } from '#ports/backtests.ts';

import { sessionReturns } from './metrics/measure.ts';
import { sharpeRatio } from './metrics/returns.ts';
import type { BacktestHalt, BacktestResult, EquitySeries } from './result.ts';

/** Of fewer returns a ratio says nothing. */
const FEWEST_SESSIONS = 20;
const DAY_MS = 86_400_000;

/**
 * What a backtest came to, in the figures that are told of it.
 *
 * @param verdict in one sentence
 */
export function summarize(result: BacktestResult, verdict: string): BacktestSummary {
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
    sharpe: sessions.length < FEWEST_SESSIONS ? null : sharpeRatio(sessionReturns(result)),
    verdict,
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

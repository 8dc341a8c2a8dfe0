import type { DailyCloses } from '#backtest/metrics/benchmark.ts';
import { keyFigures, measure, sessionReturns } from '#backtest/metrics/measure.ts';
import type { BacktestMetrics, KeyFigures } from '#backtest/metrics/measure.ts';
import { tradeReturns } from '#backtest/metrics/net.ts';
import type { PreparedMarket } from '#backtest/prepare.ts';
import type { BacktestResult, SessionEquity } from '#backtest/result.ts';
import { usdFromNumber } from '#core/money.ts';
import { createRandom } from '#core/random.ts';
import type { SessionDate } from '#core/session.ts';
import { startOfDay } from '#core/session.ts';

import type { SelfChecks } from './report.ts';
import { checkRun } from './self-checks.ts';
import type { CheckedRun } from './self-checks.ts';
import { bootstrapTrades } from './statistics/bootstrap.ts';
import type { Bootstrap } from './statistics/bootstrap.ts';
import { probabilisticSharpe, sharpeSample } from './statistics/sharpe.ts';
import { judge } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** What one backtest is worth: its metrics, what chance could have made of it, and the verdict. */
export interface Assessment extends SelfChecks {
  readonly metrics: BacktestMetrics;
  /** Of all trades; null of fewer than two. */
  readonly bootstrap: Bootstrap | null;
  readonly inSample: KeyFigures;
  readonly outOfSample: KeyFigures;
  /** The first session that counts as out of sample. */
  readonly splitAt: SessionDate | null;
  readonly verdict: Verdict;
}

/** Share of the sessions that parameters may have been made up on; the verdict is by what comes after. */
const IN_SAMPLE_SHARE = 0.7;
const RESAMPLES = 2_000;

/** One run, and what it was made of. */
export interface AssessedRun extends Omit<CheckedRun, 'span'> {
  readonly prepared: PreparedMarket;
  readonly result: BacktestResult;
}

/**
 * Measures and judges one run. Nobody can see how often its parameters were changed before, so the last part of
 * the time is held apart always, and the verdict stands on it alone. It is the only trial that is known of, so that
 * its deflated Sharpe ratio is the probabilistic one, and without a search there is none that could be overfitted.
 *
 * @param seed of the resampling: the same one gives the same figures
 */
export function assess({ prepared, result, ...run }: AssessedRun, seed: string): Assessment {
  const { startingEquity, trades, sessions } = result;
  const cut = Math.floor(sessions.length * IN_SAMPLE_SHARE);
  const splitAt = sessions[cut]?.date ?? null;
  const from = splitAt === null ? Number.POSITIVE_INFINITY : startOfDay(splitAt);
  const before = {
    startingEquity,
    trades: trades.filter(({ openedAt }) => openedAt < from),
    sessions: sessions.slice(0, cut),
  };
  const after = {
    startingEquity: equityAt(sessions, cut - 1) ?? startingEquity,
    trades: trades.filter(({ openedAt }) => openedAt >= from),
    sessions: sessions.slice(cut),
  };
  const [inSample, outOfSample] = [keyFigures(before), keyFigures(after)];
  const sample = sharpeSample(sessionReturns(after));
  const late = bootstrapOf(after, `${seed} out of sample`);
  return {
    metrics: measure({
      ...result,
      exposure: { barsInMarket: result.heldBars, barsTotal: result.totalBars },
      benchmark: closesOf(prepared, sessions[0]?.date ?? null),
    }),
    bootstrap: bootstrapOf(result, seed),
    inSample,
    outOfSample,
    splitAt,
    ...checkRun(run, result),
    verdict: judge({
      inSample,
      outOfSample,
      probabilisticSharpe: sample === null ? null : probabilisticSharpe(sample),
      deflatedSharpe: null,
      overfitting: null,
      isSearched: false,
      pValue: late?.pValue ?? null,
    }),
  };
}

const equityAt = (sessions: readonly SessionEquity[], index: number) => {
  const session = sessions[index];
  return session === undefined ? null : usdFromNumber(session.equity);
};

const bootstrapOf = (
  { startingEquity, trades }: Pick<BacktestResult, 'startingEquity' | 'trades'>,
  seed: string,
): Bootstrap | null =>
  bootstrapTrades(tradeReturns(startingEquity, trades), {
    random: createRandom(seed),
    resamples: RESAMPLES,
  });

/** The daily closes of the traded sessions, and the one before them, at which one would have bought. */
function closesOf({ symbols }: PreparedMarket, from: SessionDate | null): DailyCloses {
  return new Map(
    symbols.map(({ symbol, days }) => {
      const first = from === null ? days.length : days.findIndex(({ date }) => date >= from);
      return [symbol, first === -1 ? [] : days.slice(Math.max(0, first - 1))];
    }),
  );
}

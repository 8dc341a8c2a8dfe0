import { keyFigures } from '#backtest/metrics/measure.ts';
import type { KeyFigures } from '#backtest/metrics/measure.ts';
import { tradeReturns } from '#backtest/metrics/net.ts';
import type { BacktestTrade, SessionEquity } from '#backtest/result.ts';
import type { Usd } from '#core/money.ts';
import { usdToNumber } from '#core/money.ts';
import { parametersAt } from '#core/parameter-axes.ts';
import { createRandom } from '#core/random.ts';
import { MIN_POINT_TRADES } from '#core/study-words.ts';

import { objectiveValue } from './objective.ts';
import type { PointOutcome } from './outcome.ts';
import type { FoundPoint, Judgement, Recommendation } from './report.ts';
import { triedPoints } from './search.ts';
import type { Known, SearchPlan } from './search.ts';
import { pointsOf } from './space.ts';
import { bootstrapTrades } from './statistics/bootstrap.ts';
import type { Overfitting } from './statistics/overfitting.ts';
import { probabilisticSharpe, sharpeSample } from './statistics/sharpe.ts';
import type { StudyPlan } from './study.ts';
import { plateau } from './surface.ts';
import type { Surface } from './surface.ts';
import { judge, verdictSentence } from './verdict.ts';

/** 2,000 give a p-value of 0.05 to some ±0.01. */
const RESAMPLES = 2_000;

/** The points that a search has tried on all of its time. */
export const foundPoints = (plan: SearchPlan, known: Known): readonly FoundPoint[] =>
  triedPoints(plan, known).flatMap((point) => {
    const outcome = known(point, 1);
    return outcome === null ? [] : [foundPoint(plan, point.coordinates, outcome)];
  });

const foundPoint = (
  { objective }: SearchPlan,
  coordinates: FoundPoint['coordinates'],
  { figures }: PointOutcome,
): FoundPoint => ({
  coordinates,
  value: objectiveValue(objective, figures),
  trades: figures.trades,
  figures,
});

export const surfaceOf = (plan: SearchPlan, points: readonly FoundPoint[]): Surface => ({
  axes: plan.axes,
  points,
  minTrades: MIN_POINT_TRADES,
});

/** The plateau of what a search has found; null where there is none. */
export function recommend(study: StudyPlan, surface: Surface): Recommendation | null {
  const best = plateau(surface);
  if (best === null) return null;
  const { coordinates } = best.point;
  return {
    coordinates,
    parameters: parametersAt(study.base, coordinates),
    smoothed: best.smoothed,
    points: best.points,
    peak: best.peak.coordinates,
  };
}

/** What was traded on a span; nothing where nothing was chosen. */
export interface Played {
  readonly startingEquity: Usd;
  readonly trades: readonly BacktestTrade[];
  readonly sessions: readonly SessionEquity[];
}

/** What each trade of some runs added, as a fraction of the equity of its own run; one run after the other. */
export const tradeReturnsOf = (runs: readonly Played[]): readonly number[] =>
  runs.flatMap(({ startingEquity, trades }) => tradeReturns(startingEquity, trades));

/** What the figures stand on. */
export interface Found {
  readonly inSample: KeyFigures;
  readonly outOfSample: Played;
  /** Session by session, out of sample, as fractions. */
  readonly returns: readonly number[];
  /** Trade by trade likewise: each of the equity of its own run. */
  readonly tradeReturns: readonly number[];
  readonly trials: number;
  readonly deflatedSharpe: number | null;
  readonly overfitting: Overfitting | null;
}

/** The verdict on what was found, and all that it stands on. */
export function judged(study: StudyPlan, found: Found): Judgement {
  const { inSample, outOfSample, returns, trials, deflatedSharpe, overfitting } = found;
  const sample = sharpeSample(returns);
  const bootstrap = bootstrapTrades(found.tradeReturns, {
    random: createRandom(`bootstrap ${study.seed}`),
    resamples: RESAMPLES,
  });
  const sharpe = sample === null ? null : probabilisticSharpe(sample);
  const verdict = judge({
    inSample,
    outOfSample: keyFigures(outOfSample),
    probabilisticSharpe: sharpe,
    deflatedSharpe: deflatedSharpe === null ? null : { probability: deflatedSharpe, trials },
    overfitting: overfitting?.probability ?? null,
    isSearched: pointsOf(study.axes, study.base).length > 1,
    pValue: bootstrap?.pValue ?? null,
  });
  return {
    probabilisticSharpe: sharpe,
    deflatedSharpe,
    overfitting,
    bootstrap,
    verdict,
    sentence: verdictSentence(verdict),
  };
}

/** Sessions in which nothing is traded. */
export const idle = (startingEquity: Usd, dates: readonly SessionEquity['date'][]): Played => ({
  startingEquity,
  trades: [],
  sessions: dates.map((date) => ({ date, equity: usdToNumber(startingEquity) })),
});

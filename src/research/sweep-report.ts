import { keyFigures, sessionReturns } from '#backtest/metrics/measure.ts';

import { foundPoints, idle, judged, recommend, surfaceOf } from './choose.ts';
import type { Played } from './choose.ts';
import type { Evaluator } from './evaluate.ts';
import { objectiveText } from './objective.ts';
import type { FoundPoint, Recommendation, SweepReport } from './report.ts';
import { countTrials, searchText } from './search.ts';
import type { Known } from './search.ts';
import { checkLookAhead, checkWarmUp } from './self-checks.ts';
import type { Point } from './space.ts';
import { backtestOverfitting } from './statistics/overfitting.ts';
import { deflatedSharpe, sharpeSample, trialsOf } from './statistics/sharpe.ts';
import { knownIn } from './study.ts';
import type { Outcomes, StudyPlan, StudySearch } from './study.ts';
import { heatMap, neighboursOf } from './surface.ts';
import type { HeatMap, Surface } from './surface.ts';
import type { SessionSpan } from './walk-forward.ts';

/** Blocks of the cross-validation, as in the paper. */
const BLOCKS = 16;

/** What a study is reported from. */
export interface StudyEnd {
  readonly study: StudyPlan;
  readonly evaluator: Evaluator;
  /** Of the sessions that are studied, oldest first. */
  readonly dates: readonly SessionSpan['from'][];
  readonly outcomes: Outcomes;
}

/** The end of a sweep: the plateau of what was found, tried on the time that it was not chosen on. */
export function sweepReport(
  end: StudyEnd,
  search: StudySearch & { readonly test: SessionSpan },
): SweepReport {
  const { study, evaluator } = end;
  const { plan, train, test } = search;
  const known = knownIn(search, end.dates, end.outcomes);
  const points = foundPoints(plan, known);
  const surface = surfaceOf(plan, points);
  const recommended = recommend(study, surface);
  const inSample = played(end, recommended, train);
  const outOfSample = played(end, recommended, test);
  const trials = countTrials(plan, known);
  const around = recommended?.coordinates ?? null;
  return {
    kind: 'sweep',
    ...described(study),
    train,
    test,
    trials,
    points,
    recommended,
    neighbours: around === null ? [] : neighboursOf(plan.axes, points, around),
    heatMap: heatMapOf(surface),
    inSample: keyFigures(inSample),
    outOfSample: keyFigures(outOfSample),
    equity: outOfSample.sessions,
    ...selfChecks(evaluator, recommended, inSample, train),
    ...judged(study, {
      inSample: keyFigures(inSample),
      outOfSample,
      returns: sessionReturns(outOfSample),
      trials,
      deflatedSharpe: recommended === null ? null : deflated(inSample, points, trials),
      overfitting: backtestOverfitting(returnsOf(plan.points, known), BLOCKS),
    }),
  };
}

/** What was asked. */
export const described = ({ axes, objective, search }: StudyPlan) => ({
  axes,
  objective: objectiveText(objective),
  search: searchText(search),
});

/** What the recommended point traded on a span. */
export function played(
  { evaluator, dates }: StudyEnd,
  recommended: Recommendation | null,
  { from, to }: SessionSpan,
): Played {
  if (recommended !== null) return evaluator.run(recommended.parameters, { from, to });
  const { startingCash } = evaluator.options;
  return idle(
    startingCash,
    dates.filter((date) => date >= from && date <= to),
  );
}

/** The chosen point's Sharpe ratio where it was chosen, the luck of so many tries taken off. */
function deflated(inSample: Played, points: readonly FoundPoint[], trials: number): number | null {
  const sample = sharpeSample(sessionReturns(inSample));
  if (sample === null) return null;
  const sharpes = points.map(({ figures }) => figures.sharpe);
  // Points that were dropped early have no figure on all of the time, and were tries nonetheless.
  const dropped = Array.from({ length: trials - points.length }, () => null);
  return deflatedSharpe(sample, trialsOf([...sharpes, ...dropped]));
}

const returnsOf = (points: readonly Point[], known: Known): readonly (readonly number[])[] =>
  points.flatMap((point) => {
    const outcome = known(point, 1);
    return outcome === null ? [] : [outcome.returns];
  });

function heatMapOf(surface: Surface): HeatMap | null {
  const [y, x] = surface.axes.filter(({ values }) => values.length > 1);
  return x === undefined || y === undefined
    ? null
    : heatMap(surface, { x: x.name, y: y.name, of: 'best' });
}

function selfChecks(
  { market, options }: Evaluator,
  recommended: Recommendation | null,
  { trades }: Played,
  span: SessionSpan,
): Pick<SweepReport, 'lookAhead' | 'warmUp'> {
  if (recommended === null) return { lookAhead: null, warmUp: null };
  const run = { market, options, parameters: recommended.parameters, span };
  return { lookAhead: checkLookAhead(run, trades), warmUp: checkWarmUp(run) };
}

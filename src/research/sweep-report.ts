import { keyFigures, sessionReturns } from '#backtest/metrics/measure.ts';

import { foundPoints, idle, judged, recommend, surfaceOf, tradeReturnsOf } from './choose.ts';
import type { Played } from './choose.ts';
import type { Evaluator } from './evaluate.ts';
import { objectiveText } from './objective.ts';
import type { Recommendation, SweepReport } from './report.ts';
import type { SelfChecks } from './report.ts';
import { deflatedChoices, searchOverfitting } from './search-luck.ts';
import { countTrials, searchText } from './search.ts';
import { checkLookAhead, checkWarmUp } from './self-checks.ts';
import { knownIn } from './study.ts';
import type { Outcomes, StudyPlan, StudySearch } from './study.ts';
import { heatMap, neighboursOf } from './surface.ts';
import type { HeatMap, Surface } from './surface.ts';
import type { SessionSpan } from './walk-forward.ts';

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
      tradeReturns: tradeReturnsOf([outOfSample]),
      trials,
      deflatedSharpe:
        recommended === null ? null : deflatedChoices([{ plan, known, played: inSample }]),
      overfitting: searchOverfitting([{ plan, known }]),
    }),
    ...(recommended === null ? { sentence: NO_PLACE } : {}),
  };
}

/** Nothing was traded for want of a place to trade, which says more than that no trade was made. */
const NO_PLACE = 'too few trades to tell: no place in the grid has enough of them';

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

function heatMapOf(surface: Surface): HeatMap | null {
  const [y, x] = surface.axes.filter(({ values }) => values.length > 1);
  return x === undefined || y === undefined
    ? null
    : heatMap(surface, { x: x.name, y: y.name, of: 'best' });
}

export function selfChecks(
  { market, options }: Evaluator,
  recommended: Recommendation | null,
  { trades }: Played,
  span: SessionSpan,
): SelfChecks {
  if (recommended === null) return { lookAhead: null, warmUp: null };
  const run = { market, options, parameters: recommended.parameters, span };
  return { lookAhead: checkLookAhead(run, trades), warmUp: checkWarmUp(run) };
}

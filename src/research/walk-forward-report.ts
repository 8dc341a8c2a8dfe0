import { keyFigures, sessionReturns } from '#backtest/metrics/measure.ts';

import { foundPoints, judged, recommend, surfaceOf, tradeReturnsOf } from './choose.ts';
import type { Played } from './choose.ts';
import type { Recommendation, SelfChecks, WalkForwardReport } from './report.ts';
import { deflatedChoices, searchOverfitting } from './search-luck.ts';
import type { Choice, Searched } from './search-luck.ts';
import { countTrials } from './search.ts';
import { knownIn } from './study.ts';
import type { StudySearch } from './study.ts';
import { described, played, selfChecks } from './sweep-report.ts';
import type { StudyEnd } from './sweep-report.ts';
import { efficiencyRatio, parameterStability, stitchOutOfSample } from './walk-forward.ts';
import type { SessionSpan } from './walk-forward.ts';

/** A window with what was chosen in it, and what came of that. */
interface PlayedWindow extends Searched {
  readonly span: { readonly train: SessionSpan; readonly test: SessionSpan };
  readonly choice: Recommendation | null;
  readonly train: Played;
  readonly test: Played;
}

/**
 * The end of a walk-forward: each window's plateau on the time after it, one test after the other, as if the
 * whole procedure had been followed then. What is recommended is the choice of the latest time, which no test
 * follows yet: its own training counts among the choices whose luck is taken off.
 */
export function walkForwardReport(
  end: StudyEnd,
  searches: readonly StudySearch[],
): WalkForwardReport {
  const { study } = end;
  const windows = searches.flatMap((search) => playedWindow(end, search));
  const choices = windows.flatMap(({ choice }) => (choice === null ? [] : [choice.coordinates]));
  const latest = searches.find(({ test }) => test === null);
  const recommended = latest === undefined ? null : choiceOf(end, latest);
  const inSample = stitched(windows.map(({ train }) => train));
  const outOfSample = stitched(windows.map(({ test }) => test));
  const trials = searches.reduce(
    (sum, search) => sum + countTrials(search.plan, knownIn(search, end.dates, end.outcomes)),
    0,
  );
  return {
    kind: 'walk-forward',
    ...described(study),
    trials,
    windows: windows.map(({ span, choice, train, test }) => ({
      ...span,
      choice: choice?.coordinates ?? null,
      inSample: keyFigures(train),
      outOfSample: keyFigures(test),
    })),
    stability: parameterStability(choices),
    efficiency: efficiencyRatio(windows),
    recommended,
    inSample: keyFigures(inSample),
    outOfSample: keyFigures(outOfSample),
    equity: outOfSample.sessions,
    ...judged(study, {
      inSample: keyFigures(inSample),
      outOfSample,
      returns: sessionReturns(outOfSample),
      tradeReturns: tradeReturnsOf(windows.map(({ test }) => test)),
      trials,
      deflatedSharpe: deflatedChoices([
        ...windows.flatMap(choicesIn),
        ...(latest === undefined || recommended === null
          ? []
          : [{ ...searched(end, latest), played: played(end, recommended, latest.train) }]),
      ]),
      overfitting: searchOverfitting(searches.map((search) => searched(end, search))),
    }),
    ...checksOf(end, windows),
  };
}

const searched = ({ dates, outcomes }: StudyEnd, search: StudySearch): Searched => ({
  plan: search.plan,
  known: knownIn(search, dates, outcomes),
});

const choicesIn = ({ choice, plan, known, train }: PlayedWindow): readonly Choice[] =>
  choice === null ? [] : [{ plan, known, played: train }];

/** Of the last test in which something was traded by a choice. */
function checksOf({ evaluator }: StudyEnd, windows: readonly PlayedWindow[]): SelfChecks {
  const last = windows.findLast(({ choice }) => choice !== null);
  return last === undefined
    ? { lookAhead: null, warmUp: null }
    : selfChecks(evaluator, last.choice, last.test, last.span.test);
}

function playedWindow(end: StudyEnd, search: StudySearch): readonly PlayedWindow[] {
  const { train, test } = search;
  if (test === null) return [];
  const choice = choiceOf(end, search);
  return [
    {
      ...searched(end, search),
      span: { train, test },
      choice,
      train: played(end, choice, train),
      test: played(end, choice, test),
    },
  ];
}

function choiceOf(end: StudyEnd, search: StudySearch): Recommendation | null {
  const known = knownIn(search, end.dates, end.outcomes);
  return recommend(end.study, surfaceOf(search.plan, foundPoints(search.plan, known)));
}

/** One run after the other, each one beginning with what the one before has left. */
function stitched(runs: readonly Played[]): Played {
  const [first] = runs;
  if (first === undefined) throw new RangeError('a walk-forward needs a window');
  const { startingEquity } = first;
  return {
    startingEquity,
    trades: runs.flatMap(({ trades }) => trades),
    sessions: stitchOutOfSample(startingEquity, runs),
  };
}

import type { Evaluator } from './evaluate.ts';
import type { PointOutcome } from './outcome.ts';
import { withNotes } from './report.ts';
import type { StudyReport } from './report.ts';
import { leftOutNotes } from './space.ts';
import { nextTasks, searchesOf } from './study.ts';
import type { Outcomes, StudyPlan, StudySearches, Task } from './study.ts';
import { sweepReport } from './sweep-report.ts';
import type { StudyEnd } from './sweep-report.ts';
import { walkForwardReport } from './walk-forward-report.ts';
import type { SessionSpan } from './walk-forward.ts';

type Dates = readonly SessionSpan['from'][];

/** The sessions of a market that are studied: those before only warm up. */
export const studiedDates = (
  { market }: Pick<Evaluator, 'market'>,
  from: SessionSpan['from'],
): Dates => market.sessions.map(({ date }) => date).filter((date) => date >= from);

/** What is left to do of a study: tasks, or nothing but the report. */
export type StudyState =
  | { readonly kind: 'tasks'; readonly tasks: readonly Task[] }
  | { readonly kind: 'ready' }
  | { readonly kind: 'impossible'; readonly error: string };

export function stateOf(study: StudyPlan, dates: Dates, outcomes: Outcomes): StudyState {
  const searches = searchesOf(study, dates);
  if (!searches.ok) return { kind: 'impossible', error: searches.error };
  const tasks = nextTasks(searches.searches, dates, outcomes);
  return tasks.length === 0 ? { kind: 'ready' } : { kind: 'tasks', tasks };
}

/** The report of a study of which every task is done. Throws on one that is impossible. */
export function reportOf(
  study: StudyPlan,
  { evaluator, dates, outcomes }: { evaluator: Evaluator; dates: Dates; outcomes: Outcomes },
): StudyReport {
  const end = { study, evaluator, dates, outcomes };
  return withNotes(reportFrom(end), leftOutNotes(study.axes, study.base));
}

function reportFrom(end: StudyEnd): StudyReport {
  const { study, dates } = end;
  const { searches } = possible(searchesOf(study, dates));
  if (study.kind === 'walk-forward') return walkForwardReport(end, searches);
  const [search] = searches;
  if (search?.test == null) throw new RangeError('a sweep has a time to test on');
  return sweepReport(end, { ...search, test: search.test });
}

function possible(searches: StudySearches): StudySearches & { readonly ok: true } {
  if (!searches.ok) throw new RangeError(searches.error);
  return searches;
}

/** Does tasks, wherever: what comes of each, by its key. */
export type DoTasks = (tasks: readonly Task[]) => Promise<Outcomes>;

/** Does tasks right here. */
export const outcomesHere = (evaluator: Evaluator, tasks: readonly Task[]): Outcomes =>
  new Map<string, PointOutcome>(
    tasks.map(({ key, point, from, to }) => [
      key,
      evaluator.outcome(point.parameters, { from, to }),
    ]),
  );

/** A whole study: what its report says depends on nothing but the study, the bars and the options. */
export async function runStudy(
  study: StudyPlan,
  { evaluator, dates }: { readonly evaluator: Evaluator; readonly dates: Dates },
  doTasks: DoTasks,
): Promise<StudyReport> {
  const outcomes = new Map<string, PointOutcome>();
  for (;;) {
    const state = stateOf(study, dates, outcomes);
    if (state.kind === 'impossible') throw new RangeError(state.error);
    if (state.kind === 'ready') return reportOf(study, { evaluator, dates, outcomes });
    for (const [key, outcome] of await doTasks(state.tasks)) outcomes.set(key, outcome);
  }
}

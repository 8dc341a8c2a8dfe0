import { agendaKey } from '#backtest/shared-keys.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { SessionDate } from '#core/session.ts';
import { warmUpSessions } from '#core/warm-up.ts';

import type { Objective } from './objective.ts';
import type { PointOutcome } from './outcome.ts';
import { nextStep } from './search.ts';
import type { Known, Rung, Search, SearchPlan } from './search.ts';
import { pointsOf } from './space.ts';
import type { Point } from './space.ts';
import type { Axis } from './surface.ts';
import { tooFew, walkForwardWindows } from './walk-forward.ts';
import type { SessionSpan, WindowPlan } from './walk-forward.ts';

/** What is to be found out; with the bars it decides every figure of the report. */
export interface StudyPlan {
  readonly kind: 'sweep' | 'walk-forward';
  /** Of all chance in it. */
  readonly seed: string;
  readonly axes: readonly Axis[];
  /** What the grid lies around. */
  readonly base: StrategyParameters;
  readonly search: Search;
  readonly objective: Objective;
  /** How a walk-forward cuts the time. */
  readonly windows: WindowPlan;
}

/** One search of a study, and the time after it that its choice is tried on; null where that is yet to come. */
export interface StudySearch {
  readonly plan: SearchPlan;
  readonly train: SessionSpan;
  readonly test: SessionSpan | null;
}

export type StudySearches =
  | { readonly ok: true; readonly searches: readonly StudySearch[] }
  | { readonly ok: false; readonly error: string };

/** Sessions before the first one, so that the decisions of every point of the grid see all that they look at. */
export const warmUpOf = ({ axes, base }: StudyPlan): number =>
  pointsOf(axes, base).reduce(
    (most, { parameters }) => Math.max(most, warmUpSessions(parameters)),
    warmUpSessions(base),
  );

/** Of the sessions of a sweep, the first ones, that it chooses on. */
const IN_SAMPLE = 0.7;
const FEWEST_SESSIONS = 10;

/**
 * The searches of a study, the last one of a walk-forward on the latest time, for what comes next.
 *
 * @param dates of the sessions that are studied, oldest first
 */
export function searchesOf(study: StudyPlan, dates: readonly SessionDate[]): StudySearches {
  const points = pointsOf(study.axes, study.base);
  const search = (train: SessionSpan, test: SessionSpan | null): StudySearch => ({
    plan: { ...study, points, seed: `${study.seed} ${train.from}` },
    train,
    test,
  });
  if (study.kind === 'sweep') {
    const first = Math.round(dates.length * IN_SAMPLE);
    const [train, test] = [spanOf(dates.slice(0, first)), spanOf(dates.slice(first))];
    if (dates.length < FEWEST_SESSIONS || train === null || test === null) {
      const error = `${tooFew(dates)} to choose on some and try on others; take ${FEWEST_SESSIONS} at least`;
      return { ok: false, error };
    }
    return { ok: true, searches: [search(train, test)] };
  }
  const cut = walkForwardWindows(dates, study.windows);
  if (!cut.ok) return cut;
  const searches = cut.windows.map(({ train, test }) => search(train, test));
  const latest = spanOf(latestDates(study.windows, dates, cut.windows.at(-1)?.train.sessions ?? 1));
  return { ok: true, searches: latest === null ? searches : [...searches, search(latest, null)] };
}

/** What the choice for the time to come trains on, as the windows before did. */
const latestDates = (
  { kind }: WindowPlan,
  dates: readonly SessionDate[],
  trainSessions: number,
): readonly SessionDate[] => (kind === 'anchored' ? dates : dates.slice(-trainSessions));

function spanOf(dates: readonly SessionDate[]): SessionSpan | null {
  const [from, to] = [dates[0], dates.at(-1)];
  return from === undefined || to === undefined ? null : { from, to, sessions: dates.length };
}

/** One point on one span: the unit of work. */
export interface Task {
  /** Of its span and coordinates: equal keys stand for equal outcomes within a study. */
  readonly key: string;
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly point: Point;
}

export type Outcomes = ReadonlyMap<string, PointOutcome>;

/**
 * What has to be tried next for a study, given all that was; nothing once every search is over. Points that can
 * share work come one after the other.
 */
export function nextTasks(
  searches: readonly StudySearch[],
  dates: readonly SessionDate[],
  outcomes: Outcomes,
): readonly Task[] {
  const tasks = new Map<string, Task>();
  for (const search of searches) {
    const step = nextStep(search.plan, knownIn(search, dates, outcomes));
    for (const point of step?.points ?? []) {
      const task = taskOf(search, dates, point, step?.rung ?? 1);
      tasks.set(task.key, task);
    }
  }
  return [...tasks.values()].toSorted((one, other) => compare(orderOf(one), orderOf(other)));
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const orderOf = ({ point, key }: Task): string => `${agendaKey(point.parameters)} ${key}`;

/** What a search knows by the outcomes of its study. */
export const knownIn =
  (search: StudySearch, dates: readonly SessionDate[], outcomes: Outcomes): Known =>
  (point, rung) =>
    outcomes.get(taskOf(search, dates, point, rung).key) ?? null;

function taskOf(
  { train }: StudySearch,
  dates: readonly SessionDate[],
  point: Point,
  rung: Rung,
): Task {
  const { from } = train;
  const to = rung === 1 ? train.to : partOf(train, dates, rung);
  return { key: `${from}..${to} ${point.text}`, from, to, point };
}

/** The last session of the first part of a span. */
function partOf(train: SessionSpan, dates: readonly SessionDate[], rung: Rung): SessionDate {
  const first = dates.indexOf(train.from);
  const sessions = Math.max(1, Math.round(train.sessions * rung));
  return dates[first + sessions - 1] ?? train.to;
}

/** Tasks in pieces of at most so many, for workers to share. */
export const chunksOf = <Each>(all: readonly Each[], size: number): readonly (readonly Each[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );

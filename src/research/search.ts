import { createRandom } from '#core/random.ts';

import { objectiveValue } from './objective.ts';
import type { Objective } from './objective.ts';
import type { PointOutcome } from './outcome.ts';
import { pointText } from './space.ts';
import type { Point } from './space.ts';
import type { Axis } from './surface.ts';

/** Which points of a grid are tried. */
export type Search =
  | { readonly kind: 'grid' }
  /** So many of them, drawn by chance, and those around the best. */
  | { readonly kind: 'random'; readonly points: number }
  /** So many on a part of the time, the better third of them on more, and the best on all of it. */
  | { readonly kind: 'halving'; readonly points: number };

export type ParsedSearch =
  | { readonly ok: true; readonly search: Search }
  | { readonly ok: false; readonly error: string };

/** Reads `grid`, `random:200` or `halving:200`. */
export function parseSearch(text: string): ParsedSearch {
  if (text === 'grid') return { ok: true, search: { kind: 'grid' } };
  const [, kind, points] = /^(random|halving):([1-9]\d{0,4})$/.exec(text) ?? [];
  if (kind === 'random' || kind === 'halving') {
    return { ok: true, search: { kind, points: Number(points) } };
  }
  return {
    ok: false,
    error: `not a search: "${text}"; use grid, or random:200 or halving:200, of 1 to 99,999 points`,
  };
}

export const searchText = (search: Search): string =>
  search.kind === 'grid' ? 'grid' : `${search.kind}:${search.points}`;

/** What is searched, and how. */
export interface SearchPlan {
  readonly axes: readonly Axis[];
  /** All of the grid, in its order. */
  readonly points: readonly Point[];
  readonly search: Search;
  readonly objective: Objective;
  /** Of the chance in it. */
  readonly seed: string;
}

/** A part of the sessions that points are tried on, from the first: 1 is all of them. */
export type Rung = number;

/** What is to be tried next. */
export interface Step {
  readonly rung: Rung;
  readonly points: readonly Point[];
}

/** What is known of a point on a rung; null while it has not been tried. */
export type Known = (point: Point, rung: Rung) => PointOutcome | null;

/** Each rung tries a third of the points of the one before, on three times the sessions. */
const RUNGS: readonly Rung[] = [1 / 9, 1 / 3, 1];
const KEPT = 1 / 3;
/** The best ones of a search by chance, of which the neighbours are tried as well. */
const REFINED = 3;

/**
 * What a search has to try next, given what it knows: nothing once it is over. It is told all anew each time, so
 * that anybody can go on with a search of somebody else.
 */
export function nextStep(plan: SearchPlan, known: Known): Step | null {
  for (const step of stepsOf(plan, known)) {
    const points = step.points.filter((point) => known(point, step.rung) === null);
    if (points.length > 0) return { ...step, points };
  }
  return null;
}

/** The points that were tried on all of the time, for a surface; in the order of the grid. */
export function triedPoints(plan: SearchPlan, known: Known): readonly Point[] {
  const steps = [...stepsOf(plan, known)].filter(({ rung }) => rung === 1);
  return inGridOrder(
    plan,
    steps.flatMap(({ points }) => points),
  );
}

/** Every point that was tried at all: each is a chance to be lucky. */
export function countTrials(plan: SearchPlan, known: Known): number {
  const tried = [...stepsOf(plan, known)].flatMap(({ points }) => points);
  return new Set(tried.map(({ text }) => text)).size;
}

/** Every step so far. Each one follows from the outcomes of those before, which end where one is missing. */
function* stepsOf(plan: SearchPlan, known: Known): Generator<Step> {
  const { search } = plan;
  const first = search.kind === 'grid' ? plan.points : drawnPoints(plan, search.points);
  if (search.kind !== 'halving') yield { rung: 1, points: first };
  let points = first;
  if (search.kind === 'halving') {
    for (const rung of RUNGS) {
      yield { rung, points };
      if (rung === 1) break;
      const ranked = ranking(plan, points, (point) => known(point, rung));
      if (ranked === null) return;
      const kept = Math.max(1, Math.ceil(ranked.length * KEPT));
      points = inGridOrder(plan, ranked.slice(0, kept));
    }
  }
  if (search.kind === 'grid') return;
  const ranked = ranking(plan, points, (point) => known(point, 1));
  if (ranked === null) return;
  yield { rung: 1, points: around(plan, ranked.slice(0, REFINED)) };
}

/** Some of the points, each once, in the order of the grid. */
function drawnPoints(plan: SearchPlan, count: number): readonly Point[] {
  const all = [...plan.points];
  if (count >= all.length) return all;
  const random = createRandom(`search ${plan.seed}`);
  for (let at = 0; at < count; at += 1) {
    const other = at + Math.floor(random.uniform() * (all.length - at));
    const [one, swapped] = [all[at], all[other]];
    if (one === undefined || swapped === undefined) break;
    [all[at], all[other]] = [swapped, one];
  }
  return inGridOrder(plan, all.slice(0, count));
}

function inGridOrder(plan: SearchPlan, some: readonly Point[]): readonly Point[] {
  const texts = new Set(some.map(({ text }) => text));
  return plan.points.filter(({ text }) => texts.has(text));
}

/** The best first, of alike ones the first of the grid; null while one of them is not known. */
function ranking(
  { objective }: SearchPlan,
  points: readonly Point[],
  outcomeOf: (point: Point) => PointOutcome | null,
): readonly Point[] | null {
  const values: { readonly point: Point; readonly value: number }[] = [];
  for (const point of points) {
    const outcome = outcomeOf(point);
    if (outcome === null) return null;
    const value = objectiveValue(objective, outcome.figures) ?? Number.NEGATIVE_INFINITY;
    values.push({ point, value });
  }
  return values
    .toSorted((one, other) => (one.value === other.value ? 0 : other.value - one.value))
    .map(({ point }) => point);
}

/** The points one step away on one axis from any of these. */
function around(plan: SearchPlan, centres: readonly Point[]): readonly Point[] {
  const { axes } = plan;
  const texts = new Set(
    centres.flatMap(({ coordinates }) =>
      axes.flatMap(({ name, values }) => {
        const at = values.findIndex((value) => value === coordinates[name]);
        return [values[at - 1], values[at + 1]].flatMap((value) =>
          value === undefined ? [] : [pointText({ ...coordinates, [name]: value })],
        );
      }),
    ),
  );
  return plan.points.filter(({ text }) => texts.has(text));
}

import { describe, expect, it } from 'vitest';

import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { PointOutcome } from '#research/outcome.ts';
import { countTrials, nextStep, parseSearch, searchText, triedPoints } from '#research/search.ts';
import type { Search, SearchPlan, Step } from '#research/search.ts';
import { pointsOf } from '#research/space.ts';
import type { Point } from '#research/space.ts';

const AXES = [
  { name: 'stop', values: Array.from({ length: 10 }, (_, index) => 1 + index / 2) },
  { name: 'target', values: Array.from({ length: 10 }, (_, index) => 2 + index / 2) },
];
const planOf = (search: Search, seed = 'a'): SearchPlan => ({
  axes: AXES,
  points: pointsOf(AXES, DEFAULT_PARAMETERS),
  search,
  objective: { kind: 'single', figure: 'sharpe' },
  seed,
});

/** One hill, whose top is at stop 3 and target 4. */
const hill = ({ coordinates }: Point): number =>
  -Math.abs(Number(coordinates['stop']) - 3) - Math.abs(Number(coordinates['target']) - 4);

const outcomeOf = (sharpe: number | null): PointOutcome => ({
  figures: { trades: 40, netPnl: 0 as never, profitFactor: 1, expectancyR: 0, calmar: 0, sharpe },
  returns: [],
});

/** Goes through a search to its end; the steps, and how to ask what is known then. */
function follow(plan: SearchPlan) {
  const outcomes = new Map<string, PointOutcome>();
  const known = (point: Point, rung: number) => outcomes.get(`${rung} ${point.text}`) ?? null;
  const steps: Step[] = [];
  for (let step = nextStep(plan, known); step !== null; step = nextStep(plan, known)) {
    steps.push(step);
    for (const point of step.points) {
      outcomes.set(`${step.rung} ${point.text}`, outcomeOf(hill(point)));
    }
  }
  return { steps, known };
}

const drawn = (seed: string) =>
  follow(planOf({ kind: 'random', points: 20 }, seed)).steps[0]!.points.map(({ text }) => text);

describe('the text of a search', () => {
  it.each(['grid', 'random:200', 'halving:27'])('%s is read as it is written', (text) => {
    const parsed = parseSearch(text);
    expect(parsed.ok && searchText(parsed.search)).toBe(text);
  });

  it.each(['', 'rnd', 'random', 'random:0', 'random:1.5', 'halving:-3', 'random:100000', 'grid:4'])(
    '"%s" is refused',
    (text) => {
      expect(parseSearch(text)).toEqual({
        ok: false,
        error: `not a search: "${text}"; use grid, or random:200 or halving:200, of 1 to 99,999 points`,
      });
    },
  );
});

describe('a search of the grid', () => {
  it('tries every point once, on all of the time', () => {
    const plan = planOf({ kind: 'grid' });
    const { steps, known } = follow(plan);
    expect(steps.map(({ rung, points }) => [rung, points.length])).toEqual([[1, 100]]);
    expect(triedPoints(plan, known)).toEqual(plan.points);
    expect(countTrials(plan, known)).toBe(100);
  });

  it('asks only for what is not known', () => {
    const plan = planOf({ kind: 'grid' });
    const step = nextStep(plan, (point) => (point.coordinates['stop'] === 3 ? null : outcomeOf(1)));
    expect(step?.points.map(({ coordinates }) => coordinates['stop'])).toEqual(
      Array.from({ length: 10 }, () => 3),
    );
  });
});

describe('a random search', () => {
  it('draws so many different points, and then those around the best', () => {
    const plan = planOf({ kind: 'random', points: 20 });
    const { steps, known } = follow(plan);
    expect(steps).toHaveLength(2);
    expect(new Set(steps[0]!.points.map(({ text }) => text)).size).toBe(20);
    const best = steps[0]!.points.toSorted((one, other) => hill(other) - hill(one))[0]!;
    const around = steps[1]!.points.filter(
      ({ coordinates }) =>
        Math.abs(Number(coordinates['stop']) - Number(best.coordinates['stop'])) +
          Math.abs(Number(coordinates['target']) - Number(best.coordinates['target'])) ===
        0.5,
    );
    expect(around.length).toBeGreaterThan(0);
    expect(countTrials(plan, known)).toBe(20 + steps[1]!.points.length);
  });

  it('draws the same for the same seed, and others for another', () => {
    expect(drawn('a')).toEqual(drawn('a'));
    expect(drawn('a')).not.toEqual(drawn('b'));
  });

  it('is one of the grid where it has no more points', () => {
    const plan = planOf({ kind: 'random', points: 500 });
    expect(follow(plan).steps.map(({ points }) => points.length)).toEqual([100]);
  });
});

describe('successive halving', () => {
  it('tries a third of the points each time, on three times the sessions', () => {
    const { steps } = follow(planOf({ kind: 'halving', points: 54 }));
    expect(steps.slice(0, 3).map(({ rung, points }) => [rung, points.length])).toEqual([
      [1 / 9, 54],
      [1 / 3, 18],
      [1, 6],
    ]);
  });

  it('keeps the best', () => {
    const { steps } = follow(planOf({ kind: 'halving', points: 54 }));
    const [first, second] = steps.map(({ points }) => points);
    const worstKept = Math.min(...second!.map(hill));
    const dropped = first!.filter(({ text }) => !second!.some((kept) => kept.text === text));
    expect(Math.max(...dropped.map(hill))).toBeLessThanOrEqual(worstKept);
  });

  it('counts every point as a try, also those that were dropped early', () => {
    const plan = planOf({ kind: 'halving', points: 54 });
    const { known } = follow(plan);
    expect(countTrials(plan, known)).toBeGreaterThanOrEqual(54);
    expect(triedPoints(plan, known).length).toBeLessThan(54);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  OBJECTIVE_FIGURES,
  objectiveText,
  objectiveValue,
  parseObjective,
} from '#research/objective.ts';

const FIGURES = { profitFactor: 1.5, expectancyR: 0.2, sharpe: 1, calmar: null };

/** What an objective in words makes of the figures. */
function valueOf(text: string): number | null {
  const parsed = parseObjective(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return objectiveValue(parsed.objective, FIGURES);
}

describe('an objective', () => {
  it.each([
    ['profitFactor', 1.5],
    ['expectancyR', 0.2],
    ['sharpe', 1],
    ['calmar', null],
    ['weighted:profitFactor=0.5,sharpe=0.5', 1.25],
    ['weighted:expectancyR=10,sharpe=1e-1', 2.1],
    ['weighted:sharpe=2', 2],
    ['weighted:sharpe=1,calmar=1', null],
  ])('%s makes of the figures %d', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  const USE = 'profitFactor, expectancyR, sharpe, calmar';
  const EXAMPLE = 'weighted:profitFactor=0.5,sharpe=0.5';
  const weight = (part: string) =>
    `not a weight: "${part}"; use one of ${USE} with a number above 0: ${EXAMPLE}`;

  it.each([
    ['', `not an objective: ""; use ${USE} or ${EXAMPLE}`],
    ['Sharpe', `not an objective: "Sharpe"; use ${USE} or ${EXAMPLE}`],
    ['toString', `not an objective: "toString"; use ${USE} or ${EXAMPLE}`],
    ['weighted:', weight('')],
    ['weighted:sharpe', weight('sharpe')],
    ['weighted:sharpe=', weight('sharpe=')],
    ['weighted:sharpe=0', weight('sharpe=0')],
    ['weighted:sharpe=-1', weight('sharpe=-1')],
    ['weighted:sharpe=much', weight('sharpe=much')],
    ['weighted:sharpe=1,alpha=1', weight('alpha=1')],
    ['weighted:sharpe=Infinity', weight('sharpe=Infinity')],
    ['weighted:sharpe=1=2', weight('sharpe=1=2')],
    ['weighted:sharpe=1,sharpe=2', `sharpe has two weights; give it one: ${EXAMPLE}`],
  ])('%j is refused with the cure', (text, error) => {
    expect(parseObjective(text)).toEqual({ ok: false, error });
  });

  it('is read as it is written', () => {
    const weights = fc.subarray([...OBJECTIVE_FIGURES], { minLength: 1 }).chain((figures) =>
      fc.tuple(
        ...figures.map((figure) =>
          fc.record({
            figure: fc.constant(figure),
            weight: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
          }),
        ),
      ),
    );
    const objectives = fc.oneof(
      fc.record({
        kind: fc.constant('single' as const),
        figure: fc.constantFrom(...OBJECTIVE_FIGURES),
      }),
      fc.record({ kind: fc.constant('weighted' as const), weights }),
    );
    fc.assert(
      fc.property(objectives, (objective) => {
        expect(parseObjective(objectiveText(objective))).toEqual({ ok: true, objective });
      }),
    );
  });
});

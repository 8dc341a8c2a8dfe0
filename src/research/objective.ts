import type { KeyFigures } from '#backtest/metrics/measure.ts';

/** What a search can rank points by; of all of them more is better. */
export const OBJECTIVE_FIGURES = ['profitFactor', 'expectancyR', 'sharpe', 'calmar'] as const;
export type ObjectiveFigure = (typeof OBJECTIVE_FIGURES)[number];

/** One figure, or several with their weights. */
export type Objective =
  | { readonly kind: 'single'; readonly figure: ObjectiveFigure }
  | { readonly kind: 'weighted'; readonly weights: readonly Weight[] };

export interface Weight {
  readonly figure: ObjectiveFigure;
  /** Positive; figures are taken as they are, so it also has to make up for their different sizes. */
  readonly weight: number;
}

/** Null where one of the figures is not known, as a profit factor without a loss. */
export function objectiveValue(
  objective: Objective,
  figures: Pick<KeyFigures, ObjectiveFigure>,
): number | null {
  if (objective.kind === 'single') return figures[objective.figure];
  let sum = 0;
  for (const { figure, weight } of objective.weights) {
    const value = figures[figure];
    if (value === null) return null;
    sum += weight * value;
  }
  return sum;
}

export type ParsedObjective =
  | { readonly ok: true; readonly objective: Objective }
  | { readonly ok: false; readonly error: string };

const WEIGHTED = 'weighted:';
const EXAMPLE = `${WEIGHTED}profitFactor=0.5,sharpe=0.5`;

const failed = (error: string): ParsedObjective => ({ ok: false, error });

/** Reads `sharpe` or `weighted:profitFactor=0.5,sharpe=0.5`. */
export function parseObjective(text: string): ParsedObjective {
  if (text.startsWith(WEIGHTED)) return parseWeights(text.slice(WEIGHTED.length));
  const figure = figureOf(text);
  return figure === null
    ? failed(`not an objective: "${text}"; use ${OBJECTIVE_FIGURES.join(', ')} or ${EXAMPLE}`)
    : { ok: true, objective: { kind: 'single', figure } };
}

const figureOf = (text: string): ObjectiveFigure | null =>
  OBJECTIVE_FIGURES.find((figure) => figure === text) ?? null;

function parseWeights(text: string): ParsedObjective {
  const weights: Weight[] = [];
  for (const part of text.split(',')) {
    const [name = '', ...rest] = part.split('=');
    const [figure, weight] = [figureOf(name), Number(rest.join('='))];
    if (figure === null || !Number.isFinite(weight) || weight <= 0) {
      const figures = OBJECTIVE_FIGURES.join(', ');
      return failed(
        `not a weight: "${part}"; use one of ${figures} with a number above 0: ${EXAMPLE}`,
      );
    }
    if (weights.some((other) => other.figure === figure)) {
      return failed(`${figure} has two weights; give it one: ${EXAMPLE}`);
    }
    weights.push({ figure, weight });
  }
  return { ok: true, objective: { kind: 'weighted', weights } };
}

/** The objective as it is read by {@link parseObjective}. */
export const objectiveText = (objective: Objective): string =>
  objective.kind === 'single'
    ? objective.figure
    : WEIGHTED +
      objective.weights.map(({ figure, weight }) => `${figure}=${String(weight)}`).join(',');

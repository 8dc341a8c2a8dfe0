import { count } from '#core/number-words.ts';
import { parametersAt, problemOf } from '#core/parameter-axes.ts';
import type { AxisValue, Coordinates } from '#core/parameter-axes.ts';
import type { StrategyParameters } from '#core/parameters.ts';

import type { Axis } from './surface.ts';

/** What is searched unless somebody asks for something else: 72 points. */
export const DEFAULT_AXES: readonly Axis[] = [
  { name: 'stop', values: [2, 2.5, 3] },
  { name: 'target', values: [3.5, 4, 4.5, 5] },
  { name: 'confidenceThreshold', values: [65, 70, 75] },
  { name: 'barMinutes', values: [5, 15] },
];

/** A point of a grid, with the parameters that it stands for. */
export interface Point {
  readonly coordinates: Coordinates;
  /** Of its coordinates: equal texts stand for the same point of a grid. */
  readonly text: string;
  readonly parameters: StrategyParameters;
}

/** Number of points of the full grid. */
export const gridSize = (axes: readonly Axis[]): number =>
  axes.reduce((product, { values }) => product * values.length, 1);

/** The point with this number: the last axis changes fastest. */
export function coordinatesAt(axes: readonly Axis[], index: number): Coordinates {
  let rest = index;
  const picked: [string, AxisValue][] = [];
  for (const { name, values } of axes.toReversed()) {
    const value = values[rest % values.length];
    if (value === undefined) throw new RangeError(`the axis ${name} has no values`);
    picked.push([name, value]);
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(picked.toReversed());
}

/** Every point of the grid whose parameters go together. */
export const pointsOf = (axes: readonly Axis[], base: StrategyParameters): readonly Point[] =>
  Array.from({ length: gridSize(axes) }, (_, index) => pointAt(axes, base, index)).filter(
    (point) => point !== null,
  );

/** How many points of a grid are left out, and why, in a line; nothing where none is. */
export function leftOutNotes(axes: readonly Axis[], base: StrategyParameters): readonly string[] {
  const size = gridSize(axes);
  const problems = Array.from({ length: size }, (_, index) =>
    problemOf(parametersAt(base, coordinatesAt(axes, index))),
  ).filter((problem) => problem !== null);
  const [first] = problems;
  if (first === undefined) return [];
  const were = problems.length === 1 ? 'was' : 'were';
  return [
    `${problems.length} of ${count(size, 'point')} of the grid cannot be traded and ${were} left out; of the first one ${first}`,
  ];
}

/** The point with this number, or null where its parameters do not go together. */
export function pointAt(
  axes: readonly Axis[],
  base: StrategyParameters,
  index: number,
): Point | null {
  const coordinates = coordinatesAt(axes, index);
  const parameters = parametersAt(base, coordinates);
  if (problemOf(parameters) !== null) return null;
  return { coordinates, parameters, text: pointText(coordinates) };
}

/** `stop=2 target=3.5`. */
export const pointText = (coordinates: Coordinates): string =>
  Object.entries(coordinates)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');

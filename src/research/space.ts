import { isWithin, limitWords, PARAMETER_LIMITS } from '#core/parameter-limits.ts';
import type { ParameterLimit, ParameterName } from '#core/parameter-limits.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { ruleConflicts } from '#core/rule-conflicts.ts';

import type { Axis, AxisValue, Coordinates } from './surface.ts';

/**
 * Axes that move several parameters: the distance of the regime between trending and choppy, with the other two
 * regimes in the same proportion to it as before. In ATRs.
 */
const COMPOUND = {
  stop: ['stopAtrs', 'trendingStopAtrs', 'choppyStopAtrs'],
  target: ['targetAtrs', 'trendingTargetAtrs', 'choppyTargetAtrs'],
} as const satisfies Record<string, readonly [ParameterName, ...ParameterName[]]>;

type CompoundName = keyof typeof COMPOUND;

const isCompound = (name: string): name is CompoundName => Object.hasOwn(COMPOUND, name);
const isParameter = (name: string): name is ParameterName => Object.hasOwn(PARAMETER_LIMITS, name);

/** Every name that an axis may have. */
export const AXIS_NAMES: readonly string[] = [
  ...Object.keys(COMPOUND),
  ...Object.keys(PARAMETER_LIMITS),
];

/** The parameters that an axis sets; none of a name that is no axis. */
export function parametersOfAxis(name: string): readonly ParameterName[] {
  if (isCompound(name)) return COMPOUND[name];
  return isParameter(name) ? [name] : [];
}

/** What a value of the axis may be; null of a name that is no axis. */
export function limitOfAxis(name: string): ParameterLimit | null {
  const [first] = parametersOfAxis(name);
  return first === undefined ? null : PARAMETER_LIMITS[first];
}

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

/** Digits behind the point that a distance in ATRs keeps. */
const SCALE = 1e6;

/** The parameters at a point of the grid around others. */
export function parametersAt(
  base: StrategyParameters,
  coordinates: Coordinates,
): StrategyParameters {
  const changes: Record<string, AxisValue> = {};
  for (const [name, value] of Object.entries(coordinates)) {
    if (isCompound(name)) {
      const [first] = COMPOUND[name];
      for (const each of COMPOUND[name]) {
        changes[each] = Math.round((Number(value) * base[each] * SCALE) / base[first]) / SCALE;
      }
    } else changes[name] = value;
  }
  return { ...base, ...changes };
}

/** Why nobody may trade such parameters, continuing nothing; null where all is well. */
export function problemOf(parameters: StrategyParameters): string | null {
  for (const [name, limit] of Object.entries(PARAMETER_LIMITS)) {
    const value = isParameter(name) ? parameters[name] : undefined;
    if (value === undefined || !isWithin(limit, value)) {
      return `${name}: is ${String(value)}; it ${limitWords(limit)}`;
    }
  }
  const [conflict] = ruleConflicts(parameters);
  if (conflict === undefined) return null;
  return `${conflict.rule}: is ${conflict.value}; it must ${conflict.must}`;
}

/** Every point of the grid whose parameters go together. */
export const pointsOf = (axes: readonly Axis[], base: StrategyParameters): readonly Point[] =>
  Array.from({ length: gridSize(axes) }, (_, index) => pointAt(axes, base, index)).filter(
    (point) => point !== null,
  );

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

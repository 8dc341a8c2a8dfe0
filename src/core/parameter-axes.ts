/** The names by which parameters are set in a search, and by a person: their own ones, and those that move several. */
import { isWithin, limitWords, PARAMETER_LIMITS } from './parameter-limits.ts';
import type { ParameterLimit, ParameterName } from './parameter-limits.ts';
import type { StrategyParameters } from './parameters.ts';
import { ruleConflicts } from './rule-conflicts.ts';

export type AxisValue = number | string | boolean;

/** A point by the values of its axes. */
export type Coordinates = Readonly<Record<string, AxisValue>>;

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
function parametersOfAxis(name: string): readonly ParameterName[] {
  if (isCompound(name)) return COMPOUND[name];
  return isParameter(name) ? [name] : [];
}

/** What a value of the axis may be; null of a name that is no axis. */
export function limitOfAxis(name: string): ParameterLimit | null {
  const [first] = parametersOfAxis(name);
  return first === undefined ? null : PARAMETER_LIMITS[first];
}

/** Whether one of two axes would undo what the other one does. */
export const setsTheSame = (one: string, other: string): boolean =>
  parametersOfAxis(one).some((name) => parametersOfAxis(other).includes(name));

/** Where parameters lie on an axis; null of a name that is no axis. */
export function valueOnAxis(parameters: StrategyParameters, name: string): AxisValue | null {
  const [first] = parametersOfAxis(name);
  return first === undefined ? null : parameters[first];
}

/** Digits behind the point that a distance in ATRs keeps. */
const SCALE = 1e6;

/** The parameters at a point around others. */
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

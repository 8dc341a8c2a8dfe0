import { nearestName } from './nearest.ts';
import { AXIS_NAMES, limitOfAxis, parametersAt, problemOf, setsTheSame } from './parameter-axes.ts';
import type { AxisValue } from './parameter-axes.ts';
import { isWithin, limitWords } from './parameter-limits.ts';
import type { StrategyParameters } from './parameters.ts';

export type ReadParameters =
  | { readonly ok: true; readonly parameters: StrategyParameters }
  /** The first that is wrong, with the cure, in a line. */
  | { readonly ok: false; readonly why: string };

/**
 * Reads figures of the strategy as a person wrote them, each a name and a value, over those that hold else. The names
 * are those of a grid's axes, and mean the same: what a search has found can be written down as it stands there.
 */
export function readParameters(
  given: readonly (readonly [name: string, value: string])[],
  base: StrategyParameters,
): ReadParameters {
  const point: Record<string, AxisValue> = {};
  for (const [name, text] of given) {
    const limit = limitOfAxis(name);
    if (limit === null) return wrong(unknown(name));
    const clash = Object.keys(point).find((other) => setsTheSame(other, name));
    if (clash !== undefined) return wrong(twice(name, clash));
    const value = valueOf(text);
    if (!isWithin(limit, value)) return wrong(`${name}: is ${text}; it ${limitWords(limit)}.`);
    point[name] = value;
  }
  const parameters = parametersAt(base, point);
  const problem = problemOf(parameters);
  return problem === null ? { ok: true, parameters } : wrong(`${problem}.`);
}

const wrong = (why: string) => ({ ok: false, why }) as const;

const twice = (name: string, clash: string): string =>
  name === clash
    ? `${name}: is given twice; give it once.`
    : `${name}: sets what ${clash} sets as well; leave one of them out.`;

function unknown(name: string): string {
  const nearest = nearestName(name, AXIS_NAMES);
  const cure =
    nearest === null ? 'type params to be shown those there are' : `did you mean ${nearest}?`;
  return `there is no figure “${name}”; ${cure}`;
}

function valueOf(text: string): AxisValue {
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}

import { nearestName } from '#core/nearest.ts';
import {
  AXIS_NAMES,
  limitOfAxis,
  parametersAt,
  problemOf,
  setsTheSame,
} from '#core/parameter-axes.ts';
import type { AxisValue } from '#core/parameter-axes.ts';
import { isWithin, limitWords } from '#core/parameter-limits.ts';
import type { StrategyParameters } from '#core/parameters.ts';

import { coordinatesAt, gridSize, pointAt } from './space.ts';
import type { Axis } from './surface.ts';

export type ParsedSpace =
  | { readonly ok: true; readonly axes: readonly Axis[] }
  /** One line: what is wrong, and what would be right. */
  | { readonly ok: false; readonly error: string };

/** More points nobody waits for, and no neighbourhood needs. */
const MOST_POINTS = 100_000;
const EXAMPLE = 'stop=2,2.5,3 target=3.5..5:0.5';

type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: string };
const failed = (error: string) => ({ ok: false, error }) as const;

/**
 * Reads axes, one a word: a name with values and commas between them, or from..to:step, as in
 * `stop=2,2.5,3 target=3.5..5:0.5`.
 *
 * @param base the parameters around which the grid lies
 */
export function parseSpace(text: string, base: StrategyParameters): ParsedSpace {
  const axes: Axis[] = [];
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const axis = parseAxis(word);
    if (!axis.ok) return axis;
    const clash = axes.find((other) => setsTheSame(other.name, axis.value.name));
    if (clash !== undefined) {
      const { name } = axis.value;
      return failed(
        clash.name === name
          ? `${name}: is given twice; give it once, with all its values`
          : `${name}: sets what ${clash.name} sets as well; leave one of them out`,
      );
    }
    axes.push(axis.value);
  }
  if (axes.length === 0) return failed(`the grid is empty; write it like ${EXAMPLE}`);
  return checked(axes, base);
}

/** The axes as they are read by {@link parseSpace}. */
export const spaceText = (axes: readonly Axis[]): string =>
  axes.map(({ name, values }) => `${name}=${values.map(String).join(',')}`).join(' ');

function parseAxis(word: string): Parsed<Axis> {
  const [name = '', ...rest] = word.split('=');
  const limit = limitOfAxis(name);
  if (limit === null) {
    const nearest = nearestName(name, AXIS_NAMES);
    return failed(
      nearest === null
        ? `${name}: there is no such parameter; write the grid like ${EXAMPLE}`
        : `${name}: there is no such parameter; did you mean ${nearest}?`,
    );
  }
  if (rest.length !== 1 || rest[0] === '') {
    return failed(`${name}: has no values; write it like ${name}=1,2,3 or ${name}=1..3:0.5`);
  }
  const values: AxisValue[] = [];
  for (const part of (rest[0] ?? '').split(',')) {
    const some = parseValues(name, part);
    if (!some.ok) return some;
    values.push(...some.value);
  }
  const wrong = values.find((value) => !isWithin(limit, value));
  if (wrong !== undefined) {
    return failed(`${name}: has the value "${String(wrong)}"; each ${limitWords(limit)}`);
  }
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) return failed(`${name}: has the value ${String(twice)} twice`);
  return { ok: true, value: { name, values: inOrder(values) } };
}

/** Neighbours are next to each other only where numbers are in order. */
const inOrder = (values: readonly AxisValue[]): readonly AxisValue[] =>
  values.every((value) => typeof value === 'number')
    ? values.toSorted((one, other) => one - other)
    : values;

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const RANGE = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?$/;
/** Digits behind the point that a step in a range keeps. */
const SCALE = 1e9;

function parseValues(name: string, part: string): Parsed<readonly AxisValue[]> {
  if (NUMBER.test(part)) return { ok: true, value: [Number(part)] };
  if (!part.includes('..'))
    return { ok: true, value: [part === 'true' || (part !== 'false' && part)] };
  const [, first, last, step] = RANGE.exec(part) ?? [];
  const [from, to, by] = [Number(first), Number(last), Number(step)];
  if (!(by > 0)) {
    return failed(`${name}: "${part}" is no range; write from..to:step, like ${name}=1..3:0.5`);
  }
  if (from > to) return failed(`${name}: the range "${part}" ends before it begins`);
  const count = Math.floor((to - from) / by + 1e-9) + 1;
  if (count > MOST_POINTS) return failed(`${name}: the range "${part}" has too many values`);
  const value = (index: number): number => Math.round((from + index * by) * SCALE) / SCALE;
  return { ok: true, value: Array.from({ length: count }, (_, index) => value(index)) };
}

function checked(axes: readonly Axis[], base: StrategyParameters): ParsedSpace {
  const size = gridSize(axes);
  if (size > MOST_POINTS) {
    return failed(`the grid has ${size} points, ${MOST_POINTS} are possible; take fewer values`);
  }
  for (let index = 0; index < size; index += 1) {
    if (pointAt(axes, base, index) !== null) return { ok: true, axes };
  }
  const problem = problemOf(parametersAt(base, coordinatesAt(axes, 0))) ?? '';
  return failed(`no point of the grid can be traded; of the first one ${problem}`);
}

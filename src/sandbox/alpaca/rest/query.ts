import type { Context } from 'hono';

import type { EpochMs } from '#core/session.ts';

import { invalidParameter } from '../wire/problem.ts';
import { RequestProblem } from './reply.ts';

const invalid = (name: string): RequestProblem =>
  new RequestProblem(invalidParameter(`invalid ${name}`));

/** An instant or a date, which stands for its UTC midnight; null when it is missing. */
export function instantParameter(context: Context, name: string): EpochMs | null {
  const text = context.req.query(name);
  if (text === undefined || text === '') return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalid(name);
  return at;
}

export function countParameter(
  context: Context,
  name: string,
  { fallback, maximum }: { readonly fallback: number; readonly maximum: number },
): number {
  const text = context.req.query(name);
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw invalid(name);
  return Math.min(value, maximum);
}

export function choiceParameter<const Choice extends string>(
  context: Context,
  name: string,
  [fallback, ...others]: readonly [Choice, ...Choice[]],
): Choice {
  const text = context.req.query(name) ?? '';
  if (text === '') return fallback;
  const choice = [fallback, ...others].find((option) => option === text);
  if (choice === undefined) throw invalid(name);
  return choice;
}

export const flagParameter = (context: Context, name: string): boolean =>
  context.req.query(name) === 'true';

/** A comma-separated list, also given as a repeated key; null when it is missing. */
export function listParameter(context: Context, name: string): ReadonlySet<string> | null {
  const values = (context.req.queries(name) ?? [])
    .flatMap((value) => value.split(','))
    .filter((value) => value !== '');
  return values.length === 0 ? null : new Set(values);
}

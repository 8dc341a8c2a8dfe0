import type { Context } from 'hono';

import type { Refusal } from '#core/matching/refusal.ts';

import { problemOf } from '../wire/problem.ts';
import type { Problem } from '../wire/problem.ts';

/** Thrown by whatever reads a request; the app answers with the problem. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.body.message);
    this.problem = problem;
  }
}

export const answer = (context: Context, { status, body }: Problem): Response =>
  context.json(body, status);

/** Passes an outcome on, or ends the request with the exchange's refusal in Alpaca's words. */
export function unlessRefused<T extends { readonly kind: string }>(
  outcome: T | Refusal,
): Exclude<T, Refusal> {
  if (outcome.kind === 'refused') throw new RequestProblem(problemOf((outcome as Refusal).reason));
  return outcome as Exclude<T, Refusal>;
}

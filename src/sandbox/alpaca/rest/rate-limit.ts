import type { Context, MiddlewareHandler } from 'hono';

import type { Timers } from '../timers.ts';
import { PROBLEMS } from '../wire/problem.ts';
import { answer } from './reply.ts';

/** What the broker's headers tell of an account without the switch. */
export const USUAL_REQUESTS_PER_MINUTE = 200;
const MINUTE_MS = 60_000;

/** Counts by the minute, which begins with the first request after the one before it is over. */
export function rateLimit(timers: Timers, requestsPerMinute: number | null): MiddlewareHandler {
  const limit = requestsPerMinute ?? USUAL_REQUESTS_PER_MINUTE;
  let reset = Number.NEGATIVE_INFINITY;
  let used = 0;
  return async (context, next) => {
    const now = timers.now();
    if (now >= reset) {
      reset = now + MINUTE_MS;
      used = 0;
    }
    used += 1;
    const isOver = requestsPerMinute !== null && used > requestsPerMinute;
    if (!isOver) await next();
    else context.res = answer(context, PROBLEMS.rateLimited);
    setLimitHeaders(context, { limit, remaining: Math.max(0, limit - used), reset });
  };
}

/** `reset` in milliseconds; the header has whole seconds, by which the minute is over for sure. */
export function setLimitHeaders(
  context: Context,
  { limit, remaining, reset }: Readonly<Record<'limit' | 'remaining' | 'reset', number>>,
): void {
  context.header('X-RateLimit-Limit', String(limit));
  context.header('X-RateLimit-Remaining', String(remaining));
  context.header('X-RateLimit-Reset', String(Math.ceil(reset / 1000)));
}

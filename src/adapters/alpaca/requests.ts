import { ApiError, FetchError } from '@alpacahq/alpaca-trade-api';

import type { Priority, RateBudget } from './rate-budget.ts';
import { pause } from './timers.ts';
import type { Timers } from './timers.ts';

/** One of Alpaca's services, as requests to it are sent. */
export interface Service {
  readonly budget: RateBudget;
  readonly timers: Timers;
  /** Before a read is sent once more; before the next time, twice as long. */
  readonly readPauseMs: number;
}

/** The request waited for the broker's limit, and was never sent. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/** A stop can wait for a whole window of the broker's limit; an entry is stale long before. */
const PATIENCE_MS: Readonly<Record<Priority, number>> = { protective: 65_000, normal: 20_000 };
const READ_ATTEMPTS = 3;

const isTooMany = (error: unknown): boolean => error instanceof ApiError && error.status === 429;

/**
 * Sends a request in its turn. A 429 says that nothing was done, so after one every request, an order
 * too, is sent once more when the broker takes requests again.
 *
 * The wait comes before the SDK is called: its time-out must run for the request alone.
 */
export async function send<T>(
  { budget, timers }: Service,
  priority: Priority,
  request: () => Promise<T>,
): Promise<T> {
  const deadline = timers.now() + PATIENCE_MS[priority];
  for (let isRepeated = false; ; isRepeated = true) {
    if (!(await budget.take(priority, deadline))) {
      throw new NotSentError(
        `not sent: no request was to be had within ${PATIENCE_MS[priority] / 1000} s`,
      );
    }
    try {
      return await request();
    } catch (error) {
      if (isRepeated || !isTooMany(error)) throw error;
    } finally {
      budget.done();
    }
  }
}

/** Lost on its way, or on a bad moment of the service; not one that has taken its whole time already. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500;
  return error instanceof FetchError && !/^(?:Abort|Timeout)Error$/.test(error.cause.name);
}

/** Sends a read, which may be repeated. */
export async function sendRead<T>(
  service: Service,
  priority: Priority,
  request: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(service, priority, request);
    } catch (error) {
      if (attempt === READ_ATTEMPTS || !isPassing(error)) throw error;
    }
    await pause(service.timers, service.readPauseMs * attempt);
  }
}

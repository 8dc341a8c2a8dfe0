import { DefaultRestOptions } from 'discord.js';
import type { RESTOptions } from 'discord.js';

import { requireLoopback } from './loopback.ts';

/** An answer that takes longer than this is not coming. */
const TIMEOUT_MS = 8000;

/** Sends a request as the library does, after a look at where it goes. */
const makeLoopbackRequest: RESTOptions['makeRequest'] = async (url, init) =>
  DefaultRestOptions.makeRequest(requireLoopback(url), init);

/**
 * How to reach Discord: the real one, or a stand-in on this machine. Rate limits are waited out as long
 * as a request may take; longer ones are handed back, so that no caller hangs for minutes. The library tries
 * nothing again by itself: what Discord may have done although it answered with an error has to be looked up
 * first, and the outbox has pauses of its own.
 */
export const restOptions = (apiUrl: string | null): Partial<RESTOptions> => ({
  api: apiUrl === null ? DefaultRestOptions.api : requireLoopback(apiUrl),
  ...(apiUrl === null ? {} : { makeRequest: makeLoopbackRequest }),
  retries: 0,
  timeout: TIMEOUT_MS,
  rejectOnRateLimit: ({ timeToReset, retryAfter }) =>
    Math.max(timeToReset, retryAfter) > TIMEOUT_MS,
});

import type { z } from 'zod';

import type { AppContext } from './context.ts';

/**
 * When a job is due, in exchange time. `bar-close`: at the end of each bar on weekdays from 9:30 to
 * 16:30, `settleMs` later, so that the broker has settled the bar. `session-close`: likewise at every
 * instant at which a session may end, which on half-days is early; the job looks whether one has.
 * `every`: by the system's clock.
 */
export type JobSchedule =
  | { readonly kind: 'bar-close'; readonly settleMs: number }
  | { readonly kind: 'session-close'; readonly settleMs: number }
  | { readonly kind: 'every'; readonly everyMs: number };

/** One BullMQ job: `name` is its file's name and its scheduler's id. */
export interface Job<Payload extends z.ZodType> {
  readonly name: string;
  readonly schedule: JobSchedule;
  readonly payload: Payload;
  /** Throwing retries the job with back-off. */
  run(context: AppContext, payload: z.output<Payload>): Promise<void>;
}

export type AnyJob = Job<z.ZodType>;

import type { z } from 'zod';

import type { AppContext } from './context.ts';

/**
 * When a job is due. `bar-close`: wherever a bar may end, day and night, `settleMs` later (less than a minute),
 * so that the broker has settled the bar. `session-close`: likewise wherever a session may end, as much later as
 * it says. When the exchange is open only the broker's calendar knows: the job asks it, and does nothing, at no
 * cost, outside of a session or when none has ended. `every`: by the system's clock.
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

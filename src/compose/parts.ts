import type { AppContext } from '#app/context.ts';
import type { EpochMs } from '#core/session.ts';
import type { Queue } from '#ports/queue.ts';

/** The running bot's parts as the health page and the clock need them. */
export interface BotParts {
  readonly context: AppContext;
  readonly database: { readonly description: string; ping(): Promise<boolean> };
  readonly queue: QueuePart;
  /** Since when the queue's own timetable has run the cycles; null where something else does. */
  readonly timetable: { readonly since: EpochMs } | null;
}

export interface QueuePart extends Pick<Queue, 'state'> {
  readonly description: string;
  /** Runs a job for a due time and resolves when it is done; once it has been, at once. */
  runDue(job: string, dueAt: number): Promise<void>;
}

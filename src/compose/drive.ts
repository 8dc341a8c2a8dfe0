import type { AnyJob } from '#app/job.ts';
import { lastBarEnd } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import type { QueuePart } from './parts.ts';

interface Options {
  readonly jobs: readonly AnyJob[];
  readonly queue: Pick<QueuePart, 'runDue'>;
  /** What the jobs may set going, in the order in which one leads to the next. */
  readonly settling: readonly { idle(): Promise<void> }[];
  /** The strategy's bars, of which the market's own may be parts. */
  readonly barMinutes: number;
  /** Whether a session ends at this instant. */
  readonly isSessionClose: (at: EpochMs) => boolean;
}

/**
 * Runs what is due when a bar ends, in the order in which the exchange's time brings it, until it is done
 * and the channel has heard of it. Time is the market's here, so the settle times need no waiting.
 */
export function createBarCloseRunner({
  jobs,
  queue,
  settling,
  barMinutes,
  isSessionClose,
}: Options): (barEnd: EpochMs) => Promise<void> {
  const named = (kind: 'bar-close' | 'session-close') =>
    jobs.filter(({ schedule }) => schedule.kind === kind).map(({ name }) => name);
  const atBarClose = named('bar-close');
  const atSessionClose = named('session-close');
  return async (at) => {
    const due = [
      ...(lastBarEnd(at, barMinutes) === at ? atBarClose : []),
      ...(isSessionClose(at) ? atSessionClose : []),
    ];
    for (const name of due) await queue.runDue(name, at);
    for (const part of settling) await part.idle();
  };
}

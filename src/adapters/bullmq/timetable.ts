import type { JobSchedule } from '#app/job.ts';
import { lastBarEnd, MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

/**
 * The clocks of the exchange change by whole hours, and bars are aligned to the hour: by UTC every bar end
 * has its run, through the year and also in the nights in which an hour is missing or comes twice. Which of
 * them lie in a session only the broker's calendar knows.
 */
const TIME_ZONE = 'UTC';
/** How soon after a session's end, whenever that is, its jobs notice. */
const SESSION_LOOK_MINUTES = 5;

/** How BullMQ repeats a job. */
export type Repeat = { readonly pattern: string; readonly tz: string } | { readonly every: number };

/** The second of the minute at which a bar has settled; cron knows no finer ones. */
function settledSecond(settleMs: number): number {
  const second = Math.ceil(settleMs / 1000);
  if (settleMs < 0 || second > 59) {
    throw new RangeError(`a settle time of ${settleMs} ms is not below a minute`);
  }
  return second;
}

const wholeMinutes = (ms: number): number => ms - (ms % MINUTE_MS);

/** A schedule as a cron pattern (seconds first), or as an interval. */
export function repeatOf(schedule: JobSchedule, barMinutes: number): Repeat {
  if (schedule.kind === 'every') return { every: schedule.everyMs };
  const { kind, settleMs } = schedule;
  const isBar = kind === 'bar-close';
  // Only a session's end can be waited out for longer than a minute.
  const second = settledSecond(isBar ? settleMs : settleMs % MINUTE_MS);
  const minutes = isBar ? barMinutes : SESSION_LOOK_MINUTES;
  return { pattern: `${second} */${minutes} * * * *`, tz: TIME_ZONE };
}

/**
 * What a job that was scheduled for this instant is due for: the end of the bar before the settle time, the
 * minute in which a session may have ended, likewise, or the instant itself.
 */
export function dueTimeOf(
  schedule: JobSchedule,
  scheduledFor: EpochMs,
  barMinutes: number,
): EpochMs {
  if (schedule.kind === 'every') return scheduledFor;
  if (schedule.kind === 'session-close') {
    return wholeMinutes(scheduledFor) - wholeMinutes(schedule.settleMs);
  }
  return lastBarEnd(scheduledFor, barMinutes);
}

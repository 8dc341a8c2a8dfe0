import type { JobSchedule } from '#app/job.ts';
import { lastBarEnd, MINUTE_MS, newYorkTime } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

const EXCHANGE_TIME_ZONE = 'America/New_York';
const WEEKDAYS = '* * 1-5';

/** Bars end from here … */
const FIRST_BAR_END = '09:30';
/** … to here, a little after the close, so that what the last bar left behind is seen. */
const LAST_BAR_END = '16:30';
/** Half-days end at 13:00, all others at 16:00. */
const SESSION_CLOSE_HOURS = '13,16';

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

/** A schedule as a cron pattern (seconds first) in exchange time, or as an interval. */
export function repeatOf(schedule: JobSchedule, barMinutes: number): Repeat {
  if (schedule.kind === 'every') return { every: schedule.everyMs };
  const second = settledSecond(schedule.settleMs);
  const times = schedule.kind === 'bar-close' ? `*/${barMinutes} 9-16` : `0 ${SESSION_CLOSE_HOURS}`;
  return { pattern: `${second} ${times} ${WEEKDAYS}`, tz: EXCHANGE_TIME_ZONE };
}

/**
 * What a job that was scheduled for this instant is due for: the end of the bar or session before the
 * settle time, or the instant itself. Null when no bar of the exchange's hours ends there, as the
 * pattern's whole hours include.
 */
export function dueTimeOf(
  schedule: JobSchedule,
  scheduledFor: EpochMs,
  barMinutes: number,
): EpochMs | null {
  if (schedule.kind === 'every') return scheduledFor;
  if (schedule.kind === 'session-close') return Math.floor(scheduledFor / MINUTE_MS) * MINUTE_MS;
  const barEnd = lastBarEnd(scheduledFor, barMinutes);
  const time = newYorkTime(barEnd);
  return time >= FIRST_BAR_END && time <= LAST_BAR_END ? barEnd : null;
}

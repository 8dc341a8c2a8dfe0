import { getNextMillis } from 'bullmq';
import { describe, expect, it } from 'vitest';

import { dueTimeOf, repeatOf } from '#adapters/bullmq/timetable.ts';
import type { JobSchedule } from '#app/job.ts';
import { parseInstant, toIso } from '#core/session.ts';

const barClose: JobSchedule = { kind: 'bar-close', settleMs: 5_000 };
const sessionClose: JobSchedule = { kind: 'session-close', settleMs: 34_001 };
const every: JobSchedule = { kind: 'every', everyMs: 60_000 };

interface Runs {
  readonly start: number;
  readonly count: number;
}

/** When the queue runs a job from an instant on, and what each run is due for. */
function runsOf(schedule: JobSchedule, barMinutes: number, { start, count }: Runs) {
  const runs: number[] = [];
  let last = start - 1;
  while (runs.length < count) {
    last = getNextMillis(last, repeatOf(schedule, barMinutes))!;
    runs.push(last);
  }
  return { runs, due: runs.map((at) => dueTimeOf(schedule, at, barMinutes)) };
}

describe('a schedule', () => {
  it.each([
    ['after each 5-minute bar', barClose, 5, { pattern: '5 */5 * * * *', tz: 'UTC' }],
    ['after each 15-minute bar', barClose, 15, { pattern: '5 */15 * * * *', tz: 'UTC' }],
    ['after a session', sessionClose, 15, { pattern: '35 */5 * * * *', tz: 'UTC' }],
    [
      'long after a session',
      { ...sessionClose, settleMs: 1_845_000 },
      5,
      { pattern: '45 */5 * * * *', tz: 'UTC' },
    ],
    ['by the clock', every, 5, { every: 60_000 }],
  ])('%s repeats day and night', (_title, schedule, barMinutes, repeat) => {
    expect(repeatOf(schedule, barMinutes)).toEqual(repeat);
  });

  it.each([
    ['the night in which an hour is missing', '2026-03-08T05:00:00Z'],
    ['the night in which an hour comes twice', '2026-11-01T04:00:00Z'],
    ['a night like any other', '2025-11-26T05:00:00Z'],
  ])('has its run at each bar through %s, and the day after', (_title, from) => {
    const start = parseInstant(from);
    const { runs, due } = runsOf(barClose, 5, { start, count: 36 * 12 });
    const everyBar = Array.from({ length: runs.length }, (_, bar) => start + bar * 300_000);
    expect(due).toEqual(everyBar);
    expect(runs).toEqual(everyBar.map((barEnd) => barEnd + 5_000));
  });

  it('notices the end of any session within five minutes, by 15-minute bars as well', () => {
    const start = parseInstant('2025-11-28T17:25:00Z');
    const { due } = runsOf(sessionClose, 15, { start, count: 3 });
    expect(due.map((at) => toIso(at).slice(11, 16))).toEqual(['17:25', '17:30', '17:35']);
  });

  it.each([-1, 59_001])('refuses a settle time of %d ms', (settleMs) => {
    expect(() => repeatOf({ kind: 'bar-close', settleMs }, 5)).toThrow(RangeError);
  });
});

describe('the due time', () => {
  it.each([
    ['winter', '2025-11-26T14:30:05Z', '2025-11-26T14:30:00.000Z'],
    ['summer', '2025-07-01T13:30:05Z', '2025-07-01T13:30:00.000Z'],
    ['the close', '2025-11-26T21:00:05Z', '2025-11-26T21:00:00.000Z'],
    ['the middle of the night', '2025-11-26T05:30:05Z', '2025-11-26T05:30:00.000Z'],
  ])('of a bar is its end: %s', (_title, scheduled, due) => {
    expect(toIso(dueTimeOf(barClose, parseInstant(scheduled), 5))).toBe(due);
  });

  it('of what waits a session’s end out is that end', () => {
    const waiting: JobSchedule = { kind: 'session-close', settleMs: 1_845_000 };
    const scheduled = parseInstant('2025-11-26T21:30:45.250Z');
    expect(dueTimeOf(waiting, scheduled, 5)).toBe(parseInstant('2025-11-26T21:00:00Z'));
  });

  it('of a session is the minute, and of the clock the instant', () => {
    const scheduled = parseInstant('2025-11-26T21:00:35.250Z');
    expect(dueTimeOf(sessionClose, scheduled, 5)).toBe(parseInstant('2025-11-26T21:00:00Z'));
    expect(dueTimeOf(every, scheduled, 5)).toBe(scheduled);
  });
});

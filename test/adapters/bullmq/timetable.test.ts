import { describe, expect, it } from 'vitest';

import { dueTimeOf, repeatOf } from '#adapters/bullmq/timetable.ts';
import type { JobSchedule } from '#app/job.ts';
import { parseInstant, toIso } from '#core/session.ts';

const barClose: JobSchedule = { kind: 'bar-close', settleMs: 5_000 };
const sessionClose: JobSchedule = { kind: 'session-close', settleMs: 34_001 };
const every: JobSchedule = { kind: 'every', everyMs: 60_000 };
const NEW_YORK = 'America/New_York';

describe('a schedule', () => {
  it.each([
    ['after each 5-minute bar', barClose, 5, { pattern: '5 */5 9-16 * * 1-5', tz: NEW_YORK }],
    ['after each 15-minute bar', barClose, 15, { pattern: '5 */15 9-16 * * 1-5', tz: NEW_YORK }],
    ['after a session', sessionClose, 5, { pattern: '35 0 13,16 * * 1-5', tz: NEW_YORK }],
    ['by the clock', every, 5, { every: 60_000 }],
  ])('%s repeats in exchange time', (_title, schedule, barMinutes, repeat) => {
    expect(repeatOf(schedule, barMinutes)).toEqual(repeat);
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
    ['half an hour after the close', '2025-11-26T21:30:05Z', '2025-11-26T21:30:00.000Z'],
  ])('of a bar is its end: %s', (_title, scheduled, due) => {
    expect(toIso(dueTimeOf(barClose, parseInstant(scheduled), 5) ?? 0)).toBe(due);
  });

  it.each([
    ['before the first bar', '2025-11-26T14:25:05Z'],
    ['long after the close', '2025-11-26T21:35:05Z'],
  ])('of a bar is none %s', (_title, scheduled) => {
    expect(dueTimeOf(barClose, parseInstant(scheduled), 5)).toBeNull();
  });

  it('of a session is the minute, and of the clock the instant', () => {
    const scheduled = parseInstant('2025-11-26T21:00:35.250Z');
    expect(dueTimeOf(sessionClose, scheduled, 5)).toBe(parseInstant('2025-11-26T21:00:00Z'));
    expect(dueTimeOf(every, scheduled, 5)).toBe(scheduled);
  });
});

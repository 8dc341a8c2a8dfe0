import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  addDays,
  asSessionDate,
  isBarEndOf,
  isInstant,
  lastBarEnd,
  MINUTE_MS,
  mondayOf,
  newYorkDate,
  newYorkInstant,
  newYorkTime,
  parseInstant,
  toIso,
} from '#core/session.ts';

const pad = (value: number): string => String(value).padStart(2, '0');

describe('New York time', () => {
  it.each([
    // New York            UTC
    ['2025-03-07', '09:30', '2025-03-07T14:30:00.000Z'],
    ['2025-03-10', '09:30', '2025-03-10T13:30:00.000Z'],
    ['2025-10-31', '16:00', '2025-10-31T20:00:00.000Z'],
    ['2025-11-03', '16:00', '2025-11-03T21:00:00.000Z'],
    ['2026-03-09', '09:30', '2026-03-09T13:30:00.000Z'],
    ['2026-11-02', '09:30', '2026-11-02T14:30:00.000Z'],
    ['2025-11-28', '13:00', '2025-11-28T18:00:00.000Z'],
    ['2025-11-25', '00:00', '2025-11-25T05:00:00.000Z'],
    ['2025-11-25', '23:59', '2025-11-26T04:59:00.000Z'],
    ['2025-03-09', '04:00', '2025-03-09T08:00:00.000Z'],
    ['2025-11-02', '04:00', '2025-11-02T09:00:00.000Z'],
  ])('%s %s is %s, and back', (day, time, iso) => {
    const at = newYorkInstant(asSessionDate(day), time);
    expect(toIso(at)).toBe(iso);
    expect(newYorkDate(at)).toBe(day);
    expect(newYorkTime(at)).toBe(time);
  });

  it('of every minute in exchange hours converts there and back, on every day of two years', () => {
    const minute = fc.integer({ min: 4 * 60, max: 20 * 60 });
    fc.assert(
      fc.property(fc.nat(730), minute, (day, minuteOfDay) => {
        const date = asSessionDate(toIso(Date.UTC(2025, 0, 1 + day)).slice(0, 10));
        const time = `${pad(Math.floor(minuteOfDay / 60))}:${pad(minuteOfDay % 60)}`;
        const at = newYorkInstant(date, time);
        expect([newYorkDate(at), newYorkTime(at)]).toEqual([date, time]);
      }),
    );
  });

  it('refuses a time that is none', () => {
    expect(() => newYorkInstant(asSessionDate('2025-11-25'), '25:00')).toThrow(RangeError);
    expect(() => newYorkInstant(asSessionDate('2025-11-25'), 'noon')).toThrow(RangeError);
  });
});

describe('a session date', () => {
  it('so many days later is right over the end of a month', () => {
    expect(addDays(asSessionDate('2024-02-28'), 2)).toBe('2024-03-01');
    expect(addDays(asSessionDate('2025-01-01'), -1)).toBe('2024-12-31');
  });

  it.each(['2025-11-28', '2024-02-29'])('may be %s', (text) => {
    expect(asSessionDate(text)).toBe(text);
  });

  it.each([
    '',
    '2025-1-1',
    '28.11.2025',
    '2025-11-28T00:00:00Z',
    '2025-13-01',
    '2025-02-29',
    '2025-02-30',
    '2025-00-10',
  ])('may not be %j', (text) => {
    expect(() => asSessionDate(text)).toThrow(RangeError);
  });
});

describe('an instant from the wire', () => {
  it.each([
    ['2025-02-10T14:30:00Z', '2025-02-10T14:30:00.000Z'],
    ['2025-10-08T10:31:02.123456789-04:00', '2025-10-08T14:31:02.123Z'],
    ['2025-10-08T14:31:02.5Z', '2025-10-08T14:31:02.500Z'],
  ])('%s is %s', (text, iso) => {
    expect(toIso(parseInstant(text))).toBe(iso);
  });

  it.each([
    '',
    'yesterday',
    '2025-02-10',
    '2025-02-10T14:30:00',
    'Feb 10 2025',
    '2025-02-10 14:30:00Z',
    '2025-13-10T14:30:00Z',
  ])('is never %j', (text) => {
    expect(() => parseInstant(text)).toThrow(RangeError);
  });
});

describe('an instant', () => {
  it.each([
    // What ECMA-262 calls the time range: 100,000,000 days to either side of 1970.
    [8.64e15, true],
    [8.64e15 + 1, false],
    [-8.64e15, true],
    [-8.64e15 - 1, false],
    [0, true],
    [Number.NaN, false],
  ])('may be %d: %s', (value, expected) => {
    expect(isInstant(value)).toBe(expected);
  });
});

describe('bar ends', () => {
  const date = asSessionDate('2025-11-28');
  const at = (time: string) => newYorkInstant(date, time);
  const session = { date, open: at('09:30'), close: at('13:00') };

  it.each([
    ['09:30', false],
    ['09:35', true],
    ['13:00', true],
    ['13:05', false],
  ])('at %s of a half-day: %s', (time, belongs) => {
    expect(isBarEndOf(session, at(time))).toBe(belongs);
  });

  it.each([
    ['10:34', 5, '10:30'],
    ['10:35', 5, '10:35'],
    ['10:44', 15, '10:30'],
  ] as const)('at %s the last one of %d minutes was %s', (time, minutes, expected) => {
    expect(lastBarEnd(at(time) + MINUTE_MS / 2, minutes)).toBe(at(expected));
  });
});

describe('the week of a date', () => {
  it.each([
    ['2025-11-23', '2025-11-17'],
    ['2025-11-24', '2025-11-24'],
    ['2025-11-28', '2025-11-24'],
    ['2025-11-30', '2025-11-24'],
    ['2026-01-01', '2025-12-29'],
  ])('%s begins on %s', (date, monday) => {
    expect(mondayOf(asSessionDate(date))).toBe(monday);
  });
});

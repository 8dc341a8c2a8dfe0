import { describe, expect, it } from 'vitest';

import { createSessionCalendar } from '#app/session-calendar.ts';
import { sessionsBetween } from '#core/exchange-calendar.ts';
import { asSessionDate, newYorkInstant } from '#core/session.ts';
import type { Session } from '#core/session.ts';

const session = (date: string, close = '16:00'): Session => ({
  date: asSessionDate(date),
  open: newYorkInstant(asSessionDate(date), '09:30'),
  close: newYorkInstant(asSessionDate(date), close),
});

/** The week of Thanksgiving 2025, with a holiday and a half-day. */
const WEEK = [
  session('2025-11-24'),
  session('2025-11-25'),
  session('2025-11-26'),
  session('2025-11-28', '13:00'),
  session('2025-12-01'),
];

function calendarWithCount() {
  let asked = 0;
  const calendar = createSessionCalendar({
    calendar: async (from, to) => {
      asked += 1;
      return WEEK.filter(({ date }) => date >= from && date <= to);
    },
  });
  return { calendar, asked: () => asked };
}

const at = (date: string, time: string) => newYorkInstant(asSessionDate(date), time);

describe('the session calendar', () => {
  it('has no session on a holiday', async () => {
    const { calendar } = calendarWithCount();
    expect(await calendar.on(asSessionDate('2025-11-27'))).toBeNull();
  });

  it('knows the early close of a half-day', async () => {
    const { calendar } = calendarWithCount();
    expect((await calendar.on(asSessionDate('2025-11-28')))?.close).toBe(at('2025-11-28', '13:00'));
  });

  it.each([
    ['2025-11-26', '08:00', '2025-11-26'],
    ['2025-11-26', '12:00', '2025-11-26'],
    ['2025-11-26', '16:00', '2025-11-28'],
    ['2025-11-27', '12:00', '2025-11-28'],
    ['2025-11-28', '13:30', '2025-12-01'],
    ['2025-11-30', '12:00', '2025-12-01'],
  ])('on %s at %s the current or next session is that of %s', async (date, time, expected) => {
    const { calendar } = calendarWithCount();
    expect((await calendar.currentOrNext(at(date, time)))?.date).toBe(expected);
  });

  it('finds the sessions up to a date, and the one after it', async () => {
    const { calendar } = calendarWithCount();
    const date = asSessionDate('2025-11-28');
    const dates = (await calendar.endingWith(date, 2)).map((one) => one.date);
    expect(dates).toEqual(['2025-11-26', '2025-11-28']);
    expect((await calendar.after(date))?.date).toBe('2025-12-01');
    expect((await calendar.before(date))?.date).toBe('2025-11-26');
  });

  it.each([11, 15, 16, 60])('finds as many as %i sessions up to a date', async (count) => {
    const all = sessionsBetween(asSessionDate('2025-01-02'), asSessionDate('2025-12-31'));
    const calendar = createSessionCalendar({
      calendar: async (from, to) => all.filter(({ date }) => date >= from && date <= to),
    });
    // With the holidays of the turn of the year before, where they are the most.
    const date = asSessionDate('2025-12-26');
    const found = await calendar.endingWith(date, count);
    expect(found).toEqual(all.filter((one) => one.date <= date).slice(-count));
    expect(found).toHaveLength(count);
  });

  it('asks the broker once for a date', async () => {
    const { calendar, asked } = calendarWithCount();
    await calendar.on(asSessionDate('2025-11-26'));
    await calendar.currentOrNext(at('2025-11-26', '12:00'));
    expect(asked()).toBe(1);
  });

  it('asks again after the broker did not answer', async () => {
    let attempts = 0;
    const calendar = createSessionCalendar({
      calendar: () => {
        attempts += 1;
        return attempts === 1 ? Promise.reject(new Error('away')) : Promise.resolve(WEEK);
      },
    });
    const date = asSessionDate('2025-11-26');
    await expect(calendar.on(date)).rejects.toThrow('away');
    expect(await calendar.on(date)).not.toBeNull();
  });

  it('goes by what it read on an earlier day while the broker does not answer, as far as that reaches', async () => {
    let attempts = 0;
    const calendar = createSessionCalendar({
      calendar: () => {
        attempts += 1;
        return attempts === 1 ? Promise.resolve(WEEK) : Promise.reject(new Error('away'));
      },
    });
    await calendar.on(asSessionDate('2025-11-26'));
    expect((await calendar.on(asSessionDate('2025-11-28')))?.close).toBe(at('2025-11-28', '13:00'));
    expect(await calendar.on(asSessionDate('2025-11-27'))).toBeNull();
    expect(attempts, 'it is asked each time').toBe(3);
    await expect(calendar.on(asSessionDate('2025-12-01'))).rejects.toThrow('away');
  });
});

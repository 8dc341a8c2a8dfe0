import { describe, expect, it } from 'vitest';

import { aggregateBars } from '#core/aggregate-bars.ts';
import { barAt } from '#core/bars.ts';
import { asSessionDate, MINUTE_MS, newYorkInstant } from '#core/session.ts';

import { columnsOf, sessionsOf, walkBars } from './support/bars.ts';

const DATE = asSessionDate('2025-11-28');
const OPEN = newYorkInstant(DATE, '09:30');
const SESSION = { date: DATE, open: OPEN, close: newYorkInstant(DATE, '13:00') };

const bar = (minute: number, close: number) => ({
  bar: {
    start: OPEN + minute * MINUTE_MS,
    open: close - 1,
    high: close + 2,
    low: close - 3,
    close,
    volume: 100,
  },
  session: SESSION,
});

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe('longer bars', () => {
  it('have the first open, the last close, the highest high, the lowest low and all the volume', () => {
    const long = aggregateBars(columnsOf([bar(0, 10), bar(5, 14), bar(10, 11)]), [SESSION], 15);
    expect(long.start).toHaveLength(1);
    expect(barAt(long, 0)).toEqual({
      start: OPEN,
      open: 9,
      high: 16,
      low: 7,
      close: 11,
      volume: 300,
    });
  });

  it('begin on the clock also where their first bar is missing, and are missing where all are', () => {
    const long = aggregateBars(columnsOf([bar(5, 10), bar(40, 14)]), [SESSION], 15);
    expect([...long.start]).toEqual([OPEN, OPEN + 30 * MINUTE_MS]);
    expect([...long.open]).toEqual([9, 13]);
  });

  it('never span sessions, not even short ones that end within one', () => {
    const short = { ...SESSION, close: OPEN + 10 * MINUTE_MS };
    const next = { ...SESSION, open: short.close };
    const long = aggregateBars(columnsOf([bar(5, 10), bar(10, 20)]), [short, next], 15);
    expect([...long.start]).toEqual([OPEN, OPEN + 10 * MINUTE_MS]);
    expect([...long.close]).toEqual([10, 20]);
  });

  it('lose no share of the volume and no price of a session', () => {
    const rows = walkBars({ seed: 5, sessions: 12, missing: 0.3, halfDays: [3] });
    const [short, sessions] = [columnsOf(rows), sessionsOf(rows)];
    const long = aggregateBars(short, sessions, 15);
    expect(sum(long.volume)).toBe(sum(short.volume));
    expect(Math.max(...long.high)).toBe(Math.max(...short.high));
    expect(long.close.at(-1)).toBe(short.close.at(-1));
    expect([...long.start].every((start) => start % (15 * MINUTE_MS) === 0)).toBe(true);
    expect(new Set(long.start).size).toBe(long.start.length);
  });

  it('are refused of a bar outside of every session', () => {
    expect(() => aggregateBars(columnsOf([bar(-5, 10)]), [SESSION], 15)).toThrow(
      'no session holds the bar',
    );
  });
});

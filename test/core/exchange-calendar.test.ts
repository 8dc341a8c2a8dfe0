import { readFileSync, readdirSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import {
  isCalendarDate,
  sessionsBetween,
  sessionsFrom,
  sessionsOfBars,
} from '#core/exchange-calendar.ts';
import { asSessionDate, newYorkDate, newYorkTime, toIso } from '#core/session.ts';
import { describeWithShared, sharedPath } from '#test/support/shared.ts';

const date = asSessionDate;
const datesBetween = (from: string, to: string) =>
  sessionsBetween(date(from), date(to)).map((session) => session.date as string);
const isOpenOn = (day: string) => datesBetween(day, day).length === 1;
const halfDays = (year: number) =>
  sessionsBetween(date(`${year}-01-01`), date(`${year}-12-31`))
    .filter((session) => newYorkTime(session.close) === '13:00')
    .map((session) => session.date as string);

describe('the days on which the exchange trades', () => {
  /** Sessions of each year as the exchange kept or announced them. */
  const SESSIONS = {
    2000: 252,
    2001: 248,
    2004: 252,
    2006: 251,
    2008: 253,
    2012: 250,
    2016: 252,
    2017: 251,
    2018: 251,
    2019: 252,
    2020: 253,
    2021: 252,
    2022: 251,
    2023: 250,
    2024: 252,
    2025: 250,
    2026: 251,
  };
  it.each(Object.entries(SESSIONS))('counts the sessions of %s: %i', (year, count) => {
    expect(datesBetween(`${year}-01-01`, `${year}-12-31`)).toHaveLength(count);
  });

  it.each([
    ['2025-01-01', 'New Year'],
    ['2025-01-09', 'the mourning for President Carter'],
    ['2025-01-20', 'Martin Luther King Day'],
    ['2025-02-17', "Washington's Birthday"],
    ['2025-04-18', 'Good Friday'],
    ['2025-05-26', 'Memorial Day'],
    ['2025-06-19', 'Juneteenth'],
    ['2022-06-20', 'Juneteenth on a Sunday, kept on Monday'],
    ['2025-07-04', 'Independence Day'],
    ['2026-07-03', 'Independence Day on a Saturday, kept on Friday'],
    ['2025-09-01', 'Labor Day'],
    ['2025-11-27', 'Thanksgiving'],
    ['2025-12-25', 'Christmas'],
    ['2021-12-24', 'Christmas on a Saturday, kept on Friday'],
    ['2023-01-02', 'New Year on a Sunday, kept on Monday'],
    ['2001-09-12', 'the closure of September 2001'],
    ['2012-10-30', 'hurricane Sandy'],
    ['2025-11-29', 'a Saturday'],
    ['2025-11-30', 'a Sunday'],
  ])('is closed on %s: %s', (day) => {
    expect(isOpenOn(day)).toBe(false);
  });

  it.each([
    ['2021-12-31', 'a New Year on a Saturday is not made up for'],
    ['2021-06-18', 'before Juneteenth was a holiday'],
    ['2025-10-13', 'Columbus Day is none of the exchange'],
    ['2025-11-11', 'Veterans Day neither'],
  ])('is open on %s: %s', (day) => {
    expect(isOpenOn(day)).toBe(true);
  });

  it.each([
    [2002, ['2002-07-05', '2002-11-29', '2002-12-24']],
    [2003, ['2003-07-03', '2003-11-28', '2003-12-24', '2003-12-26']],
    [2013, ['2013-07-03', '2013-11-29', '2013-12-24']],
    [2016, ['2016-11-25']],
    [2017, ['2017-07-03', '2017-11-24']],
    [2018, ['2018-07-03', '2018-11-23', '2018-12-24']],
    [2019, ['2019-07-03', '2019-11-29', '2019-12-24']],
    [2020, ['2020-11-27', '2020-12-24']],
    [2021, ['2021-11-26']],
    [2022, ['2022-11-25']],
    [2023, ['2023-07-03', '2023-11-24']],
    [2024, ['2024-07-03', '2024-11-29', '2024-12-24']],
    [2025, ['2025-07-03', '2025-11-28', '2025-12-24']],
    [2026, ['2026-11-27', '2026-12-24']],
  ])('closes at 13:00 on the half-days of %i', (year, days) => {
    expect(halfDays(year)).toEqual(days);
  });

  it('opens at 09:30 in New York on both sides of a clock change', () => {
    const opens = sessionsBetween(date('2025-10-31'), date('2025-11-03')).map(({ open }) =>
      toIso(open),
    );
    expect(opens).toEqual(['2025-10-31T13:30:00.000Z', '2025-11-03T14:30:00.000Z']);
  });

  it('counts sessions forward from a date and back from before it', () => {
    expect(sessionsFrom(date('2025-11-27'), 2).map((session) => session.date)).toEqual([
      '2025-11-28',
      '2025-12-01',
    ]);
    expect(sessionsFrom(date('2025-11-28'), -2).map((session) => session.date)).toEqual([
      '2025-11-25',
      '2025-11-26',
    ]);
  });

  it.each([
    ['2025-02-28', true],
    ['2025-02-30', false],
    ['2025-2-28', false],
    ['soon', false],
  ])('knows whether the date %s exists: %s', (text, exists) => {
    expect(isCalendarDate(text)).toBe(exists);
  });
});

const datesIn = (folder: string): readonly string[] => {
  const dates = readdirSync(sharedPath('data', folder)).flatMap((name) =>
    [
      ...readFileSync(sharedPath('data', folder, name), 'utf8').matchAll(/^(\d{4}-\d\d-\d\d)T/gm),
    ].map(([, day = '']) => day),
  );
  return [...new Set(dates)].toSorted();
};

describeWithShared('data/1day', 'beside real bars', () => {
  it('has a session on each day of 2000 to 2021 that has daily bars, and on no other', () => {
    const days = datesIn('1day').filter((day) => day >= '2000-01-01');
    expect(datesBetween('2000-01-01', days.at(-1) ?? '')).toEqual(days);
  });

  it('has a session on each day of 2025 that has 5-minute bars, and on no other', () => {
    expect(datesIn('5min')).toEqual(datesBetween('2025-02-10', '2025-11-28'));
  });

  it.each(['5min-older', '5min'])('opens and closes as the bars of SPY in %s do', (folder) => {
    const text = readFileSync(sharedPath('data', folder, 'SPY_5min.csv'), 'utf8');
    const starts = [...text.matchAll(/^[^t,]+T[^,]+/gm)].map(([at]) => Date.parse(at));
    const byDate = Map.groupBy(starts, newYorkDate);
    const seen = [...byDate].map(([day, bars]) => ({
      date: day,
      open: bars[0],
      close: (bars.at(-1) ?? 0) + 300_000,
    }));
    expect(seen.length).toBeGreaterThan(100);
    expect(seen).toEqual(sessionsBetween(seen[0]!.date, seen.at(-1)!.date));
  });
});

describe('the sessions of bars', () => {
  it('are all from the first bar of any symbol to the last one, also those without a bar', () => {
    const startsOf = (...days: readonly string[]) => ({
      start: Float64Array.from(days, (day) => sessionsBetween(date(day), date(day))[0]!.open),
    });
    const bars = [startsOf('2025-11-25', '2025-11-28'), startsOf(), startsOf('2025-11-24')];
    expect(sessionsOfBars(bars)).toEqual(sessionsBetween(date('2025-11-24'), date('2025-11-28')));
    expect(sessionsOfBars([startsOf()])).toEqual([]);
  });
});

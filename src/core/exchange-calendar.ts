import type { BarColumns } from './bars.ts';
import { MINUTE_MS, asSessionDate, newYorkDate, newYorkInstant } from './session.ts';
import type { EpochMs, Session, SessionDate } from './session.ts';

/**
 * The US equity calendar by rule (NYSE Rule 7.2 and its yearly holiday notices), 2000 to 2030.
 * A day here is a count of days since 1970-01-01, so that no clock or time zone is involved.
 */
type Day = number;

const DAY_MS = 24 * 60 * MINUTE_MS;

/** Closures that no rule foretells: September 2001, state funerals and hurricane Sandy. */
const SPECIAL_CLOSURES: ReadonlySet<string> = new Set([
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11',
  '2007-01-02',
  '2012-10-29',
  '2012-10-30',
  '2018-12-05',
  '2025-01-09',
]);

/** Early closes outside the rules: the Fridays after a Thursday holiday, as they were kept then. */
const SPECIAL_HALF_DAYS: ReadonlySet<string> = new Set(['2002-07-05', '2003-12-26']);
/** Until 2012 the Friday after a Thursday 4 July was short instead of the Wednesday before it. */
const FULL_DAYS: ReadonlySet<string> = new Set(['2002-07-03']);

const dayOf = (year: number, month: number, date: number): Day =>
  Date.UTC(year, month - 1, date) / DAY_MS;
/** 0 is Sunday; 1970-01-01 was a Thursday. */
const weekdayOf = (day: Day): number => (day + 4) % 7;
const dateOf = (day: Day): SessionDate =>
  asSessionDate(new Date(day * DAY_MS).toISOString().slice(0, 10));
const parseDay = (date: SessionDate): Day => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

/** Midnight in UTC of a day; no number where the calendar has no such day. */
export function utcMidnight(year: number, month: number, date: number): EpochMs {
  const midnight = Date.UTC(year, month - 1, date);
  const read = new Date(midnight);
  const isThere = read.getUTCMonth() === month - 1 && read.getUTCDate() === date;
  return isThere ? midnight : Number.NaN;
}

const [SUNDAY, MONDAY, THURSDAY, FRIDAY, SATURDAY] = [0, 1, 4, 5, 6];

/** The n-th such weekday of a month. */
function nthWeekday(weekday: number, nth: number, [year, month]: readonly [number, number]): Day {
  const first = dayOf(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (nth - 1);
}

/** Holidays on a Saturday are kept on the Friday before, those on a Sunday on the Monday after. */
function observed(day: Day): Day {
  if (weekdayOf(day) === SATURDAY) return day - 1;
  return weekdayOf(day) === SUNDAY ? day + 1 : day;
}

/** Easter Sunday by the anonymous Gregorian computus (Nature, 20 April 1876, in Meeus's form). */
function easter(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return dayOf(year, Math.floor(n / 31), (n % 31) + 1);
}

const thanksgiving = (year: number): Day => nthWeekday(THURSDAY, 4, [year, 11]);

function lastMondayOfMay(year: number): Day {
  const fifth = nthWeekday(MONDAY, 5, [year, 5]);
  return fifth < dayOf(year, 6, 1) ? fifth : fifth - 7;
}

function holidaysOf(year: number): ReadonlySet<Day> {
  const newYear = dayOf(year, 1, 1);
  return new Set([
    // A New Year's Day on a Saturday is not made up for: the Friday before closes the books.
    weekdayOf(newYear) === SATURDAY ? newYear : observed(newYear),
    nthWeekday(MONDAY, 3, [year, 1]),
    nthWeekday(MONDAY, 3, [year, 2]),
    easter(year) - 2,
    lastMondayOfMay(year),
    ...(year >= 2022 ? [observed(dayOf(year, 6, 19))] : []),
    observed(dayOf(year, 7, 4)),
    nthWeekday(MONDAY, 1, [year, 9]),
    thanksgiving(year),
    observed(dayOf(year, 12, 25)),
  ]);
}

const holidays = new Map<number, ReadonlySet<Day>>();

function isHoliday(day: Day): boolean {
  const year = new Date(day * DAY_MS).getUTCFullYear();
  const known = holidays.get(year) ?? holidaysOf(year);
  holidays.set(year, known);
  return known.has(day);
}

/** The days before Independence Day and Christmas and after Thanksgiving end at 13:00. */
function isHalfDay(day: Day, date: SessionDate): boolean {
  if (SPECIAL_HALF_DAYS.has(date)) return true;
  if (FULL_DAYS.has(date)) return false;
  const year = Number(date.slice(0, 4));
  const isEve = day === dayOf(year, 7, 3) || day === dayOf(year, 12, 24);
  return (isEve && weekdayOf(day) < FRIDAY) || day === thanksgiving(year) + 1;
}

const isWorkday = (day: Day): boolean =>
  weekdayOf(day) !== SATURDAY && weekdayOf(day) !== SUNDAY && !isHoliday(day);

const sessions = new Map<Day, Session | null>();

/** Null on a day without one. Asking for New York's offset takes time, and every symbol asks for the same days. */
function sessionOn(day: Day): Session | null {
  const known = sessions.get(day);
  if (known !== undefined) return known;
  const session = isWorkday(day) ? sessionOf(day) : null;
  sessions.set(day, session);
  return session;
}

/** Of a day that is no holiday. */
function sessionOf(day: Day): Session | null {
  const date = dateOf(day);
  if (SPECIAL_CLOSURES.has(date)) return null;
  return {
    date,
    open: newYorkInstant(date, '09:30'),
    close: newYorkInstant(date, isHalfDay(day, date) ? '13:00' : '16:00'),
  };
}

/** Every session from one date to another, both included, oldest first. */
export function sessionsBetween(from: SessionDate, to: SessionDate): readonly Session[] {
  const found: Session[] = [];
  const last = parseDay(to);
  for (let day = parseDay(from); day <= last; day += 1) {
    const session = sessionOn(day);
    if (session !== null) found.push(session);
  }
  return found;
}

/** So many sessions on or after a date, or, with a negative count, before it; oldest first. */
export function sessionsFrom(date: SessionDate, count: number): readonly Session[] {
  const found: Session[] = [];
  const step = count < 0 ? -1 : 1;
  for (
    let day = count < 0 ? parseDay(date) - 1 : parseDay(date);
    found.length < Math.abs(count);
    day += step
  ) {
    const session = sessionOn(day);
    if (session !== null) found.push(session);
  }
  return step < 0 ? found.toReversed() : found;
}

/** Every session from the one of the first bar to the one of the last; none where there is no bar. */
export function sessionsOfBars(bars: Iterable<Pick<BarColumns, 'start'>>): readonly Session[] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { start } of bars) {
    first = Math.min(first, start[0] ?? first);
    last = Math.max(last, start.at(-1) ?? last);
  }
  return first > last ? [] : sessionsBetween(newYorkDate(first), newYorkDate(last));
}

/** Whether the text is a date that exists. */
export function isCalendarDate(text: string): text is SessionDate {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(day) && new Date(day).toISOString().startsWith(text);
}

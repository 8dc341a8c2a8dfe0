import { sessionsBetween } from '../exchange-calendar.ts';
import { addDays, MINUTE_MS, newYorkDate, newYorkTime } from '../session.ts';
import type { EpochMs, Session } from '../session.ts';
import { shortInstant } from './check-bars.ts';
import { lineOf } from './finding.ts';
import type { BarFinding, FileRows } from './finding.ts';

const HOUR_MS = 60 * MINUTE_MS;
/** Trading before and after the session: from 4:00, 5.5 hours before the open, to 20:00. */
const BEFORE_OPEN_MS = 5.5 * HOUR_MS;
const AFTER_OPEN_MS = 10.5 * HOUR_MS;
const FULL_SESSION_MS = 6.5 * HOUR_MS;
/** So many sessions in a row are no chance. */
const CLEAR_RUN = 10;

/** One session of the calendar and the rows that lie on its day. */
export interface SessionRows {
  readonly session: Session;
  /** From the first to behind the last row of the day, early and late trading included. */
  readonly from: number;
  readonly to: number;
  /** The same of the session itself. */
  readonly regularFrom: number;
  readonly regularTo: number;
}

export interface ClockCheck {
  readonly days: readonly SessionRows[];
  readonly findings: readonly BarFinding[];
}

/**
 * Lays rows in ascending order over the exchange's calendar and looks for what shows that the times are
 * not bar starts in UTC, or come from more than one source.
 */
export function checkClock(rows: FileRows, barMinutes: number): ClockCheck {
  const { start } = rows.columns;
  const days: SessionRows[] = [];
  const outside: number[] = [];
  let row = 0;
  for (const session of calendarOf(start)) {
    const [dayStart, dayEnd] = [session.open - BEFORE_OPEN_MS, session.open + AFTER_OPEN_MS];
    const skipTo = rowsUntil(start, row, dayStart);
    for (; row < skipTo; row += 1) outside.push(row);
    const to = rowsUntil(start, row, dayEnd);
    if (to > row) {
      const regularFrom = rowsUntil(start, row, session.open);
      days.push({
        session,
        from: row,
        to,
        regularFrom,
        regularTo: rowsUntil(start, regularFrom, session.close),
      });
    }
    row = to;
  }
  for (; row < start.length; row += 1) outside.push(row);
  const findings = [
    outsideFinding(rows, outside),
    shiftFinding(rows, days, barMinutes),
    endStampFinding(rows, days),
    feedBreakFinding(rows, days),
  ];
  return { days, findings: findings.filter((finding) => finding !== null) };
}

function calendarOf(start: Float64Array): readonly Session[] {
  const [first, last] = [start[0], start.at(-1)];
  if (first === undefined || last === undefined) return [];
  return sessionsBetween(addDays(newYorkDate(first), -1), addDays(newYorkDate(last), 1));
}

/** The first row from here on that starts at or after an instant. */
function rowsUntil(start: Float64Array, from: number, instant: EpochMs): number {
  let row = from;
  while (row < start.length && (start[row] ?? 0) < instant) row += 1;
  return row;
}

const UTC_CURE = 'the times must all be bar starts in UTC';

function outsideFinding(rows: FileRows, outside: readonly number[]): BarFinding | null {
  const [first] = outside;
  if (first === undefined) return null;
  const at = rows.columns.start[first] ?? 0;
  return {
    code: 'outside-sessions',
    line: lineOf(rows, first),
    bars: outside.length,
    text: `${outside.length} bars lie where the exchange is closed, the first at ${shortInstant(at)} (${newYorkDate(at)} ${newYorkTime(at)} in New York), as when two clocks are mixed; ${UTC_CURE}`,
  };
}

/** A day exactly as long as a session that begins at another time was written by another clock. */
function shiftFinding(
  rows: FileRows,
  days: readonly SessionRows[],
  barMinutes: number,
): BarFinding | null {
  const { start } = rows.columns;
  const isShifted = ({ session, from, to }: SessionRows) => {
    const [first = 0, last = 0] = [start[from], start[to - 1]];
    return last + barMinutes * MINUTE_MS - first === FULL_SESSION_MS && first !== session.open;
  };
  const shifted = days.filter(isShifted);
  const [first] = shifted;
  if (first === undefined) return null;
  return {
    code: 'other-clock',
    line: lineOf(rows, first.from),
    sessions: shifted.length,
    of: days.length,
    text: `${shifted.length} of ${days.length} sessions begin at another hour than 09:30 in New York, the first on ${first.session.date} at ${newYorkTime(start[first.from] ?? 0)}: ${shifted.length === days.length ? 'another clock' : 'two clocks are mixed'}; ${UTC_CURE}`,
  };
}

/** Bars stamped by their ends begin one bar after the open, and the last carries the time of the close. */
function endStampFinding(rows: FileRows, days: readonly SessionRows[]): BarFinding | null {
  const { start } = rows.columns;
  const atOpen = days.some(({ session, regularFrom }) => start[regularFrom] === session.open);
  const atClose = days.filter(({ session, regularTo }) => start[regularTo] === session.close);
  const [first] = atClose;
  if (atOpen || first === undefined || atClose.length < days.length / 2) return null;
  return {
    code: 'end-stamps',
    line: lineOf(rows, first.regularTo),
    text: 'no bar starts at the open but one does at the close, so the times are the ends of the bars; write their starts',
  };
}

/** One feed has early and late trading or has not: where that changes for good, two were joined. */
function feedBreakFinding(rows: FileRows, days: readonly SessionRows[]): BarFinding | null {
  const isExtended = days.map(
    ({ from, to, regularFrom, regularTo }) => regularTo - regularFrom < to - from,
  );
  const firstOther = isExtended.findIndex((extended) => extended !== isExtended[0]);
  const after = isExtended.slice(firstOther);
  const others = after.filter((extended) => extended !== isExtended[0]).length;
  const day = days[firstOther];
  const isClear = firstOther >= CLEAR_RUN && others >= CLEAR_RUN && others >= after.length * 0.9;
  if (!isClear || day === undefined) return null;
  const [before, since] = isExtended[0] === true ? ['with', 'without'] : ['without', 'with'];
  return {
    code: 'merged-feeds',
    line: lineOf(rows, day.from),
    text: `two feeds are merged: ${before} early and late trading until ${days[firstOther - 1]?.session.date ?? ''}, ${since} it from ${day.session.date} on; keep one feed`,
  };
}

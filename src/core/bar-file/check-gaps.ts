import { sessionsBetween } from '../exchange-calendar.ts';
import { MINUTE_MS } from '../session.ts';
import type { EpochMs, Session } from '../session.ts';
import type { SessionRows } from './check-clock.ts';
import { lineOf } from './finding.ts';
import type { BarFinding, FileRows } from './finding.ts';

/** Of one session: bars that are not there, the longest stretch of them, and the row behind that. */
interface Gap {
  readonly session: Session;
  readonly bars: number;
  readonly longestMs: number;
  readonly row: number;
}

/**
 * Sessions without any bars, and bars missing within a session, between the file's first and last one. Of a
 * stock that lacks bars in most sessions they are told together: it is seldom traded, and nobody's mistake.
 * Rows are in order and each once.
 */
export function gapFindings(
  rows: FileRows,
  days: readonly SessionRows[],
  barMinutes: number,
): readonly BarFinding[] {
  const traded = days.filter(({ regularFrom, regularTo }) => regularTo > regularFrom);
  const gaps = traded
    .map((day, index) => gapOf(rows, day, [index === 0, index === traded.length - 1], barMinutes))
    .filter(({ bars }) => bars > 0);
  const isThin = gaps.length > traded.length / 2;
  const ofBars = isThin
    ? [thinFinding(rows, gaps, traded.length)]
    : gaps.map((gap) => gapFinding(rows, gap));
  return [...missingSessions(rows, traded, isThin), ...ofBars];
}

/** A file may begin and end in the middle of a session. */
function gapOf(
  { columns: { start } }: FileRows,
  { session, regularFrom, regularTo }: SessionRows,
  [isFirst, isLast]: readonly [boolean, boolean],
  barMinutes: number,
): Gap {
  const barMs = barMinutes * MINUTE_MS;
  const startOf = (row: number): EpochMs => start[row] ?? Number.NaN;
  let expected = isFirst ? startOf(regularFrom) : session.open;
  const from = expected;
  let longest = { longestMs: 0, row: regularFrom };
  const see = (until: EpochMs, row: number) => {
    if (until - expected > longest.longestMs) longest = { longestMs: until - expected, row };
  };
  for (let row = regularFrom; row < regularTo; row += 1) {
    see(startOf(row), row);
    expected = startOf(row) + barMs;
  }
  const until = isLast ? expected : session.close;
  see(until, regularTo - 1);
  const bars = Math.round((until - from) / barMs) - (regularTo - regularFrom);
  return { session, bars, ...longest };
}

function gapFinding(rows: FileRows, { session, bars, longestMs, row }: Gap): BarFinding {
  const longestMinutes = longestMs / MINUTE_MS;
  return {
    code: 'missing-bars',
    line: lineOf(rows, row),
    bars,
    sessions: 1,
    longestMinutes,
    isThin: false,
    text: `${bars} ${bars === 1 ? 'bar is' : 'bars are'} missing on ${session.date}, the longest hole ${longestMinutes} minutes; export the session again`,
  };
}

function thinFinding(rows: FileRows, gaps: readonly Gap[], traded: number): BarFinding {
  const bars = gaps.reduce((sum, gap) => sum + gap.bars, 0);
  const longestMinutes = gaps.reduce((most, gap) => Math.max(most, gap.longestMs), 0) / MINUTE_MS;
  return {
    code: 'missing-bars',
    line: lineOf(rows, gaps[0]?.row ?? 0),
    bars,
    sessions: gaps.length,
    longestMinutes,
    isThin: true,
    text: `${bars} bars are missing in ${gaps.length} of ${traded} sessions, the longest hole ${longestMinutes} minutes, as of a stock that is seldom traded or a feed of one exchange`,
  };
}

function missingSessions(
  rows: FileRows,
  traded: readonly SessionRows[],
  isThin: boolean,
): readonly BarFinding[] {
  const [begin, end] = [traded[0]?.session.date, traded.at(-1)?.session.date];
  if (begin === undefined || end === undefined) return [];
  const calendar = sessionsBetween(begin, end);
  let at = 0;
  return traded.flatMap(({ session, regularFrom }) => {
    const missing: Session[] = [];
    for (
      let due = calendar[at];
      due !== undefined && due.date <= session.date;
      due = calendar[at]
    ) {
      if (due.date < session.date) missing.push(due);
      at += 1;
    }
    const [first, last] = [missing[0], missing.at(-1)];
    if (first === undefined || last === undefined) return [];
    const days = first === last ? first.date : `${first.date} to ${last.date}`;
    return [
      {
        code: 'missing-sessions' as const,
        line: lineOf(rows, regularFrom),
        sessions: missing.length,
        from: first.date,
        until: last.date,
        isThin,
        text: `${missing.length} ${missing.length === 1 ? 'session has' : 'sessions have'} no bars: ${days}; export them again`,
      },
    ];
  });
}

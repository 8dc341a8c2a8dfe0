import { sessionsBetween } from '../exchange-calendar.ts';
import { MINUTE_MS } from '../session.ts';
import type { EpochMs, Session } from '../session.ts';
import type { SessionRows } from './check-clock.ts';
import { lineOf } from './finding.ts';
import type { BarFinding, FileRows } from './finding.ts';

/** Of one session: bars that are not there. */
interface Gap {
  readonly day: SessionRows;
  readonly bars: number;
  /** Between which instants all of its bars are due: a file may begin and end in the middle of a session. */
  readonly from: EpochMs;
  readonly until: EpochMs;
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
  const barMs = barMinutes * MINUTE_MS;
  const gaps = traded
    .map((day, index) => gapOf(rows, day, [index === 0, index === traded.length - 1], barMs))
    .filter(({ bars }) => bars > 0);
  const isThin = gaps.length > traded.length / 2;
  const ofBars = isThin
    ? [thinFinding(rows, gaps, { traded: traded.length, barMs })]
    : gaps.map((gap) => gapFinding(rows, gap, barMs));
  return [...missingSessions(rows, traded, isThin), ...ofBars];
}

function gapOf(
  { columns: { start } }: FileRows,
  day: SessionRows,
  [isFirst, isLast]: readonly [boolean, boolean],
  barMs: number,
): Gap {
  const { session, regularFrom, regularTo } = day;
  const from = isFirst ? (start[regularFrom] ?? Number.NaN) : session.open;
  const until = isLast ? (start[regularTo - 1] ?? Number.NaN) + barMs : session.close;
  const bars = Math.round((until - from) / barMs) - (regularTo - regularFrom);
  return { day, bars, from, until };
}

/** The longest stretch without a bar, and the row behind it. */
function longestHole(
  { columns: { start } }: FileRows,
  { day: { regularFrom, regularTo }, from, until }: Gap,
  barMs: number,
): { readonly minutes: number; readonly row: number } {
  let longest = { ms: 0, row: regularFrom };
  let expected = from;
  for (let row = regularFrom; row <= regularTo; row += 1) {
    const seen = row === regularTo ? until : (start[row] ?? Number.NaN);
    if (seen - expected > longest.ms) {
      longest = { ms: seen - expected, row: Math.min(row, regularTo - 1) };
    }
    expected = seen + barMs;
  }
  return { minutes: longest.ms / MINUTE_MS, row: longest.row };
}

function gapFinding(rows: FileRows, gap: Gap, barMs: number): BarFinding {
  const { bars, day } = gap;
  const { minutes, row } = longestHole(rows, gap, barMs);
  return {
    code: 'missing-bars',
    line: lineOf(rows, row),
    bars,
    sessions: 1,
    longestMinutes: minutes,
    isThin: false,
    text: `${bars} ${bars === 1 ? 'bar is' : 'bars are'} missing on ${day.session.date}, the longest hole ${minutes} minutes; export the session again`,
  };
}

function thinFinding(
  rows: FileRows,
  gaps: readonly Gap[],
  { traded, barMs }: { readonly traded: number; readonly barMs: number },
): BarFinding {
  const bars = gaps.reduce((sum, gap) => sum + gap.bars, 0);
  const holes = gaps.map((gap) => longestHole(rows, gap, barMs));
  const minutes = holes.reduce((most, hole) => Math.max(most, hole.minutes), 0);
  return {
    code: 'missing-bars',
    line: lineOf(rows, holes[0]?.row ?? 0),
    bars,
    sessions: gaps.length,
    longestMinutes: minutes,
    isThin: true,
    text: `${bars} bars are missing in ${gaps.length} of ${traded} sessions, the longest hole ${minutes} minutes, as of a stock that is seldom traded or a feed of one exchange`,
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

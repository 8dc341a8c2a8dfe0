import { rowFrom } from './bar-columns.ts';
import { gapFindings } from './bar-file/check-gaps.ts';
import type { BarColumns } from './bars.ts';
import { sessionsBetween, sessionsFrom } from './exchange-calendar.ts';
import type { Ticker } from './ids.ts';
import { count, formatNumber, listOf } from './number-words.ts';
import { newYorkDate } from './session.ts';
import type { Session, SessionDate } from './session.ts';

/*
 * What is to be known about bars that are played, a line each, wherever they are from.
 */

/** Bars as they are played. */
interface NotedBars {
  readonly barMinutes: number;
  /** Within the sessions, in order. */
  readonly bars: ReadonlyMap<Ticker, BarColumns>;
  /** Every session from the first bar to the last; oldest first. */
  readonly sessions: readonly Session[];
}

/** What was asked for. */
interface AskedTime {
  /** The first session that is traded; null: that of the first bar. */
  readonly from: SessionDate | null;
  /** The last one; null: that of the last bar. */
  readonly to: SessionDate | null;
  /** Sessions before the first one that only warm up. */
  readonly warmUp: number;
}

/** Sessions of the asked dates; null leaves an end open. */
export const sessionsWithin = (
  sessions: readonly Session[],
  { from, to }: Omit<AskedTime, 'warmUp'>,
): readonly Session[] =>
  sessions.filter(({ date }) => date >= (from ?? date) && date <= (to ?? date));

/** Of which of the asked sessions there are bars, of all symbols or of some. */
export const timeNotes = (noted: NotedBars, asked: AskedTime): readonly string[] => [
  ...missingEnds(noted, asked),
  ...shortWarmUp(noted, asked),
  ...otherEnds(noted),
];

function missingEnds({ sessions }: NotedBars, { from, to }: AskedTime): readonly string[] {
  const played = sessionsWithin(sessions, { from, to });
  const [first, last] = [played[0]?.date, played.at(-1)?.date];
  if (first === undefined || last === undefined) return [];
  const asked = sessionsBetween(from ?? first, to ?? last).length;
  if (asked <= played.length) return [];
  return [
    `only ${played.length} of the ${asked} sessions from ${from ?? first} to ${to ?? last} have bars: those from ${first} to ${last}`,
  ];
}

/** What is decided on less than it looks at is not what would have been traded. */
function shortWarmUp({ sessions }: NotedBars, { from, warmUp }: AskedTime): readonly string[] {
  const before = from === null ? warmUp : sessions.filter(({ date }) => date < from).length;
  if (from === null || before >= warmUp) return [];
  return [
    `only ${before} of the ${warmUp} sessions before ${from} that warm up are there: the first days are decided on less; begin later, or add bars from ${sessionsFrom(from, -warmUp)[0]?.date ?? from} on`,
  ];
}

/** Symbols that begin later than others, or end earlier. */
function otherEnds({ bars, sessions }: NotedBars): readonly string[] {
  const [first, last] = [sessions[0]?.date, sessions.at(-1)?.date];
  const ends = [...bars].flatMap(([symbol, { start }]) => {
    const [begin, end] = [start[0], start.at(-1)];
    return begin === undefined || end === undefined
      ? []
      : [{ symbol, from: newYorkDate(begin), to: newYorkDate(end) }];
  });
  const later = Map.groupBy(
    ends.filter(({ from }) => from !== first),
    ({ from }) => `no bars before ${from}`,
  );
  const earlier = Map.groupBy(
    ends.filter(({ to }) => to !== last),
    ({ to }) => `no bars after ${to}`,
  );
  return [...later, ...earlier].map(
    ([what, symbols]) => `${what} of ${listed(symbols.map(({ symbol }) => symbol))}`,
  );
}

/** What is missing or empty between each symbol’s first bar and its last one; files tell of that line by line. */
export function holeNotes({ bars, sessions, barMinutes }: NotedBars): readonly string[] {
  const all = [...bars].map(([symbol, columns]) => ({
    symbol,
    rows: columns.start.length,
    silent: columns.volume.reduce((rows, shares) => (shares === 0 ? rows + 1 : rows), 0),
    ...holesOf(columns, sessions, barMinutes),
  }));
  return [
    ...noteOf('missing bars', all, ({ bars: missing, days, minutes }) =>
      missing === 0
        ? null
        : `${formatNumber(missing)} in ${count(days, 'session')}, the longest hole ${minutes} minutes`,
    ),
    ...noteOf('sessions without bars', all, ({ closed }) =>
      closed.length === 0 ? null : closed.join(', '),
    ),
    ...noteOf('bars without volume', all, ({ silent, rows }) =>
      silent === 0 ? null : `${formatNumber(silent)} of ${formatNumber(rows)}`,
    ),
  ];
}

/** Of which sessions no 1-minute bars tell what came first. */
export const minuteNotes = (
  minuteBars: ReadonlyMap<Ticker, BarColumns>,
  sessions: readonly Session[],
): readonly string[] =>
  noteOf(
    'sessions without 1-minute bars, in which the stop counts first',
    [...minuteBars].map(([symbol, columns]) => ({
      symbol,
      without: sessions.filter(
        ({ open, close }) => rowFrom(columns, open) === rowFrom(columns, close),
      ).length,
    })),
    ({ without }) => (without === 0 ? null : `${without} of ${sessions.length}`),
  );

/** Nobody asks for their lines. */
const NO_LINES = new Uint32Array(0);

interface Holes {
  readonly bars: number;
  /** Sessions that lack some of their bars, and the minutes of the longest hole. */
  readonly days: number;
  readonly minutes: number;
  /** Sessions without any, `2025-06-03 to 2025-06-05` where they follow each other. */
  readonly closed: readonly string[];
}

function holesOf(columns: BarColumns, sessions: readonly Session[], barMinutes: number): Holes {
  const days = sessions.map((session) => {
    const [from, to] = [rowFrom(columns, session.open), rowFrom(columns, session.close)];
    return { session, from, to, regularFrom: from, regularTo: to };
  });
  const found = gapFindings({ columns, lines: NO_LINES }, days, barMinutes);
  const gaps = found.filter((finding) => finding.code === 'missing-bars');
  const closed = found.filter((finding) => finding.code === 'missing-sessions');
  return {
    bars: gaps.reduce((sum, { bars }) => sum + bars, 0),
    days: gaps.reduce((sum, gap) => sum + gap.sessions, 0),
    minutes: gaps.reduce((most, { longestMinutes }) => Math.max(most, longestMinutes), 0),
    closed: closed.map(({ from, until }) => (from === until ? from : `${from} to ${until}`)),
  };
}

/** One line for all symbols that something is to be said of. */
function noteOf<Of extends { readonly symbol: Ticker }>(
  what: string,
  all: readonly Of[],
  told: (of: Of) => string | null,
): readonly string[] {
  const words = all.flatMap((each) => {
    const tells = told(each);
    return tells === null ? [] : [`${each.symbol} (${tells})`];
  });
  return words.length === 0 ? [] : [`${what}: ${listed(words)}`];
}

const MOST_NAMED = 5;

const listed = (words: readonly string[]): string => listOf(words, MOST_NAMED);

import { firstAtLeast, rowFrom, sliceRows } from '../bar-columns.ts';
import { addDays, startOfDay } from '../session.ts';
import type { EpochMs } from '../session.ts';
import type { Span } from '../span.ts';
import { gridFinding, volumeFindings } from './check-bars.ts';
import { checkClock } from './check-clock.ts';
import type { BarFinding, FileRows } from './finding.ts';

/** The rows of a file, as they stand in it and in order, and the time of which the bars are needed. */
export interface NeededRows {
  readonly inFile: FileRows;
  readonly inOrder: FileRows;
  readonly barMinutes: number;
  readonly needed: Span;
}

/**
 * Where a finding lies: in the whole file; in the row of its line; between that row and the one above; from
 * one day to another; in any of the rows that it counts, of which its line is the first.
 */
const PLACES = {
  'empty-file': 'file',
  'no-bars': 'file',
  'no-session-bars': 'file',
  header: 'file',
  'no-zone': 'file',
  'no-volume': 'file',
  'bar-length': 'file',
  'end-stamps': 'file',
  duplicate: 'row',
  'impossible-bar': 'row',
  'merged-feeds': 'row',
  'missing-bars': 'row',
  'unadjusted-split': 'row',
  unreadable: 'between',
  unsorted: 'between',
  'missing-sessions': 'days',
  'off-grid': 'any',
  'outside-sessions': 'any',
  'other-clock': 'any',
  'zero-volume': 'any',
} as const satisfies Record<BarFinding['code'], 'file' | 'row' | 'between' | 'days' | 'any'>;

/**
 * Whether a finding is about the time that is needed, as is all that cannot be laid on one side of it. Of a
 * stock that is seldom traded the missing bars are told together.
 */
export function isAboutNeeded(finding: BarFinding, rows: NeededRows): boolean {
  if (finding.code === 'missing-bars' && finding.isThin) return true;
  const place = PLACES[finding.code];
  switch (place) {
    case 'file':
      return true;
    case 'row':
      return touches(startsAt(finding, rows).slice(-1), rows.needed);
    case 'between':
      return touches(startsAt(finding, rows), rows.needed);
    case 'days':
      return touches(daysOf(finding), rows.needed);
    case 'any':
      return isFoundAgain(finding, rows);
    default:
      return place satisfies never;
  }
}

/** The first and the last instant of the days without bars. */
const daysOf = (finding: BarFinding): readonly EpochMs[] =>
  finding.code === 'missing-sessions'
    ? [startOfDay(finding.from), startOfDay(addDays(finding.until, 1)) - 1]
    : [];

/** Whether it is there in the needed rows alone as well. */
function isFoundAgain({ code }: BarFinding, rows: NeededRows): boolean {
  if (code === 'zero-volume') return shareWithoutVolume(rows) > 0;
  const needed = neededOf(rows);
  const found = [
    gridFinding(needed, rows.barMinutes),
    ...checkClock(needed, rows.barMinutes).findings,
  ];
  return found.some((again) => again?.code === code);
}

/** How many of the needed bars have no volume, from 0 to 1. */
export function shareWithoutVolume(rows: NeededRows): number {
  const [found] = volumeFindings(neededOf(rows));
  if (found === undefined) return 0;
  return found.code === 'zero-volume' ? found.share : 1;
}

function neededOf({ inOrder: { columns, lines }, needed: { from, until } }: NeededRows): FileRows {
  const [first, end] = [rowFrom(columns, from), rowFrom(columns, until)];
  return { columns: sliceRows(columns, first, end), lines: lines.subarray(first, end) };
}

/** The starts of the row in a finding's line and of the one above; of a line that is no row those beside it. */
function startsAt({ line }: BarFinding, { inFile }: NeededRows): readonly EpochMs[] {
  const { start } = inFile.columns;
  const row = firstAtLeast(inFile.lines, line ?? 0);
  return [...start.subarray(Math.max(0, row - 1), row + 1)];
}

/** Whether instants in a row are neither all before a time nor all behind it. */
const touches = (instants: readonly EpochMs[], { from, until }: Span): boolean =>
  !instants.every((instant) => instant < from) && !instants.every((instant) => instant >= until);

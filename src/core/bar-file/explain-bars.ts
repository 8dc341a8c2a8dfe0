import { createColumns } from '../bar-columns.ts';
import { isCalendarDate } from '../exchange-calendar.ts';
import { asSessionDate, guessInstant, newYorkInstant } from '../session.ts';
import type { EpochMs } from '../session.ts';
import {
  figureFindings,
  gridFinding,
  inOrder,
  isInOrder,
  orderFindings,
  volumeFindings,
} from './check-bars.ts';
import { checkClock } from './check-clock.ts';
import type { BarFinding, FileRows } from './finding.ts';
import { HEADER } from './parse-bars.ts';

const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;
const TIME_NAMES = ['timestamp', 'datetime', 'date', 'time'];
const SEPARATORS = [',', ';', '\t', '|'];

/**
 * Reads a file that the strict reader refused, guessing at what it means, only to name everything that is
 * wrong with it at once: header, zone, order, clock. Its figures are never used for trading.
 */
export function explainBars(text: string, barMinutes: number): readonly BarFinding[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const separator = separatorOf(lines[0] ?? '');
  const names = (lines[0] ?? '').split(separator).map((name) => name.trim().toLowerCase());
  const ofHeader = explainHeader(lines[0] ?? '', names, separator);
  const repeated = FIELDS.some((field) => names.indexOf(field) !== names.lastIndexOf(field));
  const isReadable =
    TIME_NAMES.some((name) => names.includes(name)) && FIELDS.every((name) => names.includes(name));
  if (repeated || !isReadable) return ofHeader;
  const rows = lines.flatMap((line, index) =>
    index === 0 || line.trim() === '' ? [] : [{ line: index + 1, cells: line.split(separator) }],
  );
  return [...ofHeader, ...explainRows(rows, names, barMinutes)];
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

const separatorOf = (header: string): string =>
  SEPARATORS.toSorted((left, right) => header.split(right).length - header.split(left).length)[0] ??
  ',';

function explainHeader(
  header: string,
  names: readonly string[],
  separator: string,
): readonly BarFinding[] {
  if (header === HEADER) return [];
  const defects: string[] = [];
  const say = (text: string) => defects.push(text);
  const twice = FIELDS.filter((field) => names.indexOf(field) !== names.lastIndexOf(field));
  if (separator !== ',')
    say(`the columns are separated by "${separator === '\t' ? 'tab' : separator}" instead of ","`);
  if (twice.length > 0)
    say(`${twice.join(', ')} are there twice, as when two files are joined side by side`);
  const order = names.filter((name) => FIELDS.some((field) => field === name));
  if (twice.length === 0 && order.length === FIELDS.length && order.join() !== FIELDS.join()) {
    say(`the columns are in the order ${order.join(', ')}`);
  }
  const missing = FIELDS.filter((field) => !names.includes(field));
  if (missing.length > 0) say(`${missing.join(', ')} is missing`);
  const seen = defects.length > 0 ? ` (${defects.join('; ')})` : '';
  return [
    {
      code: 'header',
      line: 1,
      text: `the header is "${header.replaceAll(/\p{Cc}/gu, ' ').slice(0, 120)}"${seen}; it must be "${HEADER}"`,
    },
  ];
}

function explainRows(
  rows: readonly Row[],
  names: readonly string[],
  barMinutes: number,
): readonly BarFinding[] {
  const timeName = TIME_NAMES.find((name) => names.includes(name)) ?? '';
  const timeIndex = names.indexOf(timeName);
  const columns = createColumns(rows.length);
  const middays = new Map<string, EpochMs>();
  const times = rows.map(({ cells }) => cells[timeIndex] ?? '');
  for (const [index, { cells }] of rows.entries()) {
    columns.start[index] = guessStart(times[index] ?? '', middays);
    for (const field of FIELDS) {
      columns[field][index] = Number.parseFloat(cells[names.indexOf(field)] ?? '');
    }
  }
  const lines = Uint32Array.from(rows, ({ line }) => line);
  const unreadable = columns.start.findIndex((instant) => Number.isNaN(instant));
  if (unreadable !== -1) {
    return [stampFinding(lines[unreadable] ?? 0, times[unreadable] ?? '')];
  }
  const [sample = ''] = times;
  const zone = isZoned(sample) ? [] : [zoneFinding(sample)];
  return [...zone, ...checkBars({ columns, lines }, barMinutes)];
}

/** All that is wrong with rows that could be read; what is about time is asked of them in their order. */
export function checkBars(rows: FileRows, barMinutes: number): readonly BarFinding[] {
  const sorted = isInOrder(rows.columns) ? rows : inOrder(rows);
  const grid = gridFinding(sorted, barMinutes);
  return [
    ...orderFindings(rows),
    ...figureFindings(rows),
    ...volumeFindings(rows),
    ...(grid === null ? [] : [grid]),
    ...checkClock(sorted, barMinutes).findings,
  ];
}

const isZoned = (text: string): boolean =>
  /(?:Z|GMT|UTC|[+-]\d\d:?\d\d)$|^\d{9,}$/.test(text.trim());

/** Epoch seconds or milliseconds, an instant with a zone, or one without, taken as New York's. */
function guessStart(text: string, middays: Map<string, EpochMs>): EpochMs {
  const seen = text.trim();
  if (/^\d{9,10}$/.test(seen)) return Number(seen) * 1000;
  if (/^\d{11,}$/.test(seen)) return Number(seen);
  if (isZoned(seen)) return guessInstant(seen);
  const [, date = '', time = ''] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)/.exec(seen) ?? [];
  if (!isCalendarDate(date)) return Number.NaN;
  const midday = middays.get(date) ?? newYorkInstant(asSessionDate(date), '12:00');
  middays.set(date, midday);
  return midday + guessInstant(`${date}T${time}Z`) - guessInstant(`${date}T12:00:00Z`);
}

const stampFinding = (line: number, seen: string): BarFinding => ({
  code: 'unreadable',
  line,
  text: `the timestamp is "${seen}"; it must be the bar's start in UTC, like 2025-02-10T14:30:00Z`,
});

const zoneFinding = (seen: string): BarFinding => ({
  code: 'no-zone',
  line: 2,
  text: `the time "${seen}" names no zone; write UTC, like 2025-02-10T14:30:00Z`,
});

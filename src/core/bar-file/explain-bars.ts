import { createColumns, pickRows } from '../bar-columns.ts';
import type { BarColumns } from '../bars.ts';
import { isCalendarDate } from '../exchange-calendar.ts';
import { asSessionDate, newYorkInstant } from '../session.ts';
import type { EpochMs } from '../session.ts';
import { figureDefect, gridDefect, lineOf, orderDefect, volumeDefect } from './check-bars.ts';
import { checkClock } from './check-clock.ts';
import { HEADER } from './parse-bars.ts';
import type { Defect } from './parse-bars.ts';

const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;
const TIME_NAMES = ['timestamp', 'datetime', 'date', 'time'];
const SEPARATORS = [',', ';', '\t', '|'];

/**
 * Reads a file that the strict reader refused, guessing at what it means, only to name everything that is
 * wrong with it at once: header, zone, order, clock. Its figures are never used for trading.
 */
export function explainBars(text: string, barMinutes: number): readonly Defect[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const separator = separatorOf(lines[0] ?? '');
  const names = (lines[0] ?? '').split(separator).map((name) => name.trim().toLowerCase());
  const headerDefects = explainHeader(lines[0] ?? '', names, separator);
  const repeated = FIELDS.some((field) => names.indexOf(field) !== names.lastIndexOf(field));
  const isReadable =
    TIME_NAMES.some((name) => names.includes(name)) && FIELDS.every((name) => names.includes(name));
  if (repeated || !isReadable) return headerDefects;
  const rows = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(separator));
  return [...headerDefects, ...explainRows(rows, names, barMinutes)];
}

const separatorOf = (header: string): string =>
  SEPARATORS.toSorted((left, right) => header.split(right).length - header.split(left).length)[0] ??
  ',';

function explainHeader(
  header: string,
  names: readonly string[],
  separator: string,
): readonly Defect[] {
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
      row: 1,
      text: `the header is "${header.replaceAll(/\p{Cc}/gu, ' ').slice(0, 120)}"${seen}; it must be "${HEADER}"`,
    },
  ];
}

function explainRows(
  rows: readonly (readonly string[])[],
  names: readonly string[],
  barMinutes: number,
): readonly Defect[] {
  const timeName = TIME_NAMES.find((name) => names.includes(name)) ?? '';
  const timeIndex = names.indexOf(timeName);
  const columns = createColumns(rows.length);
  const middays = new Map<string, EpochMs>();
  for (const [index, cells] of rows.entries()) {
    columns.start[index] = guessInstant(cells[timeIndex] ?? '', middays);
    for (const field of FIELDS) {
      columns[field][index] = Number.parseFloat(cells[names.indexOf(field)] ?? '');
    }
  }
  const unreadable = columns.start.findIndex((instant) => Number.isNaN(instant));
  if (unreadable !== -1) return [stampDefect(unreadable, rows[unreadable]?.[timeIndex] ?? '')];
  const [sample = ''] = rows.map((cells) => cells[timeIndex] ?? '');
  const zone = isZoned(sample) ? [] : [zoneDefect(sample)];
  return [...zone, ...checkBars(columns, barMinutes)];
}

/** All that is wrong with the figures; rows in the wrong order are sorted before the rest is asked. */
export function checkBars(columns: BarColumns, barMinutes: number): readonly Defect[] {
  const order = orderDefect(columns);
  const sorted = order === null ? columns : inOrder(columns);
  const plain = [order, figureDefect(columns), volumeDefect(columns)];
  const ofTime = [gridDefect(sorted, barMinutes), ...checkClock(sorted, barMinutes).defects];
  return [
    ...plain.filter((defect) => defect !== null),
    // After sorting, a row is no longer the line of the file.
    ...ofTime
      .filter((defect) => defect !== null)
      .map(({ row, text }) => ({ row: order === null ? row : null, text })),
  ];
}

function inOrder(columns: BarColumns): BarColumns {
  const rows = [...columns.start.keys()];
  const startOf = (row: number) => columns.start[row] ?? 0;
  return pickRows(
    columns,
    rows.toSorted((left, right) => startOf(left) - startOf(right)),
  );
}

const isZoned = (text: string): boolean =>
  /(?:Z|GMT|UTC|[+-]\d\d:?\d\d)$|^\d{9,}$/.test(text.trim());

/** Epoch seconds or milliseconds, an instant with a zone, or one without, taken as New York's. */
function guessInstant(text: string, middays: Map<string, EpochMs>): EpochMs {
  const seen = text.trim();
  if (/^\d{9,10}$/.test(seen)) return Number(seen) * 1000;
  if (/^\d{11,}$/.test(seen)) return Number(seen);
  if (isZoned(seen)) return Date.parse(seen);
  const [, date = '', time = ''] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)/.exec(seen) ?? [];
  if (!isCalendarDate(date)) return Number.NaN;
  const midday = middays.get(date) ?? newYorkInstant(asSessionDate(date), '12:00');
  middays.set(date, midday);
  return midday + Date.parse(`${date}T${time}Z`) - Date.parse(`${date}T12:00:00Z`);
}

const stampDefect = (index: number, seen: string): Defect => ({
  row: lineOf(index),
  text: `the timestamp is "${seen}"; it must be the bar's start in UTC, like 2025-02-10T14:30:00Z`,
});

const zoneDefect = (seen: string): Defect => ({
  row: 2,
  text: `the time "${seen}" names no zone; write UTC, like 2025-02-10T14:30:00Z`,
});

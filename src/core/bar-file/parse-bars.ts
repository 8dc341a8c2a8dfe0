import { createColumns, sliceRows } from '../bar-columns.ts';
import type { BarColumns } from '../bars.ts';
import { utcMidnight } from '../exchange-calendar.ts';
import type { EpochMs } from '../session.ts';
import type { BarFinding, FileRows } from './finding.ts';

export const HEADER = 'timestamp,open,high,low,close,volume';

export interface ParsedBars extends FileRows {
  /** What could not be read, in the order of the lines. The rows are those that could. */
  readonly findings: readonly BarFinding[];
}

const [LF, CR, COMMA, DOT, DASH, ZERO, COLON, T, Z] = [10, 13, 44, 46, 45, 48, 58, 84, 90];
const HEADER_BYTES = new TextEncoder().encode(HEADER);
const PRICE_NAMES = ['open', 'high', 'low', 'close', 'volume'] as const;
const SCALES = Array.from({ length: 16 }, (_, digits) => Number(`1e${digits}`));
/** `2025-02-10T14:30:00Z` */
const STAMP_LENGTH = 20;
/** So many lines that cannot be read, and more than half of them: the file is of another kind. */
const ANOTHER_KIND = 1000;

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  line: number;
  /** The date read last, as 20250210, and its midnight: most rows repeat it. */
  date: number;
  midnight: EpochMs;
}

/**
 * Reads a bar file strictly: the header above, UTC starts like 2025-02-10T14:30:00Z, plain decimal
 * numbers. It goes over the bytes by hand, since splitting into strings takes ten times as long. A line
 * that is not so is told and left out. Whether the figures make sense is not asked here.
 */
export function parseBars(bytes: Uint8Array): ParsedBars {
  const start = headerEnd(bytes);
  if (start === null) return noRows(headerFinding(bytes));
  const cursor: Cursor = { bytes, at: start, line: 2, date: 0, midnight: Number.NaN };
  const most = countLines(bytes) - 1;
  const columns = createColumns(most);
  const lines = new Uint32Array(most);
  const findings: BarFinding[] = [];
  let rows = 0;
  while (cursor.at < bytes.length && !isBlankFrom(bytes, cursor.at)) {
    const lineStart = cursor.at;
    const finding = readRow(cursor, columns, rows);
    if (finding === null) {
      lines[rows] = cursor.line;
      rows += 1;
    } else {
      findings.push(finding);
      if (findings.length >= ANOTHER_KIND && findings.length > rows) break;
      cursor.at = afterLine(bytes, lineStart);
    }
    cursor.line += 1;
  }
  if (cursor.line === 2) {
    const text = 'the file has a header but no bars; export it again';
    return noRows({ code: 'no-bars', line: null, text });
  }
  return { columns: sliceRows(columns, 0, rows), lines: lines.subarray(0, rows), findings };
}

const noRows = (finding: BarFinding): ParsedBars => ({
  columns: createColumns(0),
  lines: new Uint32Array(0),
  findings: [finding],
});

/** Reads the line at the cursor into a row, and moves behind it. */
function readRow(cursor: Cursor, columns: BarColumns, row: number): BarFinding | null {
  const stamp = readStamp(cursor);
  if (Number.isNaN(stamp)) return stampFinding(cursor);
  columns.start[row] = stamp;
  const open = readNumber(cursor, false);
  if (Number.isNaN(open)) return numberFinding(cursor, 0);
  columns.open[row] = open;
  const high = readNumber(cursor, false);
  if (Number.isNaN(high)) return numberFinding(cursor, 1);
  columns.high[row] = high;
  const low = readNumber(cursor, false);
  if (Number.isNaN(low)) return numberFinding(cursor, 2);
  columns.low[row] = low;
  const close = readNumber(cursor, false);
  if (Number.isNaN(close)) return numberFinding(cursor, 3);
  columns.close[row] = close;
  const volume = readNumber(cursor, true);
  if (Number.isNaN(volume)) return numberFinding(cursor, 4);
  columns.volume[row] = volume;
  return null;
}

/** Where the first row begins, past the header; null when the header is another one. */
function headerEnd(bytes: Uint8Array): number | null {
  // Some exports begin with the byte order mark.
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (!HEADER_BYTES.every((byte, index) => bytes[from + index] === byte)) return null;
  return lineEnd(bytes, from + HEADER_BYTES.length);
}

function headerFinding(bytes: Uint8Array): BarFinding {
  if (bytes.length === 0) {
    return { code: 'empty-file', line: null, text: 'the file is empty; export it again' };
  }
  const text = `the header is "${lineAt(bytes, 0)}"; it must be "${HEADER}"`;
  return { code: 'header', line: 1, text };
}

function countLines(bytes: Uint8Array): number {
  let lines = 1;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) lines += 1;
  return lines;
}

/** Whether nothing but line ends follows. */
function isBlankFrom(bytes: Uint8Array, from: number): boolean {
  if (bytes[from] !== LF && bytes[from] !== CR) return false;
  return bytes.subarray(from).every((byte) => byte === LF || byte === CR);
}

const digitsAt = (bytes: Uint8Array, at: number): number => {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
};

/** Whether what is between the digits of a timestamp is right. */
function isStamp(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + 4] === DASH &&
    bytes[at + 7] === DASH &&
    bytes[at + 10] === T &&
    bytes[at + 13] === COLON &&
    bytes[at + 16] === COLON &&
    bytes[at + STAMP_LENGTH - 1] === Z &&
    bytes[at + STAMP_LENGTH] === COMMA
  );
}

/** The instant at the cursor, which moves behind its comma; NaN when it is spelled in another way. */
function readStamp(cursor: Cursor): EpochMs {
  const { bytes, at } = cursor;
  if (!isStamp(bytes, at)) return Number.NaN;
  const year = digitsAt(bytes, at) * 100 + digitsAt(bytes, at + 2);
  const month = digitsAt(bytes, at + 5);
  const date = digitsAt(bytes, at + 8);
  const seen = (year * 100 + month) * 100 + date;
  if (seen !== cursor.date) {
    cursor.date = seen;
    cursor.midnight = utcMidnight(year, month, date);
  }
  const hours = digitsAt(bytes, at + 11);
  const minutes = digitsAt(bytes, at + 14);
  const seconds = digitsAt(bytes, at + 17);
  const isTime = hours < 24 && minutes < 60 && seconds < 60;
  if (!isTime || Number.isNaN(cursor.midnight)) return Number.NaN;
  cursor.at = at + STAMP_LENGTH + 1;
  return cursor.midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** The plain decimal at the cursor, which moves behind its comma or line end; NaN when it is none. */
function readNumber(cursor: Cursor, isLast: boolean): number {
  const { bytes } = cursor;
  const from = cursor.at;
  let at = from;
  let value = 0;
  let point = -1;
  for (; ; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (bytes[at] === DOT && point === -1) point = at;
    else break;
  }
  const digits = at - from - (point === -1 ? 0 : 1);
  const next = afterField(bytes, at, isLast);
  if (next === null || !isExact(digits)) return Number.NaN;
  cursor.at = next;
  return point === -1 ? value : value / (SCALES[at - point - 1] ?? 1);
}

/** Up to 15 digits are exact in a double, and so is one division by a power of ten. */
const isExact = (digits: number): boolean => digits > 0 && digits <= 15;

/** Behind the comma, or the line end of the last field, at this place; null when the field goes on. */
function afterField(bytes: Uint8Array, at: number, isLast: boolean): number | null {
  if (isLast) return lineEnd(bytes, at);
  return bytes[at] === COMMA ? at + 1 : null;
}

/** Behind the line end at this place; null when the line goes on. */
function lineEnd(bytes: Uint8Array, at: number): number | null {
  const end = bytes[at] === CR ? at + 1 : at;
  if (end >= bytes.length) return bytes.length;
  return bytes[end] === LF ? end + 1 : null;
}

/** Where the next line begins. */
function afterLine(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(LF, from);
  return end === -1 ? bytes.length : end + 1;
}

const decoder = new TextDecoder();

function lineAt(bytes: Uint8Array, at: number): string {
  const from = at === 0 ? 0 : bytes.lastIndexOf(LF, at - 1) + 1;
  return decoder
    .decode(bytes.subarray(from, afterLine(bytes, from)))
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 120);
}

function stampFinding({ bytes, at, line }: Cursor): BarFinding {
  const [seen = ''] = lineAt(bytes, at).split(',');
  const text = `the timestamp is "${seen}"; it must be the bar's start in UTC, like 2025-02-10T14:30:00Z`;
  return { code: 'unreadable', line, text };
}

function numberFinding({ bytes, at, line }: Cursor, field: number): BarFinding {
  const cells = lineAt(bytes, at).split(',');
  const count = PRICE_NAMES.length + 1;
  const seen = cells[field + 1] ?? '';
  const sign = seen.codePointAt(0) === DASH ? 'positive ' : '';
  const text =
    cells.length === count
      ? `${PRICE_NAMES[field]} is "${seen}"; it must be a plain ${sign}number like 182.31; correct the row`
      : `${cells.length} columns are seen instead of ${count}; correct the row`;
  return { code: 'unreadable', line, text };
}

import { pickRows } from '../bar-columns.ts';
import { barAt, barDefect } from '../bars.ts';
import type { BarColumns } from '../bars.ts';
import { MINUTE_MS, toIso } from '../session.ts';
import type { EpochMs } from '../session.ts';
import { lineOf } from './finding.ts';
import type { BarFinding, FileRows } from './finding.ts';

/** `2025-02-10T14:30Z` */
export const shortInstant = (at: EpochMs): string => toIso(at).replace(/:\d\d\.\d{3}Z$/, 'Z');

/** The rows at these indices, with their lines. */
export const pickFileRows = (rows: FileRows, indices: readonly number[]): FileRows => ({
  columns: pickRows(rows.columns, indices),
  lines: Uint32Array.from(indices, (index) => lineOf(rows, index)),
});

/** Whether each row is later than the one before it. */
export function isInOrder({ start }: BarColumns): boolean {
  for (let row = 1; row < start.length; row += 1) {
    if (!((start[row] ?? 0) > (start[row - 1] ?? 0))) return false;
  }
  return true;
}

/** The rows by their starts; those of the same start as the file has them. */
export function inOrder(rows: FileRows): FileRows {
  const { start } = rows.columns;
  const startOf = (row: number) => start[row] ?? 0;
  return pickFileRows(
    rows,
    [...start.keys()].toSorted((left, right) => startOf(left) - startOf(right)),
  );
}

/** What is wrong with the order of the rows, and each row that is there before. */
export function orderFindings(rows: FileRows): readonly BarFinding[] {
  if (isInOrder(rows.columns)) return [];
  const steps = backwardSteps(rows);
  const sorted = steps.length === 0 ? rows : inOrder(rows);
  return [...unsortedFindings(rows, steps), ...duplicateFindings(sorted)];
}

/** The rows that are earlier than the row above them. */
function backwardSteps({ columns: { start } }: FileRows): readonly number[] {
  const steps: number[] = [];
  for (let row = 1; row < start.length; row += 1) {
    if ((start[row] ?? 0) < (start[row - 1] ?? 0)) steps.push(row);
  }
  return steps;
}

function unsortedFindings(rows: FileRows, steps: readonly number[]): readonly BarFinding[] {
  const { start } = rows.columns;
  const isReversed = steps.length > (start.length - 1) / 2;
  return steps.slice(0, isReversed ? 1 : steps.length).map((row) => {
    const seen = `${shortInstant(start[row] ?? 0)} is below ${shortInstant(start[row - 1] ?? 0)}`;
    const what = isReversed ? `the rows run from the newest to the oldest (${seen})` : seen;
    return {
      code: 'unsorted',
      line: lineOf(rows, row),
      steps: isReversed ? steps.length : 1,
      text: `${what}; sort the rows by timestamp, oldest first`,
    };
  });
}

function duplicateFindings(sorted: FileRows): readonly BarFinding[] {
  const { start } = sorted.columns;
  const findings: BarFinding[] = [];
  let first = 0;
  for (let row = 1; row < start.length; row += 1) {
    if (start[row] !== start[row - 1]) {
      first = row;
      continue;
    }
    const firstLine = lineOf(sorted, first);
    findings.push({
      code: 'duplicate',
      line: lineOf(sorted, row),
      firstLine,
      isSame: isSameBar(sorted.columns, [first, row]),
      text: `${shortInstant(start[row] ?? 0)} is there twice (also in line ${firstLine}), perhaps from two feeds; keep one row for each bar`,
    });
  }
  return findings;
}

export const isSameBar = (
  { open, high, low, close, volume }: BarColumns,
  [left, right]: readonly [number, number],
): boolean => [open, high, low, close, volume].every((column) => column[left] === column[right]);

/** The rows whose prices cannot be a bar's. */
export function impossibleRows({ open, high, low, close }: BarColumns): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < open.length; row += 1) {
    const o = open[row] ?? 0;
    const h = high[row] ?? 0;
    const l = low[row] ?? 0;
    const c = close[row] ?? 0;
    if (!(l > 0 && h >= o && h >= c && l <= o && l <= c)) rows.push(row);
  }
  return rows;
}

export const figureFindings = (rows: FileRows): readonly BarFinding[] =>
  impossibleRows(rows.columns).map((row) => {
    const bar = barAt(rows.columns, row);
    return {
      code: 'impossible-bar',
      line: lineOf(rows, row),
      bar,
      text: `${barDefect(bar) ?? 'the bar is impossible'}: open ${bar.open}, high ${bar.high}, low ${bar.low}, close ${bar.close}; correct the row or check the order of the columns`,
    };
  });

/** A single bar may well have no volume; a whole file without is an index or a broken export. */
export function volumeFindings(rows: FileRows): readonly BarFinding[] {
  const { volume } = rows.columns;
  const first = volume.indexOf(0);
  if (first === -1) return [];
  const bars = volume.reduce((count, shares) => (shares === 0 ? count + 1 : count), 0);
  if (bars === volume.length) {
    const text =
      'the volume is 0 in every row; relative volume and VWAP need it: use a feed that has volume';
    return [{ code: 'no-volume', line: null, text }];
  }
  return [
    {
      code: 'zero-volume',
      line: lineOf(rows, first),
      bars,
      share: bars / volume.length,
      text: `the volume is 0 in ${bars} of ${volume.length} rows, first at ${shortInstant(rows.columns.start[first] ?? 0)}; a bar without trades tells nothing: leave it out`,
    },
  ];
}

/** Bars of another length than the file's name says. */
export function gridFinding(sorted: FileRows, barMinutes: number): BarFinding | null {
  const { start } = sorted.columns;
  const barMs = barMinutes * MINUTE_MS;
  const off = start.findIndex((instant) => instant % barMs !== 0);
  if (off !== -1) {
    return {
      code: 'off-grid',
      line: lineOf(sorted, off),
      text: `a bar starts at ${toIso(start[off] ?? 0).slice(11, 19)}Z, which is no multiple of ${barMinutes} minutes; use ${barMinutes}-minute bars`,
    };
  }
  let shortest = Number.POSITIVE_INFINITY;
  for (let row = 1; row < start.length; row += 1) {
    const step = (start[row] ?? 0) - (start[row - 1] ?? 0);
    if (step > 0 && step < shortest) shortest = step;
  }
  if (shortest <= barMs || !Number.isFinite(shortest)) return null;
  const minutes = shortest / MINUTE_MS;
  return {
    code: 'bar-length',
    line: lineOf(sorted, 1),
    minutes,
    text: `the bars are ${minutes} minutes apart; use ${barMinutes}-minute bars`,
  };
}

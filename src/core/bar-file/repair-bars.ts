import { createColumns, setRows } from '../bar-columns.ts';
import { barAt } from '../bars.ts';
import type { BarColumns } from '../bars.ts';
import {
  impossibleRows,
  inOrder,
  isInOrder,
  isSameBar,
  pickFileRows,
  shortInstant,
} from './check-bars.ts';
import { sharesFor } from './check-splits.ts';
import { lineOf } from './finding.ts';
import type { BarFinding, FileRows, SplitRatio } from './finding.ts';

/** One thing that was done to the bars of a file. */
export interface BarRepair {
  readonly code:
    | 'dropped-unreadable'
    | 'dropped-impossible'
    | 'dropped-zero-volume'
    | 'dropped-duplicate'
    | 'enclosed'
    | 'sorted'
    | 'adjusted-split';
  /** Line of the file, the header included. */
  readonly line: number;
  readonly text: string;
}

export interface RepairedRows {
  readonly rows: FileRows;
  readonly repairs: readonly BarRepair[];
}

/** A line that cannot be read is left out already; here it is said. */
export const unreadableRepairs = (findings: readonly BarFinding[]): readonly BarRepair[] =>
  findings.map(({ line, text }) => ({
    code: 'dropped-unreadable',
    line: line ?? 0,
    text: `the line is left out: ${text.split(';')[0] ?? ''}`,
  }));

/** In order, each bar once: of rows with the same start the first of the file stays. */
export function orderRows(rows: FileRows): RepairedRows {
  if (isInOrder(rows.columns)) return { rows, repairs: [] };
  const sorted = inOrder(rows);
  const { start } = sorted.columns;
  const kept: number[] = [];
  const repairs: BarRepair[] = [];
  for (let row = 0; row < start.length; row += 1) {
    const first = kept.at(-1) ?? -1;
    if (start[row] !== start[first]) {
      kept.push(row);
      continue;
    }
    const how = isSameBar(sorted.columns, [first, row]) ? 'the same' : 'other figures';
    repairs.push({
      code: 'dropped-duplicate',
      line: lineOf(sorted, row),
      text: `the bar of ${shortInstant(start[row] ?? 0)} is left out: line ${lineOf(sorted, first)} has it already (${how})`,
    });
  }
  return { rows: pickFileRows(sorted, kept), repairs: [...sortRepairs(rows), ...repairs] };
}

function sortRepairs(rows: FileRows): readonly BarRepair[] {
  const { start } = rows.columns;
  const first = start.findIndex((instant, row) => row > 0 && instant < (start[row - 1] ?? 0));
  if (first === -1) return [];
  return [
    {
      code: 'sorted',
      line: lineOf(rows, first),
      text: `the rows are sorted by timestamp: this one was below a later one`,
    },
  ];
}

/** Highs and lows enclose open and close again; a bar without a price to go by is left out. */
export function encloseRows(rows: FileRows): RepairedRows {
  const impossible = impossibleRows(rows.columns);
  if (impossible.length === 0) return { rows, repairs: [] };
  const columns = copyOf(rows.columns);
  const repairs: BarRepair[] = [];
  const dropped = new Set<number>();
  for (const row of impossible) {
    const { open, high, low, close } = barAt(columns, row);
    const line = lineOf(rows, row);
    if (!(open > 0 && close > 0)) {
      dropped.add(row);
      const text = `the bar is left out: open ${open} and close ${close} are no prices`;
      repairs.push({ code: 'dropped-impossible', line, text });
      continue;
    }
    const body = [open, close];
    // Swapped where that alone is right: else the wrong one of the two would become a spike.
    const isSwapped = low >= Math.max(...body) && high <= Math.min(...body) && high > 0;
    const [top, bottom] = isSwapped ? [low, high] : [high, low];
    columns.high[row] = Math.max(top, ...body);
    columns.low[row] = bottom > 0 ? Math.min(bottom, ...body) : Math.min(...body);
    const text = `high and low enclose the bar again: ${high} and ${low} became ${columns.high[row]} and ${columns.low[row]}`;
    repairs.push({ code: 'enclosed', line, text });
  }
  const enclosed = { columns, lines: rows.lines };
  return { rows: without(enclosed, (row) => dropped.has(row)), repairs };
}

/** Bars without trades are left out, unless no bar has any. */
export function tradedRows(rows: FileRows): RepairedRows {
  const { start, volume } = rows.columns;
  if (!volume.includes(0) || volume.every((shares) => shares === 0)) return { rows, repairs: [] };
  const repairs = [...volume.keys()]
    .filter((row) => volume[row] === 0)
    .map((row) => ({
      code: 'dropped-zero-volume' as const,
      line: lineOf(rows, row),
      text: `the bar of ${shortInstant(start[row] ?? 0)} is left out: its volume is 0`,
    }));
  return { rows: without(rows, (row) => volume[row] === 0), repairs };
}

/** The bars before a split in the shares after it. */
export function adjustRows(
  rows: FileRows,
  splits: readonly { readonly row: number; readonly ratio: SplitRatio }[],
): RepairedRows {
  if (splits.length === 0) return { rows, repairs: [] };
  const columns = copyOf(rows.columns);
  for (const { row: end, ratio } of splits) {
    const shares = sharesFor(ratio);
    for (const prices of [columns.open, columns.high, columns.low, columns.close]) {
      for (let row = 0; row < end; row += 1) prices[row] = (prices[row] ?? 0) / shares;
    }
    for (let row = 0; row < end; row += 1) {
      columns.volume[row] = Math.round((columns.volume[row] ?? 0) * shares);
    }
  }
  const repairs = splits.map(({ row, ratio }) => ({
    code: 'adjusted-split' as const,
    line: lineOf(rows, row),
    text: `${row} bars before it are adjusted to a split of ${ratio.to} for ${ratio.from}`,
  }));
  return { rows: { columns, lines: rows.lines }, repairs };
}

function copyOf(columns: BarColumns): BarColumns {
  const copy = createColumns(columns.start.length);
  setRows(copy, columns, 0);
  return copy;
}

const without = (rows: FileRows, isOut: (row: number) => boolean): FileRows =>
  pickFileRows(
    rows,
    [...rows.lines.keys()].filter((row) => !isOut(row)),
  );

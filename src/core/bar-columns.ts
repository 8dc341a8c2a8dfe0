import { barAt } from './bars.ts';
import type { Bar, BarColumns } from './bars.ts';
import type { EpochMs } from './session.ts';

export const createColumns = (rows: number): BarColumns => ({
  start: new Float64Array(rows),
  open: new Float64Array(rows),
  high: new Float64Array(rows),
  low: new Float64Array(rows),
  close: new Float64Array(rows),
  volume: new Float64Array(rows),
});

/** The rows from one to before another, without a copy. */
export const sliceRows = (columns: BarColumns, from: number, to: number): BarColumns => ({
  start: columns.start.subarray(from, to),
  open: columns.open.subarray(from, to),
  high: columns.high.subarray(from, to),
  low: columns.low.subarray(from, to),
  close: columns.close.subarray(from, to),
  volume: columns.volume.subarray(from, to),
});

/** The rows at these indices, copied. */
export function pickRows(columns: BarColumns, rows: readonly number[]): BarColumns {
  const picked = createColumns(rows.length);
  for (const [to, from] of rows.entries()) setRow(picked, to, barAt(columns, from));
  return picked;
}

/** The first row that starts at or after an instant; the number of rows when none does. */
export const rowFrom = (columns: Pick<BarColumns, 'start'>, instant: EpochMs): number =>
  firstAtLeast(columns.start, instant);

/** The index of the first of ascending values that is not below another one; their number when none is. */
export function firstAtLeast(
  values: Float64Array | Int32Array | Uint32Array,
  least: number,
): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Bars as columns, in their order. */
export function columnsOfBars(bars: readonly Bar[]): BarColumns {
  const columns = createColumns(bars.length);
  for (const [row, bar] of bars.entries()) setRow(columns, row, bar);
  return columns;
}

/** Writes rows into columns that are long enough, from a row on. */
export function setRows(target: BarColumns, rows: BarColumns, at: number): void {
  target.start.set(rows.start, at);
  target.open.set(rows.open, at);
  target.high.set(rows.high, at);
  target.low.set(rows.low, at);
  target.close.set(rows.close, at);
  target.volume.set(rows.volume, at);
}

/** Writes one bar into a row. */
function setRow(target: BarColumns, row: number, bar: Bar): void {
  target.start[row] = bar.start;
  target.open[row] = bar.open;
  target.high[row] = bar.high;
  target.low[row] = bar.low;
  target.close[row] = bar.close;
  target.volume[row] = bar.volume;
}

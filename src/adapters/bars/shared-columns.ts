import type { BarColumns } from '#core/bars.ts';

const COLUMNS = 6;
const CELL_BYTES = 8;

/** Columns that threads share, and all of their bytes: start, open, high, low, close, volume. */
export interface SharedColumns {
  readonly columns: BarColumns;
  readonly bytes: Uint8Array;
}

export function createSharedColumns(rows: number): SharedColumns {
  const memory = new SharedArrayBuffer(rows * COLUMNS * CELL_BYTES);
  const column = (index: number) => new Float64Array(memory, index * rows * CELL_BYTES, rows);
  return {
    bytes: new Uint8Array(memory),
    columns: {
      start: column(0),
      open: column(1),
      high: column(2),
      low: column(3),
      close: column(4),
      volume: column(5),
    },
  };
}

import type { Bar } from '#core/bars.ts';
import type { BarPrices } from '#core/open-trade.ts';
import type { EpochMs } from '#core/session.ts';

/** High, low and close of a series of bars, oldest first, in 32 bytes a bar. */
export interface BarLog {
  push(bar: Bar): void;
  /** The bars that end at an instant or after it. */
  since(at: EpochMs): readonly BarPrices[];
}

const COLUMNS = 4;
/** About a session of 5-minute bars; doubled as often as it is full. */
const FIRST_ROWS = 80;

export function createBarLog(barMs: number): BarLog {
  let cells = new Float64Array(FIRST_ROWS * COLUMNS);
  let rows = 0;

  const startOf = (row: number): EpochMs => cells[row * COLUMNS] ?? 0;
  const read = (row: number): BarPrices => {
    const [start = 0, high = 0, low = 0, close = 0] = cells.subarray(
      row * COLUMNS,
      (row + 1) * COLUMNS,
    );
    return { start, end: start + barMs, high, low, close };
  };

  return {
    push: ({ start, high, low, close }) => {
      if (rows * COLUMNS === cells.length) {
        const wider = new Float64Array(cells.length * 2);
        wider.set(cells);
        cells = wider;
      }
      cells.set([start, high, low, close], rows * COLUMNS);
      rows += 1;
    },
    since: (at) => {
      let first = rows;
      while (first > 0 && startOf(first - 1) + barMs >= at) first -= 1;
      return Array.from({ length: rows - first }, (_, index) => read(first + index));
    },
  };
}

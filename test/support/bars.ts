import { createColumns } from '#core/bar-columns.ts';
import { barAt } from '#core/bars.ts';
import type { Bar, BarColumns } from '#core/bars.ts';
import type { EpochMs } from '#core/session.ts';

/** A bar of each start, its price told by the start itself. */
export function barsAt(starts: readonly EpochMs[], shift = 0): BarColumns {
  const columns = createColumns(starts.length);
  for (const [row, start] of starts.entries()) {
    const price = 100 + ((start / 60_000) % 97) + shift;
    columns.start[row] = start;
    columns.open[row] = price;
    columns.high[row] = price + 1;
    columns.low[row] = price - 1;
    columns.close[row] = price + 0.5;
    columns.volume[row] = 1000 + ((start / 60_000) % 7);
  }
  return columns;
}

export const barList = (columns: BarColumns): readonly Bar[] =>
  [...columns.start.keys()].map((row) => barAt(columns, row));

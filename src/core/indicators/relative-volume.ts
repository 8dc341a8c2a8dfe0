import { figureAt } from './figure-at.ts';
import { averageAll, averageAt } from './sma.ts';
import { createTail } from './tail.ts';

export interface RelativeVolume {
  /** Takes volumes in order and writes the relative volume at each into its row; NaN until it is warm. */
  push(volumes: Float64Array, relatives: Float64Array): void;
  /** The same, written at these rows, ascending, alone. */
  pushAt(volumes: Float64Array, relatives: Float64Array, rows: Int32Array): void;
}

/** Volume over the average of the bars before; NaN where those had none, since nothing can be said then. */
export function createRelativeVolume(period: number): RelativeVolume {
  // The window at a row ends with the bar before it.
  const tail = createTail(period);
  return {
    push(volumes, relatives) {
      averageAll(tail.over(volumes), period, relatives);
      for (let row = 0; row < volumes.length; row += 1) relate(volumes, relatives, row);
    },
    pushAt(volumes, relatives, rows) {
      averageAt(tail.over(volumes), period, relatives, rows);
      for (let index = 0; index < rows.length; index += 1) {
        relate(volumes, relatives, rows[index] ?? 0);
      }
    },
  };
}

/** Puts the relative volume where the mean of the bars before stood. */
function relate(volumes: Float64Array, means: Float64Array, row: number): void {
  const mean = figureAt(means, row);
  means[row] = mean === 0 ? Number.NaN : figureAt(volumes, row) / mean;
}

import type { Average } from './ema.ts';
import { figureAt } from './figure-at.ts';
import { createTail } from './tail.ts';

/** An average that can be asked for at some rows alone: what it is there depends on no other one. */
export interface WindowAverage extends Average {
  /** Takes all the values as `push` does, and writes the averages at these rows, ascending, alone. */
  pushAt(values: Float64Array, averages: Float64Array, rows: Int32Array): void;
}

/**
 * Simple moving average. The window is added up anew at each input: a running sum would carry rounding
 * from values that have long left, so that two series of different length would never agree exactly.
 */
export function createSma(period: number): WindowAverage {
  // What has not been seen yet is no number, and neither is the average of a window that holds it.
  const tail = createTail(period - 1);
  return {
    push: (values, averages) => averageAll(tail.over(values), period, averages),
    pushAt: (values, averages, rows) => averageAt(tail.over(values), period, averages, rows),
  };
}

/** The averages of the windows that begin at each row; every sum is made oldest value first. */
export function averageAll(values: Float64Array, period: number, averages: Float64Array): void {
  for (let row = averageFours(values, period, averages); row < averages.length; row += 1) {
    averages[row] = sumFrom(values, row, period) / period;
  }
}

/** The same for the windows that begin at some rows. */
export function averageAt(
  values: Float64Array,
  period: number,
  averages: Float64Array,
  rows: Int32Array,
): void {
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? 0;
    averages[row] = sumFrom(values, row, period) / period;
  }
}

function sumFrom(values: Float64Array, first: number, period: number): number {
  let sum = 0;
  for (let index = first; index < first + period; index += 1) sum += figureAt(values, index);
  return sum;
}

/**
 * The same four windows at a time, since an addition waits for the one before in its sum, but not for those
 * in the others; returns for how many rows.
 */
function averageFours(values: Float64Array, period: number, averages: Float64Array): number {
  const rows = averages.length - (averages.length % 4);
  for (let row = 0; row < rows; row += 4) {
    const end = row + period;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let v0 = figureAt(values, row);
    let v1 = figureAt(values, row + 1);
    let v2 = figureAt(values, row + 2);
    let index = row;
    for (; index + 4 <= end; index += 4) {
      const v3 = figureAt(values, index + 3);
      const v4 = figureAt(values, index + 4);
      const v5 = figureAt(values, index + 5);
      const v6 = figureAt(values, index + 6);
      sum0 = sum0 + v0 + v1 + v2 + v3;
      sum1 = sum1 + v1 + v2 + v3 + v4;
      sum2 = sum2 + v2 + v3 + v4 + v5;
      sum3 = sum3 + v3 + v4 + v5 + v6;
      v0 = v4;
      v1 = v5;
      v2 = v6;
    }
    for (; index < end; index += 1) {
      sum0 += figureAt(values, index);
      sum1 += figureAt(values, index + 1);
      sum2 += figureAt(values, index + 2);
      sum3 += figureAt(values, index + 3);
    }
    averages[row] = sum0 / period;
    averages[row + 1] = sum1 / period;
    averages[row + 2] = sum2 / period;
    averages[row + 3] = sum3 / period;
  }
  return rows;
}

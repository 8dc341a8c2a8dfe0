import type { Average } from './ema.ts';
import { figureAt } from './figure-at.ts';

interface State {
  readonly period: number;
  /** The values before the next push, one short of a window, and room for those pushed. */
  window: Float64Array;
}

/**
 * Simple moving average. The window is added up anew at each input: a running sum would carry rounding
 * from values that have long left, so that two series of different length would never agree exactly.
 */
export function createSma(period: number): Average {
  // What has not been seen yet is no number, and neither is the average of a window that holds it.
  const state: State = { period, window: new Float64Array(period).fill(Number.NaN) };
  return { push: (values, averages) => advance(state, values, averages) };
}

function advance(state: State, values: Float64Array, averages: Float64Array): void {
  const { period } = state;
  const before = period - 1;
  const length = before + values.length;
  if (state.window.length < length) {
    const longer = new Float64Array(length);
    longer.set(state.window.subarray(0, before));
    state.window = longer;
  }
  const { window } = state;
  window.set(values, before);
  average(window, period, averages);
  window.copyWithin(0, values.length, length);
}

/** The averages of the windows that begin at each row; every sum is made oldest value first. */
function average(values: Float64Array, period: number, averages: Float64Array): void {
  for (let row = averageFours(values, period, averages); row < averages.length; row += 1) {
    let sum = 0;
    for (let index = row; index < row + period; index += 1) sum += figureAt(values, index);
    averages[row] = sum / period;
  }
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

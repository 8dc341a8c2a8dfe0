import { figureAt } from './figure-at.ts';

/**
 * An average over a series. What is pushed goes on where the push before ended, so that a series may come
 * a value at a time or in long stretches. Over a stretch the state is held in variables, which keeps each
 * step in registers; the loop is a function of its module, since what is compiled for a closure goes with it.
 */
export interface Average {
  /** Takes values in order and writes the average at each into its row; NaN until it is warm. */
  push(values: Float64Array, averages: Float64Array): void;
}

interface State {
  readonly period: number;
  count: number;
  sum: number;
  value: number;
}

/**
 * Exponential moving average with smoothing 2 / (period + 1), seeded as TA-Lib does: its first value,
 * at the period-th input, is the simple average of the inputs so far.
 */
export function createEma(period: number): Average {
  const state: State = { period, count: 0, sum: 0, value: Number.NaN };
  return { push: (values, averages) => advance(state, values, averages) };
}

function advance(state: State, values: Float64Array, averages: Float64Array): void {
  const { period } = state;
  const smoothing = 2 / (period + 1);
  let { count, sum, value } = state;
  for (let row = 0; row < values.length; row += 1) {
    const input = figureAt(values, row);
    if (count >= period) value += (input - value) * smoothing;
    else {
      count += 1;
      sum += input;
      if (count === period) value = sum / period;
    }
    averages[row] = value;
  }
  state.count = count;
  state.sum = sum;
  state.value = value;
}

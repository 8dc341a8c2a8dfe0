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

/** Where an exponential moving average stands. */
export interface EmaState {
  readonly period: number;
  count: number;
  sum: number;
  value: number;
}

export const startEma = (period: number): EmaState => ({
  period,
  count: 0,
  sum: 0,
  value: Number.NaN,
});

/** What each input weighs. */
export const emaSmoothing = (period: number): number => 2 / (period + 1);

/**
 * Exponential moving average with smoothing 2 / (period + 1), seeded as TA-Lib does: its first value,
 * at the period-th input, is the simple average of the inputs so far.
 */
export function createEma(period: number): Average {
  const state = startEma(period);
  return {
    push(values, averages) {
      for (let row = 0; row < values.length; row += 1) {
        stepEma(state, figureAt(values, row));
        averages[row] = state.value;
      }
    },
  };
}

/** Takes one input. */
export function stepEma(state: EmaState, input: number): void {
  const { period } = state;
  if (state.count >= period) state.value += (input - state.value) * emaSmoothing(period);
  else {
    state.count += 1;
    state.sum += input;
    if (state.count === period) state.value = state.sum / period;
  }
}

/** Takes values in order and returns the indicator at each, NaN until it is warm. */
export interface Average {
  push(value: number): number;
}

/**
 * Exponential moving average with smoothing 2 / (period + 1), seeded as TA-Lib does: its first value,
 * at the period-th input, is the simple average of the inputs so far.
 */
export function createEma(period: number): Average {
  const smoothing = 2 / (period + 1);
  // State lives in an object of doubles: captured variables would be boxed anew at each write.
  const state = { count: 0, sum: 0, value: Number.NaN };
  return {
    push: (input) => {
      if (state.count >= period) {
        state.value += (input - state.value) * smoothing;
        return state.value;
      }
      state.count += 1;
      state.sum += input;
      if (state.count === period) state.value = state.sum / period;
      return state.value;
    },
  };
}

/** The three prices that range indicators work on. */
export interface HighLowClose {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The larger of the bar's own range and its distance from the close before (Wilder 1978). */
export const trueRange = (bar: HighLowClose, previousClose: number): number =>
  Math.max(
    bar.high - bar.low,
    Math.abs(bar.high - previousClose),
    Math.abs(bar.low - previousClose),
  );

export interface Atr {
  /** Takes bars in order; NaN until warm. */
  push(bar: HighLowClose): number;
}

/**
 * Average true range with Wilder's smoothing, seeded as TA-Lib does: the first bar has no true range, the
 * first value is the simple average of the next `period` ones.
 */
export function createAtr(period: number): Atr {
  const state = { count: -1, sum: 0, value: Number.NaN, previousClose: Number.NaN };
  return {
    push: (bar) => {
      const range = trueRange(bar, state.previousClose);
      state.previousClose = bar.close;
      if (state.count >= period) {
        state.value = (state.value * (period - 1) + range) / period;
        return state.value;
      }
      state.count += 1;
      if (state.count > 0) state.sum += range;
      if (state.count === period) state.value = state.sum / period;
      return state.value;
    },
  };
}

/** The last values of a series, so that a window can reach back beyond a push. */
export interface Tail {
  /**
   * Takes the next values; returns so many from before them, and then them. What has not been seen is no number.
   * The result is written over by the next call, and may be longer.
   */
  over(values: Float64Array): Float64Array;
}

/** Keeps as many values as `length` says. */
export function createTail(length: number): Tail {
  const state = { buffer: new Float64Array(length).fill(Number.NaN), pushed: 0 };
  return {
    over(values) {
      const { pushed } = state;
      state.buffer.copyWithin(0, pushed, pushed + length);
      if (state.buffer.length < length + values.length) {
        const longer = new Float64Array(length + values.length);
        longer.set(state.buffer.subarray(0, length));
        state.buffer = longer;
      }
      state.buffer.set(values, length);
      state.pushed = values.length;
      return state.buffer;
    },
  };
}

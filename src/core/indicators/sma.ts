import type { Average } from './ema.ts';

/**
 * Simple moving average. The window is added up anew at each input: a running sum would carry rounding
 * from values that have long left, so that two series of different length would never agree exactly.
 */
export function createSma(period: number): Average {
  const window = new Float64Array(period);
  const state = { count: 0, next: 0 };
  return {
    push: (input) => {
      window[state.next] = input;
      state.next = state.next + 1 === period ? 0 : state.next + 1;
      if (state.count < period) state.count += 1;
      return state.count < period ? Number.NaN : meanFrom(window, state.next);
    },
  };
}

/** Oldest value first, so that the order of the additions does not depend on where the ring begins. */
function meanFrom(ring: Float64Array, oldest: number): number {
  let sum = 0;
  for (let index = oldest; index < ring.length; index += 1) sum += ring[index] ?? Number.NaN;
  for (let index = 0; index < oldest; index += 1) sum += ring[index] ?? Number.NaN;
  return sum / ring.length;
}

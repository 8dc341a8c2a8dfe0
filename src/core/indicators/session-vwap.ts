import type { Bar } from '../bars.ts';
import type { Session } from '../session.ts';

export interface SessionVwap {
  /** Takes bars in order; NaN while the session has no volume yet. */
  push(bar: Bar, session: Session): number;
}

/** Volume-weighted average of the typical price (high + low + close) / 3 since the session's open. */
export function createSessionVwap(): SessionVwap {
  const state = { open: Number.NaN, value: Number.NaN, volume: Number.NaN };
  return {
    push: (bar, session) => {
      if (session.open !== state.open) {
        state.open = session.open;
        state.value = 0;
        state.volume = 0;
      }
      state.value += ((bar.high + bar.low + bar.close) / 3) * bar.volume;
      state.volume += bar.volume;
      // Without volume it is zero over zero, which is no number.
      return state.value / state.volume;
    },
  };
}

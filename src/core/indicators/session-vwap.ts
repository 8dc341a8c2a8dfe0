import type { SessionColumns } from '../bars.ts';
import { figureAt } from './figure-at.ts';

export interface SessionVwap {
  /** Takes bars in order and writes the VWAP at each into its row; NaN while the session has no volume yet. */
  push(rows: SessionColumns, vwaps: Float64Array): void;
}

interface State {
  open: number;
  value: number;
  volume: number;
}

/** Volume-weighted average of the typical price (high + low + close) / 3 since the session's open. */
export function createSessionVwap(): SessionVwap {
  const state: State = { open: Number.NaN, value: Number.NaN, volume: Number.NaN };
  return { push: (rows, vwaps) => advance(state, rows, vwaps) };
}

function advance(state: State, { bars, sessionOpens }: SessionColumns, vwaps: Float64Array): void {
  const { high, low, close } = bars;
  let { open, value, volume } = state;
  for (let row = 0; row < high.length; row += 1) {
    const sessionOpen = figureAt(sessionOpens, row);
    if (sessionOpen !== open) {
      open = sessionOpen;
      value = 0;
      volume = 0;
    }
    const prices = figureAt(high, row) + figureAt(low, row) + figureAt(close, row);
    const shares = figureAt(bars.volume, row);
    value += (prices / 3) * shares;
    volume += shares;
    // Without volume it is zero over zero, which is no number.
    vwaps[row] = value / volume;
  }
  state.open = open;
  state.value = value;
  state.volume = volume;
}

import { trueRange } from './atr.ts';
import type { HighLowClose } from './atr.ts';

/** Average directional index with its two directional indicators, 0–100 each. NaN until warm. */
export interface Adx {
  push(bar: HighLowClose): void;
  readonly adx: number;
  readonly plusDi: number;
  readonly minusDi: number;
}

/** TA-Lib's test for zero: sums of differences of prices seldom cancel exactly. */
const isZero = (value: number): boolean => Math.abs(value) < 1e-14;

interface State {
  plusDi: number;
  minusDi: number;
  adx: number;
  /** Bars seen before this one. */
  count: number;
  plusMoves: number;
  minusMoves: number;
  ranges: number;
  dxSum: number;
  previous: HighLowClose;
}

/**
 * ADX, +DI and −DI (Wilder 1978), seeded as TA-Lib does: moves and ranges of `period − 1` bars are summed
 * before the first smoothing, and the first ADX is the simple average of `period` DX values.
 * When the up-move equals the down-move neither counts, as Wilder has it.
 */
export function createAdx(period: number): Adx {
  const state: State = {
    plusDi: Number.NaN,
    minusDi: Number.NaN,
    adx: Number.NaN,
    count: 0,
    plusMoves: 0,
    minusMoves: 0,
    ranges: 0,
    dxSum: 0,
    previous: { high: Number.NaN, low: Number.NaN, close: Number.NaN },
  };
  return {
    push: (bar) => {
      if (state.count > 0) smooth(state, bar, state.count < period ? 0 : 1 / period);
      if (state.count >= period) index(state, period);
      state.count += 1;
      state.previous = bar;
    },
    get adx() {
      return state.adx;
    },
    get plusDi() {
      return state.plusDi;
    },
    get minusDi() {
      return state.minusDi;
    },
  };
}

/** Adds the bar's move and range to Wilder's sums, after `decay` of them has been forgotten. */
function smooth(state: State, bar: HighLowClose, decay: number): void {
  const up = bar.high - state.previous.high;
  const down = state.previous.low - bar.low;
  state.plusMoves += (up > 0 && up > down ? up : 0) - state.plusMoves * decay;
  state.minusMoves += (down > 0 && down > up ? down : 0) - state.minusMoves * decay;
  state.ranges += trueRange(bar, state.previous.close) - state.ranges * decay;
}

function index(state: State, period: number): void {
  const hasRange = !isZero(state.ranges);
  state.plusDi = hasRange ? (100 * state.plusMoves) / state.ranges : 0;
  state.minusDi = hasRange ? (100 * state.minusMoves) / state.ranges : 0;
  const sum = state.plusDi + state.minusDi;
  const dx = isZero(sum) ? null : (100 * Math.abs(state.plusDi - state.minusDi)) / sum;
  // A bar without direction adds nothing to the first average and leaves a later one as it was.
  if (state.count < 2 * period - 1) state.dxSum += dx ?? 0;
  else if (state.count === 2 * period - 1) state.adx = (state.dxSum + (dx ?? 0)) / period;
  else if (dx !== null) state.adx = (state.adx * (period - 1) + dx) / period;
}

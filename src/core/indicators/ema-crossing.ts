import { emaSmoothing, startEma, stepEma } from './ema.ts';
import type { EmaState } from './ema.ts';
import { figureAt } from './figure-at.ts';

/** Two averages and how long ago the fast one crossed the slow one, in bars: 0 at the crossing, Infinity before any. */
export interface EmaCrossingColumns {
  /** NaN until warm. */
  readonly emaFast: Float64Array;
  readonly emaSlow: Float64Array;
  readonly barsSinceCrossUp: Float64Array;
  readonly barsSinceCrossDown: Float64Array;
}

export interface EmaCrossing {
  /** Takes closes in order and writes both averages at each, and how long ago they crossed. */
  push(closes: Float64Array, columns: EmaCrossingColumns): void;
}

interface State {
  readonly fast: EmaState;
  readonly slow: EmaState;
  /** The sign of their difference. */
  side: number;
  sinceUp: number;
  sinceDown: number;
}

/**
 * Two EMAs of one series, and the bars since their difference last changed its sign, by direction. A difference
 * of zero has no sign: touching the line and turning back is no crossing.
 */
export function createEmaCrossing(periods: {
  readonly emaFast: number;
  readonly emaSlow: number;
}): EmaCrossing {
  const never = Number.POSITIVE_INFINITY;
  const state: State = {
    fast: startEma(periods.emaFast),
    slow: startEma(periods.emaSlow),
    side: 0,
    sinceUp: never,
    sinceDown: never,
  };
  return {
    push(closes, columns) {
      const first = warmUp(state, closes, columns);
      if (first < closes.length) advance(state, closes, columns, first);
    },
  };
}

const isWarm = ({ count, period }: EmaState): boolean => count >= period;

/** The rows until both averages are warm, at which nothing crosses; returns the first one that is left. */
function warmUp(state: State, closes: Float64Array, columns: EmaCrossingColumns): number {
  const { fast, slow } = state;
  let row = 0;
  for (; row < closes.length && !(isWarm(fast) && isWarm(slow)); row += 1) {
    stepEma(fast, figureAt(closes, row));
    stepEma(slow, figureAt(closes, row));
    state.side = Math.sign(fast.value - slow.value) || 0;
    columns.emaFast[row] = fast.value;
    columns.emaSlow[row] = slow.value;
    columns.barsSinceCrossUp[row] = state.sinceUp;
    columns.barsSinceCrossDown[row] = state.sinceDown;
  }
  return row;
}

function advance(
  state: State,
  closes: Float64Array,
  { emaFast, emaSlow, barsSinceCrossUp, barsSinceCrossDown }: EmaCrossingColumns,
  first: number,
): void {
  const fastPart = emaSmoothing(state.fast.period);
  const slowPart = emaSmoothing(state.slow.period);
  let [fast, slow] = [state.fast.value, state.slow.value];
  let { side, sinceUp, sinceDown } = state;
  for (let row = first; row < closes.length; row += 1) {
    const close = figureAt(closes, row);
    fast += (close - fast) * fastPart;
    slow += (close - slow) * slowPart;
    sinceUp += 1;
    sinceDown += 1;
    const now = fast > slow ? 1 : fast < slow ? -1 : side;
    if (now !== side) {
      if (side === -1) sinceUp = 0;
      else if (side === 1) sinceDown = 0;
      side = now;
    }
    emaFast[row] = fast;
    emaSlow[row] = slow;
    barsSinceCrossUp[row] = sinceUp;
    barsSinceCrossDown[row] = sinceDown;
  }
  state.fast.value = fast;
  state.slow.value = slow;
  state.side = side;
  state.sinceUp = sinceUp;
  state.sinceDown = sinceDown;
}

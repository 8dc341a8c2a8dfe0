import { figureAt } from './figure-at.ts';

/** Two series and how long ago the first crossed the second, in bars: 0 at the crossing, Infinity before any. */
export interface CrossingColumns {
  readonly emaFast: Float64Array;
  readonly emaSlow: Float64Array;
  readonly barsSinceCrossUp: Float64Array;
  readonly barsSinceCrossDown: Float64Array;
}

export interface Crossing {
  /** Takes both series in order and writes how long ago they crossed. */
  push(columns: CrossingColumns): void;
}

interface State {
  side: number;
  sinceUp: number;
  sinceDown: number;
}

/**
 * Bars since a difference last changed its sign, by direction. A difference of zero has no sign: touching
 * the line and turning back is no crossing.
 */
export function createCrossing(): Crossing {
  const never = Number.POSITIVE_INFINITY;
  const state: State = { side: 0, sinceUp: never, sinceDown: never };
  return { push: (columns) => advance(state, columns) };
}

function advance(state: State, columns: CrossingColumns): void {
  const { emaFast, emaSlow, barsSinceCrossUp, barsSinceCrossDown } = columns;
  let { side, sinceUp, sinceDown } = state;
  for (let row = 0; row < emaFast.length; row += 1) {
    const difference = figureAt(emaFast, row) - figureAt(emaSlow, row);
    const now = difference > 0 ? 1 : difference < 0 ? -1 : side;
    sinceUp = now === 1 && side === -1 ? 0 : sinceUp + 1;
    sinceDown = now === -1 && side === 1 ? 0 : sinceDown + 1;
    side = now;
    barsSinceCrossUp[row] = sinceUp;
    barsSinceCrossDown[row] = sinceDown;
  }
  state.side = side;
  state.sinceUp = sinceUp;
  state.sinceDown = sinceDown;
}

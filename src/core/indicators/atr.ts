import type { BarColumns } from '../bars.ts';
import { figureAt } from './figure-at.ts';

/** The three prices that range indicators work on. */
export type HighLowClose = Pick<BarColumns, 'high' | 'low' | 'close'>;

export interface AtrColumns {
  /** Of the first bar of all there is none, since no close comes before it. */
  readonly trueRange: Float64Array;
  /** NaN until warm. */
  readonly atr: Float64Array;
}

export interface Atr {
  /** Takes bars in order and writes the true range and the average at each into its row. */
  push(bars: HighLowClose, columns: AtrColumns): void;
}

interface State {
  readonly period: number;
  /** True ranges so far, up to the period. */
  count: number;
  sum: number;
  value: number;
  previousClose: number;
}

/**
 * Average true range with Wilder's smoothing, seeded as TA-Lib does: the first bar has no true range, the
 * first value is the simple average of the next `period` ones. The true range is the larger of the bar's
 * own range and its distance from the close before (Wilder 1978).
 */
export function createAtr(period: number): Atr {
  const state: State = {
    period,
    count: -1,
    sum: 0,
    value: Number.NaN,
    previousClose: Number.NaN,
  };
  return { push: (bars, columns) => advance(state, bars, columns) };
}

function advance(
  state: State,
  { high, low, close }: HighLowClose,
  { trueRange, atr }: AtrColumns,
): void {
  const { period } = state;
  let { count, sum, value, previousClose } = state;
  for (let row = 0; row < high.length; row += 1) {
    const barHigh = figureAt(high, row);
    const barLow = figureAt(low, row);
    const range = Math.max(
      barHigh - barLow,
      Math.abs(barHigh - previousClose),
      Math.abs(barLow - previousClose),
    );
    previousClose = figureAt(close, row);
    if (count >= period) value = (value * (period - 1) + range) / period;
    else {
      count += 1;
      if (count > 0) sum += range;
      if (count === period) value = sum / period;
    }
    trueRange[row] = range;
    atr[row] = value;
  }
  state.count = count;
  state.sum = sum;
  state.value = value;
  state.previousClose = previousClose;
}

import type { HighLowClose } from './atr.ts';
import { figureAt } from './figure-at.ts';

/** Bars with their true ranges, of which the first bar's does not count. */
export interface RangeColumns {
  readonly bars: HighLowClose;
  readonly trueRange: Float64Array;
}

/** Average directional index with its two directional indicators, 0–100 each. */
export interface AdxColumns {
  readonly adx: Float64Array;
  readonly plusDi: Float64Array;
  readonly minusDi: Float64Array;
}

export interface Adx {
  /** Takes bars in order and writes the three at each into its row; NaN until they are warm. */
  push(rows: RangeColumns, columns: AdxColumns): void;
}

interface State {
  readonly period: number;
  /** Bars seen before the next one. */
  count: number;
  high: number;
  low: number;
  plusMoves: number;
  minusMoves: number;
  range: number;
  dxSum: number;
  adx: number;
}

/**
 * ADX, +DI and −DI (Wilder 1978), seeded as TA-Lib does: moves and ranges of `period − 1` bars are summed
 * before the first smoothing, and the first ADX is the simple average of `period` DX values.
 * When the up-move equals the down-move neither counts, as Wilder has it.
 */
export function createAdx(period: number): Adx {
  const state: State = {
    period,
    count: 0,
    high: Number.NaN,
    low: Number.NaN,
    plusMoves: 0,
    minusMoves: 0,
    range: 0,
    dxSum: 0,
    adx: Number.NaN,
  };
  return { push: (rows, columns) => advance(state, rows, columns) };
}

function advance(state: State, { bars, trueRange }: RangeColumns, columns: AdxColumns): void {
  const { period } = state;
  let { count, high, low, plusMoves, minusMoves, range, dxSum, adx } = state;
  for (let row = 0; row < trueRange.length; row += 1) {
    const up = figureAt(bars.high, row) - high;
    const down = low - figureAt(bars.low, row);
    // Of Wilder's sums a part is forgotten once they are full.
    const decay = count < period ? 0 : 1 / period;
    if (count > 0) {
      plusMoves += larger(up, down) - plusMoves * decay;
      minusMoves += larger(down, up) - minusMoves * decay;
      range += figureAt(trueRange, row) - range * decay;
    }
    const plusDi = count < period ? Number.NaN : indicator(plusMoves, range);
    const minusDi = count < period ? Number.NaN : indicator(minusMoves, range);
    const isFlat = isZero(plusDi + minusDi);
    const dx = isFlat ? 0 : (100 * Math.abs(plusDi - minusDi)) / (plusDi + minusDi);
    // A bar without direction adds nothing to the first average and leaves a later one as it was.
    if (count >= 2 * period) adx = isFlat ? adx : (adx * (period - 1) + dx) / period;
    else if (count === 2 * period - 1) adx = (dxSum + dx) / period;
    else if (count >= period) dxSum += dx;
    count += 1;
    high = figureAt(bars.high, row);
    low = figureAt(bars.low, row);
    columns.plusDi[row] = plusDi;
    columns.minusDi[row] = minusDi;
    columns.adx[row] = adx;
  }
  state.count = count;
  state.high = high;
  state.low = low;
  state.plusMoves = plusMoves;
  state.minusMoves = minusMoves;
  state.range = range;
  state.dxSum = dxSum;
  state.adx = adx;
}

/** A move that is larger than the one to the other side; 0 for any other. */
const larger = (move: number, other: number): number => (move > 0 && move > other ? move : 0);

const indicator = (moves: number, range: number): number =>
  isZero(range) ? 0 : (100 * moves) / range;

/** TA-Lib's test for zero: sums of differences of prices seldom cancel exactly. */
const isZero = (value: number): boolean => Math.abs(value) < 1e-14;

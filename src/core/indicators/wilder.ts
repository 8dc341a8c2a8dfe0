import type { BarColumns } from '../bars.ts';
import { figureAt } from './figure-at.ts';

/** The three prices that range indicators work on. */
export type HighLowClose = Pick<BarColumns, 'high' | 'low' | 'close'>;

/** Average true range in dollars; ADX with its two directional indicators, 0–100 each. */
export interface WilderColumns {
  readonly atr: Float64Array;
  readonly adx: Float64Array;
  readonly plusDi: Float64Array;
  readonly minusDi: Float64Array;
}

export interface Wilder {
  /** Takes bars in order and writes the four at each into its row; NaN until they are warm. */
  push(bars: HighLowClose, columns: WilderColumns): void;
}

export interface WilderPeriods {
  readonly atrPeriod: number;
  readonly adxPeriod: number;
}

interface State extends WilderPeriods {
  /** Bars seen before the next one. */
  count: number;
  high: number;
  low: number;
  close: number;
  /** Of the true ranges, before their average is warm. */
  rangeSum: number;
  atr: number;
  plusMoves: number;
  minusMoves: number;
  range: number;
  dxSum: number;
  adx: number;
}

/**
 * Wilder's indicators (1978), which share the true range: the larger of the bar's own range and its distance
 * from the close before. They are seeded as TA-Lib does.
 *
 * ATR: the first bar has no true range, the first value is the simple average of the next `atrPeriod` ones.
 * ADX, +DI and −DI: moves and ranges of `adxPeriod − 1` bars are summed before the first smoothing, and the first
 * ADX is the simple average of `adxPeriod` DX values. When the up-move equals the down-move neither counts, as
 * Wilder has it.
 *
 * They are one loop, since each average waits for the value before: the four wait together.
 */
export function createWilder({ atrPeriod, adxPeriod }: WilderPeriods): Wilder {
  const state: State = {
    atrPeriod,
    adxPeriod,
    count: 0,
    high: Number.NaN,
    low: Number.NaN,
    close: Number.NaN,
    rangeSum: 0,
    atr: Number.NaN,
    plusMoves: 0,
    minusMoves: 0,
    range: 0,
    dxSum: 0,
    adx: Number.NaN,
  };
  return {
    push: (bars, columns) => {
      const first = warmUp(state, bars, columns);
      if (first < bars.high.length) advance(state, bars, columns, first);
    },
  };
}

const isWarm = ({ count, atrPeriod, adxPeriod }: State): boolean =>
  count > atrPeriod && count >= 2 * adxPeriod;

/** The rows until all averages are warm; returns the first one that is left. */
function warmUp(state: State, bars: HighLowClose, columns: WilderColumns): number {
  let row = 0;
  for (; row < bars.high.length && !isWarm(state); row += 1) {
    const high = figureAt(bars.high, row);
    const low = figureAt(bars.low, row);
    const range = trueRange(high, low, state.close);
    seedAtr(state, range);
    seedAdx(state, range, { up: high - state.high, down: state.low - low }, [columns, row]);
    state.count += 1;
    state.high = high;
    state.low = low;
    state.close = figureAt(bars.close, row);
    columns.atr[row] = state.atr;
    columns.adx[row] = state.adx;
  }
  return row;
}

function seedAtr(state: State, range: number): void {
  const { count, atrPeriod } = state;
  if (count > atrPeriod) state.atr += (range - state.atr) * (1 / atrPeriod);
  else {
    if (count > 0) state.rangeSum += range;
    if (count === atrPeriod) state.atr = state.rangeSum / atrPeriod;
  }
}

interface Moves {
  readonly up: number;
  readonly down: number;
}

function seedAdx(
  state: State,
  range: number,
  { up, down }: Moves,
  [columns, row]: readonly [WilderColumns, number],
): void {
  const { count, adxPeriod: period } = state;
  // Of Wilder's sums a part is forgotten once they are full.
  const decay = count < period ? 0 : 1 / period;
  if (count > 0) {
    state.plusMoves += larger(up, down) - state.plusMoves * decay;
    state.minusMoves += larger(down, up) - state.minusMoves * decay;
    state.range += range - state.range * decay;
  }
  const perRange = count < period ? Number.NaN : percentPer(state.range);
  const plusDi = state.plusMoves * perRange;
  const minusDi = state.minusMoves * perRange;
  const isFlat = isZero(plusDi + minusDi);
  const dx = isFlat ? 0 : dxOf(plusDi, minusDi);
  // A bar without direction adds nothing to the first average and leaves a later one as it was.
  if (count >= 2 * period) state.adx += isFlat ? 0 : (dx - state.adx) * (1 / period);
  else if (count === 2 * period - 1) state.adx = (state.dxSum + dx) / period;
  else if (count >= period) state.dxSum += dx;
  columns.plusDi[row] = plusDi;
  columns.minusDi[row] = minusDi;
}

/** The same where all is warm: the long part of history, without a question of how many bars there were. */
function advance(
  state: State,
  { high: highs, low: lows, close: closes }: HighLowClose,
  { atr: atrs, adx: adxs, plusDi: plusDis, minusDi: minusDis }: WilderColumns,
  first: number,
): void {
  const atrPart = 1 / state.atrPeriod;
  const part = 1 / state.adxPeriod;
  let { high, low, close, atr, plusMoves, minusMoves, range, adx } = state;
  for (let row = first; row < highs.length; row += 1) {
    const barHigh = figureAt(highs, row);
    const barLow = figureAt(lows, row);
    const ranged = trueRange(barHigh, barLow, close);
    const up = barHigh - high;
    const down = low - barLow;
    atr += (ranged - atr) * atrPart;
    const rise = (up + Math.abs(up)) * 0.5;
    const fall = (down + Math.abs(down)) * 0.5;
    difference[0] = rise - fall;
    const isFall = (halves[HIGH] ?? 0) >>> 31;
    difference[0] = fall - rise;
    const isRise = (halves[HIGH] ?? 0) >>> 31;
    plusMoves += rise * isRise - plusMoves * part;
    minusMoves += fall * isFall - minusMoves * part;
    range += ranged - range * part;
    const perRange = percentPer(range);
    const plusDi = plusMoves * perRange;
    const minusDi = minusMoves * perRange;
    if (!isZero(plusDi + minusDi)) adx += (dxOf(plusDi, minusDi) - adx) * part;
    high = barHigh;
    low = barLow;
    close = figureAt(closes, row);
    atrs[row] = atr;
    adxs[row] = adx;
    plusDis[row] = plusDi;
    minusDis[row] = minusDi;
  }
  state.count += highs.length - first;
  state.high = high;
  state.low = low;
  state.close = close;
  state.atr = atr;
  state.plusMoves = plusMoves;
  state.minusMoves = minusMoves;
  state.range = range;
  state.adx = adx;
}

/** A close before that lies outside of the bar stretches it; mostly it lies within, or is none. */
function trueRange(high: number, low: number, closeBefore: number): number {
  if (closeBefore > high) return closeBefore - low;
  return closeBefore < low ? high - closeBefore : high - low;
}

/** A move that is larger than the one to the other side; 0 for any other. */
const larger = (move: number, other: number): number => (move > 0 && move > other ? move : 0);

/** By what moves are multiplied to be per cent of the range. */
const percentPer = (range: number): number => (isZero(range) ? 0 : 100 / range);

const dxOf = (plusDi: number, minusDi: number): number =>
  (100 * Math.abs(plusDi - minusDi)) / (plusDi + minusDi);

/** TA-Lib's test for zero: sums of differences of prices seldom cancel exactly. */
const isZero = (value: number): boolean => Math.abs(value) < 1e-14;

/**
 * A number whose sign is read off its bits: which move is the larger one is a toss-up, so that a processor that goes
 * ahead on a guess is wrong every other time, which costs more than all the arithmetic of a bar.
 */
const difference = new Float64Array(1);
const halves = new Int32Array(difference.buffer);
/** Where the half with the sign is: that depends on the machine. */
const HIGH = new Int32Array(Float64Array.of(-1).buffer)[0] === 0 ? 1 : 0;

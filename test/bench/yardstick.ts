import type { BarColumns } from '#core/bars.ts';

/*
 * What one pass over the bars costs at least: the strategy that engines are compared by (see
 * test/backtest/engines), written by hand for this one purpose, with its four indicators, its equity after each
 * bar and its deepest fall. It is called for a chunk of bars at a time with its state in one array: one long loop
 * would stay in the compiler's middle tier.
 */

const CHUNK = 4_096;

const FAST = 0;
const SLOW = 1;
const ATR = 2;
const PLUS = 3;
const MINUS = 4;
const RANGES = 5;
const ADX = 6;
const COUNT = 7;
const SUM_FAST = 8;
const SUM_SLOW = 9;
const SUM_RANGE = 10;
const SUM_DX = 11;
const HIGH = 12;
const LOW = 13;
const CLOSE = 14;
const SIGNAL = 15;
const SIZE = 16;
const ENTRY = 17;
const STOP = 18;
const TARGET = 19;
const EQUITY = 20;
const PEAK = 21;
const FALL = 22;
const TRADES = 23;
const SLOTS = 24;

export interface Pass {
  readonly trades: number;
  readonly equity: number;
  /** Of the peak, as a fraction. */
  readonly deepestFall: number;
}

/** One pass over the bars. */
export function passOver(bars: BarColumns): Pass {
  const state = new Float64Array(SLOTS);
  state[EQUITY] = 1_000_000;
  state[PEAK] = 1_000_000;
  for (let from = 0; from < bars.close.length; from += CHUNK) {
    chunk(bars, from, Math.min(from + CHUNK, bars.close.length), state);
  }
  const [equity = 0, , deepestFall = 0, trades = 0] = state.subarray(EQUITY);
  return { trades, equity, deepestFall };
}

/* oxlint-disable max-lines-per-function, max-depth, complexity -- one loop by hand is what is measured */
function chunk(
  { open, high, low, close }: BarColumns,
  from: number,
  to: number,
  state: Float64Array,
): void {
  let fast = state[FAST]!;
  let slow = state[SLOW]!;
  let atr = state[ATR]!;
  let plus = state[PLUS]!;
  let minus = state[MINUS]!;
  let ranges = state[RANGES]!;
  let adx = state[ADX]!;
  let count = state[COUNT]!;
  let sumFast = state[SUM_FAST]!;
  let sumSlow = state[SUM_SLOW]!;
  let sumRange = state[SUM_RANGE]!;
  let sumDx = state[SUM_DX]!;
  let lastHigh = state[HIGH]!;
  let lastLow = state[LOW]!;
  let lastClose = state[CLOSE]!;
  let signal = state[SIGNAL]!;
  let size = state[SIZE]!;
  let entry = state[ENTRY]!;
  let stop = state[STOP]!;
  let target = state[TARGET]!;
  let equity = state[EQUITY]!;
  let peak = state[PEAK]!;
  let fall = state[FALL]!;
  let trades = state[TRADES]!;
  for (let at = from; at < to; at += 1) {
    const [h, l, c] = [high[at]!, low[at]!, close[at]!];
    if (signal === 1 && size === 0) {
      entry = open[at]!;
      size = Math.floor((equity * 0.01) / (2.5 * atr));
      stop = entry - 2.5 * atr;
      target = entry + 4 * atr;
    }
    if (size > 0) {
      const o = open[at]!;
      const exit = o <= stop || o >= target ? o : l <= stop ? stop : h >= target ? target : 0;
      if (exit !== 0) {
        equity += size * (exit - entry);
        size = 0;
        trades += 1;
      }
    }
    const value = size > 0 ? equity + size * (c - entry) : equity;
    if (value > peak) peak = value;
    else if ((peak - value) / peak > fall) fall = (peak - value) / peak;
    const wasAbove = fast > slow;
    if (count < 9) {
      sumFast += c;
      if (count === 8) fast = sumFast / 9;
    } else fast += (c - fast) * 0.2;
    if (count < 21) {
      sumSlow += c;
      if (count === 20) slow = sumSlow / 21;
    } else slow += (c - slow) * (2 / 22);
    if (count > 0) {
      const range = Math.max(h - l, Math.abs(h - lastClose), Math.abs(l - lastClose));
      const up = h - lastHigh;
      const down = lastLow - l;
      const decay = count < 14 ? 0 : 1 / 14;
      plus += (up > 0 && up > down ? up : 0) - plus * decay;
      minus += (down > 0 && down > up ? down : 0) - minus * decay;
      ranges += range - ranges * decay;
      if (count <= 14) {
        sumRange += range;
        if (count === 14) atr = sumRange / 14;
      } else atr = (atr * 13 + range) / 14;
      if (count >= 14) {
        const sum = plus + minus;
        const dx = sum === 0 ? 0 : (100 * Math.abs(plus - minus)) / sum;
        if (count < 27) sumDx += dx;
        else adx = count === 27 ? (sumDx + dx) / 14 : (adx * 13 + dx) / 14;
      }
    }
    signal = count > 27 && fast > slow && !wasAbove && adx > 20 ? 1 : 0;
    count += 1;
    lastHigh = h;
    lastLow = l;
    lastClose = c;
  }
  state.set([fast, slow, atr, plus, minus, ranges, adx, count, sumFast, sumSlow, sumRange, sumDx]);
  state.set([lastHigh, lastLow, lastClose, signal, size, entry, stop, target], HIGH);
  state.set([equity, peak, fall, trades], EQUITY);
}

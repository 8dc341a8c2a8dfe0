import type { BarColumns } from '#core/bars.ts';
import { createEma } from '#core/indicators/ema.ts';
import { createWilder } from '#core/indicators/wilder.ts';

import type { Indicators } from './bench-strategy.ts';

const column = (bars: BarColumns): Float64Array => new Float64Array(bars.close.length);

/** Those of this project, seeded as TA-Lib does. */
export function ownIndicators(bars: BarColumns): Indicators {
  const [emaFast, emaSlow, atr, adx] = [column(bars), column(bars), column(bars), column(bars)];
  createEma(9).push(bars.close, emaFast);
  createEma(21).push(bars.close, emaSlow);
  const columns = { atr, adx, plusDi: column(bars), minusDi: column(bars) };
  createWilder({ atrPeriod: 14, adxPeriod: 14 }).push(bars, columns);
  return { emaFast, emaSlow, atr, adx };
}

/** With exponential averages that begin at the first value, as they are written in Python most of the time. */
export function ewmIndicators(bars: BarColumns): Indicators {
  const { high, low, close } = bars;
  const own = ownIndicators(bars);
  const ranges = close.map((_, at) =>
    at === 0
      ? high[0]! - low[0]!
      : Math.max(
          high[at]! - low[at]!,
          Math.abs(high[at]! - close[at - 1]!),
          Math.abs(low[at]! - close[at - 1]!),
        ),
  );
  const ups = close.map((_, at) => (at === 0 ? 0 : high[at]! - high[at - 1]!));
  const downs = close.map((_, at) => (at === 0 ? 0 : low[at - 1]! - low[at]!));
  const plus = ups.map((up, at) => (up > downs[at]! && up > 0 ? up : 0));
  const minus = downs.map((down, at) => (down > ups[at]! && down > 0 ? down : 0));
  const atr = ewm(ranges, 1 / 14);
  const [plusMoves, minusMoves] = [ewm(plus, 1 / 14), ewm(minus, 1 / 14)];
  const dx = atr.map((range, at) => {
    const [up, down] = [(100 * plusMoves[at]!) / range, (100 * minusMoves[at]!) / range];
    return up + down === 0 ? 0 : (100 * Math.abs(up - down)) / (up + down);
  });
  return {
    ...own,
    emaFast: ewm(close, 2 / 10),
    emaSlow: ewm(close, 2 / 22),
    atr,
    adx: ewm(dx, 1 / 14),
  };
}

function ewm(values: Float64Array, alpha: number): Float64Array {
  let mean = values[0] ?? Number.NaN;
  return values.map((value, at) => {
    if (at > 0) mean = alpha * value + (1 - alpha) * mean;
    return mean;
  });
}

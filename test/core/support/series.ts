import type { AdxColumns } from '#core/indicators/adx.ts';
import { createAdx } from '#core/indicators/adx.ts';
import { createAtr } from '#core/indicators/atr.ts';
import type { AtrColumns } from '#core/indicators/atr.ts';
import type { Average } from '#core/indicators/ema.ts';

/** The three prices that range indicators work on. */
export interface HighLowClose {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The average after each value, pushed one by one. */
export const averagesOf = (average: Average, values: readonly number[]): readonly number[] =>
  values.map((value) => {
    const result = new Float64Array(1);
    average.push(Float64Array.of(value), result);
    return result[0]!;
  });

const pricesOf = (bars: readonly HighLowClose[]) => ({
  high: Float64Array.from(bars, ({ high }) => high),
  low: Float64Array.from(bars, ({ low }) => low),
  close: Float64Array.from(bars, ({ close }) => close),
});

/** True range and ATR of each bar. */
export function atrOf(period: number, bars: readonly HighLowClose[]): AtrColumns {
  const columns = {
    trueRange: new Float64Array(bars.length),
    atr: new Float64Array(bars.length),
  };
  createAtr(period).push(pricesOf(bars), columns);
  return columns;
}

/** ADX and the directional indicators at each bar. */
export function adxOf(period: number, bars: readonly HighLowClose[]): AdxColumns {
  const columns = {
    adx: new Float64Array(bars.length),
    plusDi: new Float64Array(bars.length),
    minusDi: new Float64Array(bars.length),
  };
  const { trueRange } = atrOf(period, bars);
  createAdx(period).push({ bars: pricesOf(bars), trueRange }, columns);
  return columns;
}

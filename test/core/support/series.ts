import type { Average } from '#core/indicators/ema.ts';
import { createWilder } from '#core/indicators/wilder.ts';
import type { WilderColumns } from '#core/indicators/wilder.ts';

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

/** ATR, ADX and the directional indicators at each bar, all of one period. */
export function wilderOf(period: number, bars: readonly HighLowClose[]): WilderColumns {
  const column = () => new Float64Array(bars.length);
  const columns = { atr: column(), adx: column(), plusDi: column(), minusDi: column() };
  createWilder({ atrPeriod: period, adxPeriod: period }).push(pricesOf(bars), columns);
  return columns;
}

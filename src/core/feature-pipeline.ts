import type { SessionColumns } from './bars.ts';
import type { Features } from './decision.ts';
import { createEmaCrossing } from './indicators/ema-crossing.ts';
import { figureAt } from './indicators/figure-at.ts';
import { createRelativeVolume } from './indicators/relative-volume.ts';
import { createSessionVwap } from './indicators/session-vwap.ts';
import { createSma } from './indicators/sma.ts';
import { createTrend } from './indicators/trend.ts';
import { createWilder } from './indicators/wilder.ts';
import type { StrategyParameters } from './parameters.ts';
import { MINUTE_MS } from './session.ts';

const FEATURE_PARAMETERS = [
  'barMinutes',
  'emaFast',
  'emaSlow',
  'atrPeriod',
  'atrAveragePeriod',
  'adxPeriod',
  'relativeVolumePeriod',
  'trendBarMinutes',
] as const satisfies readonly (keyof StrategyParameters)[];

/** The parameters that features depend on: no others reach the pipeline. */
export type FeatureParameters = Pick<StrategyParameters, (typeof FEATURE_PARAMETERS)[number]>;

/** The same for parameters whose features are the same at every bar, so that they need to be computed once. */
export const featureKey = (parameters: FeatureParameters): string =>
  FEATURE_PARAMETERS.map((name) => `${name}=${parameters[name]}`).join(' ');

/**
 * Features of one symbol over many bars, a typed array a feature: a row is the same index in each, and the
 * index of its bar. NaN until warm.
 */
export type FeatureColumns = Readonly<Record<keyof Features, Float64Array>>;

export interface FeaturePipeline {
  /**
   * Takes the next bars of the symbol, one or many, and writes the features at each into its row. They depend
   * on that bar and the ones before alone, however the bars are divided among pushes.
   */
  push(rows: SessionColumns, features: FeatureColumns): void;
  /**
   * The same for who needs few of the rows: what no later row depends on (`barEnd`, `close`, and `atrAverage` and
   * `relativeVolume`, each of which is added up from a whole window) is written at those rows alone that `pick` returns
   * once all other features are there.
   */
  pushFew(rows: SessionColumns, features: FeatureColumns, pick: RowPicker): Int32Array;
}

/** Which rows are needed, ascending, by the features that are there. */
export type RowPicker = (features: FeatureColumns) => Int32Array;

/**
 * The indicators that make the features of one symbol, one after the other over the bars pushed. A push of
 * many thousand bars is slow: one long loop stays in the compiler's middle tier.
 */
export function createFeaturePipeline(parameters: FeatureParameters): FeaturePipeline {
  const barMs = parameters.barMinutes * MINUTE_MS;
  const crossing = createEmaCrossing(parameters);
  const wilder = createWilder(parameters);
  const atrAverage = createSma(parameters.atrAveragePeriod);
  const relativeVolume = createRelativeVolume(parameters.relativeVolumePeriod);
  const vwap = createSessionVwap();
  const trend = createTrend(parameters);
  const pushCheap = (rows: SessionColumns, features: FeatureColumns): void => {
    const { bars } = rows;
    crossing.push(bars.close, features);
    wilder.push(bars, features);
    vwap.push(rows, features.vwap);
    trend.push(rows, features);
  };
  return {
    push(rows, features) {
      pushCheap(rows, features);
      for (let row = 0; row < rows.bars.start.length; row += 1)
        writeEnd(rows, features, barMs, row);
      atrAverage.push(features.atr, features.atrAverage);
      relativeVolume.push(rows.bars.volume, features.relativeVolume);
    },
    pushFew(rows, features, pick) {
      pushCheap(rows, features);
      const picked = pick(features);
      for (let at = 0; at < picked.length; at += 1)
        writeEnd(rows, features, barMs, picked[at] ?? 0);
      atrAverage.pushAt(features.atr, features.atrAverage, picked);
      relativeVolume.pushAt(rows.bars.volume, features.relativeVolume, picked);
      return picked;
    },
  };
}

/** A bar's end and the close there. */
function writeEnd(
  { bars }: SessionColumns,
  { barEnd, close }: FeatureColumns,
  barMs: number,
  row: number,
): void {
  barEnd[row] = figureAt(bars.start, row) + barMs;
  close[row] = figureAt(bars.close, row);
}

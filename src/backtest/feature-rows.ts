import type { Features } from '#core/decision.ts';
import { FEATURE_NAMES } from '#core/feature-columns.ts';
import type { FeatureColumns } from '#core/feature-pipeline.ts';
import { figureAt } from '#core/indicators/figure-at.ts';

/**
 * Features of many rows in one array, those of a row side by side: who looks at one row after the other, or at few of
 * them, finds each in one place of the memory.
 */
export type FeatureRows = Float64Array;

/** Numbers from one row to the next: the features, and room that lets each row begin with a cache line. */
const STRIDE = 16;

/** Where each feature stands within its row. */
const PLACES = {
  barEnd: 0,
  close: 1,
  emaFast: 2,
  emaSlow: 3,
  barsSinceCrossUp: 4,
  barsSinceCrossDown: 5,
  atr: 6,
  atrAverage: 7,
  adx: 8,
  plusDi: 9,
  minusDi: 10,
  relativeVolume: 11,
  vwap: 12,
  trendEmaFast: 13,
  trendEmaSlow: 14,
} as const satisfies Record<keyof Features, number>;

export const createFeatureRows = (rows: number): FeatureRows => new Float64Array(rows * STRIDE);

/** The first rows, in an array that has room for more. */
export function withFeatureRoom(features: FeatureRows, count: number, rows: number): FeatureRows {
  const longer = createFeatureRows(rows);
  longer.set(features.subarray(0, count * STRIDE));
  return longer;
}

/** Copies some rows of columns, ascending, to the rows from `at` on. */
export function copyRows(
  columns: FeatureColumns,
  picked: Int32Array,
  target: FeatureRows,
  at: number,
): void {
  for (const name of FEATURE_NAMES) {
    copyColumn(columns[name], picked, target, at * STRIDE + PLACES[name]);
  }
}

function copyColumn(
  column: Float64Array,
  picked: Int32Array,
  target: FeatureRows,
  first: number,
): void {
  let to = first;
  for (let index = 0; index < picked.length; index += 1) {
    target[to] = figureAt(column, picked[index] ?? 0);
    to += STRIDE;
  }
}

/** One row, as a rule reads it, which is read anew for the next: no object, and no boxed number, for each. */
export class FeatureRow implements Features {
  // Fractions, so that all numbers have one form in memory from the start.
  barEnd = 0.5;
  close = 0.5;
  emaFast = 0.5;
  emaSlow = 0.5;
  barsSinceCrossUp = 0.5;
  barsSinceCrossDown = 0.5;
  atr = 0.5;
  atrAverage = 0.5;
  adx = 0.5;
  plusDi = 0.5;
  minusDi = 0.5;
  relativeVolume = 0.5;
  vwap = 0.5;
  trendEmaFast = 0.5;
  trendEmaSlow = 0.5;
}

/** Reads a row; returns the same object. */
export function readRow(features: FeatureRows, row: number, into: FeatureRow): FeatureRow {
  const first = row * STRIDE;
  into.barEnd = figureAt(features, first + PLACES.barEnd);
  into.close = figureAt(features, first + PLACES.close);
  into.emaFast = figureAt(features, first + PLACES.emaFast);
  into.emaSlow = figureAt(features, first + PLACES.emaSlow);
  into.barsSinceCrossUp = figureAt(features, first + PLACES.barsSinceCrossUp);
  into.barsSinceCrossDown = figureAt(features, first + PLACES.barsSinceCrossDown);
  into.atr = figureAt(features, first + PLACES.atr);
  into.atrAverage = figureAt(features, first + PLACES.atrAverage);
  into.adx = figureAt(features, first + PLACES.adx);
  into.plusDi = figureAt(features, first + PLACES.plusDi);
  into.minusDi = figureAt(features, first + PLACES.minusDi);
  into.relativeVolume = figureAt(features, first + PLACES.relativeVolume);
  into.vwap = figureAt(features, first + PLACES.vwap);
  into.trendEmaFast = figureAt(features, first + PLACES.trendEmaFast);
  into.trendEmaSlow = figureAt(features, first + PLACES.trendEmaSlow);
  return into;
}

/** The features of one row, as a decision keeps them. */
export const featureRowAt = (features: FeatureRows, row: number): Features =>
  readRow(features, row, new FeatureRow());

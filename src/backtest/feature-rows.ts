import type { Features } from '#core/decision.ts';
import { FEATURE_NAMES } from '#core/feature-columns.ts';
import type { FeatureColumns } from '#core/feature-pipeline.ts';

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
    target[to] = column[picked[index] ?? 0] ?? Number.NaN;
    to += STRIDE;
  }
}

/** One row at a time, as a rule reads it, without a new object for each. */
export class FeatureRow implements Features {
  readonly #features: FeatureRows;
  #first = 0;

  constructor(features: FeatureRows) {
    this.#features = features;
  }

  moveTo(row: number): void {
    this.#first = row * STRIDE;
  }

  get barEnd(): number {
    return this.#features[this.#first + PLACES.barEnd] ?? Number.NaN;
  }

  get close(): number {
    return this.#features[this.#first + PLACES.close] ?? Number.NaN;
  }

  get emaFast(): number {
    return this.#features[this.#first + PLACES.emaFast] ?? Number.NaN;
  }

  get emaSlow(): number {
    return this.#features[this.#first + PLACES.emaSlow] ?? Number.NaN;
  }

  get barsSinceCrossUp(): number {
    return this.#features[this.#first + PLACES.barsSinceCrossUp] ?? Number.NaN;
  }

  get barsSinceCrossDown(): number {
    return this.#features[this.#first + PLACES.barsSinceCrossDown] ?? Number.NaN;
  }

  get atr(): number {
    return this.#features[this.#first + PLACES.atr] ?? Number.NaN;
  }

  get atrAverage(): number {
    return this.#features[this.#first + PLACES.atrAverage] ?? Number.NaN;
  }

  get adx(): number {
    return this.#features[this.#first + PLACES.adx] ?? Number.NaN;
  }

  get plusDi(): number {
    return this.#features[this.#first + PLACES.plusDi] ?? Number.NaN;
  }

  get minusDi(): number {
    return this.#features[this.#first + PLACES.minusDi] ?? Number.NaN;
  }

  get relativeVolume(): number {
    return this.#features[this.#first + PLACES.relativeVolume] ?? Number.NaN;
  }

  get vwap(): number {
    return this.#features[this.#first + PLACES.vwap] ?? Number.NaN;
  }

  get trendEmaFast(): number {
    return this.#features[this.#first + PLACES.trendEmaFast] ?? Number.NaN;
  }

  get trendEmaSlow(): number {
    return this.#features[this.#first + PLACES.trendEmaSlow] ?? Number.NaN;
  }
}

/** The features of one row, as a decision keeps them. */
export function featureRowAt(features: FeatureRows, row: number): Features {
  const at = new FeatureRow(features);
  at.moveTo(row);
  return {
    barEnd: at.barEnd,
    close: at.close,
    emaFast: at.emaFast,
    emaSlow: at.emaSlow,
    barsSinceCrossUp: at.barsSinceCrossUp,
    barsSinceCrossDown: at.barsSinceCrossDown,
    atr: at.atr,
    atrAverage: at.atrAverage,
    adx: at.adx,
    plusDi: at.plusDi,
    minusDi: at.minusDi,
    relativeVolume: at.relativeVolume,
    vwap: at.vwap,
    trendEmaFast: at.trendEmaFast,
    trendEmaSlow: at.trendEmaSlow,
  };
}

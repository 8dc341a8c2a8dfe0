import type { Features } from '#core/decision.ts';
import type { FeatureColumns } from '#core/feature-pipeline.ts';

/** One row of feature columns, as a rule reads it, without a new object for each. */
export class RowView implements Features {
  row = 0;
  readonly #columns: FeatureColumns;

  constructor(columns: FeatureColumns) {
    this.#columns = columns;
  }

  get barEnd(): number {
    return this.#columns.barEnd[this.row] ?? Number.NaN;
  }

  get close(): number {
    return this.#columns.close[this.row] ?? Number.NaN;
  }

  get emaFast(): number {
    return this.#columns.emaFast[this.row] ?? Number.NaN;
  }

  get emaSlow(): number {
    return this.#columns.emaSlow[this.row] ?? Number.NaN;
  }

  get barsSinceCrossUp(): number {
    return this.#columns.barsSinceCrossUp[this.row] ?? Number.NaN;
  }

  get barsSinceCrossDown(): number {
    return this.#columns.barsSinceCrossDown[this.row] ?? Number.NaN;
  }

  get atr(): number {
    return this.#columns.atr[this.row] ?? Number.NaN;
  }

  get atrAverage(): number {
    return this.#columns.atrAverage[this.row] ?? Number.NaN;
  }

  get adx(): number {
    return this.#columns.adx[this.row] ?? Number.NaN;
  }

  get plusDi(): number {
    return this.#columns.plusDi[this.row] ?? Number.NaN;
  }

  get minusDi(): number {
    return this.#columns.minusDi[this.row] ?? Number.NaN;
  }

  get relativeVolume(): number {
    return this.#columns.relativeVolume[this.row] ?? Number.NaN;
  }

  get vwap(): number {
    return this.#columns.vwap[this.row] ?? Number.NaN;
  }

  get trendEmaFast(): number {
    return this.#columns.trendEmaFast[this.row] ?? Number.NaN;
  }

  get trendEmaSlow(): number {
    return this.#columns.trendEmaSlow[this.row] ?? Number.NaN;
  }
}

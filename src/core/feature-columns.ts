import { barAt } from './bars.ts';
import type { BarColumns } from './bars.ts';
import type { Features } from './decision.ts';
import { createFeatureEngine } from './features.ts';
import type { StrategyParameters } from './parameters.ts';
import type { EpochMs, Session } from './session.ts';

/**
 * Features of one symbol over many bars, a typed array a feature: a row is the same index in each, and the
 * index of its bar. NaN until warm.
 */
export type FeatureColumns = Readonly<Record<keyof Features, Float64Array>>;

/**
 * One symbol's features at each of its bars, for history. It is the engine of live trading that runs here
 * over the columns: indicators, their seeding and the order of every addition are shared, so that both
 * forms agree to the last bit, and only where the results are kept differs.
 *
 * The bars are settled, free of defects and in order, and each lies in one of the sessions, which are in
 * order too. Throws on a bar that does not start after the one before, or that lies in no session.
 */
export function computeFeatureColumns(
  bars: BarColumns,
  sessions: readonly Session[],
  parameters: StrategyParameters,
): FeatureColumns {
  const columns = createFeatureColumns(bars.start.length);
  const engine = createFeatureEngine(parameters);
  const sessionOf = createSessionCursor(sessions);
  for (let row = 0; row < bars.start.length; row += 1) {
    const bar = barAt(bars, row);
    writeRow(columns, row, engine.push(bar, sessionOf(bar.start)));
  }
  return columns;
}

/** The features of one row, as a decision takes them; none is a number where there is no such row. */
export const featuresAt = (columns: FeatureColumns, row: number): Features => ({
  barEnd: figureAt(columns.barEnd, row),
  close: figureAt(columns.close, row),
  emaFast: figureAt(columns.emaFast, row),
  emaSlow: figureAt(columns.emaSlow, row),
  barsSinceCrossUp: figureAt(columns.barsSinceCrossUp, row),
  barsSinceCrossDown: figureAt(columns.barsSinceCrossDown, row),
  atr: figureAt(columns.atr, row),
  atrAverage: figureAt(columns.atrAverage, row),
  adx: figureAt(columns.adx, row),
  plusDi: figureAt(columns.plusDi, row),
  minusDi: figureAt(columns.minusDi, row),
  relativeVolume: figureAt(columns.relativeVolume, row),
  vwap: figureAt(columns.vwap, row),
  trendEmaFast: figureAt(columns.trendEmaFast, row),
  trendEmaSlow: figureAt(columns.trendEmaSlow, row),
});

const figureAt = (column: Float64Array, row: number): number => column[row] ?? Number.NaN;

const createFeatureColumns = (rows: number): FeatureColumns => ({
  barEnd: new Float64Array(rows),
  close: new Float64Array(rows),
  emaFast: new Float64Array(rows),
  emaSlow: new Float64Array(rows),
  barsSinceCrossUp: new Float64Array(rows),
  barsSinceCrossDown: new Float64Array(rows),
  atr: new Float64Array(rows),
  atrAverage: new Float64Array(rows),
  adx: new Float64Array(rows),
  plusDi: new Float64Array(rows),
  minusDi: new Float64Array(rows),
  relativeVolume: new Float64Array(rows),
  vwap: new Float64Array(rows),
  trendEmaFast: new Float64Array(rows),
  trendEmaSlow: new Float64Array(rows),
});

function writeRow(columns: FeatureColumns, row: number, features: Features): void {
  columns.barEnd[row] = features.barEnd;
  columns.close[row] = features.close;
  columns.emaFast[row] = features.emaFast;
  columns.emaSlow[row] = features.emaSlow;
  columns.barsSinceCrossUp[row] = features.barsSinceCrossUp;
  columns.barsSinceCrossDown[row] = features.barsSinceCrossDown;
  columns.atr[row] = features.atr;
  columns.atrAverage[row] = features.atrAverage;
  columns.adx[row] = features.adx;
  columns.plusDi[row] = features.plusDi;
  columns.minusDi[row] = features.minusDi;
  columns.relativeVolume[row] = features.relativeVolume;
  columns.vwap[row] = features.vwap;
  columns.trendEmaFast[row] = features.trendEmaFast;
  columns.trendEmaSlow[row] = features.trendEmaSlow;
}

/** The session of each of many instants, asked for in order. */
function createSessionCursor(sessions: readonly Session[]): (at: EpochMs) => Session {
  const cursor = { index: 0 };
  return (at) => {
    let session = sessions[cursor.index];
    while (session !== undefined && at >= session.close) {
      cursor.index += 1;
      session = sessions[cursor.index];
    }
    if (session === undefined || !(at >= session.open)) {
      throw new RangeError(`no session holds the bar at ${at}`);
    }
    return session;
  };
}

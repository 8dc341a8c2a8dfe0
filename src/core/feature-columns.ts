import type { BarColumns } from './bars.ts';
import type { Features } from './decision.ts';
import { createFeaturePipeline } from './feature-pipeline.ts';
import type { FeatureColumns, FeatureParameters } from './feature-pipeline.ts';
import type { EpochMs, Session } from './session.ts';

/** So few rows that the columns of a chunk stay close to the processor, and that its loops are compiled well. */
const CHUNK_ROWS = 4_096;

/**
 * One symbol's features at each of its bars, for history. It is the pipeline of live trading that runs here
 * over the columns: indicators, their seeding and the order of every addition are shared, so that both
 * forms agree to the last bit, and only how many bars come at a time differs.
 *
 * The bars are settled, free of defects and in order, and each lies in one of the sessions, which are in
 * order too. Throws on a bar that does not start after the one before, or that lies in no session.
 *
 * The result is written into `columns` where such are given, whose rows beyond the bars are left as they
 * are: memory that was used before costs a third less time than new. Throws where they are too short.
 */
export function computeFeatureColumns(
  bars: BarColumns,
  sessions: readonly Session[],
  parameters: FeatureParameters,
  columns: FeatureColumns = createFeatureColumns(bars.start.length),
): FeatureColumns {
  const rows = bars.start.length;
  if (columns.close.length < rows) {
    throw new RangeError(`${rows} bars need as many rows, not ${columns.close.length}`);
  }
  const pipeline = createFeaturePipeline(parameters);
  const writeOpens = createSessionCursor(sessions);
  const opens = new Float64Array(Math.min(rows, CHUNK_ROWS));
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const to = Math.min(from + CHUNK_ROWS, rows);
    const chunk = { bars: barRows(bars, from, to), sessionOpens: opens };
    writeOpens(chunk.bars.start, opens);
    pipeline.push(chunk, featureRows(columns, from, to));
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

const mapFeatures = (columnOf: (name: keyof Features) => Float64Array): FeatureColumns => ({
  barEnd: columnOf('barEnd'),
  close: columnOf('close'),
  emaFast: columnOf('emaFast'),
  emaSlow: columnOf('emaSlow'),
  barsSinceCrossUp: columnOf('barsSinceCrossUp'),
  barsSinceCrossDown: columnOf('barsSinceCrossDown'),
  atr: columnOf('atr'),
  atrAverage: columnOf('atrAverage'),
  adx: columnOf('adx'),
  plusDi: columnOf('plusDi'),
  minusDi: columnOf('minusDi'),
  relativeVolume: columnOf('relativeVolume'),
  vwap: columnOf('vwap'),
  trendEmaFast: columnOf('trendEmaFast'),
  trendEmaSlow: columnOf('trendEmaSlow'),
});

/** Columns of zeros, to be written over. */
export const createFeatureColumns = (rows: number): FeatureColumns =>
  mapFeatures(() => new Float64Array(rows));

const featureRows = (columns: FeatureColumns, from: number, to: number): FeatureColumns =>
  mapFeatures((name) => columns[name].subarray(from, to));

const barRows = (bars: BarColumns, from: number, to: number): BarColumns => ({
  start: bars.start.subarray(from, to),
  open: bars.open.subarray(from, to),
  high: bars.high.subarray(from, to),
  low: bars.low.subarray(from, to),
  close: bars.close.subarray(from, to),
  volume: bars.volume.subarray(from, to),
});

/** Before the first session, and after the last: no bar lies within. */
const BEFORE = { open: Number.POSITIVE_INFINITY, close: Number.NEGATIVE_INFINITY };
const AFTER = { open: Number.POSITIVE_INFINITY, close: Number.NaN };

/** Writes the open of the session of each of many bars, which are asked for in order. */
function createSessionCursor(
  sessions: readonly Session[],
): (starts: Float64Array, opens: Float64Array) => void {
  const cursor: { index: number; last: EpochMs } = { index: -1, last: Number.NEGATIVE_INFINITY };
  return (starts, opens) => {
    let { index, last } = cursor;
    let { open, close } = sessions[index] ?? BEFORE;
    for (let row = 0; row < starts.length; row += 1) {
      const at = starts[row] ?? Number.NaN;
      while (at >= close) {
        index += 1;
        ({ open, close } = sessions[index] ?? AFTER);
      }
      if (!(at >= open)) throw new RangeError(`no session holds the bar at ${at}`);
      if (at <= last) throw new RangeError(`bars must come in order: ${at} after ${last}`);
      last = at;
      opens[row] = open;
    }
    cursor.index = index;
    cursor.last = last;
  };
}

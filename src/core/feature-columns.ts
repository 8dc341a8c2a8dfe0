import { sliceRows } from './bar-columns.ts';
import type { BarColumns } from './bars.ts';
import type { Features } from './decision.ts';
import { createFeaturePipeline } from './feature-pipeline.ts';
import type { FeatureColumns, FeatureParameters } from './feature-pipeline.ts';
import { figureAt } from './indicators/figure-at.ts';
import type { EpochMs, Session } from './session.ts';

/** So few rows that the columns of a chunk stay close to the processor, and that its loops are compiled well. */
export const CHUNK_ROWS = 2_048;

/**
 * One symbol's features at each of its bars, for history. It is the pipeline of live trading that runs here
 * over the columns: indicators, their seeding and the order of every addition are shared, so that both
 * forms agree to the last bit, and only how many bars come at a time differs.
 *
 * The bars are settled, free of defects and in order, and each lies in one of the sessions, which are in
 * order too. Throws on a bar that does not start after the one before, or that lies in no session.
 */
export function computeFeatureColumns(
  bars: BarColumns,
  sessions: readonly Session[],
  parameters: FeatureParameters,
): FeatureColumns {
  const columns = createFeatureColumns(bars.start.length);
  eachFeatureChunk(bars, sessions, parameters, {
    pick: () => null,
    visit({ features, first }) {
      for (const name of FEATURE_NAMES) columns[name].set(features[name], first);
    },
  });
  return columns;
}

/** Features of some rows; the first of them is the row at `first` of all. */
export interface FeatureChunk {
  readonly features: FeatureColumns;
  readonly first: number;
}

export interface ChunkVisitor {
  /**
   * Which rows of a chunk are needed, ascending and as they are in the chunk; null for all of them. At the others
   * `barEnd`, `close`, `atrAverage` and `relativeVolume` are left out, and none of them is there yet at any.
   */
  readonly pick: (chunk: FeatureChunk) => Int32Array | null;
  readonly visit: (chunk: FeatureChunk, picked: Int32Array) => void;
}

/**
 * The same, a chunk of rows after the other, for who needs few of them: the columns of each chunk are written
 * over by the next, so that history takes no more memory than its bars do. Throws likewise.
 */
export function eachFeatureChunk(
  bars: BarColumns,
  sessions: readonly Session[],
  parameters: FeatureParameters,
  { pick, visit }: ChunkVisitor,
): void {
  const rows = bars.start.length;
  const pipeline = createFeaturePipeline(parameters);
  const writeOpens = createSessionCursor(sessions);
  const opens = new Float64Array(Math.min(rows, CHUNK_ROWS));
  const columns = createFeatureColumns(opens.length);
  const all = Int32Array.from(opens, (_, row) => row);
  for (let first = 0; first < rows; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - first);
    const chunk = { bars: sliceRows(bars, first, first + count), sessionOpens: opens };
    writeOpens(chunk.bars.start, opens);
    const features = count === opens.length ? columns : firstRows(columns, count);
    const picked = pipeline.pushFew(
      chunk,
      features,
      () => pick({ features, first }) ?? all.subarray(0, count),
    );
    visit({ features, first }, picked);
  }
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

export const FEATURE_NAMES = Object.keys(createFeatureColumns(0)) as readonly (keyof Features)[];

const firstRows = (columns: FeatureColumns, rows: number): FeatureColumns =>
  mapFeatures((name) => columns[name].subarray(0, rows));

/** Before the first session, and after the last: no bar lies within. */
const BEFORE = { open: Number.POSITIVE_INFINITY, close: Number.NEGATIVE_INFINITY };
const AFTER = { open: Number.POSITIVE_INFINITY, close: Number.NaN };

/** Writes the open of the session of each of many bars, which are asked for in order. */
function createSessionCursor(
  sessions: readonly Session[],
): (starts: Float64Array, opens: Float64Array) => void {
  const cursor: { index: number; last: EpochMs } = { index: -1, last: Number.NEGATIVE_INFINITY };
  return (starts, opens) => {
    for (let row = 0; row < starts.length;) {
      const at = starts[row] ?? Number.NaN;
      while (at >= (sessions[cursor.index] ?? outside(cursor.index)).close) cursor.index += 1;
      const session = sessions[cursor.index] ?? outside(cursor.index);
      if (!(at >= session.open)) throw new RangeError(`no session holds the bar at ${at}`);
      const end = writeSession(starts, opens, row, { ...session, last: cursor.last });
      cursor.last = starts[end - 1] ?? at;
      row = end;
    }
  };
}

const outside = (index: number): Pick<Session, 'open' | 'close'> => (index < 0 ? BEFORE : AFTER);

/** Writes the open of a session for its bars, and returns the first row that is none of them. */
function writeSession(
  starts: Float64Array,
  opens: Float64Array,
  first: number,
  { open, close, last }: Pick<Session, 'open' | 'close'> & { readonly last: EpochMs },
): number {
  let before = last;
  let row = first;
  for (; row < starts.length; row += 1) {
    const at = starts[row] ?? Number.NaN;
    if (at <= before) throw new RangeError(`bars must come in order: ${at} after ${before}`);
    if (!(at < close)) break;
    before = at;
  }
  opens.fill(open, first, row);
  return row;
}

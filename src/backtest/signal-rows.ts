import type { BarColumns } from '#core/bars.ts';
import {
  CHUNK_ROWS,
  createFeatureColumns,
  eachFeatureChunk,
  FEATURE_NAMES,
} from '#core/feature-columns.ts';
import type { FeatureChunk } from '#core/feature-columns.ts';
import type { FeatureColumns } from '#core/feature-pipeline.ts';
import { isWarm } from '#core/filters/data.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { Session } from '#core/session.ts';
import { mayBeSignal } from '#core/signal.ts';

import { RowView } from './row-view.ts';

/**
 * The rows of a symbol of which more can be said than that there is no signal: one in a dozen or so. Their
 * features are all that is kept of its history's.
 */
export interface SignalRows {
  /** Ascending: those shortly after a crossing, and those without all of their features. */
  readonly rows: Int32Array;
  /** A row for each of them, in columns that may be longer. */
  readonly features: FeatureColumns;
}

/** Computes a symbol's features a chunk at a time, and keeps those that a decision can depend on. */
export function findSignals(
  bars: BarColumns,
  sessions: readonly Session[],
  parameters: StrategyParameters,
): SignalRows {
  const search: Search = {
    crossWithinBars: parameters.crossWithinBars,
    volume: bars.volume,
    isWarm: false,
    found: new Int32Array(CHUNK_ROWS),
  };
  let kept = withRoom(NONE, 0, Math.ceil(bars.start.length * USUAL_SHARE));
  let count = 0;
  eachFeatureChunk(bars, sessions, parameters, {
    pick: (chunk) => (search.isWarm ? lookThrough(search, chunk, 0) : null),
    visit(chunk, picked) {
      const found = search.isWarm ? picked : lookThrough(search, chunk, coldRows(search, chunk));
      if (count + found.length > kept.rows.length)
        kept = withRoom(kept, count, count + found.length);
      copy(chunk.features, found, kept.features, count);
      for (let index = 0; index < found.length; index += 1) {
        kept.rows[count + index] = chunk.first + (found[index] ?? 0);
      }
      count += found.length;
    },
  });
  return { rows: kept.rows.subarray(0, count), features: kept.features };
}

/** Of the rows: what a history of five-minute bars comes to at most, most of the time. */
const USUAL_SHARE = 0.125;
const NONE: SignalRows = { rows: new Int32Array(0), features: createFeatureColumns(0) };

interface Search {
  readonly crossWithinBars: number;
  /** Of all bars. */
  readonly volume: Float64Array;
  /** All features have been known at a row before. */
  isWarm: boolean;
  /** Rows of the chunk. */
  readonly found: Int32Array;
}

/**
 * The rows of a chunk that matter, after those that are found already; some of them have no signal after all. Of the
 * features that were known before only two can be lost again: the VWAP of a session without volume, and the
 * relative volume after bars without any.
 */
function lookThrough(
  { found, volume, crossWithinBars }: Search,
  { features, first }: FeatureChunk,
  known: number,
): Int32Array {
  const { barsSinceCrossUp: ups, barsSinceCrossDown: downs, vwap } = features;
  let count = known;
  for (let row = known; row < vwap.length; row += 1) {
    const isQuiet =
      !mayBeSignal(ups[row] ?? 0, downs[row] ?? 0, crossWithinBars) &&
      Number.isFinite(vwap[row]) &&
      volume[first + row - 1] !== 0;
    if (isQuiet) continue;
    found[count] = row;
    count += 1;
  }
  return found.subarray(0, count);
}

/** Finds the rows up to the first one with all features, or all of them; returns how many they are. */
function coldRows(search: Search, { features }: FeatureChunk): number {
  const view = new RowView(features);
  let row = 0;
  for (; row < features.vwap.length && !search.isWarm; row += 1) {
    search.found[row] = row;
    view.row = row;
    search.isWarm = isWarm(view);
  }
  return row;
}

function copy(chunk: FeatureColumns, found: Int32Array, to: FeatureColumns, at: number): void {
  for (const name of FEATURE_NAMES) pick(chunk[name], found, to[name], at);
}

function pick(from: Float64Array, rows: Int32Array, to: Float64Array, at: number): void {
  for (let index = 0; index < rows.length; index += 1) {
    to[at + index] = from[rows[index] ?? 0] ?? Number.NaN;
  }
}

/** The same in columns of at least so many rows, and twice as many as there were. */
function withRoom(kept: SignalRows, count: number, least: number): SignalRows {
  const room = Math.max(least, 2 * kept.rows.length, CHUNK_ROWS);
  const rows = new Int32Array(room);
  rows.set(kept.rows.subarray(0, count));
  const features = createFeatureColumns(room);
  for (const name of FEATURE_NAMES) features[name].set(kept.features[name].subarray(0, count));
  return { rows, features };
}

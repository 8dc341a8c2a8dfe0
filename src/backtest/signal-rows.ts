import type { BarColumns } from '#core/bars.ts';
import {
  CHUNK_ROWS,
  createFeatureColumns,
  eachFeatureChunk,
  FEATURE_NAMES,
} from '#core/feature-columns.ts';
import type { FeatureColumns } from '#core/feature-pipeline.ts';
import { isWarm } from '#core/filters/data.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { Session } from '#core/session.ts';
import { signalSide } from '#core/signal.ts';

import { RowView } from './row-view.ts';

/**
 * The rows of a symbol at which there is more to say than that there is no signal: one in a dozen or so. Their
 * features are all that is kept of its history's.
 */
export interface SignalRows {
  /** Ascending: those with a signal, and those without all of their features. */
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
    isWarm: false,
    found: new Int32Array(CHUNK_ROWS),
  };
  let kept: SignalRows = { rows: new Int32Array(0), features: createFeatureColumns(0) };
  let count = 0;
  eachFeatureChunk(bars, sessions, parameters, (chunk, first, rows) => {
    const found = search.found.subarray(0, lookThrough(search, new RowView(chunk), rows));
    if (count + found.length > kept.rows.length) kept = withRoom(kept, count, count + found.length);
    copy(chunk, found, kept.features, count);
    for (let index = 0; index < found.length; index += 1) {
      kept.rows[count + index] = first + (found[index] ?? 0);
    }
    count += found.length;
  });
  return { rows: kept.rows.subarray(0, count), features: kept.features };
}

interface Search {
  readonly crossWithinBars: number;
  /** All features have been known at a row before. */
  isWarm: boolean;
  /** Rows of the chunk. */
  readonly found: Int32Array;
}

/** Returns how many rows of the chunk were found. */
function lookThrough(search: Search, view: RowView, rows: number): number {
  const { crossWithinBars, found } = search;
  let count = 0;
  for (let row = 0; row < rows; row += 1) {
    view.row = row;
    // Of the features that were known before only these two can be lost again.
    const isQuiet =
      search.isWarm &&
      signalSide(view, crossWithinBars) === null &&
      Number.isFinite(view.relativeVolume + view.vwap);
    if (isQuiet) continue;
    found[count] = row;
    count += 1;
    if (!search.isWarm) search.isWarm = isWarm(view);
  }
  return count;
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

import type { BarColumns } from '#core/bars.ts';
import { CHUNK_ROWS, eachFeatureChunk, featuresAt } from '#core/feature-columns.ts';
import type { FeatureChunk } from '#core/feature-columns.ts';
import { isWarm } from '#core/filters/data.ts';
import { figureAt } from '#core/indicators/figure-at.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { Session } from '#core/session.ts';
import { mayBeSignal } from '#core/signal.ts';

import { copyRows, createFeatureRows, withFeatureRoom } from './feature-rows.ts';
import type { FeatureRows } from './feature-rows.ts';

/**
 * The rows of a symbol of which more can be said than that there is no signal: one in a dozen or so. Their
 * features are all that is kept of its history's.
 */
export interface SignalRows {
  /** Ascending: those shortly after a crossing, and those without all of their features. */
  readonly rows: Int32Array;
  /** Of each of them, with room for more. */
  readonly features: FeatureRows;
  /** So many of them come first, up to the one at which all features were known for the first time. */
  readonly coldRows: number;
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
  let kept: KeptRows = withRoom(NONE, 0, Math.ceil(bars.start.length * USUAL_SHARE));
  let [count, cold] = [0, 0];
  eachFeatureChunk(bars, sessions, parameters, {
    pick: (chunk) => (search.isWarm ? lookThrough(search, chunk, 0) : null),
    visit(chunk, picked) {
      const isCold = !search.isWarm;
      const known = isCold ? coldRows(search, chunk) : 0;
      const found = isCold ? lookThrough(search, chunk, known) : picked;
      cold += known;
      if (count + found.length > kept.rows.length)
        kept = withRoom(kept, count, count + found.length);
      copyRows(chunk.features, found, kept.features, count);
      for (let index = 0; index < found.length; index += 1) {
        kept.rows[count + index] = chunk.first + (found[index] ?? 0);
      }
      count += found.length;
    },
  });
  return { rows: kept.rows.subarray(0, count), features: kept.features, coldRows: cold };
}

/** Of the rows: what a history of five-minute bars comes to at most, most of the time. */
const USUAL_SHARE = 0.125;
const NONE = { rows: new Int32Array(0), features: createFeatureRows(0) };

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
 * features that were known before only two can be lost again, see isStillWarm, and both only where this bar or the one
 * before has no volume.
 */
function lookThrough(
  { found, volume, crossWithinBars }: Search,
  { features, first }: FeatureChunk,
  known: number,
): Int32Array {
  const { barsSinceCrossUp: ups, barsSinceCrossDown: downs } = features;
  let count = known;
  let before = volume[first + known - 1];
  for (let row = known; row < ups.length; row += 1) {
    const shares = volume[first + row];
    const hasVolume = shares !== 0 && before !== 0;
    before = shares;
    if (hasVolume && !mayBeSignal(figureAt(ups, row), figureAt(downs, row), crossWithinBars)) {
      continue;
    }
    found[count] = row;
    count += 1;
  }
  return found.subarray(0, count);
}

/** Finds the rows up to the first one with all features, or all of them; returns how many they are. */
function coldRows(search: Search, { features }: FeatureChunk): number {
  let row = 0;
  for (; row < features.vwap.length && !search.isWarm; row += 1) {
    search.found[row] = row;
    search.isWarm = isWarm(featuresAt(features, row));
  }
  return row;
}

type KeptRows = Omit<SignalRows, 'coldRows'>;

/** The same with room for at least so many rows, and for twice as many as there were. */
function withRoom({ rows, features }: KeptRows, count: number, least: number): KeptRows {
  const room = Math.max(least, 2 * rows.length, CHUNK_ROWS);
  const longer = new Int32Array(room);
  longer.set(rows.subarray(0, count));
  return { rows: longer, features: withFeatureRoom(features, count, room) };
}

import { usdFromNumber } from '#core/money.ts';
import type { EquityPoint } from '#ports/charts.ts';

import type { EquitySeries } from './result.ts';

/** Points kept of each piece: its lowest, its highest and its last. */
const A_PIECE = 3;

/**
 * The series with no more points than that: of each of equally many the lowest, the highest and the last, so that
 * no peak and no trough is lost.
 */
export const thinEquity = ({ at, equity }: EquitySeries, most: number): readonly EquityPoint[] =>
  keptRows(equity, most).map((row) => ({
    at: at[row] ?? 0,
    equity: usdFromNumber(equity[row] ?? 0),
  }));

/** The rows of it, ascending. */
export const keptRows = (equity: Float64Array, most: number): readonly number[] =>
  equity.length <= most ? [...equity.keys()] : extremesOf(equity, Math.floor(most / A_PIECE));

function extremesOf(equity: Float64Array, pieces: number): readonly number[] {
  const size = equity.length / pieces;
  const kept = new Set<number>();
  for (let piece = 0; piece < pieces; piece += 1) {
    const first = Math.floor(piece * size);
    const last = Math.floor((piece + 1) * size) - 1;
    let [low, high] = [first, first];
    for (let row = first; row <= last; row += 1) {
      if ((equity[row] ?? 0) < (equity[low] ?? 0)) low = row;
      if ((equity[row] ?? 0) > (equity[high] ?? 0)) high = row;
    }
    for (const row of [low, high, last].toSorted((a, b) => a - b)) kept.add(row);
  }
  return [...kept];
}

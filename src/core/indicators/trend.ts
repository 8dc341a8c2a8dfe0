import type { SessionColumns } from '../bars.ts';
import { createCompletedCloses } from './completed-closes.ts';
import type { CompletedColumns } from './completed-closes.ts';
import { createEma } from './ema.ts';
import { figureAt } from './figure-at.ts';

/** The two EMAs of long bars, as far as they are complete at each short bar. */
export interface TrendColumns {
  readonly trendEmaFast: Float64Array;
  readonly trendEmaSlow: Float64Array;
}

export interface Trend {
  /** Takes short bars in order and writes the EMAs at each into its row; NaN until they are warm. */
  push(rows: SessionColumns, columns: TrendColumns): void;
}

export interface TrendPeriods {
  readonly barMinutes: number;
  readonly trendBarMinutes: number;
  readonly emaFast: number;
  readonly emaSlow: number;
}

/** The EMAs of the longer bars that are complete. */
export function createTrend({
  barMinutes,
  trendBarMinutes,
  emaFast,
  emaSlow,
}: TrendPeriods): Trend {
  const resampled = createCompletedCloses({ from: barMinutes, to: trendBarMinutes });
  const fast = createEma(emaFast);
  const slow = createEma(emaSlow);
  let work = createWork(1);
  return {
    push: (rows, columns) => {
      const length = rows.bars.start.length;
      if (work.completed.length < length) work = createWork(length, work);
      const count = resampled.push(rows, work);
      // Of bars that come one at a time, most complete none.
      if (count > 0) {
        const closes = work.closes.subarray(0, count);
        fast.push(closes, work.fast.subarray(1));
        slow.push(closes, work.slow.subarray(1));
      }
      spread(work, columns, length);
      keepLast(work, count);
    },
  };
}

/** The averages after each long bar of a push; the first are those from before it. */
interface Work extends CompletedColumns {
  readonly fast: Float64Array;
  readonly slow: Float64Array;
}

function createWork(rows: number, before?: Work): Work {
  const averages = (of: Float64Array | undefined): Float64Array =>
    new Float64Array(rows + 2).fill(of?.[0] ?? Number.NaN);
  return {
    closes: new Float64Array(rows + 1),
    completed: new Int32Array(rows),
    fast: averages(before?.fast),
    slow: averages(before?.slow),
  };
}

/** Writes at each row the averages of the last long bar that is complete there. */
function spread(
  { completed, fast, slow }: Work,
  { trendEmaFast, trendEmaSlow }: TrendColumns,
  rows: number,
): void {
  for (let row = 0; row < rows; row += 1) {
    const count = completed[row] ?? 0;
    trendEmaFast[row] = figureAt(fast, count);
    trendEmaSlow[row] = figureAt(slow, count);
  }
}

function keepLast({ fast, slow }: Work, count: number): void {
  fast[0] = figureAt(fast, count);
  slow[0] = figureAt(slow, count);
}

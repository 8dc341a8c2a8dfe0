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
  const last = { fast: Number.NaN, slow: Number.NaN };
  let work = createWork(1);
  return {
    push: (rows, columns) => {
      if (work.completed.length < rows.bars.start.length) work = createWork(rows.bars.start.length);
      const count = resampled.push(rows, work);
      // Of bars that come one at a time, most complete none.
      if (count > 0) {
        const closes = work.closes.subarray(0, count);
        fast.push(closes, work.fast);
        slow.push(closes, work.slow);
      }
      spread(last, work, columns);
    },
  };
}

interface Work extends CompletedColumns {
  readonly fast: Float64Array;
  readonly slow: Float64Array;
}

const createWork = (rows: number): Work => ({
  closes: new Float64Array(rows + 1),
  completed: new Int32Array(rows),
  fast: new Float64Array(rows + 1),
  slow: new Float64Array(rows + 1),
});

/** Writes at each row the averages of the last long bar that is complete there. */
function spread(
  last: { fast: number; slow: number },
  { completed, fast: fasts, slow: slows }: Work,
  { trendEmaFast, trendEmaSlow }: TrendColumns,
): void {
  let { fast, slow } = last;
  for (let row = 0; row < trendEmaFast.length; row += 1) {
    const count = completed[row] ?? 0;
    if (count > 0) {
      fast = figureAt(fasts, count - 1);
      slow = figureAt(slows, count - 1);
    }
    trendEmaFast[row] = fast;
    trendEmaSlow[row] = slow;
  }
  last.fast = fast;
  last.slow = slow;
}

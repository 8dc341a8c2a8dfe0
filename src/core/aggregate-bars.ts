import { createColumns } from './bar-columns.ts';
import type { BarColumns } from './bars.ts';
import { figureAt } from './indicators/figure-at.ts';
import { MINUTE_MS } from './session.ts';
import type { Session } from './session.ts';

/**
 * Makes longer bars of the bars of one symbol: aligned to the clock, and never spanning sessions. A longer bar
 * is there where one of its bars is; its start is that of its time, whether or not its first bar is there.
 *
 * @param bars in order, each within one of the sessions, which are in order too
 * @throws RangeError on a bar that lies in no session
 */
export function aggregateBars(
  bars: BarColumns,
  sessions: readonly Session[],
  minutes: number,
): BarColumns {
  const { firsts, starts } = boundaries(bars, sessions, minutes * MINUTE_MS);
  const long = createColumns(starts.length);
  long.start.set(starts);
  for (let at = 0; at < starts.length; at += 1) {
    join(long, at, bars, { first: firsts[at] ?? 0, end: firsts[at + 1] ?? 0 });
  }
  return long;
}

interface Boundaries {
  /** The first row of each longer bar, and behind the last one the number of all rows. */
  readonly firsts: Int32Array;
  readonly starts: Float64Array;
}

function boundaries(
  { start }: Pick<BarColumns, 'start'>,
  sessions: readonly Session[],
  longMs: number,
): Boundaries {
  const firsts = new Int32Array(start.length + 1);
  const starts = new Float64Array(start.length);
  let [count, row] = [0, 0];
  for (const { open, close } of sessions) {
    let end = open;
    for (; row < start.length; row += 1) {
      const at = figureAt(start, row);
      if (at >= close || at < open) break;
      if (at < end) continue;
      const clock = Math.floor(at / longMs) * longMs;
      end = Math.min(clock + longMs, close);
      firsts[count] = row;
      starts[count] = Math.max(open, clock);
      count += 1;
    }
  }
  const left = start[row];
  if (left !== undefined) throw new RangeError(`no session holds the bar at ${left}`);
  firsts[count] = row;
  return { firsts: firsts.subarray(0, count + 1), starts: starts.subarray(0, count) };
}

/** Joins rows to a longer bar. */
function join(
  long: BarColumns,
  at: number,
  { open, high, low, close, volume }: BarColumns,
  { first, end }: { readonly first: number; readonly end: number },
): void {
  let [highest, lowest] = [figureAt(high, first), figureAt(low, first)];
  let shares = figureAt(volume, first);
  for (let row = first + 1; row < end; row += 1) {
    highest = Math.max(highest, figureAt(high, row));
    lowest = Math.min(lowest, figureAt(low, row));
    shares += figureAt(volume, row);
  }
  long.open[at] = figureAt(open, first);
  long.high[at] = highest;
  long.low[at] = lowest;
  long.close[at] = figureAt(close, end - 1);
  long.volume[at] = shares;
}

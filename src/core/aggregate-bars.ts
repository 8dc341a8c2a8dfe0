import { createColumns, setRow, sliceRows } from './bar-columns.ts';
import { barAt } from './bars.ts';
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
  const longMs = minutes * MINUTE_MS;
  const long = createColumns(bars.start.length);
  let [count, index] = [0, 0];
  let end = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < bars.start.length; row += 1) {
    const at = figureAt(bars.start, row);
    if (at < end) {
      join(long, count - 1, bars, row);
      continue;
    }
    while (at >= (sessions[index]?.close ?? Infinity)) index += 1;
    const { open, close } = sessions[index] ?? NEVER;
    if (!(at >= open)) throw new RangeError(`no session holds the bar at ${at}`);
    const clock = Math.floor(at / longMs) * longMs;
    end = Math.min(clock + longMs, close);
    setRow(long, count, { ...barAt(bars, row), start: Math.max(open, clock) });
    count += 1;
  }
  return sliceRows(long, 0, count);
}

const NEVER = { open: Infinity, close: Infinity };

/** Takes one more bar into a longer one. */
function join(long: BarColumns, at: number, bars: BarColumns, row: number): void {
  long.high[at] = Math.max(figureAt(long.high, at), figureAt(bars.high, row));
  long.low[at] = Math.min(figureAt(long.low, at), figureAt(bars.low, row));
  long.close[at] = figureAt(bars.close, row);
  long.volume[at] = figureAt(long.volume, at) + figureAt(bars.volume, row);
}

import { createColumns, setRow, sliceRows } from './bar-columns.ts';
import { barAt } from './bars.ts';
import type { Bar, BarColumns } from './bars.ts';
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
  const columns = createColumns(bars.start.length);
  let [count, index] = [0, 0];
  // Of no row: its start equals nothing.
  let open = barAt(bars, -1);
  for (let row = 0; row < bars.start.length; row += 1) {
    const bar = barAt(bars, row);
    while (bar.start >= (sessions[index]?.close ?? Infinity)) index += 1;
    const opening = sessions[index]?.open ?? Infinity;
    if (!(bar.start >= opening)) throw new RangeError(`no session holds the bar at ${bar.start}`);
    const start = Math.max(opening, Math.floor(bar.start / longMs) * longMs);
    if (open.start === start) open = joined(open, bar);
    else {
      open = { ...bar, start };
      count += 1;
    }
    setRow(columns, count - 1, open);
  }
  return sliceRows(columns, 0, count);
}

const joined = (first: Bar, next: Bar): Bar => ({
  start: first.start,
  open: first.open,
  high: Math.max(first.high, next.high),
  low: Math.min(first.low, next.low),
  close: next.close,
  volume: first.volume + next.volume,
});

import type { SessionColumns } from '../bars.ts';
import { MINUTE_MS } from '../session.ts';
import type { EpochMs } from '../session.ts';
import { figureAt } from './figure-at.ts';

/** Closes of long bars, in order, and how many of them are complete at each short bar. */
export interface CompletedColumns {
  /** Room for one more than there are short bars. */
  readonly closes: Float64Array;
  readonly completed: Int32Array;
}

export interface CompletedCloses {
  /** Takes short bars in order, writes what they complete, and returns how many long bars that is. */
  push(rows: SessionColumns, columns: CompletedColumns): number;
}

interface State {
  readonly shortMs: number;
  readonly longMs: number;
  /** Of the long bar that the last short bar belongs to, or belonged to when it is complete. */
  end: EpochMs;
  sessionOpen: EpochMs;
  close: number;
  isOpen: boolean;
}

/**
 * Resamples closes to longer bars, aligned to the clock and never spanning sessions, and hands on each
 * long bar's close once and only when the bar is complete: when its last short bar has ended, or when a
 * later bar proves it over.
 */
export function createCompletedCloses(minutes: {
  readonly from: number;
  readonly to: number;
}): CompletedCloses {
  const state: State = {
    shortMs: minutes.from * MINUTE_MS,
    longMs: minutes.to * MINUTE_MS,
    end: Number.NaN,
    sessionOpen: Number.NaN,
    close: Number.NaN,
    isOpen: false,
  };
  return { push: (rows, columns) => advance(state, rows, columns) };
}

function advance(
  state: State,
  { bars, sessionOpens }: SessionColumns,
  { closes, completed }: CompletedColumns,
): number {
  const { shortMs, longMs } = state;
  let { end, sessionOpen, close, isOpen } = state;
  let count = 0;
  for (let row = 0; row < bars.start.length; row += 1) {
    const start = figureAt(bars.start, row);
    if (start >= end || sessionOpens[row] !== sessionOpen) {
      if (isOpen) {
        closes[count] = close;
        count += 1;
      }
      end = (Math.floor(start / longMs) + 1) * longMs;
      sessionOpen = figureAt(sessionOpens, row);
    }
    close = figureAt(bars.close, row);
    isOpen = start + shortMs < end;
    if (!isOpen) {
      closes[count] = close;
      count += 1;
    }
    completed[row] = count;
  }
  state.end = end;
  state.sessionOpen = sessionOpen;
  state.close = close;
  state.isOpen = isOpen;
  return count;
}

import type { SessionColumns } from '../bars.ts';
import { MINUTE_MS } from '../session.ts';
import type { EpochMs } from '../session.ts';
import { startEma, stepEma } from './ema.ts';
import type { EmaState } from './ema.ts';
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

interface State {
  readonly shortMs: number;
  readonly longMs: number;
  readonly fast: EmaState;
  readonly slow: EmaState;
  /** Of the long bar that the last short bar belongs to, or belonged to when it is complete. */
  end: EpochMs;
  sessionOpen: EpochMs;
  close: number;
  isOpen: boolean;
}

/**
 * The EMAs of longer bars, aligned to the clock and never spanning sessions. Each long bar's close counts once and
 * only when the bar is complete: when its last short bar has ended, or when a later bar proves it over.
 */
export function createTrend(periods: TrendPeriods): Trend {
  const state: State = {
    shortMs: periods.barMinutes * MINUTE_MS,
    longMs: periods.trendBarMinutes * MINUTE_MS,
    fast: startEma(periods.emaFast),
    slow: startEma(periods.emaSlow),
    end: Number.NaN,
    sessionOpen: Number.NaN,
    close: Number.NaN,
    isOpen: false,
  };
  return { push: (rows, columns) => advance(state, rows, columns) };
}

function advance(
  state: State,
  { bars: { start: starts, close: closes }, sessionOpens }: SessionColumns,
  { trendEmaFast, trendEmaSlow }: TrendColumns,
): void {
  const { shortMs, longMs, fast, slow } = state;
  let { end, sessionOpen, close, isOpen } = state;
  for (let row = 0; row < starts.length; row += 1) {
    const start = figureAt(starts, row);
    if (start >= end || sessionOpens[row] !== sessionOpen) {
      if (isOpen) complete(fast, slow, close);
      end = (Math.floor(start / longMs) + 1) * longMs;
      sessionOpen = figureAt(sessionOpens, row);
    }
    close = figureAt(closes, row);
    isOpen = start + shortMs < end;
    if (!isOpen) complete(fast, slow, close);
    trendEmaFast[row] = fast.value;
    trendEmaSlow[row] = slow.value;
  }
  state.end = end;
  state.sessionOpen = sessionOpen;
  state.close = close;
  state.isOpen = isOpen;
}

function complete(fast: EmaState, slow: EmaState, close: number): void {
  stepEma(fast, close);
  stepEma(slow, close);
}

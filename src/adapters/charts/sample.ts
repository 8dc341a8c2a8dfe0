import { ticker } from '#core/ids.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { ChartSpec } from '#ports/charts.ts';

/** Something to draw for practice. */
export const SAMPLE: ChartSpec = {
  kind: 'candles',
  symbol: ticker('SPY'),
  title: 'Warm-up',
  barMinutes: 5,
  bars: [0, 1, 2].map((index) => ({
    start: index * 5 * MINUTE_MS,
    open: 100,
    high: 102,
    low: 99,
    close: 101,
    volume: 1_000,
  })),
  averages: null,
  position: null,
  fills: [],
};

import type { ChartSpec } from '#ports/charts.ts';

import { drawCandles } from './candles.ts';
import type { Drawing } from './drawing.ts';
import { drawEquity } from './equity.ts';
import { drawPerformance } from './performance.ts';

/** What the drawing library is to do for these facts. They must be without defects. */
export function draw(chart: ChartSpec): Drawing {
  switch (chart.kind) {
    case 'equity':
      return drawEquity(chart);
    case 'candles':
      return drawCandles(chart);
    case 'performance':
      return drawPerformance(chart);
    default:
      return chart satisfies never;
  }
}

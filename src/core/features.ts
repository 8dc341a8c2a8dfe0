import type { Bar } from './bars.ts';
import type { Features } from './decision.ts';
import { createFeatureColumns, featuresAt } from './feature-columns.ts';
import { createFeaturePipeline } from './feature-pipeline.ts';
import type { FeatureParameters } from './feature-pipeline.ts';
import type { Session } from './session.ts';

/** Computes one symbol's features bar by bar. */
export interface FeatureEngine {
  /**
   * Takes the next settled bar of the symbol, free of defects and within the session, and returns the
   * features at it. They depend on this bar and the ones before alone. Fields are NaN until warm.
   * Throws on a bar that does not start after the last one: counting a bar twice would falsify all that follows.
   */
  push(bar: Bar, session: Session): Features;
}

/** The pipeline that computes whole columns, over columns of one row. */
export function createFeatureEngine(parameters: FeatureParameters): FeatureEngine {
  const pipeline = createFeaturePipeline(parameters);
  const rows = createRow();
  const columns = createFeatureColumns(1);
  const last = { start: Number.NEGATIVE_INFINITY };

  return {
    push: (bar, session) => {
      if (bar.start <= last.start) {
        throw new RangeError(`bars must come in order: ${bar.start} after ${last.start}`);
      }
      last.start = bar.start;
      writeRow(rows, bar, session);
      pipeline.push(rows, columns);
      return featuresAt(columns, 0);
    },
  };
}

const createRow = () => ({
  bars: {
    start: new Float64Array(1),
    open: new Float64Array(1),
    high: new Float64Array(1),
    low: new Float64Array(1),
    close: new Float64Array(1),
    volume: new Float64Array(1),
  },
  sessionOpens: new Float64Array(1),
});

function writeRow(
  { bars, sessionOpens }: ReturnType<typeof createRow>,
  bar: Bar,
  session: Session,
): void {
  bars.start[0] = bar.start;
  bars.open[0] = bar.open;
  bars.high[0] = bar.high;
  bars.low[0] = bar.low;
  bars.close[0] = bar.close;
  bars.volume[0] = bar.volume;
  sessionOpens[0] = session.open;
}

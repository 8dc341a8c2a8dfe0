import { figureAt } from './figure-at.ts';
import { createSma } from './sma.ts';

export interface RelativeVolume {
  /** Takes volumes in order and writes the relative volume at each into its row; NaN until it is warm. */
  push(volumes: Float64Array, relatives: Float64Array): void;
}

/** Volume over the average of the bars before; NaN where those had none, since nothing can be said then. */
export function createRelativeVolume(period: number): RelativeVolume {
  const average = createSma(period);
  const state = { mean: Number.NaN };
  return {
    push: (volumes, relatives) => {
      average.push(volumes, relatives);
      state.mean = relate(state.mean, volumes, relatives);
    },
  };
}

/** Puts the relative volumes where the means stood; returns the last mean. */
function relate(meanBefore: number, volumes: Float64Array, means: Float64Array): number {
  let before = meanBefore;
  for (let row = 0; row < volumes.length; row += 1) {
    const mean = figureAt(means, row);
    means[row] = before === 0 ? Number.NaN : figureAt(volumes, row) / before;
    before = mean;
  }
  return before;
}

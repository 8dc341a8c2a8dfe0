import { chartDefect } from '#adapters/charts/defects.ts';
import type { Charts, ChartSpec } from '#ports/charts.ts';

/** Draws nothing, and says why, as a machine without the libraries does. */
export const noCharts: Charts = {
  render: async () => ({
    ok: false,
    code: 'unavailable',
    why: 'there is nothing to draw with in this test',
  }),
};

/** Remembers what it was asked for, and draws three bytes each time; what the real one refuses, it does too. */
export function recordingCharts(): Charts & { readonly asked: readonly ChartSpec[] } {
  const asked: ChartSpec[] = [];
  return {
    asked,
    render: async (chart) => {
      asked.push(chart);
      const why = chartDefect(chart);
      if (why !== null) return { ok: false, code: 'unfit', why };
      const png = new Uint8Array([1, 2, 3]);
      const image = { png, width: 1, height: 1, altText: 'What it shows', fileName: 'nvda.png' };
      return { ok: true, image };
    },
  };
}

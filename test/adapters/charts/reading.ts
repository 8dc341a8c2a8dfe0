import type { Drawing } from '#adapters/charts/drawing.ts';

/** What tests read of an option; the library's own types allow far more than we write. */
interface ReadSeries {
  readonly type: string;
  readonly xAxisIndex: number;
  readonly lineStyle: { readonly color: string; readonly type: unknown };
  // oxlint-disable-next-line typescript/no-explicit-any -- each kind of series has its own
  readonly data: readonly any[];
}

export const seriesOf = ({ option }: Drawing, type: string): readonly ReadSeries[] =>
  (option.series as unknown as readonly ReadSeries[]).filter((series) => series.type === type);

export const axisOf = ({ option }: Drawing, index: number) =>
  option.yAxis[index] as { readonly min: number; readonly max: number; readonly interval: number };

export const gridOf = ({ option }: Drawing, index: number) =>
  option.grid[index] as {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };

/** All that is written beside the plot, in the order in which it is drawn. */
export const textsOf = ({ option }: Drawing): readonly string[] =>
  (option.graphic as readonly { type: string; style: { text: string } }[])
    .filter(({ type }) => type === 'text')
    .map(({ style }) => style.text);

/** The labels below the lowest panel. */
export function timeLabelsOf({ option }: Drawing): readonly string[] {
  const axis = option.xAxis[1] as unknown as {
    axisLabel: { customValues: readonly number[]; formatter: (value: number) => string };
  };
  return axis.axisLabel.customValues.map((value) => axis.axisLabel.formatter(value));
}

/** Where a value lies in a panel, in logical pixels from the top. */
export function yOf(drawing: Drawing, panel: number, value: number): number {
  const { top, height } = gridOf(drawing, panel);
  const { min, max } = axisOf(drawing, panel);
  return top + (height * (max - value)) / (max - min);
}

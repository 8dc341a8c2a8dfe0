import type {
  BarSeriesOption,
  CandlestickSeriesOption,
  LineSeriesOption,
  ScatterSeriesOption,
} from 'echarts/charts';
import type { GridComponentOption } from 'echarts/components';
import type { XAXisOption, YAXisOption } from 'echarts/types/dist/shared';

/** One of the drawing library's series, as far as we use them. */
export type Series =
  | LineSeriesOption
  | BarSeriesOption
  | CandlestickSeriesOption
  | ScatterSeriesOption;

/** What the drawing library is given: panels, axes, series, and shapes at places of our own. */
export interface DrawingOption {
  readonly grid: readonly GridComponentOption[];
  readonly xAxis: readonly XAXisOption[];
  readonly yAxis: readonly YAXisOption[];
  readonly series: readonly Series[];
  readonly graphic: readonly object[];
}

/** A chart ready to be drawn. */
export interface Drawing {
  readonly option: DrawingOption;
  readonly altText: string;
  readonly fileName: string;
}

/** Facts that cannot be drawn, and why, in a sentence. */
export interface Unfit {
  readonly unfit: string;
}

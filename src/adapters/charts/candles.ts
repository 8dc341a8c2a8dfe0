import type { Bar } from '#core/bars.ts';
import { usdToNumber } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { CandlesChart, ChartAverage } from '#ports/charts.ts';

import { candlesAltText } from './alt-text.ts';
import { newYorkSpan } from './calendar.ts';
import type { Drawing, DrawingOption, Series } from './drawing.ts';
import { axisFigures, compact } from './figures.ts';
import {
  gridOf,
  hiddenAxis,
  heading,
  LABEL_GAP,
  labelAxis,
  labelsOf,
  leftOf,
  note,
  panelOf,
  PLOT_BOTTOM,
  PLOT_TOP,
  valueAxis,
  verticals,
} from './frame.ts';
import type { Frame, Panel } from './frame.ts';
import { legend, legendWidth } from './legend.ts';
import { roundScale } from './scale.ts';
import type { RoundScale } from './scale.ts';
import { slotsOf } from './slots.ts';
import { drawTags, tagsWidth } from './tags.ts';
import { COLOUR, MARGIN, WIDTH } from './theme.ts';
import type { Colour } from './theme.ts';
import { barAxis } from './time-axis.ts';
import type { AxisLabel } from './time-axis.ts';
import { fillMarks, fillSeries, levelSeries, tradeTags } from './trade-marks.ts';
import type { FillMark } from './trade-marks.ts';

const VOLUME_TOP = PLOT_BOTTOM - 46;
const PRICES_BOTTOM = VOLUME_TOP - 14;
const PRICE_STEPS = 7;
/** Of a triangle with its label beyond its bar, as a part of the prices' spread. */
const MARK_ROOM = 0.16;
const PADDING = 0.02;

/** Bars with a trade's levels and fills, volume below. The facts must be without defects. */
export function drawCandles(chart: CandlesChart): Drawing {
  const slots = slotsOf(chart.bars, chart.barMinutes);
  const marks = fillMarks(chart, slots);
  const prices = panelOf(PLOT_TOP, PRICES_BOTTOM, priceScale(chart, marks));
  const label = axisFigures(prices.scale, { fewestDecimals: 2 });
  const tags = tradeTags(chart);
  const frame: Frame = {
    left: leftOf([...labelsOf(prices.scale, label), ...volumeTexts(chart.bars)]),
    right: WIDTH - MARGIN / 2 - tagsWidth(tags),
  };
  const pitch = (frame.right - frame.left) / slots.count;
  const starts = chart.bars.map(({ start }) => start);
  const axis = barAxis(starts, chart.barMinutes, pitch);
  const volume = panelOf(VOLUME_TOP, PLOT_BOTTOM, volumeScale(chart.bars));
  const entries = averagesOf(chart).map(({ average, colour }) => ({
    text: `EMA ${average.period}`,
    colour,
  }));
  const end = (starts.at(-1) ?? 0) + chart.barMinutes * MINUTE_MS;
  return {
    altText: candlesAltText(chart),
    fileName: `${chart.symbol.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-candles.png`,
    option: {
      grid: [gridOf(frame, prices), gridOf(frame, volume)],
      xAxis: xAxes(slots.count, axis.labels),
      yAxis: [valueAxis(0, prices.scale, label), hiddenAxis(1, volume.scale)],
      series: [
        ...barSeries(chart, slots.count, pitch),
        ...(chart.position === null ? [] : levelSeries(chart.position, slots)),
        ...(marks.length === 0 ? [] : [fillSeries(marks, pitch)]),
      ],
      graphic: [
        ...verticals(
          axis.dayStarts.map((start) => frame.left + start * pitch),
          { top: PLOT_TOP, bottom: PLOT_BOTTOM },
        ),
        ...heading(chart.title, newYorkSpan(starts[0] ?? 0, end), legendWidth(entries)),
        ...legend(entries),
        ...volumeNotes(chart.bars, volume, frame),
        ...drawTags(tags, prices, frame),
      ],
    },
  };
}

/** Encloses all that the price panel shows. */
function priceScale(chart: CandlesChart, marks: readonly FillMark[]): RoundScale {
  const { bars, averages, position, fills } = chart;
  const levels =
    position === null
      ? []
      : [
          position.entryPrice,
          ...(position.targetPrice === null ? [] : [position.targetPrice]),
          ...position.stops.map(({ price }) => price),
        ];
  const shown = [
    ...bars.flatMap(({ low, high }) => [low, high]),
    ...[averages?.fast, averages?.slow].flatMap((average) => average?.values ?? []),
    ...[...levels, ...fills.map(({ price }) => price)].map(usdToNumber),
  ].filter((value) => value !== null);
  const room = (Math.max(...shown) - Math.min(...shown)) * MARK_ROOM;
  const triangles = marks.map(({ tip, side }) =>
    side === 'buy' ? Math.max(0, tip - room) : tip + room,
  );
  return roundScale([...shown, ...triangles], {
    steps: PRICE_STEPS,
    padding: PADDING,
    smallestStep: 0.0001,
  });
}

function volumeScale(bars: readonly Bar[]): RoundScale {
  const most = Math.max(1, ...bars.map(({ volume }) => volume));
  return { min: 0, max: most, step: most, decimals: 0 };
}

/** What the panel shows, and what its highest bar stands for: an axis has no room there. */
const volumeTexts = (bars: readonly Bar[]): readonly [string, string] => [
  compact(Math.max(...bars.map(({ volume }) => volume))),
  'Vol',
];

const volumeNotes = (bars: readonly Bar[], { top, bottom }: Panel, { left }: Frame) => {
  const [most, name] = volumeTexts(bars);
  const x = left - LABEL_GAP;
  return [
    note(most, { x, y: top + 6, align: 'right' }),
    note(name, { x, y: (top + bottom) / 2 + 8, align: 'right' }),
  ];
};

function xAxes(count: number, labels: readonly AxisLabel[]): DrawingOption['xAxis'] {
  const slots = Array.from({ length: count }, (_, slot) => String(slot));
  const bars = { type: 'category', data: slots, axisTick: { show: false } } as const;
  return [
    { ...bars, gridIndex: 0, axisLabel: { show: false }, axisLine: { show: false } },
    { ...bars, gridIndex: 1, ...labelAxis(labels) },
    { type: 'value', gridIndex: 0, min: -0.5, max: count - 0.5, show: false },
  ];
}

function barSeries(chart: CandlesChart, count: number, pitch: number): readonly Series[] {
  const body = Math.max(1, Math.min(14, pitch * 0.7));
  const colours = chart.bars.map(({ open, close }) => close >= open);
  const spare = Array<string>(count - chart.bars.length).fill('-');
  return [
    {
      type: 'candlestick',
      xAxisIndex: 0,
      yAxisIndex: 0,
      silent: true,
      barWidth: body,
      itemStyle: {
        color: COLOUR.up,
        borderColor: COLOUR.up,
        color0: COLOUR.down,
        borderColor0: COLOUR.down,
        // An unchanged bar counts as risen, in both panels.
        borderColorDoji: COLOUR.up,
      },
      data: [
        ...chart.bars.map(({ open, close, low, high }) => [open, close, low, high]),
        ...spare.map(() => ['-', '-', '-', '-']),
      ],
    },
    {
      type: 'bar',
      xAxisIndex: 1,
      yAxisIndex: 1,
      silent: true,
      barWidth: body,
      data: chart.bars.map(({ volume }, index) => ({
        value: volume,
        itemStyle: { color: colours[index] ? COLOUR.volumeUp : COLOUR.volumeDown },
      })),
    },
    ...averagesOf(chart).map(({ average, colour }) => averageSeries(average, colour)),
  ];
}

const averagesOf = ({
  averages,
}: CandlesChart): readonly { readonly average: ChartAverage; readonly colour: Colour }[] =>
  averages === null
    ? []
    : [
        { average: averages.fast, colour: COLOUR.fastAverage },
        { average: averages.slow, colour: COLOUR.slowAverage },
      ];

const averageSeries = ({ values }: ChartAverage, colour: Colour): Series => ({
  type: 'line',
  xAxisIndex: 0,
  yAxisIndex: 0,
  symbol: 'none',
  silent: true,
  z: 3,
  lineStyle: { color: colour, width: 1.5 },
  data: values.map((value) => value ?? '-'),
});

import { usdToNumber } from '#core/money.ts';
import type { EquityChart } from '#ports/charts.ts';

import { equityAltText } from './alt-text.ts';
import { newYorkSpan } from './calendar.ts';
import { drawdownsOf } from './derived.ts';
import type { Drawing, Series } from './drawing.ts';
import { axisFigures, briefDollars, percent } from './figures.ts';
import {
  gridOf,
  heading,
  labelAxis,
  labelsOf,
  leftOf,
  panelOf,
  PLOT_BOTTOM,
  PLOT_TOP,
  valueAxis,
  verticals,
} from './frame.ts';
import type { Frame, Panel } from './frame.ts';
import { roundScale } from './scale.ts';
import { drawTags, tagsWidth } from './tags.ts';
import type { Tag } from './tags.ts';
import { COLOUR, MARGIN, WIDTH } from './theme.ts';
import type { Colour } from './theme.ts';
import { pointAxis } from './time-axis.ts';
import type { TimeAxis } from './time-axis.ts';

const DRAWDOWN_TOP = PLOT_BOTTOM - 64;
const EQUITY_BOTTOM = DRAWDOWN_TOP - 20;

/** Equity with its drawdown below on the same time axis. The facts must be without defects. */
export function drawEquity(chart: EquityChart): Drawing {
  const values = chart.points.map(({ equity }) => usdToNumber(equity));
  const falls = drawdownsOf(chart);
  const lines = referenceTags(chart);
  const tags: readonly Tag[] = [tag('Now', values.at(-1) ?? 0, COLOUR.line), ...lines];
  const worst = Math.min(...falls);
  const worstTag: Tag = { text: `Worst ${percent(worst)}`, colour: COLOUR.stop, value: worst };
  const { equity, drawdown } = panelsOf([...values, ...lines.map(({ value }) => value)], falls);
  const dollarLabel = axisFigures(equity.scale, { prefix: '$', fewestDecimals: 2 });
  const percentLabel = axisFigures(drawdown.scale, { suffix: ' %' });
  const frame: Frame = {
    left: leftOf([
      ...labelsOf(equity.scale, dollarLabel),
      ...labelsOf(drawdown.scale, percentLabel),
    ]),
    right: WIDTH - MARGIN / 2 - tagsWidth([...tags, worstTag]),
  };
  const instants = chart.points.map(({ at }) => at);
  const time = pointAxis(instants, frame.right - frame.left);
  return {
    altText: equityAltText(chart),
    fileName: 'equity.png',
    option: {
      grid: [gridOf(frame, equity), gridOf(frame, drawdown)],
      xAxis: timeAxes(time),
      yAxis: [valueAxis(0, equity.scale, dollarLabel), valueAxis(1, drawdown.scale, percentLabel)],
      series: [
        ...lines.map((line) => referenceLine(line, extentOf(time))),
        curve(0, time.xs, values),
        curve(1, time.xs, falls),
      ],
      graphic: [
        ...verticals(
          time.dayStarts.map((x) => placeOf(x, time, frame)),
          { top: PLOT_TOP, bottom: PLOT_BOTTOM },
        ),
        ...heading(chart.title, newYorkSpan(instants[0] ?? 0, instants.at(-1) ?? 0)),
        ...drawTags(tags, equity, frame),
        ...drawTags([worstTag], drawdown, frame),
      ],
    },
  };
}

const tag = (name: string, value: number, colour: Colour): Tag => ({
  text: `${name} ${briefDollars(value)}`,
  colour,
  value,
});

const referenceTags = ({ sessionOpen, haltsAt }: EquityChart): readonly Tag[] => [
  ...(sessionOpen === null ? [] : [tag('Open', usdToNumber(sessionOpen), COLOUR.muted)]),
  ...(haltsAt === null ? [] : [tag('Halt', usdToNumber(haltsAt), COLOUR.stop)]),
];

/** Both enclose all that they show; that of the drawdown ends at zero. */
function panelsOf(
  dollars: readonly number[],
  falls: readonly number[],
): { readonly equity: Panel; readonly drawdown: Panel } {
  const equity = roundScale(dollars, { steps: 4, padding: 0.04, smallestStep: 0.01 });
  const deepest = Math.min(...falls);
  // Without any fall the panel would have no height.
  const drawdown = roundScale([0, deepest === 0 ? -0.1 : deepest], {
    steps: 2,
    smallestStep: 0.01,
  });
  return {
    equity: panelOf(PLOT_TOP, EQUITY_BOTTOM, equity),
    drawdown: panelOf(DRAWDOWN_TOP, PLOT_BOTTOM, drawdown),
  };
}

interface Extent {
  readonly min: number;
  readonly max: number;
}

/** A single point stands in the middle. */
function extentOf({ xs }: TimeAxis): Extent {
  const last = xs.at(-1) ?? 0;
  return last > 0 ? { min: 0, max: last } : { min: -1, max: 1 };
}

function placeOf(x: number, time: TimeAxis, { left, right }: Frame): number {
  const { min, max } = extentOf(time);
  return left + ((x - min) / (max - min)) * (right - left);
}

function timeAxes(time: TimeAxis) {
  const axis = { type: 'value', ...extentOf(time) } as const;
  return [
    { ...axis, gridIndex: 0, show: false },
    { ...axis, gridIndex: 1, ...labelAxis(time.labels) },
  ] as const;
}

/** Few points are shown as such: a line through one would be none. */
const FEW_POINTS = 3;

function curve(panel: 0 | 1, xs: readonly number[], ys: readonly number[]): Series {
  const colour = panel === 0 ? COLOUR.line : COLOUR.stop;
  return {
    type: 'line',
    xAxisIndex: panel,
    yAxisIndex: panel,
    silent: true,
    z: 3,
    symbol: ys.length < FEW_POINTS ? 'circle' : 'none',
    symbolSize: 8,
    itemStyle: { color: colour },
    lineStyle: { color: colour, width: 2 },
    areaStyle: {
      color: colour,
      opacity: panel === 0 ? 0.12 : 0.3,
      origin: panel === 0 ? 'start' : 'auto',
    },
    data: xs.map((x, index) => [x, ys[index] ?? '-']),
  };
}

const referenceLine = ({ value, colour }: Tag, { min, max }: Extent): Series => ({
  type: 'line',
  xAxisIndex: 0,
  yAxisIndex: 0,
  silent: true,
  // Above the curve's tinted area.
  z: 4,
  symbol: 'none',
  lineStyle: { color: colour, width: 2, type: [7, 5] },
  data: [
    [min, value],
    [max, value],
  ],
});

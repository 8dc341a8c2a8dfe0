import { usdToNumber } from '#core/money.ts';
import type { PerformanceChart } from '#ports/charts.ts';

import { performanceAltText } from './alt-text.ts';
import { dateSpan } from './calendar.ts';
import { runningSums } from './derived.ts';
import type { Drawing, Series } from './drawing.ts';
import { axisFigures, briefGain } from './figures.ts';
import {
  gridOf,
  heading,
  labelAxis,
  labelsOf,
  leftOf,
  note,
  panelOf,
  PLOT_BOTTOM,
  PLOT_TOP,
  valueAxis,
  zeroLine,
} from './frame.ts';
import type { Frame } from './frame.ts';
import { roundScale } from './scale.ts';
import { drawTags, tagsWidth } from './tags.ts';
import type { Tag } from './tags.ts';
import { COLOUR, MARGIN, WIDTH } from './theme.ts';
import { dayAxis } from './time-axis.ts';

const DAYS_TOP = PLOT_BOTTOM - 104;
const SUM_BOTTOM = DAYS_TOP - 22;

/** The sum of profit and loss so far, and that of each day below. The facts must be without defects. */
export function drawPerformance(chart: PerformanceChart): Drawing {
  const days = chart.days.map(({ pnl }) => usdToNumber(pnl));
  const sums = runningSums(chart);
  const total = sums.at(-1) ?? 0;
  const options = { steps: 4, smallestStep: 0.01 };
  const sum = panelOf(PLOT_TOP, SUM_BOTTOM, roundScale([0, ...sums], options));
  const day = panelOf(DAYS_TOP, PLOT_BOTTOM, roundScale([0, ...days], options));
  const label = { prefix: '$', fewestDecimals: 2 };
  const [sumLabel, dayLabel] = [axisFigures(sum.scale, label), axisFigures(day.scale, label)];
  const totalTag: Tag = {
    text: `Total ${briefGain(total)}`,
    colour: total === 0 ? COLOUR.muted : total < 0 ? COLOUR.stop : COLOUR.target,
    value: total,
  };
  const frame: Frame = {
    left: leftOf([...labelsOf(sum.scale, sumLabel), ...labelsOf(day.scale, dayLabel)]),
    right: WIDTH - MARGIN / 2 - tagsWidth([totalTag]),
  };
  const pitch = (frame.right - frame.left) / days.length;
  return {
    altText: performanceAltText(chart),
    fileName: 'performance.png',
    option: {
      grid: [gridOf(frame, sum), gridOf(frame, day)],
      xAxis: dayAxes(chart, pitch),
      yAxis: [valueAxis(0, sum.scale, sumLabel), valueAxis(1, day.scale, dayLabel)],
      series: seriesOf(sums, days, pitch),
      graphic: [
        ...[sum, day].map((panel) => zeroLine(panel, frame)),
        ...heading(chart.title, subtitleOf(chart)),
        ...drawTags([totalTag], sum, frame),
        note('P/L a day', { x: frame.right + MARGIN, y: DAYS_TOP + 8, align: 'left' }),
      ],
    },
  };
}

const countOf = (days: PerformanceChart['days'], sign: 1 | -1): number =>
  days.filter(({ pnl }) => Math.sign(pnl) === sign).length;

/** `Feb 3 – Mar 3, 2025 · 12 days up, 7 down` */
function subtitleOf({ days }: PerformanceChart): string {
  const [first, last] = [days[0], days.at(-1)];
  const span = first === undefined || last === undefined ? '' : dateSpan(first.date, last.date);
  const up = countOf(days, 1);
  return `${span} · ${up} ${up === 1 ? 'day' : 'days'} up, ${countOf(days, -1)} down`;
}

function dayAxes({ days }: PerformanceChart, pitch: number) {
  const labels = dayAxis(
    days.map(({ date }) => date),
    pitch,
  );
  const places = days.map((_, index) => String(index));
  const axis = { type: 'category', data: places, axisTick: { show: false } } as const;
  return [
    { ...axis, gridIndex: 0, axisLabel: { show: false }, axisLine: { show: false } },
    { ...axis, gridIndex: 1, ...labelAxis(labels), axisLine: { show: false } },
  ] as const;
}

/** Logical pixels. */
const WIDEST_BAR = 36;
/** Few days are shown as points: a line through one would be none. */
const FEW_DAYS = 12;

function seriesOf(
  sums: readonly number[],
  days: readonly number[],
  pitch: number,
): readonly Series[] {
  return [
    {
      type: 'line',
      xAxisIndex: 0,
      yAxisIndex: 0,
      silent: true,
      symbol: sums.length < FEW_DAYS ? 'circle' : 'none',
      symbolSize: 7,
      itemStyle: { color: COLOUR.line },
      lineStyle: { color: COLOUR.line, width: 2 },
      areaStyle: { color: COLOUR.line, opacity: 0.14, origin: 'auto' },
      data: [...sums],
    },
    {
      type: 'bar',
      xAxisIndex: 1,
      yAxisIndex: 1,
      silent: true,
      barWidth: Math.max(1, Math.min(WIDEST_BAR, pitch * 0.72)),
      data: days.map((pnl) => ({
        value: pnl,
        itemStyle: { color: pnl < 0 ? COLOUR.down : COLOUR.up },
      })),
    },
  ];
}

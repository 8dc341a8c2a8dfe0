import type { RoundScale } from './scale.ts';
import { shorten, textWidth } from './text.ts';
import { COLOUR, FONT_FAMILY, FONT_SIZE, HEIGHT, MARGIN, WIDTH } from './theme.ts';
import type { AxisLabel } from './time-axis.ts';

/** Heights in logical pixels from the top. */
export const PLOT_TOP = 62;
export const PLOT_BOTTOM = HEIGHT - 30;

/** The plot's left and right edges, the same for all panels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
}

/** One of the panels above each other. */
export interface Panel {
  readonly top: number;
  readonly bottom: number;
  readonly scale: RoundScale;
  /** Where a value lies, in logical pixels from the top. */
  readonly y: (value: number) => number;
}

export function panelOf(top: number, bottom: number, scale: RoundScale): Panel {
  const y = (value: number) =>
    bottom - ((value - scale.min) / (scale.max - scale.min)) * (bottom - top);
  return { top, bottom, scale, y };
}

/** Between an axis and its labels, in logical pixels. */
export const LABEL_GAP = 8;

/** Options that all charts share. */
export const BASE = {
  animation: false,
  backgroundColor: COLOUR.background,
  textStyle: { fontFamily: FONT_FAMILY, fontSize: FONT_SIZE.label, color: COLOUR.muted },
} as const;

const FULL_WIDTH = WIDTH - 2 * MARGIN;

/** Heading and the line below it, as shapes; `taken` is what else stands in that line, at its right. */
export function heading(title: string, subtitle: string, taken = 0): readonly object[] {
  return [
    headingText(shorten(title, FONT_SIZE.title, FULL_WIDTH), {
      y: 21,
      font: `600 ${FONT_SIZE.title}px ${FONT_FAMILY}`,
      fill: COLOUR.text,
    }),
    headingText(shorten(subtitle, FONT_SIZE.label, FULL_WIDTH - taken), {
      y: 43,
      font: labelFont,
      fill: COLOUR.muted,
    }),
  ];
}

const labelFont = `400 ${FONT_SIZE.label}px ${FONT_FAMILY}`;

/** Small text beside a plot, its middle at `y`. */
export const note = (
  content: string,
  { x, y, align }: { readonly x: number; readonly y: number; readonly align: 'left' | 'right' },
) => ({
  type: 'text',
  silent: true,
  style: {
    text: content,
    x,
    y,
    font: labelFont,
    fill: COLOUR.muted,
    align,
    verticalAlign: 'middle',
  },
});

/** Thin lines from top to bottom behind the plot. */
export const verticals = (
  xs: readonly number[],
  { top, bottom }: { readonly top: number; readonly bottom: number },
): readonly object[] =>
  xs.map((x) => ({
    type: 'line',
    silent: true,
    z: 1,
    shape: { x1: x, y1: top, x2: x, y2: bottom },
    style: { stroke: COLOUR.baseline, lineWidth: 1, lineDash: [2, 3] },
  }));

/** Where gains and losses part. */
export const zeroLine = (panel: Panel, { left, right }: Frame): object => ({
  type: 'line',
  silent: true,
  z: 1,
  shape: { x1: left, y1: panel.y(0), x2: right, y2: panel.y(0) },
  style: { stroke: COLOUR.baseline, lineWidth: 1 },
});

/** All that an axis writes. */
export function labelsOf(
  { min, max, step }: RoundScale,
  label: (value: number) => string,
): readonly string[] {
  const steps = Math.round((max - min) / step);
  return Array.from({ length: steps + 1 }, (_, index) => label(min + index * step));
}

/** The plot's left edge: as far in as the widest text beside it needs. */
export const leftOf = (texts: readonly string[]): number =>
  Math.ceil(
    MARGIN / 2 + Math.max(...texts.map((text) => textWidth(text, FONT_SIZE.label))) + LABEL_GAP,
  );

const headingText = (content: string, style: { y: number; font: string; fill: string }) => ({
  type: 'text',
  silent: true,
  style: { text: content, x: MARGIN, verticalAlign: 'middle', ...style },
});

export const gridOf = ({ left, right }: Frame, { top, bottom }: Panel) => ({
  left,
  top,
  width: right - left,
  height: bottom - top,
});

/** A value axis at the left with exactly the scale's steps. */
export const valueAxis = (gridIndex: number, scale: RoundScale, label: (value: number) => string) =>
  ({
    type: 'value',
    gridIndex,
    min: scale.min,
    max: scale.max,
    interval: scale.step,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      color: COLOUR.muted,
      fontSize: FONT_SIZE.label,
      fontFamily: FONT_FAMILY,
      margin: LABEL_GAP,
      formatter: label,
    },
    splitLine: { lineStyle: { color: COLOUR.grid } },
  }) as const;

/** A value axis that only sets a panel's scale. */
export const hiddenAxis = (gridIndex: number, { min, max }: RoundScale) =>
  ({ type: 'value', gridIndex, min, max, show: false }) as const;

/** Time labels of our choice below the lowest panel. */
export function labelAxis(labels: readonly AxisLabel[]) {
  const texts = new Map(labels.map(({ x, text: label }) => [x, label]));
  return {
    axisLine: { onZero: false, lineStyle: { color: COLOUR.baseline } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: {
      color: COLOUR.muted,
      fontSize: FONT_SIZE.label,
      fontFamily: FONT_FAMILY,
      margin: LABEL_GAP,
      hideOverlap: false,
      customValues: labels.map(({ x }) => x),
      formatter: (value: string | number) => texts.get(Number(value)) ?? '',
    },
  } as const;
}

import { usdToNumber } from '#core/money.ts';
import { entrySideOf, exitSideOf } from '#core/order.ts';
import type { OrderSide, PositionSide } from '#core/order.ts';
import type { CandlesChart, ChartFill, ChartPosition } from '#ports/charts.ts';

import type { Series } from './drawing.ts';
import { price, whole } from './figures.ts';
import type { Slots } from './slots.ts';
import type { Tag } from './tags.ts';
import { COLOUR, FONT_FAMILY, FONT_SIZE } from './theme.ts';
import type { Colour } from './theme.ts';

/** The x axis that has places between bars, and not only at their middles. */
const PLACES_AXIS = 2;

type Point = readonly [place: number, price: number];

/** Entry, target and the stop's path, from the entry to the end of the trade or of the picture. */
export function levelSeries(position: ChartPosition, slots: Slots): readonly Series[] {
  const from = slots.place(position.openedAt);
  const to = position.until === null ? slots.count - 0.5 : slots.place(position.until);
  const flat = (dollars: number): readonly Point[] => [
    [from, dollars],
    [to, dollars],
  ];
  const { stops, targetPrice, entryPrice } = position;
  return [
    ...(targetPrice === null
      ? []
      : [level(flat(usdToNumber(targetPrice)), COLOUR.target, 'dashed')]),
    ...(stops.length === 0
      ? []
      : [level(stopPath(position, slots, { from, to }), COLOUR.stop, 'dashed')]),
    level(flat(usdToNumber(entryPrice)), COLOUR.entry, 'solid'),
  ];
}

/** Each price holds until the next one; the first from the entry on, even if it was known later. */
function stopPath(
  { stops }: ChartPosition,
  slots: Slots,
  span: { readonly from: number; readonly to: number },
): readonly Point[] {
  const steps = stops.map(({ at, price: stop }, index): Point => {
    const place = index === 0 ? span.from : slots.place(at);
    return [Math.min(span.to, Math.max(span.from, place)), usdToNumber(stop)];
  });
  const last = steps.at(-1);
  return last === undefined ? [] : [...steps, [span.to, last[1]]];
}

const level = (points: readonly Point[], colour: Colour, type: 'solid' | 'dashed'): Series => ({
  type: 'line',
  xAxisIndex: PLACES_AXIS,
  yAxisIndex: 0,
  step: 'end',
  symbol: 'none',
  silent: true,
  z: 4,
  lineStyle: { color: colour, width: 2, type: type === 'solid' ? 'solid' : [7, 5] },
  data: points.map((point) => [...point]),
});

/** What the right edge names: the bracket's prices, and the last one or that of the exit. */
export function tradeTags({ bars, position, fills }: CandlesChart): readonly Tag[] {
  const last = bars.at(-1)?.close ?? 0;
  const exits = fills.filter(({ role }) => role === 'exit');
  const now: Tag =
    position !== null && position.until !== null && exits.length > 0
      ? tag('Exit', averagePriceOf(exits), COLOUR.text)
      : tag('Last', last, COLOUR.text);
  if (position === null) return [now];
  const stop = position.stops.at(-1);
  return [
    now,
    tag('Entry', usdToNumber(position.entryPrice), COLOUR.entry),
    ...(position.targetPrice === null
      ? []
      : [tag('Target', usdToNumber(position.targetPrice), COLOUR.target)]),
    ...(stop === undefined ? [] : [tag('Stop', usdToNumber(stop.price), COLOUR.stop)]),
  ];
}

const tag = (name: string, value: number, colour: Colour): Tag => ({
  text: `${name} ${price(value)}`,
  colour,
  value,
});

/** Weighted by shares, in dollars. */
export function averagePriceOf(fills: readonly ChartFill[]): number {
  const shares = fills.reduce((sum, { quantity }) => sum + quantity, 0);
  const value = fills.reduce((sum, fill) => sum + usdToNumber(fill.price) * fill.quantity, 0);
  return value / shares;
}

/** Fills of one side in one slot. */
export interface FillMark {
  readonly slot: number;
  readonly role: ChartFill['role'];
  readonly side: OrderSide;
  readonly quantity: number;
  /** Where the triangle's point is, in dollars. */
  readonly tip: number;
}

const sideOf = (role: ChartFill['role'], side: PositionSide): OrderSide =>
  role === 'entry' ? entrySideOf(side) : exitSideOf(side);

/** Fills that the picture reaches: bought ones below their bar, sold ones above it. */
export function fillMarks(
  { bars, position, fills }: CandlesChart,
  slots: Slots,
): readonly FillMark[] {
  const marks = new Map<string, FillMark>();
  for (const fill of fills) {
    const slot = slots.slot(fill.at);
    if (slot === null) continue;
    const key = `${fill.role} ${slot}`;
    const before = marks.get(key);
    const orderSide = sideOf(fill.role, position?.side ?? 'long');
    const dollars = usdToNumber(fill.price);
    const bar = bars[slot] ?? { low: dollars, high: dollars };
    const edge = orderSide === 'buy' ? Math.min(bar.low, dollars) : Math.max(bar.high, dollars);
    const outer = orderSide === 'buy' ? Math.min : Math.max;
    marks.set(key, {
      slot,
      role: fill.role,
      side: orderSide,
      quantity: (before?.quantity ?? 0) + fill.quantity,
      tip: outer(edge, before?.tip ?? edge),
    });
  }
  return [...marks.values()];
}

/** Logical pixels. */
const TRIANGLE = 12;
const TRIANGLE_GAP = 9;
/** Labels of marks closer than this are one. */
const LABEL_WIDTH = 44;

export function fillSeries(marks: readonly FillMark[], pitch: number): Series {
  const labels = labelsOf(marks, LABEL_WIDTH / pitch);
  return {
    type: 'scatter',
    xAxisIndex: PLACES_AXIS,
    yAxisIndex: 0,
    silent: true,
    clip: false,
    z: 6,
    symbol: 'triangle',
    symbolSize: [TRIANGLE, TRIANGLE - 1],
    data: marks.map((mark) => {
      const isBuy = mark.side === 'buy';
      return {
        value: [mark.slot, mark.tip],
        symbolRotate: isBuy ? 0 : 180,
        symbolOffset: [0, isBuy ? TRIANGLE_GAP : -TRIANGLE_GAP],
        itemStyle: {
          color: mark.role === 'entry' ? COLOUR.entry : COLOUR.text,
          borderColor: COLOUR.background,
          borderWidth: 1,
          opacity: 1,
        },
        label: {
          show: labels.has(mark),
          formatter: labels.get(mark) ?? '',
          position: isBuy ? 'bottom' : 'top',
          distance: 3,
          color: COLOUR.text,
          fontFamily: FONT_FAMILY,
          fontSize: FONT_SIZE.label,
          fontWeight: 600,
          textBorderColor: COLOUR.background,
          textBorderWidth: 3,
        },
      };
    }),
  };
}

/** `+100` bought, `−50` sold: marks of one side near each other share one label with their sum. */
function labelsOf(marks: readonly FillMark[], distance: number): ReadonlyMap<FillMark, string> {
  const labels = new Map<FillMark, string>();
  for (const side of ['buy', 'sell'] as const) {
    let group: FillMark[] = [];
    const close = (): void => {
      const middle = group[Math.floor(group.length / 2)];
      const sum = group.reduce((shares, { quantity }) => shares + quantity, 0);
      if (middle !== undefined) labels.set(middle, `${side === 'buy' ? '+' : '−'}${whole(sum)}`);
    };
    const inOrder = marks
      .filter((mark) => mark.side === side)
      .toSorted((left, right) => left.slot - right.slot);
    for (const mark of inOrder) {
      const last = group.at(-1);
      if (last !== undefined && mark.slot - last.slot > distance) {
        close();
        group = [];
      }
      group.push(mark);
    }
    close();
  }
  return labels;
}

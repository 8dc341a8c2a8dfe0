import type { Frame, Panel } from './frame.ts';
import { textWidth } from './text.ts';
import { COLOUR, FONT_FAMILY, FONT_SIZE, MARGIN, WIDTH } from './theme.ts';
import type { Colour } from './theme.ts';

/** A coloured label at the right edge, at the height of its value. */
export interface Tag {
  readonly text: string;
  readonly colour: Colour;
  readonly value: number;
}

/** Logical pixels. */
const TAG_HEIGHT = 21;
const TAG_GAP = 3;
const TAG_PADDING = 6;
/** From the plot's edge to a tag, for the line that ties it to its value. */
const CONNECTOR = 12;

/** What the tags need beside the plot. */
export const tagsWidth = (tags: readonly Tag[]): number =>
  tags.length === 0 ? 0 : CONNECTOR + Math.max(...tags.map(widthOf));

const widthOf = ({ text }: Tag): number =>
  Math.ceil(textWidth(text, FONT_SIZE.tag)) + 2 * TAG_PADDING;

/** The tags as shapes, moved apart where their values are too close to each other. */
export function drawTags(tags: readonly Tag[], panel: Panel, frame: Frame): readonly object[] {
  const sorted = tags.toSorted((left, right) => right.value - left.value);
  const wanted = sorted.map(({ value }) => panel.y(value));
  const placed = spread(wanted, TAG_HEIGHT + TAG_GAP, {
    from: panel.top + TAG_HEIGHT / 2 - TAG_GAP,
    to: panel.bottom - TAG_HEIGHT / 2 + TAG_GAP,
  });
  const left = frame.right + CONNECTOR;
  return sorted.flatMap((tag, index) =>
    drawTag(tag, { left, edge: frame.right, from: wanted[index] ?? 0, y: placed[index] ?? 0 }),
  );
}

interface TagPlace {
  readonly left: number;
  readonly edge: number;
  readonly from: number;
  readonly y: number;
}

function drawTag(tag: Tag, { left, edge, from, y }: TagPlace): readonly object[] {
  return [
    {
      type: 'polyline',
      silent: true,
      shape: {
        points: [
          [edge, from],
          [edge + 3, from],
          [left - 3, y],
          [left, y],
        ],
      },
      style: { stroke: tag.colour, lineWidth: 1.5, fill: 'none' },
    },
    {
      type: 'rect',
      silent: true,
      shape: {
        x: left,
        y: y - TAG_HEIGHT / 2,
        width: Math.min(widthOf(tag), WIDTH - MARGIN / 2 - left),
        height: TAG_HEIGHT,
        r: 4,
      },
      style: { fill: tag.colour },
    },
    {
      type: 'text',
      silent: true,
      style: {
        text: tag.text,
        x: left + TAG_PADDING,
        y,
        fill: COLOUR.onTag,
        font: `600 ${FONT_SIZE.tag}px ${FONT_FAMILY}`,
        verticalAlign: 'middle',
      },
    },
  ];
}

/**
 * Moves places apart to a distance, each as little as can be (least squares), and into the bounds. The
 * places must be rising. What does not fit into the bounds at that distance runs over at the end.
 */
export function spread(
  wanted: readonly number[],
  distance: number,
  bounds: { readonly from: number; readonly to: number },
): readonly number[] {
  // Less its place in the row, each may be where it wants as long as none falls behind the one before:
  // neighbours that would are pooled, and take their mean.
  const pools: { readonly sum: number; readonly count: number }[] = [];
  for (const [index, place] of wanted.entries()) {
    let pool = { sum: place - index * distance, count: 1 };
    for (let last = pools.at(-1); last !== undefined; last = pools.at(-1)) {
      if (last.sum / last.count <= pool.sum / pool.count) break;
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  }
  const room = Math.max(bounds.from, bounds.to - (wanted.length - 1) * distance);
  const starts = pools.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
  return starts.map(
    (start, index) => Math.min(room, Math.max(bounds.from, start)) + index * distance,
  );
}

import { note } from './frame.ts';
import { textWidth } from './text.ts';
import { FONT_SIZE, MARGIN, WIDTH } from './theme.ts';
import type { Colour } from './theme.ts';

/** What a coloured line is. */
export interface LegendEntry {
  readonly text: string;
  readonly colour: Colour;
}

/** Logical pixels. */
const SWATCH = 16;
const SWATCH_GAP = 6;
const ENTRY_GAP = 14;
const LINE = 43;

const entryWidth = ({ text }: LegendEntry): number =>
  SWATCH + SWATCH_GAP + textWidth(text, FONT_SIZE.label);

/** With the gap to the left of each. */
export const legendWidth = (entries: readonly LegendEntry[]): number =>
  entries.reduce((sum, entry) => sum + ENTRY_GAP + entryWidth(entry), 0);

/** A row at the right end of the subtitle's line. */
export function legend(entries: readonly LegendEntry[]): readonly object[] {
  let x = WIDTH - MARGIN - legendWidth(entries);
  return entries.flatMap((entry) => {
    const left = x + ENTRY_GAP;
    x = left + entryWidth(entry);
    return [
      {
        type: 'line',
        silent: true,
        shape: { x1: left, y1: LINE, x2: left + SWATCH, y2: LINE },
        style: { stroke: entry.colour, lineWidth: 3 },
      },
      note(entry.text, { x: left + SWATCH + SWATCH_GAP, y: LINE, align: 'left' }),
    ];
  });
}

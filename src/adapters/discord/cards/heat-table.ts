import { formatNumber, NONE } from '#core/number-words.ts';
import { shadeOf } from '#core/shades.ts';
import type { StudyHeatMap } from '#ports/study-card.ts';

import { LIMITS } from '../limits.ts';
import { table } from './table.ts';

/** Characters of a phone's line in a block of code. */
const WIDTH = 40;
/** A taller one nobody can see at once. */
const MOST_ROWS = 20;
/** Of a field, the marks of the block. */
const MARKS = 10;

/** How a cell can be written, the most telling first. */
const STYLES: readonly ((value: number, shade: string) => string)[] = [
  (value, shade) => `${formatNumber(value)} ${shade}`,
  (value, shade) => `${formatNumber(value, 1)}${shade}`,
  (_, shade) => shade,
];

/** A heat map for a phone, darker is better; null where it has no room there. */
export function heatTable({ x, y, cells }: StudyHeatMap): readonly string[] | null {
  if (y.values.length > MOST_ROWS) return null;
  const known = cells.flat().filter((cell) => cell !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const figures = new Set(x.values.map((_, column) => column + 1));
  for (const style of STYLES) {
    const rows = y.values.map((value, row) => [
      String(value),
      ...(cells[row] ?? []).map((cell) =>
        cell === null ? NONE : style(cell, shadeOf(cell, low, high)),
      ),
    ]);
    const lines = table([['', ...x.values.map(String)], ...rows], figures);
    const isFit = lines.every((line) => line.length <= WIDTH);
    if (isFit && lines.join('\n').length + MARKS <= LIMITS.fieldValue) return lines;
  }
  return null;
}

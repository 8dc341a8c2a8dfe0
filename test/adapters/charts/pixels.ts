import sharp from 'sharp';

import type { ChartImage } from '#ports/charts.ts';

/** In logical pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const SCALE = 2;

/** A picture as its pixels, addressed in the logical ones that options are written in. */
export async function decode({ png }: ChartImage) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const colourAt = (column: number, row: number): string =>
    `#${data.subarray((row * info.width + column) * 3, (row * info.width + column) * 3 + 3).toString('hex')}`;
  const background = colourAt(4, 4);

  function* within({ x, y, width, height }: Area): Generator<readonly [number, string]> {
    const [bottom, right] = [Math.round((y + height) * SCALE), Math.round((x + width) * SCALE)];
    for (let row = Math.round(y * SCALE); row < bottom; row += 1) {
      for (let column = Math.round(x * SCALE); column < right; column += 1) {
        yield [column, colourAt(column, row)];
      }
    }
  }

  return {
    at: (x: number, y: number): string => colourAt(Math.round(x * SCALE), Math.round(y * SCALE)),
    /** Real pixels of exactly that colour. */
    count: (area: Area, colour: string): number =>
      [...within(area)].filter(([, found]) => found === colour).length,
    /** From where to where something is drawn, in logical pixels. */
    extent(area: Area): { readonly left: number; readonly right: number } {
      const columns = [...within(area)].filter(([, found]) => found !== background);
      const xs = columns.map(([column]) => column / SCALE);
      return { left: Math.min(...xs), right: Math.max(...xs) };
    },
    colours: (): number =>
      new Set([...within({ x: 0, y: 0, width: 640, height: 360 })].map(([, colour]) => colour))
        .size,
  };
}

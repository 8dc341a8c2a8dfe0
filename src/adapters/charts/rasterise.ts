// Each registers itself. Taken one by one, since the library's own lists of all charts and components load
// every one of them: twice the time, and thirty megabytes more.
import 'echarts/lib/chart/bar.js';
import 'echarts/lib/chart/candlestick.js';
import 'echarts/lib/chart/line.js';
import 'echarts/lib/chart/scatter.js';
import 'echarts/lib/component/graphic.js';
import 'echarts/lib/component/grid.js';
import { init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import sharp from 'sharp';

import type { DrawingOption } from './drawing.ts';
import { BASE } from './frame.ts';
import { textWidth } from './text.ts';
import { HEIGHT, SCALE, WIDTH } from './theme.ts';

use([SVGRenderer]);

setPlatformAPI({
  // The library asks with a font as in CSS: "600 13px Inter".
  measureText: (text: string, font = '') => ({
    width: textWidth(text, Number(/(\d+)px/.exec(font)?.[1] ?? 12)),
  }),
});

// One picture at a time on one thread: the other cores are for trading. Nothing repeats, so nothing is kept.
sharp.concurrency(1);
sharp.cache(false);

/** Of an SVG at a size of one pixel a unit. */
const PIXELS_PER_INCH = 72;

/** The picture's PNG: the same option gives the same bytes. */
export async function rasterise(option: DrawingOption): Promise<Uint8Array<ArrayBuffer>> {
  const svg = Buffer.from(toSvg(option));
  const png = await sharp(svg, { density: PIXELS_PER_INCH * SCALE })
    .png()
    .toBuffer();
  return Uint8Array.from(png);
}

function toSvg(option: DrawingOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  try {
    chart.setOption({ ...BASE, ...option });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

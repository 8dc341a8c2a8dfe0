import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createCharts } from '#adapters/charts/charts.ts';
import type { DrawnCharts } from '#adapters/charts/charts.ts';
import { draw } from '#adapters/charts/draw.ts';
import { textWidth } from '#adapters/charts/text.ts';
import { parseUsd } from '#core/money.ts';
import type { ChartImage, ChartSpec } from '#ports/charts.ts';
import { silentLog } from '#test/support/log.ts';

import { bars, candles, equity, fill, performance } from './facts.ts';
import { decode } from './pixels.ts';
import { gridOf, yOf } from './reading.ts';

let folder: string;
let charts: DrawnCharts;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bracketeer-charts-'));
  charts = createCharts({ folder: join(folder, 'new'), log: silentLog, timeoutMs: 25_000 });
  await charts.warmUp();
});

afterAll(async () => {
  await charts.close();
  await rm(folder, { recursive: true, force: true });
});

async function render(chart: ChartSpec): Promise<ChartImage> {
  const result = await charts.render(chart);
  if (!result.ok) throw new Error(result.why);
  return result.image;
}

const BACKGROUND = '#1e1f22';

describe('a picture', () => {
  it.each<[string, ChartSpec]>([
    ['of equity', equity([100_000, 100_500, 99_700, 101_200])],
    ['of bars', candles()],
    ['of performance', performance(['100', '-40', '75'])],
  ])('%s is a PNG of 1280 × 720 pixels that Discord takes', async (_, chart) => {
    const { png, width, height, altText } = await render(chart);
    const view = Buffer.from(png);
    expect(view.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect([view.readUInt32BE(16), view.readUInt32BE(20)]).toEqual([1280, 720]);
    expect([width, height]).toEqual([1280, 720]);
    // Discord's limits: 10 MiB a message, 1,024 characters of description.
    expect(png.length).toBeLessThan(300_000);
    expect(altText.length).toBeLessThan(1_024);
  });

  it.each<[string, ChartSpec]>([
    ['equity', equity([100_000, 100_500, 99_700])],
    ['bars', candles()],
    ['performance', performance(['100', '-40', '75'])],
  ])('of the same %s has the same bytes', async (_, chart) => {
    const [first, , second] = [await render(chart), await render(equity([1])), await render(chart)];
    expect(Buffer.from(first.png).equals(Buffer.from(second.png))).toBe(true);
  });

  it('carries the file name and the alt text of its facts', async () => {
    const { fileName, altText } = await render(candles());
    expect({ fileName, altText }).toEqual({
      fileName: 'nvda-candles.png',
      altText: draw(candles()).altText,
    });
  });

  it('is drawn on our background, and with the shipped font', async () => {
    const title = 'WWWW iiii 0123 lmnop';
    const pixels = await decode(await render({ ...equity([100_000]), title }));
    expect(pixels.at(2, 2)).toBe(BACKGROUND);
    // Any other font would be much wider or narrower; our table has the shipped one's widths.
    const inked = pixels.extent({ x: 0, y: 10, width: 640, height: 22 });
    expect(inked.left).toBeGreaterThan(11);
    expect(inked.right - inked.left).toBeGreaterThan(textWidth(title, 17) - 5);
    expect(inked.right - inked.left).toBeLessThan(textWidth(title, 17) + 1);
    const conf = await readFile(join(folder, 'new', 'fonts.conf'), 'utf8');
    expect(conf).toContain('/inter/400Regular');
  });
});

/** The processes that were started by this one. */
const children = async (): Promise<readonly number[]> =>
  (await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8'))
    .split(' ')
    .filter((id) => id !== '')
    .map(Number);

describe('the drawing process', () => {
  it('draws on when whoever stops the bot stops all its processes at once', async () => {
    for (const id of await children()) {
      process.kill(id, 'SIGINT');
      process.kill(id, 'SIGTERM');
    }
    const before = await children();
    await render(equity([1, 2]));
    expect(await children()).toEqual(before);
  });

  it('has nothing of the environment, where the secrets are', async () => {
    await render(equity([1]));
    const [drawer] = await children();
    const environment = await readFile(`/proc/${drawer}/environ`, 'utf8');
    expect(environment.split('\0').map((line) => line.split('=')[0])).not.toContain('PATH');
  });
});

describe('what the picture of a trade shows', () => {
  const chart = candles({ fills: [fill('10:32', 'entry', '100.10', 100)] });
  const drawing = draw(chart);
  const { left, width } = gridOf(drawing, 0);
  const right = left + width;

  it.each([
    { name: 'the entry, solid blue', price: 100.1, colour: '#5ea1ff' },
    { name: 'the target, green', price: 103.6, colour: '#4ade80' },
    { name: 'the stop, red', price: 98.4, colour: '#ff7070' },
  ])('$name, where the axis has its price', async ({ price, colour }) => {
    const pixels = await decode(await render(chart));
    const y = yOf(drawing, 0, price);
    const line = { x: right - 60, y: y - 1, width: 50, height: 2 };
    expect(pixels.count(line, colour)).toBeGreaterThan(60);
    expect(pixels.count({ ...line, y: y + 4 }, colour), 'and only there').toBe(0);
  });

  it('solid is without gaps, dashed has them', async () => {
    const pixels = await decode(await render(chart));
    const covered = (price: number, colour: string) =>
      Array.from({ length: 80 }, (_, step) => right - 45 + step / 2).filter(
        (x) => pixels.at(x, yOf(drawing, 0, price)) === colour,
      ).length;
    expect(covered(100.1, '#5ea1ff')).toBe(80);
    expect(covered(103.6, '#4ade80')).toBeGreaterThan(30);
    expect(covered(103.6, '#4ade80')).toBeLessThan(70);
  });

  it('tags at the right edge in the colours of their lines', async () => {
    const pixels = await decode(await render(chart));
    const edge = { x: right + 12, y: 60, width: 640 - right - 12, height: 220 };
    for (const colour of ['#5ea1ff', '#4ade80', '#ff7070', '#f2f3f5']) {
      expect(pixels.count(edge, colour), `${colour} of a tag`).toBeGreaterThan(2_500);
    }
  });

  it('bars in green and red, and volume below them', async () => {
    const pixels = await decode(await render(chart));
    const [prices, volume] = [gridOf(drawing, 0), gridOf(drawing, 1)];
    const area = ({ left: x, top: y, ...size }: typeof prices) => ({ x, y, ...size });
    for (const colour of ['#2fa864', '#e5484d']) {
      expect(pixels.count(area(prices), colour)).toBeGreaterThan(500);
    }
    for (const colour of ['#27573e', '#6e3236']) {
      expect(pixels.count(area(volume), colour)).toBeGreaterThan(500);
    }
  });
});

describe('what the picture of equity shows', () => {
  it('the curve, the open and the limit, and the drawdown below', async () => {
    const chart = equity([100_000, 101_000, 99_500, 98_200], { haltsAt: parseUsd('97000') });
    const drawing = draw(chart);
    const pixels = await decode(await render(chart));
    const [upper, lower] = [gridOf(drawing, 0), gridOf(drawing, 1)];
    const third = upper.left + (upper.width * 2) / 3;
    expect(pixels.at(third, yOf(drawing, 0, 99_500))).toBe('#5ea1ff');
    expect(
      pixels.count(
        { x: upper.left, y: yOf(drawing, 0, 97_000) - 1, width: upper.width, height: 2 },
        '#ff7070',
      ),
    ).toBeGreaterThan(500);
    const deepest = {
      x: lower.left + lower.width - 6,
      y: lower.top,
      width: 6,
      height: lower.height,
    };
    expect(pixels.count(deepest, '#ff7070')).toBeGreaterThan(10);
  });
});

const flat = (price: number, volume: number) =>
  bars(30).map((bar) => ({ ...bar, open: price, high: price, low: price, close: price, volume }));

describe('odd facts are drawn as well', () => {
  const bare = { averages: null, position: null, fills: [] };

  it.each<[string, ChartSpec]>([
    ['a single bar', candles({ bars: bars(1) })],
    ['a single bar without a trade', candles({ bars: bars(1), ...bare })],
    ['160 bars', candles({ bars: bars(160) })],
    ['400 bars', candles({ bars: bars(400) })],
    ['flat prices without volume', candles({ bars: flat(25, 0), ...bare })],
    ['prices below a dollar', candles({ bars: flat(0.0123, 10), ...bare })],
    ['huge prices', candles({ bars: flat(987_654_321, 1e11), ...bare })],
    ['a single point', equity([100_000])],
    ['equity of nothing', equity([0, 0])],
    ['a single day', performance(['-5'])],
    ['days of nothing', performance(['0', '0'])],
    [
      'letters that the font has not',
      { ...equity([1, 2]), title: '漢字 🚀 <b>&amp;</b> "x" {a|b}' },
    ],
  ])('%s', async (_, chart) => {
    const pixels = await decode(await render(chart));
    expect(pixels.colours()).toBeGreaterThan(20);
  });

  it('facts that cannot be drawn are refused with the reason, and logged', async () => {
    expect(await charts.render(candles({ bars: [] }))).toEqual({
      ok: false,
      code: 'unfit',
      why: 'there are no bars to draw',
    });
  });

  it('facts that are no facts at all are refused as well', async () => {
    const broken = { kind: 'equity', title: 'x', points: null } as unknown as ChartSpec;
    expect(await charts.render(broken)).toMatchObject({ ok: false, code: 'unfit' });
    const uncopied = { ...equity([1]), title: () => 'x' } as unknown as ChartSpec;
    expect(await charts.render(uncopied)).toMatchObject({ ok: false, code: 'crashed' });
    expect(await charts.render(equity([1])), 'and the next is drawn').toMatchObject({ ok: true });
  });
});

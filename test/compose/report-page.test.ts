import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ENTRY_FILTERS } from '#core/decision.ts';
import type { PageData } from '#research/report/page-data.ts';
import { folderWith } from '#test/support/bar-files.ts';
import { chromiumNote, hasChromium, launchChromium } from '#test/support/chromium.ts';

import { writeReport } from '../../src/compose/write-report.ts';

const AT = Date.parse('2025-10-20T15:00:00Z');
/** Of four months. */
const START = Date.parse('2025-06-02T13:30:00Z');
const DAY_MS = 24 * 3_600_000;
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

const trade: PageData['trades'][number] = {
  symbol: 'NVDA',
  side: 'short',
  quantity: 211,
  entry: 118.05,
  exit: 118.43,
  stop: 119.2,
  target: 115.9,
  reason: 'end_of_day',
  openedAt: AT,
  closedAt: AT + 3_600_000,
  net: -80.73,
  r: -0.29,
  maeR: -0.52,
  mfeR: 0.23,
  confidence: 72,
  ruled: false,
  bars: null,
};
const group = { key: 'NVDA', trades: 1, net: -80.73, winRate: 0, profitFactor: null, r: -0.29 };

const data: PageData = {
  subject: {
    runId: 'f00d',
    span: 'NVDA',
    what: 'Rules: the defaults.',
    notes: ['no bars before 2025-06-10 of NVDA', 'the warm-up is too short'],
  },
  verdict: { kind: 'too-few-trades', sentence: 'too few trades to tell', split: '' },
  tiles: [
    { name: 'Net P/L', value: '−$80.73', note: '', isPassed: null },
    { name: 'Luck: p-value', value: '0.402', note: 'needs at most 0.05: missed', isPassed: false },
    { name: 'Luck: Sharpe', value: '97 % sure', note: 'needs 95 %: met', isPassed: true },
    { name: 'Trades', value: '1', note: '', isPassed: null },
    {
      name: 'Average win, loss',
      value: '+$1,159,314.25, −$1,122,269.75',
      note: '',
      isPassed: null,
    },
    {
      name: 'By chance',
      value: '−14.62 % to +10.39 %',
      note: 'of all of them, from 2025-06-05',
      isPassed: null,
    },
  ],
  equity: Array.from({ length: 120 }, (_, day) => [
    START + day * DAY_MS,
    100_000 - day,
    -0.001 * day,
  ]),
  months: [
    { month: '2025-10', return: -0.0008 },
    { month: '2025-11', return: -0.0004 },
  ],
  groups: {
    symbol: [group],
    hour: [group, { ...group, key: '11', net: -0.004, r: -0.001 }],
  },
  filters: ENTRY_FILTERS.slice(1, 4).map((name, index) => [name, 10 ** index] as const),
  signals: '111 signals',
  halts: [],
  trades: [trade],
};

/** How strongly the edge of a table fades out, with the table scrolled so far: 0 to 1. */
const fadeAt = (page: Page, table: '#trades' | '#groups', left: number): Promise<number> =>
  page.evaluate(`(async () => {
    const scroll = document.querySelector('${table}').parentElement;
    scroll.scrollTo({ left: ${left} });
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    return Number(getComputedStyle(scroll, '::after').opacity);
  })()`);

/** The lines of a text as they stand on the page. */
const linesOf = (text: Locator): Promise<readonly string[]> =>
  text.evaluate((element) => {
    const { ownerDocument } = element;
    // NodeFilter.SHOW_TEXT, a name of the browser's.
    const walker = ownerDocument.createTreeWalker(element, 4);
    const lines = new Map<number, string>();
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      for (const [at, letter] of [...(node.textContent ?? '')].entries()) {
        const range = ownerDocument.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const line = Math.round(range.getBoundingClientRect().bottom);
        lines.set(line, `${lines.get(line) ?? ''}${letter}`);
      }
    }
    return [...lines.values()].map((line) => line.trim());
  });

describe.skipIf(!hasChromium)(`the page of a backtest${chromiumNote}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** What is found on the page by somebody with such a screen. */
  async function seen<Found>(viewport: typeof PHONE, look: (page: Page) => Promise<Found>) {
    const file = join(folderWith({}), 'report.html');
    writeReport(file, data);
    const page = await browser.newPage({ viewport });
    const faults: unknown[] = [];
    page.on('pageerror', (error) => faults.push(error));
    await page.goto(pathToFileURL(file).href);
    const found = await look(page);
    await page.close();
    expect(faults).toEqual([]);
    return found;
  }

  it('fades a table out at the edge of a phone for as long as there is more to come', async () => {
    const fades = await seen(PHONE, async (page) => [
      await fadeAt(page, '#trades', 0),
      await fadeAt(page, '#trades', 200),
      await fadeAt(page, '#trades', 10_000),
    ]);
    expect(fades).toEqual([1, 1, 0]);
  });

  it('fades nothing out where all of it fits', async () => {
    expect(await seen(DESK, (page) => fadeAt(page, '#groups', 0))).toBe(0);
  });

  it('is never wider than the screen itself', async () => {
    const widths = [PHONE, DESK].map((screen) =>
      seen(screen, (page) => page.evaluate('document.documentElement.scrollWidth')),
    );
    expect(await Promise.all(widths)).toEqual([PHONE.width, DESK.width]);
  });

  it('begins with what is to be known about the bars', async () => {
    const head = await seen(PHONE, (page) => page.locator('header').innerText());
    expect(head).toMatch(
      /Rules: the defaults\.\s+Note: no bars before 2025-06-10 of NVDA\.\s+Note: the warm-up is too short\.$/,
    );
  });

  it('gives no sign to what rounds to nothing', async () => {
    const cells = await seen(DESK, async (page) => {
      await page.getByRole('tab', { name: 'hour' }).click();
      const all = page.locator('#months tbody td, #groups tbody td');
      return all.evaluateAll((each) =>
        each.map((one) => `${one.innerText} ${one.className}`.trim()),
      );
    });
    expect(cells.slice(10, 14)).toEqual(['−0.1 % down', '0.0 %', '', '−0.1 % down']);
    expect(cells.slice(14).join(' | ')).toBe(
      'NVDA | 1 | −$80.73 down | 0.0 % | – | −0.29 down | 11 | 1 | $0.00 | 0.0 % | – | 0.00',
    );
  });

  it('has its figures in two columns on a phone, each of them whole', async () => {
    const figures = await seen(PHONE, (page) =>
      page.locator('.tile').evaluateAll((all) =>
        all.map((each) => ({
          left: each.offsetLeft,
          isCut: [each, ...each.children].some((part) => part.scrollWidth > part.clientWidth),
        })),
      ),
    );
    expect(new Set(figures.map(({ left }) => left)).size).toBe(2);
    expect(figures.filter(({ isCut }) => isCut)).toEqual([]);
  });

  it('never breaks a figure or a date of theirs in two', async () => {
    const lines = await seen(PHONE, async (page) => [
      ...(await linesOf(page.locator('.tile .value').nth(4))),
      ...(await linesOf(page.locator('.tile .value').nth(5))),
      ...(await linesOf(page.locator('.tile .note').nth(5))),
    ]);
    const whole = ['+$1,159,314.25,', '−$1,122,269.75', '−14.62 %', '+10.39 %', '2025-06-05'];
    const broken = whole.filter((figure) => !lines.some((line) => line.includes(figure)));
    expect(broken).toEqual([]);
  });

  it('writes no date of the curve over another one', async () => {
    const overlapping = await seen(PHONE, (page) =>
      page.evaluate(`(() => {
        const chart = echarts.getInstanceByDom(document.querySelector('#equity'));
        const labels = chart.getZr().storage.getDisplayList()
          .filter(({ type, style, ignore }) => type === 'tspan' && !ignore && /^[A-Z0-9][a-z0-9]*$/.test(style.text))
          .map((label) => {
            const rect = label.getBoundingRect().clone();
            rect.applyTransform(label.getComputedTransform() ?? [1, 0, 0, 1, 0, 0]);
            return { text: label.style.text, rect };
          });
        const pairs = labels.flatMap((one, at) => labels.slice(at + 1).map((other) => [one, other]));
        return {
          labels: labels.length,
          over: pairs.filter(([one, other]) => one.rect.intersect(other.rect)).map((pair) => pair.map(({ text }) => text)),
        };
      })()`),
    );
    expect(overlapping).toEqual({ labels: expect.any(Number), over: [] });
    expect((overlapping as { labels: number }).labels).toBeGreaterThan(3);
  });

  it('says of the scale of the signals that it is logarithmic, on the axis', async () => {
    const axis = await seen(PHONE, (page) =>
      page.evaluate(
        `(({ type, show, name }) => ({ type, show, name }))(
          echarts.getInstanceByDom(document.querySelector('#filters')).getOption().xAxis[0])`,
      ),
    );
    expect(axis).toEqual({
      type: 'log',
      show: true,
      name: 'Signals, on a logarithmic scale:\neach line is 10 × the one before',
    });
  });

  it('colours a figure that the verdict asks for by whether it was met, others by their one sign', async () => {
    const colours = await seen(PHONE, (page) =>
      page
        .locator('.tile .value')
        .evaluateAll((all) =>
          all.map(({ classList }) => ['up', 'down'].filter((one) => classList.contains(one))),
        ),
    );
    expect(colours).toEqual([['down'], ['down'], ['up'], [], [], []]);
  });
});

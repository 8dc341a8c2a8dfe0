import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { drawCandles } from '#adapters/charts/candles.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd, usdFromNumber } from '#core/money.ts';
import type { CandlesChart } from '#ports/charts.ts';

import { at, bars, candles, fill, position } from './facts.ts';
import { axisOf, gridOf, seriesOf, textsOf } from './reading.ts';

const levels = (chart: CandlesChart) =>
  seriesOf(drawCandles(chart), 'line')
    .filter(({ xAxisIndex }) => xAxisIndex === 2)
    .map(({ lineStyle, data }) => ({
      colour: lineStyle.color,
      dashed: lineStyle.type !== 'solid',
      data,
    }));
const marks = (chart: CandlesChart) =>
  seriesOf(drawCandles(chart), 'scatter').flatMap(({ data }) =>
    data.map(({ value, symbolRotate, label }) => ({
      slot: value[0],
      tip: value[1],
      points: symbolRotate === 0 ? 'up' : 'down',
      label: label.show ? label.formatter : null,
    })),
  );
const [BLUE, RED, GREEN] = ['#5ea1ff', '#ff7070', '#4ade80'];

describe('a chart of bars', () => {
  it('gives each bar a slot of its own, and leaves free ones at the right', () => {
    const [candle] = seriesOf(drawCandles(candles()), 'candlestick');
    const [first] = bars(30);
    expect(candle?.data).toHaveLength(31);
    expect(candle?.data[0]).toEqual([first!.open, first!.close, first!.low, first!.high]);
    expect(candle?.data[30]).toEqual(['-', '-', '-', '-']);
    expect(
      seriesOf(drawCandles(candles({ bars: bars(160) })), 'candlestick')[0]?.data,
    ).toHaveLength(165);
  });

  it('shows volume in the colour of its bar', () => {
    const [volume] = seriesOf(drawCandles(candles()), 'bar');
    expect(volume?.data.slice(0, 2)).toEqual([
      { value: 10_000, itemStyle: { color: '#6e3236' } },
      { value: 12_500, itemStyle: { color: '#27573e' } },
    ]);
    expect(textsOf(drawCandles(candles()))).toContain('25K');
  });

  it('draws the averages from where they are warm', () => {
    const drawing = drawCandles(candles());
    const [fast, slow] = seriesOf(drawing, 'line').filter(({ xAxisIndex }) => xAxisIndex === 0);
    expect([fast?.data.indexOf(bars(30)[8]!.close), slow?.data.lastIndexOf('-')]).toEqual([8, 19]);
    expect(textsOf(drawing)).toEqual(expect.arrayContaining(['EMA 9', 'EMA 21']));
    expect(textsOf(drawCandles(candles({ averages: null })))).not.toContain('EMA 9');
  });

  it('names New York time, also in summer', () => {
    expect(textsOf(drawCandles(candles()))[1]).toBe('Tue, Feb 11, 2025, 09:30–12:00 New York time');
    const summer = bars(1, Date.parse('2025-07-01T13:30:00Z'));
    expect(textsOf(drawCandles(candles({ bars: summer, fills: [] })))[1]).toBe(
      'Tue, Jul 1, 2025, 09:30–09:35 New York time',
    );
  });

  it('names both days when it reaches over a night', () => {
    const two = [...bars(6, at('15:30')), ...bars(6, at('09:30', 12))];
    expect(textsOf(drawCandles(candles({ bars: two })))[1]).toBe(
      'Feb 11, 15:30 – Feb 12, 10:00 New York time',
    );
  });

  it('names its file after the symbol', () => {
    expect(drawCandles(candles()).fileName).toBe('nvda-candles.png');
    expect(drawCandles(candles({ symbol: ticker('BRK.B') })).fileName).toBe('brk-b-candles.png');
  });
});

describe('the levels of a trade', () => {
  it('go from the moment of the entry to the right edge while it is open', () => {
    // 10:32 is two of five minutes into the bar of slot 12.
    expect(levels(candles())).toEqual([
      {
        colour: GREEN,
        dashed: true,
        data: [
          [11.9, 103.6],
          [30.5, 103.6],
        ],
      },
      {
        colour: RED,
        dashed: true,
        data: [
          [11.9, 98.4],
          [30.5, 98.4],
        ],
      },
      {
        colour: BLUE,
        dashed: false,
        data: [
          [11.9, 100.1],
          [30.5, 100.1],
        ],
      },
    ]);
  });

  it('end where the trade ended', () => {
    const closed = candles({ position: position({ until: at('11:30') }) });
    expect(levels(closed).map(({ data }) => data.at(-1)?.[0])).toEqual([23.5, 23.5, 23.5]);
  });

  it('start at the left edge when the entry came before the first bar', () => {
    const early = candles({ position: position({ openedAt: at('09:00') }) });
    expect(levels(early).map(({ data }) => data[0]?.[0])).toEqual([-0.5, -0.5, -0.5]);
  });

  it('step with the stop at the moment it was moved', () => {
    const stops = [
      { at: at('10:33'), price: parseUsd('98.40') },
      { at: at('11:00'), price: parseUsd('99.20') },
      { at: at('11:34'), price: parseUsd('100.60') },
    ];
    const [, stop] = levels(candles({ position: position({ stops }) }));
    expect(stop?.data).toEqual([
      [11.9, 98.4],
      [17.5, 99.2],
      [24.3, 100.6],
      [30.5, 100.6],
    ]);
  });

  it('leave out a target or a stop that is none', () => {
    const bare = candles({ position: position({ stops: [], targetPrice: null }) });
    expect(levels(bare).map(({ colour }) => colour)).toEqual([BLUE]);
    expect(levels(candles({ position: null }))).toEqual([]);
  });
});

const tags = (chart: CandlesChart) =>
  textsOf(drawCandles(chart)).filter((text) => /^(Last|Exit|Entry|Stop|Target) /.test(text));

describe('the tags at the right edge', () => {
  it('name the prices, the highest first', () => {
    expect(tags(candles())).toEqual(['Target 103.60', 'Last 100.13', 'Entry 100.10', 'Stop 98.40']);
  });

  it('name the stop where it is now', () => {
    const stops = ['98.40', '100.60'].map((price) => ({ at: at('10:40'), price: parseUsd(price) }));
    expect(tags(candles({ position: position({ stops }) }))).toContain('Stop 100.60');
  });

  it('name the average price of the exit when the trade is over, not the last one', () => {
    const closed = candles({
      position: position({ until: at('11:30') }),
      fills: [
        fill('10:32', 'entry', '100.10', 100),
        fill('11:00', 'exit', '102.00', 50),
        fill('11:30', 'exit', '101.00', 150),
      ],
    });
    expect(tags(closed)).toEqual(['Target 103.60', 'Exit 101.25', 'Entry 100.10', 'Stop 98.40']);
  });

  it('show sub-dollar prices with four decimals', () => {
    const penny = bars(3).map((bar) => ({
      ...bar,
      open: 0.41,
      high: 0.42,
      low: 0.4,
      close: 0.4125,
    }));
    expect(tags(candles({ bars: penny, position: null, averages: null, fills: [] }))).toEqual([
      'Last 0.4125',
    ]);
  });
});

describe('fills', () => {
  it('bought are triangles below their bar, sold ones above it, with the shares', () => {
    const [entryBar, exitBar] = [bars(30)[12]!, bars(30)[20]!];
    const trade = candles({
      fills: [fill('10:32', 'entry', '100.60', 100), fill('11:12', 'exit', '99.00', 1_250)],
    });
    expect(marks(trade)).toEqual([
      { slot: 12, tip: entryBar.low, points: 'up', label: '+100' },
      { slot: 20, tip: exitBar.high, points: 'down', label: '−1,250' },
    ]);
  });

  it('of a short are mirrored', () => {
    const trade = candles({ position: position({ side: 'short' }) });
    expect(marks(trade)).toMatchObject([{ points: 'down', label: '−100' }]);
  });

  it('of one bar are one mark', () => {
    const trade = candles({
      fills: [fill('10:31', 'entry', '100.10', 70), fill('10:34', 'entry', '95.00', 30)],
    });
    expect(marks(trade)).toEqual([{ slot: 12, tip: 95, points: 'up', label: '+100' }]);
  });

  it('of bars side by side share a label with their sum', () => {
    const trade = candles({
      fills: ['10:31', '10:36', '10:41', '11:40'].map((time) => fill(time, 'entry', '100', 10)),
    });
    expect(marks(trade).map(({ slot, label }) => [slot, label])).toEqual([
      [12, null],
      [13, '+30'],
      [14, null],
      [26, '+10'],
    ]);
  });

  it('after the last bar stand in a free slot, and those before the first are left out', () => {
    const trade = candles({
      fills: [fill('09:29', 'entry', '100', 1), fill('12:00', 'exit', '101.50', 2)],
    });
    expect(marks(trade)).toEqual([{ slot: 30, tip: 101.5, points: 'down', label: '−2' }]);
  });
});

describe('the price axis', () => {
  it('has round numbers', () => {
    expect(axisOf(drawCandles(candles()), 0)).toMatchObject({ min: 98, max: 104, interval: 1 });
  });

  it('encloses bars, averages, levels and fills, whatever they are', () => {
    const price = fc.integer({ min: 1, max: 2e9 }).map((micros) => micros / 1e4);
    fc.assert(
      fc.property(price, price, price, price, (from, entry, stop, target) => {
        const shown = bars(20, at('09:30'), 1).map((bar) => ({
          ...bar,
          open: from,
          close: from,
          low: from * 0.99,
          high: from * 1.02,
        }));
        const chart = candles({
          bars: shown,
          position: position({
            entryPrice: usdFromNumber(entry),
            stops: [{ at: at('10:32'), price: usdFromNumber(stop) }],
            targetPrice: usdFromNumber(target),
          }),
          fills: [{ ...fill('10:32', 'entry', '1', 1), price: usdFromNumber(entry) }],
        });
        const { min, max } = axisOf(drawCandles(chart), 0);
        expect(min).toBeLessThanOrEqual(Math.min(from * 0.99, entry, stop, target));
        expect(max).toBeGreaterThanOrEqual(Math.max(from * 1.02, entry, stop, target));
      }),
    );
  });

  it('stays inside the picture beside labels and tags of any length', () => {
    for (const price of [0.01, 1, 99.99, 12_345.67, 999_999, 4e6, 8e9]) {
      const shown = bars(3).map((bar) => ({
        ...bar,
        open: price,
        high: price,
        low: price,
        close: price,
      }));
      const chart = candles({ bars: shown, averages: null, position: null, fills: [] });
      const { left, width } = gridOf(drawCandles(chart), 0);
      expect(left).toBeGreaterThan(20);
      expect(width).toBeGreaterThan(330);
      expect(left + width).toBeLessThan(600);
    }
  });
});

describe('the alt text of a trade', () => {
  it('says all the figures', () => {
    const trade = candles({
      position: position({
        until: at('11:30'),
        stops: [
          { at: at('10:32'), price: parseUsd('98.40') },
          { at: at('11:00'), price: parseUsd('100.60') },
        ],
      }),
      fills: [fill('10:32', 'entry', '100.10', 100), fill('11:30', 'exit', '101.35', 1)],
    });
    expect(drawCandles(trade).altText).toBe(
      'NVDA long, 100 shares. NVDA in 5-minute bars, Tue, Feb 11, 2025, 09:30–12:00 New York time: ' +
        'last 100.13, between 98.94 and 101.48. Long: entry 100.10, stop 100.60 (moved from 98.40), ' +
        'target 103.60. 100 shares in at 100.10 on average. 1 share out at 101.35 on average.',
    );
  });

  it('leaves out what is none, and a title without end', () => {
    const { altText } = drawCandles(
      candles({ title: 'x'.repeat(5_000), position: null, fills: [], averages: null }),
    );
    expect(altText).toMatch(
      /^x{200}\. NVDA in 5-minute bars, .*: last 100\.13, between 98\.94 and 101\.48\.$/,
    );
  });
});

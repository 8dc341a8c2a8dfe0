import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { drawPerformance } from '#adapters/charts/performance.ts';
import { micros, usdToNumber } from '#core/money.ts';

import { performance } from './facts.ts';
import { axisOf, seriesOf, textsOf, timeLabelsOf } from './reading.ts';

describe('a chart of performance', () => {
  const week = performance(['120.50', '-80', '0', '300', '-40.25', '55']);

  it('has a bar for each day, green when up and red when down, and their sum so far', () => {
    const drawing = drawPerformance(week);
    expect(seriesOf(drawing, 'line')[0]?.data).toEqual([120.5, 40.5, 40.5, 340.5, 300.25, 355.25]);
    const [days] = seriesOf(drawing, 'bar');
    expect(days?.data.map(({ value, itemStyle }) => [value, itemStyle.color])).toEqual([
      [120.5, '#2fa864'],
      [-80, '#e5484d'],
      [0, '#2fa864'],
      [300, '#2fa864'],
      [-40.25, '#e5484d'],
      [55, '#2fa864'],
    ]);
  });

  it('names the dates, the days up and down, and the total', () => {
    const drawing = drawPerformance(week);
    expect(textsOf(drawing)).toEqual([
      'Last 6 sessions',
      'Feb 3 – Feb 10, 2025 · 3 days up, 2 down',
      'Total +$355.25',
      'P/L a day',
    ]);
    expect(timeLabelsOf(drawing)).toEqual(['Feb 3', 'Feb 4', 'Feb 5', 'Feb 6', 'Feb 7', 'Feb 10']);
    expect(textsOf(drawPerformance(performance(['-1204']))).slice(1, 3)).toEqual([
      'Mon, Feb 3, 2025 · 0 days up, 1 down',
      'Total −$1,204',
    ]);
    expect(textsOf(drawPerformance(performance(['5'])))[1]).toBe(
      'Mon, Feb 3, 2025 · 1 day up, 0 down',
    );
  });

  it.each([
    ['12', '#4ade80'],
    ['-12', '#ff7070'],
    ['0', '#b5bac1'],
  ])('colours a total of %s with %s', (pnl, colour) => {
    const drawn = drawPerformance(performance([pnl])).option.graphic as readonly {
      type: string;
      style: { fill?: string };
    }[];
    expect(drawn.find(({ type }) => type === 'rect')?.style.fill).toBe(colour);
  });

  it('has axes with zero that enclose all it shows', () => {
    const pnl = fc.integer({ min: -1e15, max: 1e15 });
    fc.assert(
      fc.property(fc.array(pnl, { minLength: 1, maxLength: 10 }), (amounts) => {
        const facts = performance(amounts.map(() => '0'));
        const days = facts.days.map((day, index) => ({ ...day, pnl: micros(amounts[index] ?? 0) }));
        const drawing = drawPerformance({ ...facts, days });
        const values = days.map((day) => usdToNumber(day.pnl));
        const sums = seriesOf(drawing, 'line')[0]?.data ?? [];
        for (const [index, shown] of [sums, values].entries()) {
          const { min, max } = axisOf(drawing, index);
          expect(min).toBeLessThanOrEqual(Math.min(0, ...shown));
          expect(max).toBeGreaterThanOrEqual(Math.max(0, ...shown));
        }
      }),
    );
  });

  it('describes itself with all figures', () => {
    expect(drawPerformance(week).altText).toBe(
      'Last 6 sessions. Profit and loss a day, Feb 3 – Feb 10, 2025: +$355.25 in all, ' +
        '3 of 6 days up, 2 down; best +$300.00 on Feb 6, worst −$80.00 on Feb 4.',
    );
  });

  it('has a file name', () => {
    expect(drawPerformance(week).fileName).toBe('performance.png');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { drawEquity } from '#adapters/charts/equity.ts';
import { micros, parseUsd, usdToNumber } from '#core/money.ts';
import type { EquityChart } from '#ports/charts.ts';

import { at, equity } from './facts.ts';
import { axisOf, seriesOf, textsOf, timeLabelsOf } from './reading.ts';

/** The curve of equity and that of its drawdown: values without their times. */
const curves = (chart: EquityChart) =>
  seriesOf(drawEquity(chart), 'line')
    .slice(-2)
    .map(({ data }) => data.map(([, value]) => Number(Number(value).toFixed(4))));

const symbols = (dollars: readonly number[]) =>
  seriesOf(drawEquity(equity(dollars)), 'line')
    .slice(-2)
    .map((series) => (series as unknown as { symbol: string }).symbol);

describe('a chart of equity', () => {
  it('has the fall from the highest so far below it, on the same time axis', () => {
    const drawing = drawEquity(equity([100_500, 101_000, 99_990, 101_000, 102_000]));
    expect(curves(equity([100_500, 101_000, 99_990, 101_000, 102_000]))).toEqual([
      [100_500, 101_000, 99_990, 101_000, 102_000],
      [0, 0, -1, 0, 0],
    ]);
    const [upper, lower] = drawing.option.xAxis as readonly { min: number; max: number }[];
    expect([upper?.min, upper?.max]).toEqual([lower?.min, lower?.max]);
  });

  it('counts the session open as a highest that was there before', () => {
    expect(curves(equity([99_000, 99_500]))[1]).toEqual([-1, -0.5]);
    expect(curves(equity([99_000, 99_500], { sessionOpen: null }))[1]).toEqual([0, 0]);
  });

  it('compares with the session open and with the limit, and names them', () => {
    const drawing = drawEquity(equity([100_000, 98_200], { haltsAt: parseUsd('97000') }));
    const references = seriesOf(drawing, 'line').slice(0, -2);
    expect(references.map(({ data }) => data)).toEqual([
      [
        [0, 100_000],
        [300_000, 100_000],
      ],
      [
        [0, 97_000],
        [300_000, 97_000],
      ],
    ]);
    expect(textsOf(drawing).slice(2)).toEqual([
      'Open $100,000',
      'Now $98,200',
      'Halt $97,000',
      'Worst −1.80 %',
    ]);
  });

  it('names the day and New York time', () => {
    const drawing = drawEquity(equity(Array<number>(20).fill(100_000)));
    expect(textsOf(drawing).slice(0, 2)).toEqual([
      "Tuesday's session",
      'Tue, Feb 11, 2025, 09:30–11:05 New York time',
    ]);
    expect(timeLabelsOf(drawing)).toEqual([
      '09:30',
      '09:45',
      '10:00',
      '10:15',
      '10:30',
      '10:45',
      '11:00',
    ]);
  });

  it('shows one point or two as such, since they make no line', () => {
    expect(symbols([1])).toEqual(['circle', 'circle']);
    expect(symbols([1, 2])).toEqual(['circle', 'circle']);
    expect(symbols([1, 2, 3])).toEqual(['none', 'none']);
    const [axis] = drawEquity(equity([1])).option.xAxis as readonly { min: number; max: number }[];
    expect([axis?.min, axis?.max], 'a single one stands in the middle').toEqual([-1, 1]);
  });

  it('has axes that enclose all it shows, and a drawdown axis that ends at zero', () => {
    const amount = fc.integer({ min: 1, max: 5e15 }).map(micros);
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 12 }), amount, (amounts, haltsAt) => {
        const points = amounts.map((each, index) => ({ at: at('09:30') + index, equity: each }));
        const chart = { ...equity([]), points, haltsAt };
        const drawing = drawEquity(chart);
        const shown = [...amounts, haltsAt, parseUsd('100000')].map(usdToNumber);
        const upper = axisOf(drawing, 0);
        expect(upper.min).toBeLessThanOrEqual(Math.min(...shown));
        expect(upper.max).toBeGreaterThanOrEqual(Math.max(...shown));
        const lower = axisOf(drawing, 1);
        expect(lower.max).toBe(0);
        expect(lower.min).toBeLessThanOrEqual(Math.min(...(curves(chart)[1] ?? [])) + 1e-4);
        expect(lower.min).toBeLessThan(0);
      }),
    );
  });

  it('describes itself with all figures', () => {
    const chart = equity([100_500, 101_000, 99_990, 101_240.1], { haltsAt: parseUsd('97000') });
    expect(drawEquity(chart).altText).toBe(
      "Tuesday's session. Equity, Tue, Feb 11, 2025, 09:30–09:45 New York time: now $101,240.10, " +
        "+1.24 % on the session's open of $100,000.00; highest $101,240.10, lowest $99,990.00, " +
        'largest drawdown −1.00 %. Entries halt at $97,000.00.',
    );
    expect(drawEquity(equity([100, 90], { sessionOpen: null })).altText).toContain(
      'now $90.00, −10.00 % on the first $100.00;',
    );
    expect(drawEquity(equity([0], { sessionOpen: null })).altText).toContain('now $0.00; highest');
  });

  it('has a file name', () => {
    expect(drawEquity(equity([1])).fileName).toBe('equity.png');
  });
});

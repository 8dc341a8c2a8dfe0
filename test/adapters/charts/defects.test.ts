import { describe, expect, it } from 'vitest';

import { chartDefect } from '#adapters/charts/defects.ts';
import { parseUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { ChartSpec } from '#ports/charts.ts';

import { at, bars, candles, equity, fill, performance, position } from './facts.ts';

const nan = Number.NaN as Usd;
const three = bars(3);
const [first, second, third] = three;
const withBar = (changes: Partial<(typeof three)[number]>): ChartSpec =>
  candles({ bars: [first!, { ...second!, ...changes }, third!] });
const averages = (values: readonly (number | null)[]) => ({
  fast: { period: 9, values },
  slow: { period: 21, values: [null, null, null] },
});

describe('facts that can be drawn', () => {
  it.each<[string, ChartSpec]>([
    ['a session of equity', equity([100_000, 100_200, 99_800])],
    ['a single point', equity([100_000])],
    ['equity that is gone', equity([1, 0, -5])],
    ['as many points as there may be', equity(Array<number>(5_000).fill(100_000))],
    ['bars with a trade', candles()],
    ['a single bar', candles({ bars: bars(1) })],
    ['as many bars as there may be', candles({ bars: bars(400) })],
    ['bars without volume', withBar({ volume: 0 })],
    ['fills before the first bar', candles({ fills: [fill('04:00', 'entry', '100', 1)] })],
    [
      'a trade without stop and target',
      candles({ position: position({ stops: [], targetPrice: null }) }),
    ],
    ['days up and down', performance(['100', '-50', '0'])],
  ])('%s', (_, chart) => {
    expect(chartDefect(chart)).toBeNull();
  });
});

describe('facts that cannot be drawn are refused with the reason', () => {
  it.each<[string, ChartSpec]>([
    ['there are no points to draw', equity([])],
    ['there are no days to draw', performance([])],
    ['there are no bars to draw', candles({ bars: [] })],
    [
      '5001 points are more than the 5000 that can be drawn',
      equity(Array<number>(5_001).fill(100_000)),
    ],
    ['401 bars are more than the 400 that can be drawn', candles({ bars: bars(401) })],
    [
      '401 fills are more than the 400 that can be drawn',
      candles({ fills: Array.from({ length: 401 }, () => fill('10:32', 'entry', '100', 1)) }),
    ],
    ['bar 2: prices must be positive numbers', withBar({ close: Number.NaN })],
    ['bar 2: prices must be positive numbers', withBar({ low: 0 })],
    ['bar 2: high and low must enclose open and close', withBar({ high: 1 })],
    ['bar 2: volume must be a number from 0', withBar({ volume: -1 })],
    ['bar 2 is too large', withBar({ volume: 1.1e12 })],
    ['bar 2 is too large', withBar({ high: Number.MAX_VALUE })],
    ['bars must be in order of time', candles({ bars: [second!, first!] })],
    ['two bars start at the same time', candles({ bars: [first!, first!] })],
    ['bars: a time is no instant', withBar({ start: Number.NaN })],
    ['a bar must last whole minutes', candles({ barMinutes: 0 })],
    ['a bar must last whole minutes', candles({ barMinutes: 2.5 })],
    ['the average of 9 has not one value a bar', candles({ bars: three, averages: averages([1]) })],
    [
      'the average of 9 holds what is no number',
      candles({ bars: three, averages: averages([null, 1, Number.POSITIVE_INFINITY]) }),
    ],
    [
      'the bracket: an amount is no number, or too large',
      candles({ position: position({ entryPrice: nan }) }),
    ],
    [
      'the bracket: an amount is no number, or too large',
      candles({ position: position({ stops: [{ at: at('10:32'), price: nan }] }) }),
    ],
    [
      'stops must be in order of time',
      candles({
        position: position({
          stops: ['11:00', '10:59'].map((time) => ({ at: at(time), price: parseUsd('98') })),
        }),
      }),
    ],
    [
      'the position must be in order of time',
      candles({ position: position({ until: at('10:31') }) }),
    ],
    ['fills must be of whole shares', candles({ fills: [fill('10:32', 'entry', '100', 0)] })],
    ['fills must be of whole shares', candles({ fills: [fill('10:32', 'entry', '100', 1.5)] })],
    [
      'fills: an amount is no number, or too large',
      candles({ fills: [{ ...fill('10:32', 'entry', '100', 1), price: nan }] }),
    ],
    [
      'fills: a time is no instant',
      candles({ fills: [{ ...fill('10:32', 'entry', '100', 1), at: Number.NaN }] }),
    ],
    [
      'equity: an amount is no number, or too large',
      equity(
        [Number.NaN].map(() => 1),
        { haltsAt: nan },
      ),
    ],
    [
      'points must be in order of time',
      { ...equity([1, 2]), points: equity([1, 2]).points.toReversed() },
    ],
    [
      'days must be in order of time',
      { ...performance(['1', '2']), days: performance(['1', '2']).days.toReversed() },
    ],
  ])('%s', (why, chart) => {
    expect(chartDefect(chart)).toBe(why);
  });
});

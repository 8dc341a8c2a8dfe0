import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createEma } from '#core/indicators/ema.ts';
import { createSessionVwap } from '#core/indicators/session-vwap.ts';
import { createSma } from '#core/indicators/sma.ts';
import { createTrend } from '#core/indicators/trend.ts';
import { MINUTE_MS } from '#core/session.ts';

import { averagesOf, wilderOf } from '../support/series.ts';

const bar = (high: number, low: number, close: number) => ({ high, low, close });

describe('the simple moving average', () => {
  it('is the mean of its window, and no number before it is full', () => {
    expect(averagesOf(createSma(3), [1, 2, 6, 4, 5])).toEqual([NaN, NaN, 3, 4, 5]);
  });

  it('depends on its window alone, to the last bit', () => {
    const figures = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(figures, { minLength: 20, maxLength: 20 }),
        fc.array(figures, { maxLength: 50 }),
        (window, before) => {
          const fresh = averagesOf(createSma(20), window);
          const used = averagesOf(createSma(20), [...before, ...window]);
          expect(fresh.at(-1)).toBe(used.at(-1));
        },
      ),
    );
  });
});

describe('the exponential moving average', () => {
  it('starts at the simple average and then moves by its smoothing', () => {
    expect(averagesOf(createEma(3), [1, 2, 6, 5, 9])).toEqual([NaN, NaN, 3, 4, 6.5]);
  });

  it('of one value is the value', () => {
    expect(averagesOf(createEma(1), [4, 2])).toEqual([4, 2]);
  });
});

describe('the average true range', () => {
  it('counts a gap from the close before, and no range for the first bar', () => {
    const bars = [
      bar(50, 10, 20),
      bar(22, 21, 22),
      bar(30, 29, 29),
      bar(29, 25, 26),
      bar(20, 19, 19),
    ];
    // True ranges: 2 (from 20 to 22), 8 (from 22 to 30), 4 (own), 7 (from 26 to 19).
    expect([...wilderOf(2, bars).atr]).toEqual([NaN, NaN, 5, 4.5, 5.75]);
  });
});

/** What the last bar comes to. */
function lastOf(period: number, bars: readonly ReturnType<typeof bar>[]) {
  const { adx, plusDi, minusDi } = wilderOf(period, bars);
  return [plusDi.at(-1), minusDi.at(-1), adx.at(-1)];
}

describe('the directional indicators', () => {
  it('count neither side on a tie of up-move and down-move', () => {
    const bars = Array.from({ length: 6 }, (_, step) => bar(100 + step, 90 - step, 95));
    expect(lastOf(2, bars)).toEqual([0, 0, 0]);
  });

  it('are 0 where there is no range at all', () => {
    const bars = Array.from({ length: 6 }, () => bar(100, 100, 100));
    expect(lastOf(2, bars)).toEqual([0, 0, 0]);
  });

  it.each([
    [1e-14, 100],
    [0.99e-14, 0],
  ])('take a range for one from 1e-14 on, as TA-Lib does: %d gives %d', (range, plusDi) => {
    expect(lastOf(1, [bar(0, 0, 0), bar(range, 0, 0)])[0]).toBe(plusDi);
  });

  it('leave the average as it was on a bar without direction', () => {
    const bars = [bar(10, 9, 9), bar(11, 10, 10), bar(12, 11, 11)];
    expect(lastOf(1, bars)[2]).toBe(100);
    expect(lastOf(1, [...bars, bar(12, 11, 11)])).toEqual([0, 0, 100]);
  });

  it('stay between 0 and 100', () => {
    const bars = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 50 }), fc.nat(50)),
      { minLength: 30, maxLength: 120 },
    );
    fc.assert(
      fc.property(bars, (rows) => {
        const prices = rows.map(([low, range, close]) =>
          bar(low + range, low, low + Math.min(range, close)),
        );
        for (const value of lastOf(5, prices)) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(100 + 1e-9);
        }
      }),
    );
  });
});

/** Bars of a start, a price and a volume each, with the open of the session that they lie in. */
function rowsOf(rows: readonly { start?: number; price: number; volume?: number; open: number }[]) {
  const column = (pick: (row: (typeof rows)[number]) => number) => Float64Array.from(rows, pick);
  return {
    bars: {
      start: column(({ start = 0 }) => start),
      open: column(({ price }) => price),
      high: column(({ price }) => price + 2),
      low: column(({ price }) => price - 2),
      close: column(({ price }) => price + 3),
      volume: column(({ volume = 0 }) => volume),
    },
    sessionOpens: column(({ open }) => open),
  };
}

function vwapsOf(rows: Parameters<typeof rowsOf>[0]): readonly number[] {
  const vwaps = new Float64Array(rows.length);
  createSessionVwap().push(rowsOf(rows), vwaps);
  return [...vwaps];
}

describe('the session VWAP', () => {
  it('weighs the typical price by volume and starts over with each session', () => {
    const vwaps = vwapsOf([
      { price: 10, volume: 100, open: 0 },
      { price: 20, volume: 300, open: 0 },
      { price: 40, volume: 50, open: 24 * 60 * MINUTE_MS },
    ]);
    expect(vwaps).toEqual([11, 18.5, 41]);
  });

  it('is no number before the session has traded', () => {
    const vwaps = vwapsOf([
      { price: 10, volume: 0, open: 0 },
      { price: 20, volume: 5, open: 0 },
    ]);
    expect(vwaps).toEqual([NaN, 21]);
  });
});

describe('the trend of longer bars', () => {
  const OPEN = Date.UTC(2025, 10, 25, 14, 30);
  const minute = (value: number) => OPEN + value * MINUTE_MS;

  /** At each bar (minute of the session, close, minute of its session's open): the averages of completed closes. */
  function trendAt(
    rows: readonly (readonly [minute: number, close: number, open?: number])[],
    { barMinutes = 5, period = 1 } = {},
  ): readonly number[] {
    const periods = { emaFast: period, emaSlow: period };
    const trend = createTrend({ barMinutes, trendBarMinutes: 15, ...periods });
    return rows.map(([start, price, open = Math.floor(start / 1_440) * 1_440]) => {
      const columns = { trendEmaFast: new Float64Array(1), trendEmaSlow: new Float64Array(1) };
      const row = { start: minute(start), price: price - 3, open: minute(open) };
      trend.push(rowsOf([row]), columns);
      expect(columns.trendEmaSlow).toEqual(columns.trendEmaFast);
      return columns.trendEmaFast[0]!;
    });
  }

  it('takes a close with the last short bar', () => {
    const rows = [
      [0, 1],
      [5, 2],
      [10, 3],
      [15, 4],
      [20, 5],
      [25, 6],
    ] as const;
    expect(trendAt(rows)).toEqual([NaN, NaN, 3, 3, 3, 6]);
  });

  it('takes it with the next bar when the last short bar is missing', () => {
    expect(
      trendAt([
        [0, 1],
        [5, 2],
        [15, 4],
        [25, 6],
      ]),
    ).toEqual([NaN, NaN, 2, 6]);
  });

  it('may take two at once: the one proved over and the one that ends', () => {
    const rows = [
      [0, 1],
      [25, 6],
    ] as const;
    expect(trendAt(rows, { period: 2 })).toEqual([NaN, 3.5]);
  });

  it('takes it with the next session when a session ends without its last bar', () => {
    expect(
      trendAt([
        [375, 1],
        [1_440, 7],
        [1_450, 8],
      ]),
    ).toEqual([NaN, 1, 8]);
  });

  it('never spans sessions, even where one would begin in the middle of a longer bar', () => {
    expect(
      trendAt([
        [0, 1, 0],
        [5, 2, 5],
      ]),
    ).toEqual([NaN, 1]);
  });

  it('takes every close when the short bars are as long', () => {
    const rows = [
      [0, 1],
      [15, 2],
      [45, 3],
    ] as const;
    expect(trendAt(rows, { barMinutes: 15 })).toEqual([1, 2, 3]);
  });
});

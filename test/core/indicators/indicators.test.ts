import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createAdx } from '#core/indicators/adx.ts';
import { createAtr } from '#core/indicators/atr.ts';
import { createCompletedCloses } from '#core/indicators/completed-closes.ts';
import { createEma } from '#core/indicators/ema.ts';
import { createSessionVwap } from '#core/indicators/session-vwap.ts';
import { createSma } from '#core/indicators/sma.ts';
import { MINUTE_MS } from '#core/session.ts';

import { DATE } from '../support/snapshots.ts';

const bar = (high: number, low: number, close: number) => ({ high, low, close });

describe('the simple moving average', () => {
  it('is the mean of its window, and no number before it is full', () => {
    const sma = createSma(3);
    expect([1, 2, 6, 4, 5].map((value) => sma.push(value))).toEqual([NaN, NaN, 3, 4, 5]);
  });

  it('depends on its window alone, to the last bit', () => {
    const figures = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(figures, { minLength: 20, maxLength: 20 }),
        fc.array(figures, { maxLength: 50 }),
        (window, before) => {
          const fresh = createSma(20);
          const used = createSma(20);
          for (const value of before) used.push(value);
          const results = window.map((value) => [fresh.push(value), used.push(value)]);
          expect(results.at(-1)?.[0]).toBe(results.at(-1)?.[1]);
        },
      ),
    );
  });
});

describe('the exponential moving average', () => {
  it('starts at the simple average and then moves by its smoothing', () => {
    const ema = createEma(3);
    expect([1, 2, 6, 5, 9].map((value) => ema.push(value))).toEqual([NaN, NaN, 3, 4, 6.5]);
  });

  it('of one value is the value', () => {
    const ema = createEma(1);
    expect([4, 2].map((value) => ema.push(value))).toEqual([4, 2]);
  });
});

describe('the average true range', () => {
  it('counts a gap from the close before, and no range for the first bar', () => {
    const atr = createAtr(2);
    const bars = [
      bar(50, 10, 20),
      bar(22, 21, 22),
      bar(30, 29, 29),
      bar(29, 25, 26),
      bar(20, 19, 19),
    ];
    // True ranges: 2 (from 20 to 22), 8 (from 22 to 30), 4 (own), 7 (from 26 to 19).
    expect(bars.map((each) => atr.push(each))).toEqual([NaN, NaN, 5, 4.5, 5.75]);
  });
});

describe('the directional indicators', () => {
  it('count neither side on a tie of up-move and down-move', () => {
    const adx = createAdx(2);
    for (let step = 0; step < 6; step += 1) adx.push(bar(100 + step, 90 - step, 95));
    expect([adx.plusDi, adx.minusDi, adx.adx]).toEqual([0, 0, 0]);
  });

  it('are 0 where there is no range at all', () => {
    const adx = createAdx(2);
    for (let step = 0; step < 6; step += 1) adx.push(bar(100, 100, 100));
    expect([adx.plusDi, adx.minusDi, adx.adx]).toEqual([0, 0, 0]);
  });

  it.each([
    [1e-14, 100],
    [0.99e-14, 0],
  ])('take a range for one from 1e-14 on, as TA-Lib does: %d gives %d', (range, plusDi) => {
    const adx = createAdx(1);
    adx.push(bar(0, 0, 0));
    adx.push(bar(range, 0, 0));
    expect(adx.plusDi).toBe(plusDi);
  });

  it('leave the average as it was on a bar without direction', () => {
    const adx = createAdx(1);
    adx.push(bar(10, 9, 9));
    adx.push(bar(11, 10, 10));
    adx.push(bar(12, 11, 11));
    expect(adx.adx).toBe(100);
    adx.push(bar(12, 11, 11));
    expect([adx.plusDi, adx.minusDi, adx.adx]).toEqual([0, 0, 100]);
  });

  it('stay between 0 and 100', () => {
    const bars = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 50 }), fc.nat(50)),
      { minLength: 30, maxLength: 120 },
    );
    fc.assert(
      fc.property(bars, (rows) => {
        const adx = createAdx(5);
        for (const [low, range, close] of rows) {
          adx.push(bar(low + range, low, low + Math.min(range, close)));
        }
        for (const value of [adx.adx, adx.plusDi, adx.minusDi]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(100 + 1e-9);
        }
      }),
    );
  });
});

const sessionAt = (open: number) => ({ date: DATE, open, close: open + 390 * MINUTE_MS });

const at = (price: number, volume: number) => ({
  start: 0,
  open: price,
  high: price + 2,
  low: price - 2,
  close: price + 3,
  volume,
});

describe('the session VWAP', () => {
  it('weighs the typical price by volume and starts over with each session', () => {
    const vwap = createSessionVwap();
    const [first, second] = [sessionAt(0), sessionAt(24 * 60 * MINUTE_MS)];
    expect(vwap.push(at(10, 100), first)).toBe(11);
    expect(vwap.push(at(20, 300), first)).toBe(18.5);
    expect(vwap.push(at(40, 50), second)).toBe(41);
  });

  it('is no number before the session has traded', () => {
    const vwap = createSessionVwap();
    expect(vwap.push(at(10, 0), sessionAt(0))).toBeNaN();
    expect(vwap.push(at(20, 5), sessionAt(0))).toBe(21);
  });
});

describe('closes of completed longer bars', () => {
  const OPEN = Date.UTC(2025, 10, 25, 14, 30);
  const minute = (value: number) => OPEN + value * MINUTE_MS;

  /** For each pushed bar (minute of the session, close): the 15-minute closes it completes. */
  function completedBy(rows: readonly (readonly [number, number])[], from = 5, close = 390) {
    const completed: number[][] = [];
    const push = createCompletedCloses({ from, to: 15 }, (value) => completed.at(-1)?.push(value));
    for (const [start, price] of rows) {
      completed.push([]);
      const day = Math.floor(start / 1_440) * 1_440;
      const session = { date: DATE, open: minute(day), close: minute(day + close) };
      push(minute(start), price, session);
    }
    return completed;
  }

  it('come with the last short bar', () => {
    const rows = [
      [0, 1],
      [5, 2],
      [10, 3],
      [15, 4],
      [20, 5],
      [25, 6],
    ] as const;
    expect(completedBy(rows)).toEqual([[], [], [3], [], [], [6]]);
  });

  it('come with the next bar when the last short bar is missing', () => {
    expect(
      completedBy([
        [0, 1],
        [5, 2],
        [15, 4],
        [25, 6],
      ]),
    ).toEqual([[], [], [2], [6]]);
  });

  it('may come twice at once: the one proved over and the one that ends', () => {
    expect(
      completedBy([
        [0, 1],
        [25, 6],
      ]),
    ).toEqual([[], [1, 6]]);
  });

  it('come with the next session when a session ends without its last bar', () => {
    expect(
      completedBy([
        [375, 1],
        [1_440, 7],
        [1_450, 8],
      ]),
    ).toEqual([[], [1], [8]]);
  });

  it('never span sessions, even where one would begin in the middle of a longer bar', () => {
    const completed: number[] = [];
    const push = createCompletedCloses({ from: 5, to: 15 }, (close) => completed.push(close));
    push(minute(0), 1, { date: DATE, open: minute(0), close: minute(5) });
    push(minute(5), 2, { date: DATE, open: minute(5), close: minute(390) });
    expect(completed).toEqual([1]);
  });

  it('are the same bars when the short bars are as long', () => {
    expect(
      completedBy(
        [
          [0, 1],
          [15, 2],
          [45, 3],
        ],
        15,
      ),
    ).toEqual([[1], [2], [3]]);
  });
});

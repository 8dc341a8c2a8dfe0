import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Features } from '#core/decision.ts';
import { createFeatureEngine } from '#core/features.ts';
import { createEma } from '#core/indicators/ema.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';

import { describeWithShared, sharedPath } from '../support/shared.ts';
import { readSessionBars, walkBars } from './support/bars.ts';
import type { SessionBar } from './support/bars.ts';
import { averagesOf } from './support/series.ts';

const FIFTEEN: StrategyParameters = { ...DEFAULT_PARAMETERS, barMinutes: 15 };

function run(bars: readonly SessionBar[], parameters = DEFAULT_PARAMETERS): readonly Features[] {
  const engine = createFeatureEngine(parameters);
  return bars.map(({ bar, session }) => engine.push(bar, session));
}

/** Closes at the given prices, one after another in one long session, with a range of a cent around. */
const closes = (prices: readonly number[]): readonly SessionBar[] => {
  const session = {
    date: walkBars({ seed: 1, sessions: 1 })[0]!.session.date,
    open: 0,
    close: 1e12,
  };
  return prices.map((close, index) => ({
    bar: {
      start: index * 5 * MINUTE_MS,
      open: close,
      high: close + 0.01,
      low: close - 0.01,
      close,
      volume: 1,
    },
    session,
  }));
};

const isWarm = (each: Features): boolean =>
  Object.values(each).every((value) => !Number.isNaN(value));

/** To 1e-9 of the value, or of 1 where it is smaller: indices from 0 to 100 lose digits near their zero. */
const agrees = (left: number, right: number): boolean =>
  Object.is(left, right) || Math.abs(left - right) < 1e-9 * Math.max(1, Math.abs(right));

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;

/** A start that fades and inputs that fade, each by the weight it has left: an average without steps. */
const fadingSum = (start: number, inputs: readonly number[], keep: number): number =>
  inputs.reduce(
    (sum, input, index) => sum + input * keep ** (inputs.length - 1 - index),
    start * keep ** inputs.length,
  );

function emaOf(values: readonly number[], period: number): number {
  if (values.length < period) return NaN;
  const weight = 2 / (period + 1);
  const later = values.slice(period).map((value) => value * weight);
  return fadingSum(meanOf(values.slice(0, period)), later, 1 - weight);
}

/** Wilder's average of all values: the mean of the first ones, then each for its period-th part. */
function wilderOf(values: readonly number[], period: number): number {
  if (values.length < period) return NaN;
  const later = values.slice(period).map((value) => value / period);
  return fadingSum(meanOf(values.slice(0, period)), later, 1 - 1 / period);
}

/** True range and the moves up and down that count, of each bar but the first. */
function movesOf(bars: readonly SessionBar[]) {
  return bars.slice(1).map(({ bar }, index) => {
    const before = bars[index]!.bar;
    const up = bar.high - before.high;
    const down = before.low - bar.low;
    return {
      range: Math.max(bar.high, before.close) - Math.min(bar.low, before.close),
      plus: up > down ? Math.max(up, 0) : 0,
      minus: down > up ? Math.max(down, 0) : 0,
    };
  });
}

/** +DI and −DI at the last move: sums that begin with period − 1 moves and then fade by Wilder's part. */
function directionOf(moves: ReturnType<typeof movesOf>, period: number) {
  const faded = (name: 'range' | 'plus' | 'minus'): number => {
    const values = moves.map((move) => move[name]);
    return fadingSum(sumOf(values.slice(0, period - 1)), values.slice(period - 1), 1 - 1 / period);
  };
  if (moves.length < period) return { plusDi: NaN, minusDi: NaN, dx: NaN };
  const [plusDi, minusDi] = [
    (100 * faded('plus')) / faded('range'),
    (100 * faded('minus')) / faded('range'),
  ];
  return { plusDi, minusDi, dx: (100 * Math.abs(plusDi - minusDi)) / (plusDi + minusDi) };
}

/** ATR, its average, ADX and the directional indicators from their definitions. */
function rangesFromScratch(bars: readonly SessionBar[]): Partial<Features> {
  const moves = movesOf(bars);
  const ranges = moves.map(({ range }) => range);
  const lastAtrs = Array.from({ length: 20 }, (_, back) =>
    wilderOf(ranges.slice(0, ranges.length - back), 14),
  );
  const indices = moves.map((_, index) => directionOf(moves.slice(0, index + 1), 14).dx).slice(13);
  const { plusDi, minusDi } = directionOf(moves, 14);
  return {
    atr: wilderOf(ranges, 14),
    atrAverage: ranges.length < 33 ? NaN : meanOf(lastAtrs),
    adx: wilderOf(indices, 14),
    plusDi,
    minusDi,
  };
}

/** Features at the last of the bars, from their definitions, without any state kept between bars. */
function fromScratch(
  bars: readonly SessionBar[],
  parameters: StrategyParameters,
): Partial<Features> {
  const { barMinutes } = parameters;
  const last = bars.at(-1)!;
  const prices = bars.map(({ bar }) => bar.close);
  const gaps = prices.map((_, index) => {
    const seen = prices.slice(0, index + 1);
    return emaOf(seen, 9) - emaOf(seen, 21);
  });
  const since = (sign: 1 | -1): number => {
    const signs = gaps.map((gap) => Math.sign(gap) * sign);
    const crossed = signs.findLastIndex(
      (value, index) =>
        value === 1 && signs.slice(0, index).findLast((before) => Math.abs(before) === 1) === -1,
    );
    return crossed === -1 ? Infinity : bars.length - 1 - crossed;
  };
  const volumes = bars.map(({ bar }) => bar.volume);
  const before = volumes.slice(-21, -1);
  const inSession = bars.filter(({ session }) => session.open === last.session.open);
  const traded = sumOf(inSession.map(({ bar }) => bar.volume));
  const typical = sumOf(
    inSession.map(({ bar }) => ((bar.high + bar.low + bar.close) / 3) * bar.volume),
  );
  const slots = Map.groupBy(bars, ({ bar }) => Math.floor(bar.start / (15 * MINUTE_MS)));
  const end = last.bar.start + barMinutes * MINUTE_MS;
  const longCloses = [...slots]
    .filter(([slot]) => (slot + 1) * 15 * MINUTE_MS <= end)
    .map(([, group]) => group.at(-1)!.bar.close);
  return {
    barEnd: end,
    close: last.bar.close,
    emaFast: emaOf(prices, 9),
    emaSlow: emaOf(prices, 21),
    barsSinceCrossUp: since(1),
    barsSinceCrossDown: since(-1),
    relativeVolume: before.length < 20 ? NaN : (volumes.at(-1)! * 20) / sumOf(before),
    vwap: typical / traded,
    trendEmaFast: emaOf(longCloses, 9),
    trendEmaSlow: emaOf(longCloses, 21),
    ...rangesFromScratch(bars),
  };
}

describe('features', () => {
  it.each([
    ['5-minute bars', DEFAULT_PARAMETERS],
    ['15-minute bars', FIFTEEN],
  ])('of %s equal a computation from scratch over the bars so far', (_, parameters) => {
    const { barMinutes } = parameters;
    const inputs = fc.record({
      seed: fc.integer(),
      end: fc.double({ min: 0, max: 1, noNaN: true }),
      price: fc.constantFrom(10, 90, 400),
    });
    fc.assert(
      fc.property(inputs, ({ seed, end, price }) => {
        const walk = walkBars({
          seed,
          price,
          sessions: barMinutes === 5 ? 4 : 8,
          barMinutes,
          missing: 0.1,
          halfDays: [2],
        });
        const bars = walk.slice(0, 1 + Math.floor(end * (walk.length - 1)));
        const actual = run(bars, parameters).at(-1)!;
        const expected = fromScratch(bars, parameters);
        const wrong = Object.entries(expected).filter(
          ([name, value]) => !agrees(actual[name as keyof Features], value),
        );
        expect(wrong).toEqual([]);
        expect(Object.keys(expected).toSorted()).toEqual(Object.keys(actual).toSorted());
      }),
      { numRuns: 25 },
    );
  });

  it('at a bar do not change when the future is cut off or turns out otherwise', () => {
    const bars = walkBars({ seed: 3, sessions: 4, missing: 0.05 });
    const other = walkBars({ seed: 4, sessions: 4, missing: 0.05 });
    const whole = run(bars);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: bars.length }), (count) => {
        const past = bars.slice(0, count);
        const lastStart = past.at(-1)!.bar.start;
        const otherwise = [...past, ...other.filter(({ bar }) => bar.start > lastStart)];
        expect(run(past)).toEqual(whole.slice(0, count));
        expect(run(otherwise).slice(0, count)).toEqual(whole.slice(0, count));
      }),
      { numRuns: 25 },
    );
  });

  it('are warm after 63 bars of 5 minutes: 21 bars of 15 minutes', () => {
    expect(run(walkBars({ seed: 5, sessions: 1 })).findIndex(isWarm)).toBe(62);
  });

  it('average the ATR over its own 20 values only', () => {
    const series = run(walkBars({ seed: 6, sessions: 1 }));
    const atrs = series.map(({ atr }) => atr);
    expect(atrs.findIndex((atr) => !Number.isNaN(atr))).toBe(14);
    expect(series.findIndex(({ atrAverage }) => !Number.isNaN(atrAverage))).toBe(33);
    const mean = atrs.slice(31, 51).reduce((sum, atr) => sum + atr, 0) / 20;
    expect(series[50]!.atrAverage).toBeCloseTo(mean, 12);
  });

  it('leave the bar itself out of its average volume, and say nothing where there was none', () => {
    const bars = closes(Array.from({ length: 23 }, () => 10));
    const silent = bars.map(({ bar, session }, index) => ({
      bar: { ...bar, volume: index < 20 ? 0 : 50 },
      session,
    }));
    const relative = run(silent).map(({ relativeVolume }) => relativeVolume);
    expect(relative.slice(20)).toEqual([NaN, 20, 10]);
  });

  it('throw on a bar that was seen already or comes too late', () => {
    const [first, second] = walkBars({ seed: 1, sessions: 1 });
    const engine = createFeatureEngine(DEFAULT_PARAMETERS);
    engine.push(second!.bar, second!.session);
    expect(() => engine.push(second!.bar, second!.session)).toThrow(RangeError);
    expect(() => engine.push(first!.bar, first!.session)).toThrow(RangeError);
  });
});

describe('bars since a crossing', () => {
  const TINY: StrategyParameters = { ...DEFAULT_PARAMETERS, emaFast: 1, emaSlow: 2 };
  const sinceUp = (prices: readonly number[]) =>
    run(closes(prices), TINY).map(({ barsSinceCrossUp }) => barsSinceCrossUp);
  const sinceDown = (prices: readonly number[]) =>
    run(closes(prices), TINY).map(({ barsSinceCrossDown }) => barsSinceCrossDown);
  const never = Infinity;

  it('count from 0 at the crossing bar, and Infinity before any', () => {
    expect(sinceUp([10, 9, 8, 12, 13, 14])).toEqual([never, never, never, 0, 1, 2]);
  });

  it('go on counting after the EMAs have crossed back', () => {
    expect(sinceUp([10, 9, 12, 5, 4, 20])).toEqual([never, never, 0, 1, 2, 0]);
  });

  it('count a crossing downward alike', () => {
    expect(sinceDown([10, 11, 12, 8, 7, 6])).toEqual([never, never, never, 0, 1, 2]);
    expect(sinceDown([10, 11, 8, 15, 16, 0.1])).toEqual([never, never, 0, 1, 2, 0]);
  });

  it('do not count the first side seen as a crossing', () => {
    expect(sinceUp([10, 12, 14, 16])).toEqual([never, never, never, never]);
    expect(sinceDown([16, 14, 12, 10])).toEqual([never, never, never, never]);
  });

  it('do not count EMAs that touch and part again on the same side', () => {
    // The slow EMA stands at 11 after the second bar, so that a close of 11 makes both equal.
    expect(sinceUp([10, 12, 11, 13])).toEqual([never, never, never, never]);
    expect(sinceDown([10, 12, 11, 13])).toEqual([never, never, never, never]);
    expect(sinceUp([12, 10, 11, 9])).toEqual([never, never, never, never]);
    expect(sinceDown([12, 10, 11, 9])).toEqual([never, never, never, never]);
  });
});

describeWithShared('data/15min/SPY_15min.csv', 'the 15-minute trend', () => {
  it('computed from 5-minute bars equals the EMAs of real 15-minute bars', () => {
    const long = readSessionBars(sharedPath('data/15min/SPY_15min.csv'), 15);
    const short = readSessionBars(sharedPath('data/5min-older/SPY_5min.csv'), 5);
    const averages = averagesOf(
      createEma(21),
      long.map(({ bar }) => bar.close),
    );
    const expected = new Map(
      long.map(({ bar }, index) => [bar.start + 15 * MINUTE_MS, averages[index]!]),
    );
    let compared = 0;
    let wrong = 0;
    for (const { barEnd, trendEmaSlow } of run(short)) {
      const value = expected.get(barEnd);
      if (value === undefined) continue;
      compared += 1;
      if (!agrees(trendEmaSlow, value)) wrong += 1;
    }
    expect([compared, wrong]).toEqual([long.length, 0]);
  });
});

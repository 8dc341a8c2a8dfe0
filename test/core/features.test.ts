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

const agrees = (left: number, right: number): boolean =>
  Object.is(left, right) || Math.abs(left - right) < 1e-9;

function emaOf(values: readonly number[], period: number): number {
  if (values.length < period) return NaN;
  const seed = values.slice(0, period).reduce((sum, value) => sum + value, 0) / period;
  return values
    .slice(period)
    .reduce((ema, value) => ema + ((value - ema) * 2) / (period + 1), seed);
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
    const signs = gaps.map(Math.sign).map((value) => value * sign);
    const crossed = signs.findLastIndex(
      (value, index) =>
        value === 1 && signs.slice(0, index).findLast((before) => Math.abs(before) === 1) === -1,
    );
    return crossed === -1 ? Infinity : bars.length - 1 - crossed;
  };
  const volumes = bars.map(({ bar }) => bar.volume);
  const before = volumes.slice(-21, -1);
  const inSession = bars.filter(({ session }) => session.open === last.session.open);
  const traded = inSession.reduce((sum, { bar }) => sum + bar.volume, 0);
  const typical = inSession.reduce(
    (sum, { bar }) => sum + ((bar.high + bar.low + bar.close) / 3) * bar.volume,
    0,
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
    relativeVolume:
      before.length < 20
        ? NaN
        : (volumes.at(-1)! * 20) / before.reduce((sum, value) => sum + value, 0),
    vwap: typical / traded,
    trendEmaFast: emaOf(longCloses, 9),
    trendEmaSlow: emaOf(longCloses, 21),
  };
}

describe('features', () => {
  it.each([
    ['5-minute bars', DEFAULT_PARAMETERS],
    ['15-minute bars', FIFTEEN],
  ])('of %s equal a computation from scratch over the bars so far', (_, parameters) => {
    const { barMinutes } = parameters;
    const bars = walkBars({ seed: 7, sessions: 8, barMinutes, missing: 0.1 });
    const streamed = run(bars, parameters);
    const picks = fc.integer({ min: 1, max: bars.length });
    fc.assert(
      fc.property(picks, (count) => {
        const expected = fromScratch(bars.slice(0, count), parameters);
        const actual = streamed[count - 1]!;
        const wrong = Object.entries(expected).filter(
          ([name, value]) => !agrees(actual[name as keyof Features], value),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
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
  const never = Infinity;

  it('count from 0 at the crossing bar, and Infinity before any', () => {
    expect(sinceUp([10, 9, 8, 12, 13, 14])).toEqual([never, never, never, 0, 1, 2]);
  });

  it('go on counting after the EMAs have crossed back', () => {
    expect(sinceUp([10, 9, 12, 5, 4, 20])).toEqual([never, never, 0, 1, 2, 0]);
  });

  it('do not count the first side seen as a crossing', () => {
    expect(sinceUp([10, 12, 14, 16])).toEqual([never, never, never, never]);
  });

  it('do not count EMAs that touch and part again on the same side', () => {
    // The slow EMA stands at 11 after the second bar, so that a close of 11 makes both equal.
    expect(sinceUp([10, 12, 11, 13])).toEqual([never, never, never, never]);
  });
});

describeWithShared('data/15min/SPY_15min.csv', 'the 15-minute trend', () => {
  it('computed from 5-minute bars equals the EMAs of real 15-minute bars', () => {
    const long = readSessionBars(sharedPath('data/15min/SPY_15min.csv'), 15);
    const short = readSessionBars(sharedPath('data/5min-older/SPY_5min.csv'), 5);
    const ema = createEma(21);
    const expected = new Map(
      long.map(({ bar }) => [bar.start + 15 * MINUTE_MS, ema.push(bar.close)]),
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

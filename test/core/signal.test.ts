import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { confidenceOf, CONFIDENCE_SCALES, VWAP_POINTS } from '#core/confidence.ts';
import type { Confidence } from '#core/confidence.ts';
import type { Features } from '#core/decision.ts';
import type { PositionSide } from '#core/order.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { signalOf } from '#core/signal.ts';

import { features, shortFeatures } from './support/snapshots.ts';

const sideAt = (changes: Partial<Features>) =>
  signalOf(features(changes), DEFAULT_PARAMETERS)?.side ?? null;

describe('the signal', () => {
  it.each<[string, Partial<Features>, PositionSide | null]>([
    ['the crossing bar', { barsSinceCrossUp: 0 }, 'long'],
    ['the third bar', { barsSinceCrossUp: 2 }, 'long'],
    ['the fourth bar', { barsSinceCrossUp: 3 }, null],
    ['no crossing ever', { barsSinceCrossUp: Infinity }, null],
    ['crossed, but back below', { barsSinceCrossUp: 1, emaFast: 98 }, null],
    ['crossed, but level again', { barsSinceCrossUp: 1, emaFast: 99 }, null],
    [
      'crossed up and down again',
      { barsSinceCrossUp: 2, barsSinceCrossDown: 0, emaFast: 98 },
      'short',
    ],
    ['crossed down and up again', { barsSinceCrossUp: 0, barsSinceCrossDown: 2 }, 'long'],
    ['below, third bar', { barsSinceCrossUp: 9, barsSinceCrossDown: 2, emaFast: 98 }, 'short'],
    ['below, fourth bar', { barsSinceCrossUp: 9, barsSinceCrossDown: 3, emaFast: 98 }, null],
    [
      'below, but level again',
      { barsSinceCrossUp: 9, barsSinceCrossDown: 1, emaFast: 99, emaSlow: 99 },
      null,
    ],
    [
      'below, but above again',
      { barsSinceCrossUp: 9, barsSinceCrossDown: 1, emaFast: 100, emaSlow: 99 },
      null,
    ],
    ['no figures', { emaFast: NaN }, null],
  ])('%s', (_, changes, side) => {
    expect(sideAt(changes)).toBe(side);
  });
});

describe('the confidence', () => {
  it('has these weights, and they add up to 100', () => {
    expect(CONFIDENCE_SCALES).toEqual({
      trend: { points: 25, from: 10, to: 30 },
      separation: { points: 20, from: 0, to: 0.3 },
      direction: { points: 25, from: 0, to: 20 },
      volume: { points: 15, from: 0.5, to: 1.5 },
    });
    expect(VWAP_POINTS).toBe(15);
    const points = Object.values(CONFIDENCE_SCALES).map((scale) => scale.points);
    expect(points.reduce<number>((sum, each) => sum + each, VWAP_POINTS)).toBe(100);
  });

  // Each part on its own: nothing up to the beginning of its scale, in proportion, all from its end on.
  it.each<[keyof Confidence, Partial<Features>, number]>([
    ['trend', { adx: 0 }, 0],
    ['trend', { adx: 10 }, 0],
    ['trend', { adx: 14 }, 5],
    ['trend', { adx: 20 }, 12.5],
    ['trend', { adx: 29.2 }, 24],
    ['trend', { adx: 30 }, 25],
    ['trend', { adx: 30.1 }, 25],
    ['trend', { adx: NaN }, 0],
    ['separation', { emaFast: 98, emaSlow: 99 }, 0],
    ['separation', { emaFast: 99, emaSlow: 99 }, 0],
    ['separation', { emaFast: 99.5, emaSlow: 99, atr: 5 }, 100 / 15],
    ['separation', { emaFast: 99.5, emaSlow: 99, atr: 2.5 }, 200 / 15],
    ['separation', { emaFast: 99.5, emaSlow: 99, atr: 1 }, 20],
    ['separation', { atr: NaN }, 0],
    ['direction', { plusDi: 20, minusDi: 21 }, 0],
    ['direction', { plusDi: 20, minusDi: 20 }, 0],
    ['direction', { plusDi: 24, minusDi: 20 }, 5],
    ['direction', { plusDi: 39, minusDi: 20 }, 23.75],
    ['direction', { plusDi: 40, minusDi: 20 }, 25],
    ['direction', { plusDi: 50, minusDi: 20 }, 25],
    ['direction', { plusDi: NaN }, 0],
    ['volume', { relativeVolume: 0 }, 0],
    ['volume', { relativeVolume: 0.5 }, 0],
    ['volume', { relativeVolume: 0.7 }, 3],
    ['volume', { relativeVolume: 1 }, 7.5],
    ['volume', { relativeVolume: 1.4 }, 13.5],
    ['volume', { relativeVolume: 1.5 }, 15],
    ['volume', { relativeVolume: 40 }, 15],
    ['volume', { relativeVolume: NaN }, 0],
    ['vwap', { close: 99.99, vwap: 100 }, 0],
    ['vwap', { close: 100, vwap: 100 }, 15],
    ['vwap', { close: 100.01, vwap: 100 }, 15],
    ['vwap', { vwap: NaN }, 0],
  ])('gives for %s at %o %d points', (part, at, points) => {
    expect(confidenceOf('long', features(at))[part]).toBeCloseTo(points, 9);
  });

  // Separation is in dollars of one ATR of 1.
  it.each([
    // adx  gap  DI+  DI−  volume vwap  points
    [30, 0.3, 30, 10, 1.5, 99, 100, 'everything at the end of its scale'],
    [60, 3.0, 60, 10, 9.0, 99, 100, 'everything beyond'],
    [10, 0.0, 20, 20, 0.5, 101, 0, 'everything at the beginning'],
    [5, 0.0, 10, 30, 0.1, 101, 0, 'everything below'],
    [20, 0.15, 25, 15, 1.0, 99, 57.5, 'everything half way, above VWAP'],
    [26, 0.2, 29, 15, 1.2, 99, 76.3, 'a decent crossing with trend and volume'],
    [30, 0.3, 30, 10, 0.5, 99, 85, 'no volume'],
    [18, 0.1, 22, 16, 0.8, 101, 28.7, 'a weak one'],
  ])('of ADX %d, gap %d, DI %d/%d, volume %d, VWAP %d is %d: %s', (...row) => {
    const [adx, gap, plusDi, minusDi, relativeVolume, vwap, points] = row;
    const at = { adx, emaFast: 99 + gap, emaSlow: 99, plusDi, minusDi, relativeVolume, vwap };
    expect(confidenceOf('long', features(at)).total).toBeCloseTo(points, 9);
  });

  it('counts a close on VWAP for either side', () => {
    const at = features({ close: 100, vwap: 100 });
    expect(confidenceOf('long', at).vwap).toBe(15);
    expect(confidenceOf('short', at).vwap).toBe(15);
  });

  it('of a short is that of the mirrored long', () => {
    fc.assert(
      fc.property(anyFeatures, (at) => {
        expect(confidenceOf('short', mirrored(at))).toEqual(confidenceOf('long', at));
        expect(confidenceOf('long', mirrored(at))).toEqual(confidenceOf('short', at));
      }),
    );
  });

  it('is that of the signal, whichever its side', () => {
    expect(signalOf(features({ adx: 20 }), DEFAULT_PARAMETERS)?.confidence).toBe(87.5);
    expect(signalOf(shortFeatures({ adx: 20 }), DEFAULT_PARAMETERS)?.confidence).toBe(87.5);
  });

  it('is shown to a tenth, halves upward', () => {
    expect(confidenceOf('long', features({ relativeVolume: 0.503 })).total).toBe(85);
    expect(confidenceOf('long', features({ relativeVolume: 0.504 })).total).toBe(85.1);
  });

  it('stays the sum of its parts, to a tenth, between 0 and 100', () => {
    fc.assert(
      fc.property(anyFeatures, fc.constantFrom('long' as const, 'short' as const), (at, side) => {
        const { total, ...parts } = confidenceOf(side, at);
        const sum = Object.values(parts).reduce((all, each) => all + each, 0);
        expect(total).toBeGreaterThanOrEqual(0);
        expect(total).toBeLessThanOrEqual(100);
        expect(Math.abs(sum - total)).toBeLessThan(0.05 + 1e-9);
      }),
    );
  });

  /** What a change by an amount in a long's favour does to the features. */
  const FAVOURS: Record<string, (at: Features, by: number) => Features> = {
    'more ADX': (at, by) => ({ ...at, adx: at.adx + by }),
    'a higher fast EMA': (at, by) => ({ ...at, emaFast: at.emaFast + by }),
    'a lower slow EMA': (at, by) => ({ ...at, emaSlow: at.emaSlow - by }),
    'more +DI': (at, by) => ({ ...at, plusDi: at.plusDi + by }),
    'less −DI': (at, by) => ({ ...at, minusDi: at.minusDi - by }),
    'more relative volume': (at, by) => ({ ...at, relativeVolume: at.relativeVolume + by }),
    'a higher close': (at, by) => ({ ...at, close: at.close + by }),
    'a lower VWAP': (at, by) => ({ ...at, vwap: at.vwap - by }),
    'smaller ranges between the same EMAs': (at, by) =>
      at.emaFast >= at.emaSlow ? { ...at, atr: at.atr / (1 + by) } : at,
  };

  it.each(Object.entries(FAVOURS))(
    'of a long never falls with %s, nor that of a short with its mirror image',
    (_, favour) => {
      const change = fc.double({ min: 0, max: 50, noNaN: true });
      fc.assert(
        fc.property(anyFeatures, change, (at, by) => {
          const better = favour(at, by);
          const gain = confidenceOf('long', better).total - confidenceOf('long', at).total;
          const [before, after] = [mirrored(at), mirrored(better)];
          const mirror = confidenceOf('short', after).total - confidenceOf('short', before).total;
          expect(gain).toBeGreaterThanOrEqual(0);
          expect(mirror).toBeGreaterThanOrEqual(0);
        }),
      );
    },
  );
});

const figure = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const anyFeatures: fc.Arbitrary<Features> = fc
  .record({
    close: figure(90, 110),
    emaFast: figure(99, 101),
    emaSlow: figure(99, 101),
    atr: figure(0.01, 5),
    adx: figure(0, 60),
    plusDi: figure(0, 60),
    minusDi: figure(0, 60),
    relativeVolume: figure(0, 5),
    vwap: figure(90, 110),
  })
  .map((changes) => features(changes));

/** The same market upside down: prices around 100, and the two directions exchanged. */
const mirrored = (at: Features): Features => ({
  ...at,
  close: 200 - at.close,
  emaFast: 200 - at.emaFast,
  emaSlow: 200 - at.emaSlow,
  vwap: 200 - at.vwap,
  plusDi: at.minusDi,
  minusDi: at.plusDi,
});

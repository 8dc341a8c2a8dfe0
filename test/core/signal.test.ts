import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { confidenceOf, CONFIDENCE_SCALES, VWAP_POINTS } from '#core/confidence.ts';
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
    ['no figures', { emaFast: NaN }, null],
  ])('%s', (_, changes, side) => {
    expect(sideAt(changes)).toBe(side);
  });
});

describe('the confidence', () => {
  it('has weights that add up to 100', () => {
    const points = Object.values(CONFIDENCE_SCALES).map((scale) => scale.points);
    expect(points.reduce<number>((sum, each) => sum + each, VWAP_POINTS)).toBe(100);
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

  it('of a short is that of the mirrored long', () => {
    const long = confidenceOf('long', features({ adx: 24, plusDi: 22, relativeVolume: 1.1 }));
    const short = confidenceOf(
      'short',
      shortFeatures({ adx: 24, minusDi: 22, relativeVolume: 1.1 }),
    );
    expect(short).toEqual(long);
    expect(long.total).toBeLessThan(100);
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

  /** What a rise by an amount in a long's favour does to the features. */
  const FAVOURS: Record<string, (at: Features, by: number) => Features> = {
    ADX: (at, by) => ({ ...at, adx: at.adx + by }),
    'EMA separation': (at, by) => ({ ...at, emaFast: at.emaFast + by }),
    '+DI': (at, by) => ({ ...at, plusDi: at.plusDi + by }),
    '−DI': (at, by) => ({ ...at, minusDi: at.minusDi - by }),
    'relative volume': (at, by) => ({ ...at, relativeVolume: at.relativeVolume + by }),
    'distance above VWAP': (at, by) => ({ ...at, vwap: at.vwap - by }),
  };

  it.each(Object.entries(FAVOURS))('never falls with more %s', (_, favour) => {
    fc.assert(
      fc.property(anyFeatures, fc.double({ min: 0, max: 50, noNaN: true }), (at, by) => {
        const before = confidenceOf('long', at).total;
        expect(confidenceOf('long', favour(at, by)).total).toBeGreaterThanOrEqual(before);
      }),
    );
  });
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

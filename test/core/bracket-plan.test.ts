import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { planBracket } from '#core/bracket-plan.ts';
import { formatUsd, tickOf } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

import { features } from './support/snapshots.ts';

const SIDES: readonly PositionSide[] = ['long', 'short'];

function planAt(
  side: PositionSide,
  at: { close: number; atr: number; atrAverage?: number; adx?: number },
) {
  const plan = planBracket(side, features({ atrAverage: at.atr, ...at }), DEFAULT_PARAMETERS);
  if (plan === null) return null;
  const { limitPrice, stopPrice, targetPrice, ...rest } = plan;
  return {
    limit: formatUsd(limitPrice),
    stop: formatUsd(stopPrice),
    target: formatUsd(targetPrice),
    ...rest,
  };
}

describe('the bracket of an entry', () => {
  // Close 100 and ATR 1: limit 5 bps through the close. Close 0.5 and ATR 0.02: four decimals.
  it.each(
    // oxfmt-ignore
    [
      // side   close  ATR   average  ADX   limit     stop      target    regime      volatile
      ['long',  100,   1,    1,       30,   '100.05', '98.05',  '105.05', 'trending', false],
      ['long',  100,   1,    0.9,     30,   '100.05', '97.65',  '106.05', 'trending', true],
      ['long',  100,   1,    1,       22,   '100.05', '97.55',  '104.05', 'between',  false],
      ['long',  100,   1,    0.9,     22,   '100.05', '97.05',  '104.85', 'between',  true],
      ['long',  100,   1,    1,       15,   '100.05', '97.05',  '103.55', 'choppy',   false],
      ['long',  100,   1,    0.9,     15,   '100.05', '96.45',  '104.25', 'choppy',   true],
      ['short', 100,   1,    1,       30,   '99.95',  '101.95', '94.95',  'trending', false],
      ['short', 100,   1,    0.9,     30,   '99.95',  '102.35', '93.95',  'trending', true],
      ['short', 100,   1,    1,       22,   '99.95',  '102.45', '95.95',  'between',  false],
      ['short', 100,   1,    0.9,     22,   '99.95',  '102.95', '95.15',  'between',  true],
      ['short', 100,   1,    1,       15,   '99.95',  '102.95', '96.45',  'choppy',   false],
      ['short', 100,   1,    0.9,     15,   '99.95',  '103.55', '95.75',  'choppy',   true],
      ['long',  0.5,   0.02, 0.02,    30,   '0.5002', '0.4602', '0.6002', 'trending', false],
      ['long',  0.5,   0.02, 0.01,    30,   '0.5002', '0.4522', '0.6202', 'trending', true],
      ['long',  0.5,   0.02, 0.02,    22,   '0.5002', '0.4502', '0.5802', 'between',  false],
      ['long',  0.5,   0.02, 0.01,    22,   '0.5002', '0.4402', '0.5962', 'between',  true],
      ['long',  0.5,   0.02, 0.02,    15,   '0.5002', '0.4402', '0.5702', 'choppy',   false],
      ['long',  0.5,   0.02, 0.01,    15,   '0.5002', '0.4282', '0.5842', 'choppy',   true],
      ['short', 0.5,   0.02, 0.02,    30,   '0.4998', '0.5398', '0.3998', 'trending', false],
      ['short', 0.5,   0.02, 0.01,    30,   '0.4998', '0.5478', '0.3798', 'trending', true],
      ['short', 0.5,   0.02, 0.02,    22,   '0.4998', '0.5498', '0.4198', 'between',  false],
      ['short', 0.5,   0.02, 0.01,    22,   '0.4998', '0.5598', '0.4038', 'between',  true],
      ['short', 0.5,   0.02, 0.02,    15,   '0.4998', '0.5598', '0.4298', 'choppy',   false],
      ['short', 0.5,   0.02, 0.01,    15,   '0.4998', '0.5718', '0.4158', 'choppy',   true],
    ] as const,
  )(
    '%s from %d, ATR %d over %d, ADX %d: limit %s, stop %s, target %s, %s, volatile %s',
    (...row) => {
      const [side, close, atr, atrAverage, adx, limit, stop, target, regime, isVolatile] = row;
      const plan = planAt(side, { close, atr, atrAverage, adx });
      expect(plan).toMatchObject({ limit, stop, target, regime, isVolatile });
    },
  );

  it.each([
    [25.01, 'trending', 2, 5],
    [25, 'between', 2.5, 4],
    [20, 'between', 2.5, 4],
    [19.99, 'choppy', 3, 3.5],
  ] as const)(
    'at an ADX of exactly %d is %s: %d and %d ATRs',
    (adx, regime, stopAtrs, targetAtrs) => {
      expect(planAt('long', { close: 100, atr: 1, adx })).toMatchObject({
        regime,
        stopAtrs,
        targetAtrs,
      });
    },
  );

  it('is volatile only when the ATR is strictly above its average', () => {
    expect(planAt('long', { close: 100, atr: 1, atrAverage: 1 })?.isVolatile).toBe(false);
    expect(planAt('long', { close: 100, atr: 1.0001, atrAverage: 1 })?.isVolatile).toBe(true);
    expect(planAt('long', { close: 100, atr: 1, atrAverage: 0.99 })).toMatchObject({
      stopAtrs: 2.4,
      targetAtrs: 6,
    });
  });

  it.each([
    // Limits are never worse than meant, stops never nearer.
    ['long', 33.33, 0.111, '33.34', '33.11', '33.90', 'limit 33.3467 down, stop 33.118 down'],
    ['short', 33.33, 0.111, '33.32', '33.55', '32.77', 'limit 33.3133 up, stop 33.542 up'],
    ['long', 0.99985, 0.01, '1.00', '0.98', '1.05', 'limit 1.00035 crosses the dollar: cents'],
    [
      'short',
      1.0004,
      0.01,
      '0.9999',
      '1.02',
      '0.9499',
      'limit 0.9999 keeps four decimals, its stop does not',
    ],
    ['long', 1.01, 0.01, '1.01', '0.99', '1.06', 'the stop below the dollar'],
    [
      'long',
      1.015,
      0.0101,
      '1.01',
      '0.9898',
      '1.06',
      'the stop below the dollar with four decimals',
    ],
  ] as const)('%s from %d with an ATR of %d: limit %s, stop %s, target %s (%s)', (...row) => {
    const [side, close, atr, limit, stop, target] = row;
    expect(planAt(side, { close, atr, adx: 30 })).toMatchObject({ limit, stop, target });
  });

  it.each([
    ['long', 100, '100.05', '100.04', '100.06'],
    ['short', 100, '99.95', '99.96', '99.94'],
    ['long', 0.5, '0.5002', '0.5001', '0.5003'],
    ['short', 1, '0.9995', '0.9996', '0.9994'],
  ] as const)('%s from %d in a market that hardly moves keeps a tick to either side', (...row) => {
    const [side, close, limit, stop, target] = row;
    expect(planAt(side, { close, atr: 1e-9 })).toMatchObject({ limit, stop, target });
  });

  it.each([
    ['a stop below zero', 'long', { close: 1, atr: 0.5, adx: 22 }],
    ['a stop at zero', 'long', { close: 1, atr: 0.4, adx: 22 }],
    ['a target below zero', 'short', { close: 1, atr: 0.5, adx: 22 }],
    ['a target at zero', 'short', { close: 1, atr: 0.249_875, adx: 22 }],
    ['a price below a tick', 'long', { close: 0.00001, atr: 0.001 }],
    ['no price', 'long', { close: NaN, atr: 1 }],
    ['a negative price', 'short', { close: -5, atr: 1 }],
    ['an infinite price', 'long', { close: Infinity, atr: 1 }],
    ['a price beyond exact money', 'long', { close: 1e300, atr: 1 }],
    ['a price above ten million', 'long', { close: 10_000_000.01, atr: 1 }],
    ['a range above ten million', 'short', { close: 100, atr: 10_000_000.01 }],
    ['no range', 'long', { close: 100, atr: 0 }],
    ['a negative range', 'short', { close: 100, atr: -1 }],
    ['an infinite range', 'short', { close: 100, atr: Infinity }],
  ] as const)('does not exist for %s', (_, side, at) => {
    expect(planAt(side, at)).toBeNull();
  });

  it('exists up to a price of ten million and down to a tick above zero', () => {
    const close = 10_000_000;
    expect(planAt('short', { close, atr: 1, adx: 22 })?.limit).toBe('9995000.00');
    expect(planAt('long', { close: 1, atr: 0.399_96, adx: 22 })?.stop).toBe('0.0001');
    expect(planAt('short', { close: 1, atr: 0.249_85, adx: 22 })?.target).toBe('0.0001');
  });

  it('never lies on the wrong side, off its tick, or nearer than meant', () => {
    const dollars = fc.oneof(
      fc.double({ min: 0.01, max: 3, noNaN: true }),
      fc.double({ min: 3, max: 5_000, noNaN: true }),
    );
    const inputs = fc.record({
      side: fc.constantFrom(...SIDES),
      close: dollars,
      range: fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
      calm: fc.boolean(),
      adx: fc.double({ min: 0, max: 60, noNaN: true }),
      bps: fc.integer({ min: 0, max: 50 }),
    });
    fc.assert(
      fc.property(inputs, ({ side, close, range, calm, adx, bps }) => {
        const atr = close * range;
        const at = features({ close, atr, atrAverage: calm ? atr : 0, adx });
        const plan = planBracket(side, at, { ...DEFAULT_PARAMETERS, entryLimitBps: bps });
        if (plan === null) return;
        const away = side === 'long' ? 1 : -1;
        const { limitPrice, stopPrice, targetPrice } = plan;
        const tick = tickOf(limitPrice);
        expect(away * (limitPrice - stopPrice)).toBeGreaterThanOrEqual(tick);
        expect(away * (targetPrice - limitPrice)).toBeGreaterThanOrEqual(tick);
        for (const price of [limitPrice, stopPrice, targetPrice])
          expect(price % tickOf(price)).toBe(0);
        const MICRO = 1.5;
        const meant = close * (1 + (away * bps) / 10_000) * 1e6;
        expect(away * (limitPrice - meant), 'the limit is not worse').toBeLessThan(MICRO);
        const wanted = limitPrice + away * plan.targetAtrs * atr * 1e6;
        const slack = Math.max(tick, tickOf(targetPrice)) + MICRO;
        expect(Math.abs(targetPrice - wanted), 'the target is as meant').toBeLessThan(slack);
        const distance = plan.stopAtrs * atr * 1e6;
        expect(Math.abs(limitPrice - stopPrice), 'R is not understated').toBeGreaterThan(
          distance - MICRO,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

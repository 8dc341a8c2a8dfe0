import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { BracketPlan } from '#core/decision.ts';
import { micros, parseUsd, roundToTick, tickOf } from '#core/money.ts';
import { signOf } from '#core/order.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { bracketParts, planScaleOut } from '#core/scale-out.ts';
import { anIntent } from '#test/support/intents.ts';

const plan = (limit: string, stop: string, target: string): BracketPlan => ({
  ...anIntent().bracket,
  limitPrice: parseUsd(limit),
  stopPrice: parseUsd(stop),
  targetPrice: parseUsd(target),
});

const part = (quantity: number, target: string) => ({ quantity, targetPrice: parseUsd(target) });

describe('half of a position leaves at 2 R', () => {
  it.each([
    // side, limit, stop, target, shares, the part that leaves early
    ['long', '100.00', '98.00', '105.00', 100, part(50, '104.00'), 'where the target lies beyond'],
    ['long', '100.00', '98.00', '104.00', 100, null, 'but not where the target is 2 R itself'],
    ['long', '100.00', '97.00', '103.50', 100, null, 'nor where it lies before'],
    ['long', '100.00', '98.00', '105.00', 101, part(50, '104.00'), 'the odd share stays'],
    ['long', '100.00', '98.00', '105.00', 3, part(1, '104.00'), 'of three shares, one'],
    ['long', '100.00', '98.00', '105.00', 2, part(1, '104.00'), 'of two, one'],
    ['long', '100.00', '98.00', '105.00', 1, null, 'of one, none'],
    ['long', '100.00', '98.00', '105.00', 0, null, 'of none, none'],
    ['short', '100.00', '102.00', '95.00', 100, part(50, '96.00'), 'mirrored for a short'],
    ['short', '100.00', '102.00', '96.00', 100, null, 'whose target must lie beyond too'],
    ['short', '1.00', '1.60', '0.10', 100, null, 'and 2 R below zero are none'],
    ['long', '0.5000', '0.4987', '0.5100', 100, part(50, '0.5026'), 'in hundredths below $1'],
    ['long', '0.9990', '0.9950', '1.0300', 100, part(50, '1.01'), 'in cents across $1'],
    ['short', '1.02', '1.0350', '0.9800', 100, part(50, '0.9900'), 'and back'],
    [
      'long',
      '100.00',
      '98.00',
      '104.000001',
      100,
      part(50, '104.00'),
      'beyond, if by nothing much',
    ],
    ['long', '99.999999', '99.999998', '105.00', 100, part(50, '100.00'), 'and a gain, likewise'],
  ] as const)('%s %s, stop %s, target %s, %d shares: %j (%s)', (...row) => {
    const [side, limit, stop, target, shares, expected] = row;
    expect(planScaleOut(side, plan(limit, stop, target), shares, DEFAULT_PARAMETERS)).toEqual(
      expected,
    );
  });

  it.each([
    [0, null],
    [25, part(25, '104.00')],
    [99, part(99, '104.00')],
    [100, null],
  ])('or %d per cent of it, as the parameters say', (scaleOutPercent, expected) => {
    const parameters = { ...DEFAULT_PARAMETERS, scaleOutPercent };
    expect(planScaleOut('long', plan('100', '98', '105'), 100, parameters)).toEqual(expected);
  });

  it('but never without a gain, however small the multiple of R', () => {
    const parameters = { ...DEFAULT_PARAMETERS, scaleOutAtR: 0.4 };
    expect(planScaleOut('long', plan('100', '99.99', '100.05'), 10, parameters)).toBeNull();
    expect(planScaleOut('short', plan('100', '100.01', '99.95'), 10, parameters)).toBeNull();
  });

  it('at a price on its tick between the limit and the target, of fewer shares than there are', () => {
    const prices = fc.record({
      side: fc.constantFrom('long' as const, 'short' as const),
      limit: fc.integer({ min: 1_000, max: 300_000_000 }),
      risk: fc.double({ min: 0.0001, max: 0.5, noNaN: true }),
      reward: fc.double({ min: 0.0001, max: 0.99, noNaN: true }),
      shares: fc.integer({ min: 1, max: 10_000 }),
      scaleOutPercent: fc.integer({ min: 0, max: 100 }),
      scaleOutAtR: fc.double({ min: 0.1, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(prices, ({ side, limit, risk, reward, shares, ...figures }) => {
        const away = signOf(side);
        const at = (factor: number) =>
          roundToTick(micros(Math.round(limit * (1 + away * factor))), 'nearest');
        const bracket = {
          ...anIntent().bracket,
          limitPrice: at(0),
          stopPrice: at(-risk),
          targetPrice: at(reward),
        };
        const parameters = { ...DEFAULT_PARAMETERS, ...figures };
        const early = planScaleOut(side, bracket, shares, parameters);
        fc.pre(early !== null);
        expect(away * (early.targetPrice - bracket.limitPrice)).toBeGreaterThan(0);
        expect(away * (bracket.targetPrice - early.targetPrice)).toBeGreaterThan(0);
        expect(early.targetPrice % tickOf(early.targetPrice)).toBe(0);
        expect(early.quantity).toBeGreaterThanOrEqual(1);
        expect(early.quantity).toBeLessThan(shares);
      }),
    );
  });
});

describe('the brackets of an entry', () => {
  it('are one with all shares, where no part leaves early', () => {
    expect(bracketParts(anIntent({ quantity: 10 }))).toEqual([
      {
        clientOrderId: 'brk-2025-11-26-1030-NVDA-entry',
        quantity: 10,
        targetPrice: parseUsd('105.00'),
      },
    ]);
  });

  it('are the runner first, then the part that leaves early, each under an id of its own', () => {
    expect(bracketParts(anIntent({ quantity: 11, scaleOut: part(5, '104.00') }))).toEqual([
      {
        clientOrderId: 'brk-2025-11-26-1030-NVDA-entry',
        quantity: 6,
        targetPrice: parseUsd('105.00'),
      },
      {
        clientOrderId: 'brk-2025-11-26-1030-NVDA-scale',
        quantity: 5,
        targetPrice: parseUsd('104.00'),
      },
    ]);
  });

  it('add up to the quantity, each with at least one share', () => {
    const shares = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(shares, fc.integer({ min: 0, max: 100 }), (quantity, scaleOutPercent) => {
        const { bracket, side } = anIntent();
        const parameters = { ...DEFAULT_PARAMETERS, scaleOutPercent };
        const scaleOut = planScaleOut(side, bracket, quantity, parameters);
        const parts = bracketParts({ ...anIntent({ quantity }), scaleOut });
        expect(parts.reduce((sum, each) => sum + each.quantity, 0)).toBe(quantity);
        expect(Math.min(...parts.map((each) => each.quantity))).toBeGreaterThanOrEqual(1);
        expect(parts).toHaveLength(scaleOut === null ? 1 : 2);
      }),
    );
  });
});

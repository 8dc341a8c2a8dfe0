import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros, parseUsd, tickOf } from '#core/money.ts';
import { signOf } from '#core/order.ts';
import { reAnchored } from '#core/re-anchor.ts';
import { anIntent } from '#test/support/intents.ts';

const early = (target: string) => ({ quantity: 5, targetPrice: parseUsd(target) });

const LONG = anIntent({ scaleOut: early('104.00') });
const SHORT = anIntent({ side: 'short', scaleOut: early('96.00') });

const cents = (amount: number): string => (amount / 100).toFixed(2);

describe('a bracket whose base price the broker disputes', () => {
  it.each([
    // from limit 100.00, 2 to the stop, 5 to the target, 4 to the early one
    ['long', '100.00', ['98.00', '105.00', '104.00'], 'stays where it is at the limit'],
    ['long', '99.20', ['97.20', '104.20', '103.20'], 'follows the price down'],
    ['long', '101.50', ['99.50', '106.50', '105.50'], 'follows it up, short of the limit'],
    ['long', '101.99', ['99.99', '106.99', '105.99'], 'to a tick from it'],
    ['long', '102.00', null, 'cannot stand with its stop at the limit'],
    ['long', '103.00', null, 'or beyond it'],
    ['long', '96.00', null, 'or with its early target at the limit'],
    ['long', '95.00', null, 'or its target'],
    ['long', '99.995', ['97.99', '105.00', '104.00'], 'rounds its stop away from the price'],
    ['short', '100.80', ['102.80', '95.80', '96.80'], 'mirrored for a short'],
    ['short', '98.50', ['100.50', '93.50', '94.50'], 'down, short of the limit'],
    ['short', '98.00', null, 'not with its stop at the limit'],
    ['short', '104.00', null, 'nor with its early target there'],
    ['short', '99.995', ['102.00', '95.00', '96.00'], 'and its stop rounded up'],
  ] as const)('%s, base %s: %j (%s)', (side, base, expected, _why) => {
    const moved = reAnchored(side === 'long' ? LONG : SHORT, parseUsd(base));
    expect(
      moved && [moved.bracket.stopPrice, moved.bracket.targetPrice, moved.scaleOut?.targetPrice],
    ).toEqual(expected && expected.map((price) => parseUsd(price)));
  });

  it('keeps its limit and its ids: nothing is paid beyond what was decided', () => {
    const moved = reAnchored(LONG, parseUsd('99.20'));
    expect(moved).toEqual({
      ...LONG,
      bracket: { ...LONG.bracket, stopPrice: parseUsd('97.20'), targetPrice: parseUsd('104.20') },
      scaleOut: early('103.20'),
      // R is what it loses to the stop that stands there now.
      size: { ...LONG.size, riskPerShare: parseUsd('2.80'), sharesByRisk: 357 },
    });
  });

  it.each([
    ['fewer where the stop comes to lie farther away', '28.00', 10, 5],
    ['as many where the budget still pays them', '20.00', 7, 3],
    ['a smaller early part along with it', '5.60', 2, 1],
  ])('buys %s', (_, budget, shares, earlyShares) => {
    const intent = { ...LONG, size: { ...LONG.size, riskBudget: parseUsd(budget) } };
    const moved = reAnchored(intent, parseUsd('99.20'));
    expect([moved?.quantity, moved?.size.shares]).toEqual([shares, shares]);
    expect(moved?.scaleOut?.quantity ?? 0).toBe(earlyShares);
  });

  it('is none where the budget does not pay a single share any more', () => {
    const intent = { ...LONG, size: { ...LONG.size, riskBudget: parseUsd('2.79') } };
    expect(reAnchored(intent, parseUsd('99.20'))).toBeNull();
  });

  it('has no early target where it had none', () => {
    expect(reAnchored(anIntent(), parseUsd('99.20'))?.scaleOut).toBeNull();
  });

  it('never gets a target below zero', () => {
    const cheap = { side: 'short', limit: '10.00', stopDistance: '4.00' } as const;
    const intent = anIntent({ ...cheap, targetDistance: '8.00' });
    expect(reAnchored(intent, parseUsd('7.00'))).toBeNull();
    expect(reAnchored(intent, parseUsd('9.00'))?.bracket.targetPrice).toBe(parseUsd('1.00'));
  });

  it('is sound wherever it can stand: every leg on its side of the limit, above zero, on its tick', () => {
    const distance = fc.integer({ min: 1, max: 4_000 });
    const worlds = fc.record({
      side: fc.constantFrom('long' as const, 'short' as const),
      limit: fc.integer({ min: 50, max: 20_000 }),
      base: fc.integer({ min: 500, max: 2_500_000 }).map((price) => micros(price * 100)),
      risk: distance,
      reward: fc.integer({ min: 2, max: 4_000 }),
      hasEarly: fc.boolean(),
    });
    fc.assert(
      fc.property(worlds, ({ side, limit, base, risk, reward, hasEarly }) => {
        const away = signOf(side);
        const intent = anIntent({
          side,
          limit: cents(limit),
          stopDistance: cents(risk),
          targetDistance: cents(reward),
          ...(hasEarly && { scaleOut: early(cents(limit + away * Math.ceil(reward / 2))) }),
        });
        const moved = reAnchored(intent, base);
        fc.pre(moved !== null);
        const { bracket, scaleOut } = moved;
        const targets = [bracket.targetPrice, scaleOut?.targetPrice ?? bracket.targetPrice];
        expect(away * (bracket.limitPrice - bracket.stopPrice)).toBeGreaterThan(0);
        expect(away * (base - bracket.stopPrice), 'no stop that acts at once').toBeGreaterThan(0);
        for (const price of targets) {
          expect(away * (price - bracket.limitPrice)).toBeGreaterThan(0);
        }
        for (const price of [bracket.stopPrice, ...targets]) {
          expect(price).toBeGreaterThan(0);
          expect(price % tickOf(price)).toBe(0);
        }
        expect(bracket.limitPrice).toBe(intent.bracket.limitPrice);
      }),
      { numRuns: 500 },
    );
  });
});

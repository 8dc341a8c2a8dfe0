import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros, parseUsd } from '#core/money.ts';
import { ORDER_STATUS } from '#core/order.ts';
import type { OrderStatus } from '#core/order.ts';
import { isMovable, isTighter } from '#core/stop-move.ts';

import { stop } from './support/orders.ts';

describe('a stop never loosens', () => {
  it.each([
    ['long', '98.00', '98.01', true],
    ['long', '98.00', '98.000001', true],
    ['long', '98.00', '98.00', false],
    ['long', '98.00', '97.99', false],
    ['short', '102.00', '101.99', true],
    ['short', '102.00', '102.00', false],
    ['short', '102.00', '102.01', false],
  ] as const)('of a %s, from %s to %s: tighter %s', (side, from, to, expected) => {
    expect(isTighter(side, parseUsd(from), parseUsd(to))).toBe(expected);
  });

  it('whatever the moves: one that is tighter is no longer so afterwards, nor is the way back', () => {
    const price = fc.integer({ min: 1, max: 1e9 }).map(micros);
    const side = fc.constantFrom('long' as const, 'short' as const);
    fc.assert(
      fc.property(side, price, fc.array(price, { maxLength: 20 }), (of, first, moves) => {
        const passed = moves.reduce(
          (stops, to) => (isTighter(of, stops.at(-1)!, to) ? [...stops, to] : stops),
          [first],
        );
        const sorted = passed.toSorted((left, right) =>
          of === 'long' ? left - right : right - left,
        );
        expect(passed).toEqual(sorted);
        expect(new Set(passed).size).toBe(passed.length);
      }),
    );
  });
});

describe('a stop leg', () => {
  const statuses = [...(Object.keys(ORDER_STATUS) as OrderStatus[]), 'unknown' as const];

  it.each(statuses)('that is %s may be moved only when new or held', (status) => {
    expect(isMovable(stop({ status }))).toBe(status === 'new' || status === 'held');
  });

  it('that has filled in part may not: its replacement would sell the whole quantity anew', () => {
    expect(isMovable(stop({ status: 'new', filledQuantity: 1 }))).toBe(false);
  });
});

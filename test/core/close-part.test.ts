import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CLOSE_PARTS, sharesOfPart } from '#core/close-part.ts';

describe('a part of a position', () => {
  it.each([
    [100, 25, 25],
    [10, 25, 2],
    [10, 50, 5],
    [11, 50, 5],
    [10, 100, 10],
    [3, 25, 1],
    [2, 25, 1],
    [1, 25, 1],
    [1, 50, 1],
  ] as const)('of %i shares at %i %% is %i', (held, percent, shares) => {
    expect(sharesOfPart(held, percent)).toBe(shares);
  });

  it('is a whole number of shares: at least one, and never more than were asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(...CLOSE_PARTS),
        (held, percent) => {
          const shares = sharesOfPart(held, percent);
          expect(Number.isInteger(shares)).toBe(true);
          expect(shares).toBeGreaterThanOrEqual(1);
          expect(shares).toBeLessThanOrEqual(Math.max(1, (held * percent) / 100));
        },
      ),
    );
  });

  it('can be a quarter, a half, or all of it', () => {
    expect(CLOSE_PARTS).toEqual([25, 50, 100]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros, parseUsd, tickOf } from '#core/money.ts';
import { signOf } from '#core/order.ts';
import { rescueStop } from '#core/rescue.ts';

describe('a stop that goes back in', () => {
  it.each([
    // side, recorded, price, where it stands
    ['long', '97.00', '100.00', '97.00', 'stands at its recorded price'],
    ['long', '99.98', '100.00', '99.98', 'also two ticks from the price'],
    ['long', '99.99', '100.00', '99.50', 'but not one tick from it: half a per cent away'],
    ['long', '100.00', '100.00', '99.50', 'nor at it'],
    ['long', '103.00', '100.00', '99.50', 'nor beyond it'],
    ['long', '97.00', '90.13', '89.67', 'rounded away from the price'],
    ['long', '0.6000', '0.5123', '0.5023', 'a cent away, in hundredths of one, below $1'],
    ['long', '0.4950', '0.5000', '0.4900', 'where half a cent away is too near as well'],
    ['long', '1.10', '1.00', '0.9900', 'and a cent away at least, from $1 upward'],
    ['short', '103.00', '100.00', '103.00', 'for a short above'],
    ['short', '100.02', '100.00', '100.02', 'also two ticks from the price'],
    ['short', '100.01', '100.00', '100.50', 'but not one tick from it'],
    ['short', '97.00', '100.00', '100.50', 'nor beyond it'],
    ['short', '97.00', '99.13', '99.63', 'rounded away from the price'],
    ['short', '0.4000', '0.5123', '0.5223', 'a cent away, in hundredths of one, below $1'],
    ['short', '0.9000', '1.0001', '1.02', 'on a tick also for a price between two'],
    ['short', '0.9000', '0.9990', '1.01', 'and in cents across it'],
  ] as const)('%s, recorded %s, price %s: %s (%s)', (...row) => {
    const [side, recorded, price, stop] = row;
    expect(rescueStop(side, parseUsd(recorded), parseUsd(price))).toBe(parseUsd(stop));
  });

  const tickPrice = fc.oneof(
    fc.integer({ min: 101, max: 9_999 }).map((ticks) => micros(ticks * 100)),
    fc.integer({ min: 100, max: 100_000 }).map((cents) => micros(cents * 10_000)),
  );
  const side = fc.constantFrom('long' as const, 'short' as const);

  const CENT = 10_000;

  it('is always a cent or more on the right side of the price, as the broker wants it, and on its tick', () => {
    fc.assert(
      fc.property(side, tickPrice, tickPrice, (of, recorded, price) => {
        const stop = rescueStop(of, recorded, price);
        expect(signOf(of) * (price - stop)).toBeGreaterThanOrEqual(CENT);
        expect(stop % tickOf(stop)).toBe(0);
        expect(stop).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is never looser than recorded by more than the way that price has come too far', () => {
    fc.assert(
      fc.property(side, tickPrice, tickPrice, (of, recorded, price) => {
        const stop = rescueStop(of, recorded, price);
        const halfAPercent = Math.max(price * 0.005, CENT) + tickOf(stop);
        const isRecorded = stop === recorded;
        expect(isRecorded || Math.abs(price - stop) <= halfAPercent).toBe(true);
        // It leaves its recorded place only when price is there.
        expect(isRecorded || signOf(of) * (price - recorded) <= CENT).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

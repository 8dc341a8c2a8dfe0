import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NVDA, aBracket, anExchange, aRequest, aShortBracket } from './an-exchange.ts';

const BRACKETS = { long: aBracket(), short: aShortBracket() };
const cents = fc.integer({ min: 9_000, max: 11_000 });

describe('the quiet gap of a symbol', () => {
  it.each([
    ['a long bracket whose entry waits', 'long', null, { above: 100e6, below: 105e6 }],
    ['the legs of a long position', 'long', 100, { above: 98e6, below: 105e6 }],
    ['a short bracket whose entry waits', 'short', null, { above: 95e6, below: 100e6 }],
    ['the legs of a short position', 'short', 100, { above: 95e6, below: 102e6 }],
  ] as const)('lies between the orders of %s', (_, side, filledAt, gap) => {
    const { exchange, bar, submit } = anExchange();
    submit(BRACKETS[side]);
    if (filledAt !== null) bar([filledAt, filledAt + 0.5, filledAt - 0.5, filledAt]);
    expect(exchange.quietGap(NVDA)).toEqual(gap);
  });

  it('is everywhere where nothing is ordered, and nowhere beside a market order', () => {
    const { exchange, submit } = anExchange();
    expect(exchange.quietGap(NVDA)).toEqual({ above: -Infinity, below: Infinity });
    submit(aRequest());
    expect(exchange.quietGap(NVDA)).toBeNull();
  });

  it('is one in which no bar does anything to the orders', () => {
    let quiet = 0;
    const bars = fc.array(fc.tuple(cents, cents, cents, cents), { maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom('long' as const, 'short' as const), bars, (side, path) => {
        const { exchange, bar, submit } = anExchange();
        submit(BRACKETS[side]);
        for (const points of path) {
          const gap = exchange.quietGap(NVDA);
          const before = exchange.orders();
          const [low, high] = [Math.min(...points) / 100, Math.max(...points) / 100];
          const events = bar([points[0] / 100, high, low, points[1] / 100]);
          const isWithin = gap !== null && low * 1e6 > gap.above && high * 1e6 < gap.below;
          if (!isWithin) continue;
          quiet += 1;
          expect(events).toEqual([]);
          expect(exchange.orders()).toEqual(before);
        }
      }),
    );
    expect(quiet).toBeGreaterThan(50);
  });
});

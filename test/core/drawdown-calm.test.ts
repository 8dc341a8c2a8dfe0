import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { watchCalmly } from '#core/drawdown-calm.ts';
import { followDrawdown } from '#core/drawdown.ts';
import type { DrawdownState } from '#core/drawdown.ts';
import { micros } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { asSessionDate, MINUTE_MS, newYorkInstant } from '#core/session.ts';
import { NO_CASH_VIEW } from '#core/unexplained-cash.ts';

const DATE = asSessionDate('2025-11-24');
const OPEN = newYorkInstant(DATE, '09:30');
const START = 100_000_000_000;

const step = (before: DrawdownState | null, equity: number, index: number) =>
  followDrawdown(
    before,
    {
      at: OPEN + index * 5 * MINUTE_MS,
      sessionDate: DATE,
      sessionOpen: OPEN,
      isTrusted: true,
      equity: micros(equity),
      flows: micros(0),
      lastEquity: micros(START),
      lastFlows: micros(0),
      cash: NO_CASH_VIEW,
      recorded: null,
    },
    DEFAULT_PARAMETERS,
  );

/** Around the levels at which something is told, down to a micro-dollar, and anywhere. */
const { dailyDrawdownPercent: day, peakDrawdownPercent: peak } = DEFAULT_PARAMETERS;
const levels = [day, peak].flatMap((limit) => [limit, limit / 2, (limit * 3) / 4]);
const equities = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 99_900_000_000, max: 100_100_000_000 }) },
  fc.integer({ min: 85_000_000_000, max: 105_000_000_000 }),
  fc
    .tuple(fc.constantFrom(...levels), fc.integer({ min: -2_000, max: 2_000 }))
    .map(([percent, off]) => Math.round(START * (1 - percent / 100)) + off),
);

describe('a drawdown ladder at rest', () => {
  it('comes to the state and the silence of one that climbs for every reading above the floor', () => {
    let calm = 0;
    fc.assert(
      fc.property(fc.array(equities, { minLength: 1, maxLength: 30 }), (path) => {
        let { state } = step(null, START, 0);
        for (const [index, equity] of path.entries()) {
          const watch = state && watchCalmly(state, DEFAULT_PARAMETERS);
          const climbed = step(state, equity, index + 1);
          const isCalm = watch !== null && equity > watch.floor();
          if (isCalm) watch.read(micros(equity), OPEN + (index + 1) * 5 * MINUTE_MS);
          const { events } = climbed;
          expect(isCalm ? [watch.state(), watch.equity(), events] : null).toEqual(
            isCalm ? [climbed.state, equity, []] : null,
          );
          if (isCalm) calm += 1;
          ({ state } = climbed);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(calm).toBeGreaterThan(1_000);
  });

  it('takes one reading after the other as the ladder does', () => {
    const path = [1.001, 0.999, 1.002, 1.0005].map((part) => Math.round(START * part));
    let { state } = step(null, START, 0);
    const watch = watchCalmly(state!, DEFAULT_PARAMETERS)!;
    for (const [index, equity] of path.entries()) {
      watch.read(micros(equity), OPEN + (index + 1) * 5 * MINUTE_MS);
      ({ state } = step(state, equity, index + 1));
    }
    expect(watch.state()).toEqual(state);
    expect(watch.floor()).toBeGreaterThan(START * 0.9);
  });

  it('lets no reading pass once a level was told', () => {
    const { state } = step(step(null, START, 0).state, START * (1 - day / 100 / 1.5), 1);
    expect(watchCalmly(state!, DEFAULT_PARAMETERS)).toBeNull();
  });
});

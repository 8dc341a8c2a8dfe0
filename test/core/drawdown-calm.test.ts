import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { watchCalmly } from '#core/drawdown-calm.ts';
import { acknowledgeDrawdown, followDrawdown } from '#core/drawdown.ts';
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

const { dailyDrawdownPercent: day, peakDrawdownPercent: peak } = DEFAULT_PARAMETERS;

/** Around the levels at which something is told, or told again, down to a micro-dollar, and anywhere. */
const parts = [0, 0.4, 0.5, 0.65, 0.75, 1, 2, 3];
const levels = [day, peak].flatMap((limit) => parts.map((part) => limit * part));
const equities = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 99_900_000_000, max: 100_100_000_000 }) },
  { weight: 4, arbitrary: fc.integer({ min: 97_000_000_000, max: 99_000_000_000 }) },
  { weight: 3, arbitrary: fc.integer({ min: 95_100_000_000, max: 96_500_000_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 85_000_000_000, max: 105_000_000_000 }) },
  fc
    .tuple(
      fc.constantFrom(...levels),
      fc.oneof(
        fc.integer({ min: -2_000, max: 2_000 }),
        fc.integer({ min: -200_000_000, max: 200_000_000 }),
      ),
    )
    .map(([percent, off]) => Math.round(START * (1 - percent / 100)) + off),
);

/** Readings, and people who resume after a breach. */
const path = fc.array(fc.tuple(equities, fc.nat(4)), { minLength: 1, maxLength: 40 });

const afterFall = (ofLimit: number) =>
  step(step(null, START, 0).state, START * (1 - (day * ofLimit) / 100), 1).state!;

/** One reading to the ladder and, where it is at rest, to a watch: whether it is, and what both came to. */
function readBoth(before: DrawdownState, equity: number, index: number) {
  const climbed = step(before, equity, index);
  const watch = watchCalmly(before, DEFAULT_PARAMETERS);
  if (watch === null || !watch.rests(micros(equity))) return { climbed, calm: null };
  watch.read(micros(equity), OPEN + index * 5 * MINUTE_MS);
  return { climbed, calm: { state: watch.state(), equity: watch.equity() } };
}

describe('a drawdown ladder at rest', () => {
  it('comes to the state and the silence of one that climbs for every reading', () => {
    const rests = new Map<string, number>();
    fc.assert(
      fc.property(path, (readings) => {
        let { state } = step(null, START, 0);
        for (const [index, [equity, chance]] of readings.entries()) {
          const before = chance === 0 ? acknowledgeDrawdown(state!) : state!;
          const { climbed, calm } = readBoth(before, equity, index + 1);
          ({ state } = climbed);
          if (calm === null) continue;
          expect([calm.state, calm.equity, []]).toEqual([climbed.state, equity, climbed.events]);
          for (const rung of [`day ${before.day.level}`, `peak ${before.peak.level}`]) {
            rests.set(rung, (rests.get(rung) ?? 0) + 1);
          }
        }
      }),
      { numRuns: 3_000 },
    );
    const often = [...rests].filter(([, times]) => times > 30).map(([rung]) => rung);
    expect(often, 'at rest on every rung').toEqual(
      expect.arrayContaining([
        ...['none', 'first', 'second', 'breached', 'acknowledged'].map((level) => `day ${level}`),
        ...['none', 'first', 'second', 'breached'].map((level) => `peak ${level}`),
      ]),
    );
  });

  it('takes one reading after the other as the ladder does', () => {
    const gains = [1.001, 0.999, 1.002, 1.0005].map((part) => Math.round(START * part));
    let { state } = step(null, START, 0);
    const watch = watchCalmly(state!, DEFAULT_PARAMETERS)!;
    for (const [index, equity] of gains.entries()) {
      expect(watch.rests(micros(equity))).toBe(true);
      watch.read(micros(equity), OPEN + (index + 1) * 5 * MINUTE_MS);
      ({ state } = step(state, equity, index + 1));
    }
    expect(watch.state()).toEqual(state);
  });

  it('rests on a level that was told, between the next one and where it is left', () => {
    const watch = watchCalmly(afterFall(0.6), DEFAULT_PARAMETERS)!;
    const rests = [0.39, 0.41, 0.6, 0.74, 0.76].map((part) =>
      watch.rests(micros(START * (1 - (day * part) / 100))),
    );
    expect(rests).toEqual([false, true, true, true, false]);
  });

  it('does not rest while a reading beyond the limit waits for a second one', () => {
    expect(watchCalmly(afterFall(1.1), DEFAULT_PARAMETERS)).toBeNull();
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { featureRowAt } from '#backtest/feature-rows.ts';
import { findSignals } from '#backtest/signal-rows.ts';
import { computeFeatureColumns, featuresAt } from '#core/feature-columns.ts';
import { isStillWarm, isWarm } from '#core/filters/data.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { signalSide } from '#core/signal.ts';

import { columnsOf, randomNumbers, sessionsOf, walkBars } from '../core/support/bars.ts';
import type { SessionBar } from '../core/support/bars.ts';

/** Long enough for several chunks; now and then nothing is traded for a stretch, or from a session's open on. */
function aWalk(seed: number): readonly SessionBar[] {
  const random = randomNumbers(seed);
  let quiet = 0;
  return walkBars({ seed, sessions: 60 }).map(({ bar, session }) => {
    const isQuietOpen = bar.start === session.open && random() < 0.2;
    if (isQuietOpen || random() < 0.004) quiet = 5 + Math.floor(random() * 40);
    quiet -= 1;
    return { session, bar: quiet > 0 ? { ...bar, volume: 0 } : bar };
  });
}

/** The features of all rows, and the signals among them. */
function searched(rows: readonly SessionBar[], crossWithinBars: number) {
  const [bars, sessions] = [columnsOf(rows), sessionsOf(rows)];
  const parameters = { ...DEFAULT_PARAMETERS, crossWithinBars };
  return {
    all: computeFeatureColumns(bars, sessions, parameters),
    found: findSignals(bars, sessions, parameters),
  };
}

const seeds = fc.integer({ min: 0, max: 1e6 });
const within = fc.integer({ min: 1, max: 6 });

it('keeps the features of its rows as they are, to the last bit', () => {
  fc.assert(
    fc.property(seeds, within, (seed, crossWithinBars) => {
      const { all, found } = searched(aWalk(seed), crossWithinBars);
      const rows = [...found.rows];
      expect(rows.map((_, index) => featureRowAt(found.features, index))).toEqual(
        rows.map((row) => featuresAt(all, row)),
      );
    }),
    { numRuns: 20 },
  );
});

it('leaves out no row with a signal, and none without all of its features', () => {
  fc.assert(
    fc.property(seeds, within, (seed, crossWithinBars) => {
      const rows = aWalk(seed);
      const { all, found: signals } = searched(rows, crossWithinBars);
      const found = new Set(signals.rows);
      const missed = rows.flatMap((_, row) => {
        const at = featuresAt(all, row);
        const matters = !isWarm(at) || signalSide(at, crossWithinBars) !== null;
        return matters && !found.has(row) ? [row] : [];
      });
      expect(missed).toEqual([]);
      expect(found.size).toBeLessThan(rows.length / 2);
    }),
    { numRuns: 20 },
  );
});

it('knows from which row on only two features can be lost again', () => {
  let lost = 0;
  fc.assert(
    fc.property(seeds, within, (seed, crossWithinBars) => {
      const { found } = searched(aWalk(seed), crossWithinBars);
      expect(found.coldRows).toBeGreaterThan(50);
      const all = [...found.rows.keys()].map((row) => featureRowAt(found.features, row));
      const [cold, warm] = [all.slice(0, found.coldRows), all.slice(found.coldRows)];
      expect(cold.findIndex(isWarm)).toBe(found.coldRows - 1);
      expect(warm.map(isStillWarm)).toEqual(warm.map(isWarm));
      lost += warm.filter((at) => !isWarm(at)).length;
    }),
    { numRuns: 20 },
  );
  expect(lost).toBeGreaterThan(20);
});

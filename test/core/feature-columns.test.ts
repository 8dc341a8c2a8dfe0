import { readdirSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Features } from '#core/decision.ts';
import { computeFeatureColumns, createFeatureColumns, featuresAt } from '#core/feature-columns.ts';
import { createFeaturePipeline, featureKey } from '#core/feature-pipeline.ts';
import type { FeatureColumns } from '#core/feature-pipeline.ts';
import { createFeatureEngine } from '#core/features.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';

import { describeWithShared, sharedPath } from '../support/shared.ts';
import { columnsOf, randomNumbers, readSessionBars, sessionsOf, walkBars } from './support/bars.ts';
import type { SessionBar } from './support/bars.ts';

const compute = (
  rows: readonly SessionBar[],
  parameters: StrategyParameters = DEFAULT_PARAMETERS,
): FeatureColumns => computeFeatureColumns(columnsOf(rows), sessionsOf(rows), parameters);

const NAMES = Object.keys(featuresAt(compute([]), 0)) as readonly (keyof Features)[];

/** Rows and features, among the first `count` rows, that differ in any bit. */
function differences(left: FeatureColumns, right: FeatureColumns, count: number) {
  return NAMES.flatMap((name) => {
    const row = left[name]
      .subarray(0, count)
      .findIndex((value, index) => !Object.is(value, right[name][index]));
    return row === -1 ? [] : [`${name} at ${row}`];
  });
}

/** The same from the engine, bar by bar, laid out as columns. */
function stream(
  rows: readonly SessionBar[],
  parameters: StrategyParameters = DEFAULT_PARAMETERS,
): FeatureColumns {
  const engine = createFeatureEngine(parameters);
  const pushed = rows.map(({ bar, session }) => engine.push(bar, session));
  const columns = NAMES.map((name) => [name, Float64Array.from(pushed, (at) => at[name])]);
  return Object.fromEntries(columns) as FeatureColumns;
}

const days = fc.uniqueArray(fc.nat(6), { maxLength: 3 });

/** Sessions of every kind: half-days, days without trading, bars missing here and there. */
const series = fc.record({
  seed: fc.integer(),
  sessions: fc.integer({ min: 1, max: 7 }),
  barMinutes: fc.constantFrom(5 as const, 15 as const),
  price: fc.constantFrom(0.4, 1, 12, 100, 3_000),
  missing: fc.constantFrom(0, 0.03, 0.3),
  halfDays: days,
  holidays: days,
});

/** Without all bars of a stretch, as when a symbol is halted. */
function withHole(rows: readonly SessionBar[], seed: number): readonly SessionBar[] {
  const from = Math.floor(randomNumbers(seed)() * rows.length);
  return rows.toSpliced(from, 11);
}

/** Many bars of one price and without volume, as of a symbol that hardly trades. */
function withQuiet(rows: readonly SessionBar[], seed: number): readonly SessionBar[] {
  const random = randomNumbers(seed);
  return rows.map(({ bar, session }) => {
    const { close } = bar;
    const flat = random() < 0.3 ? { open: close, high: close, low: close } : {};
    return { session, bar: { ...bar, ...flat, volume: random() < 0.3 ? 0 : bar.volume } };
  });
}

/** What no exchange would print: nothing after it may reach back. */
const garbage = fc.oneof(
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 1e300),
  fc.double(),
);

describe('features by the column', () => {
  it('are the features bar by bar, to the last bit', () => {
    fc.assert(
      fc.property(series, fc.boolean(), fc.boolean(), (options, hole, quiet) => {
        const walk = walkBars(options);
        const whole = hole ? withHole(walk, options.seed) : walk;
        const rows = quiet ? withQuiet(whole, options.seed) : whole;
        const parameters = { ...DEFAULT_PARAMETERS, barMinutes: options.barMinutes };
        const [ours, theirs] = [compute(rows, parameters), stream(rows, parameters)];
        expect(differences(ours, theirs, rows.length)).toEqual([]);
      }),
    );
  });

  it('are the same however the bars are divided, and whatever the periods', () => {
    const period = fc.integer({ min: 1, max: 30 });
    const periods = fc.record({
      emaFast: period,
      emaSlow: period,
      atrPeriod: period,
      atrAveragePeriod: period,
      adxPeriod: period,
      relativeVolumePeriod: period,
      trendBarMinutes: fc.constantFrom(15, 30, 60),
    });
    const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.integer(), periods, lengths, (seed, chosen, cycle) => {
        const rows = withQuiet(walkBars({ seed, sessions: 3, missing: 0.05 }), seed);
        const parameters = { ...DEFAULT_PARAMETERS, ...chosen };
        const pipeline = createFeaturePipeline(parameters);
        const divided = createFeatureColumns(rows.length);
        for (let from = 0, turn = 0; from < rows.length; turn += 1) {
          const piece = rows.slice(from, from + cycle[turn % cycle.length]!);
          const features = createFeatureColumns(piece.length);
          const sessionOpens = Float64Array.from(piece, ({ session }) => session.open);
          pipeline.push({ bars: columnsOf(piece), sessionOpens }, features);
          for (const name of NAMES) divided[name].set(features[name], from);
          from += piece.length;
        }
        expect(differences(compute(rows, parameters), divided, rows.length)).toEqual([]);
      }),
    );
  });

  it('are read out of a row as the engine returned them', () => {
    const rows = walkBars({ seed: 2, sessions: 2 });
    const columns = compute(rows);
    const engine = createFeatureEngine(DEFAULT_PARAMETERS);
    const pushed = rows.map(({ bar, session }) => engine.push(bar, session));
    expect(rows.map((_, row) => featuresAt(columns, row))).toEqual(pushed);
    expect(Object.keys(pushed[0]!).toSorted()).toEqual(NAMES.toSorted());
    expect(pushed.some((at) => Object.values(at).every(Number.isFinite))).toBe(true);
  });

  it('have as many rows as there are bars, and no numbers beyond them', () => {
    const rows = walkBars({ seed: 2, sessions: 1 });
    const columns = compute(rows);
    expect(NAMES.map((name) => columns[name].length)).toEqual(NAMES.map(() => rows.length));
    expect(Object.values(featuresAt(columns, rows.length)).every(Number.isNaN)).toBe(true);
  });

  it('do not change when the future is cut off, replaced or garbage', () => {
    const rows = walkBars({ seed: 3, sessions: 5, missing: 0.05, halfDays: [2] });
    const bars = columnsOf(rows);
    const whole = compute(rows);
    const inputs = fc.record({ count: fc.integer({ min: 1, max: rows.length }), junk: garbage });
    fc.assert(
      fc.property(inputs, ({ count, junk }) => {
        expect(differences(compute(rows.slice(0, count)), whole, count)).toEqual([]);
        const spoilt = {
          start: bars.start,
          open: bars.open.slice().fill(junk, count),
          high: bars.high.slice().fill(junk, count),
          low: bars.low.slice().fill(junk, count),
          close: bars.close.slice().fill(junk, count),
          volume: bars.volume.slice().fill(junk, count),
        };
        const otherwise = computeFeatureColumns(spoilt, sessionsOf(rows), DEFAULT_PARAMETERS);
        expect(differences(otherwise, whole, count)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('know a bar at the open and none at the close of its session', () => {
    const rows = walkBars({ seed: 1, sessions: 2 });
    const [first, second] = sessionsOf(rows);
    const at = (start: number, sessions = [first!, second!]) =>
      computeFeatureColumns(
        columnsOf([{ bar: { ...rows[0]!.bar, start }, session: first! }]),
        sessions,
        DEFAULT_PARAMETERS,
      ).barEnd[0];
    expect(at(first!.open)).toBe(first!.open + 5 * 60_000);
    expect(at(second!.open)).toBe(second!.open + 5 * 60_000);
    expect(at(first!.close - 1)).toBe(first!.close - 1 + 5 * 60_000);
    expect(() => at(first!.open - 1)).toThrow(/no session/);
    expect(() => at(first!.close)).toThrow(/no session/);
    expect(() => at(second!.close)).toThrow(/no session/);
    expect(() => at(first!.open, [])).toThrow(/no session/);
    expect(() => at(Number.NaN)).toThrow(/no session/);
  });

  it('throw on bars that are not in order', () => {
    const rows = walkBars({ seed: 1, sessions: 1 });
    expect(() => compute([rows[0]!, rows[0]!])).toThrow(/in order/);
    expect(() => compute([rows[1]!, rows[0]!])).toThrow(/in order/);
  });
});

describe('the key of features', () => {
  const rows = walkBars({ seed: 5, sessions: 3 });
  const otherwise = Object.entries(DEFAULT_PARAMETERS)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => ({ name, parameters: { ...DEFAULT_PARAMETERS, [name]: value + 15 } }));

  it.each(otherwise)('changes with $name where the features do, and not otherwise', (other) => {
    const differ = differences(compute(rows), compute(rows, other.parameters), rows.length);
    const isSame = featureKey(other.parameters) === featureKey(DEFAULT_PARAMETERS);
    expect(isSame).toBe(differ.length === 0);
  });
});

describeWithShared('data/5min', 'features by the column over real bars', () => {
  const files = readdirSync(sharedPath('data/5min'));

  it.each(files)('of %s are those bar by bar, and see no future', (file) => {
    const rows = readSessionBars(sharedPath('data/5min', file), 5);
    const whole = compute(rows);
    expect(differences(whole, stream(rows), rows.length)).toEqual([]);
    const other = columnsOf(rows.toReversed());
    const random = randomNumbers(rows.length);
    for (const count of [1, 2, 3].map(() => 1 + Math.floor(random() * rows.length))) {
      expect(differences(compute(rows.slice(0, count)), whole, count)).toEqual([]);
      const bars = columnsOf(rows);
      // The future runs backwards: as real, and quite another one.
      for (const name of ['open', 'high', 'low', 'close', 'volume'] as const)
        bars[name].set(other[name].subarray(0, rows.length - count), count);
      const otherwise = computeFeatureColumns(bars, sessionsOf(rows), DEFAULT_PARAMETERS);
      expect(differences(otherwise, whole, count)).toEqual([]);
    }
  });
});

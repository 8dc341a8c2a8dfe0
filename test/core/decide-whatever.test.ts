import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { barRefusal } from '#core/bar-refusal.ts';
import { decide, decideBriefly } from '#core/decide.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import type { Decision, Features, Snapshot } from '#core/decision.ts';
import { entryWindow } from '#core/filters/market.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { micros, tickOf } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { createVolumeProfile } from '#core/volume-profile.ts';

import { intentOf } from './support/deciding.ts';
import {
  account,
  BAR_END,
  features,
  pastTrade,
  position,
  shortFeatures,
  snapshot,
  symbolSnapshot,
} from './support/snapshots.ts';

const questionOf = ({ session, parameters, daily }: Snapshot, symbol: Ticker) => ({
  window: entryWindow(session, parameters),
  parameters,
  profile: () => createVolumeProfile(daily.get(symbol) ?? [], parameters),
});

const NASTY = [NaN, Infinity, -Infinity, 0, -0, -1, 1e-320, 1e300, Number.MAX_SAFE_INTEGER];
const nasty = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 4, arbitrary: fc.double({ min: 0.01, max: 2_000, noNaN: true }) },
);
const FEATURE_NAMES = Object.keys(features()) as (keyof Features)[];
const garbage = fc
  .tuple(
    fc.constantFrom(features(), shortFeatures()),
    fc.dictionary(fc.constantFrom(...FEATURE_NAMES), nasty, { maxKeys: 6 }),
  )
  .map(([base, changes]): Features => ({ ...base, ...changes }));
const anyMoney = fc.integer({ min: -1e12, max: 1e15 }).map(micros);

describe('whatever the world looks like, deciding', () => {
  const worlds = fc.record({
    features: fc.array(fc.option(garbage), { minLength: 1, maxLength: 6 }),
    equity: anyMoney,
    buyingPower: anyMoney,
    held: anyMoney,
    pending: anyMoney,
  });
  const build = ({
    features: rows,
    equity,
    buyingPower,
    held,
    pending,
  }: typeof worlds extends fc.Arbitrary<infer T> ? T : never) =>
    snapshot({
      symbols: rows.map((each, index) => symbolSnapshot(`S${index}`, { features: each })),
      account: account({ equity, buyingPower }),
      positions: [position('KO', { quantity: 1, currentPrice: held })],
      pendingEntries: [{ symbol: ticker('PG'), notional: pending }],
    });

  it('never throws, and says yes or no to each symbol', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const at = build(world);
        const decisions = decide(at);
        expect(decisions.map(({ symbol }) => symbol)).toEqual(
          at.symbols.map(({ symbol }) => symbol),
        );
        for (const { kind, evidence } of decisions) {
          const passed = evidence.filters.every((filter) => filter.passed);
          expect(passed).toBe(kind !== 'refused');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('comes to the same without what it stands on, for symbols whose bars refuse nothing', () => {
    let entered = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const all = build(world);
        const symbols = all.symbols.filter(({ features: at, symbol }) => {
          return at !== null && barRefusal(at, questionOf(all, symbol)) === null;
        });
        const at = { ...all, symbols };
        const outcomes = decideBriefly(at);
        expect(decide(at)).toMatchObject(outcomes);
        expect(outcomes.every((outcome) => !('evidence' in outcome))).toBe(true);
        entered += outcomes.filter(({ kind }) => kind === 'enter').length;
      }),
      { numRuns: 1_000 },
    );
    expect(entered).toBeGreaterThan(50);
  });

  it('never plans a leg on the wrong side, risks more than the budget, or breaks a cap', () => {
    let entered = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const { parameters } = snapshot();
        const share = (bps: number) => Math.ceil((world.equity / 10_000) * bps);
        let taken = 0;
        for (const decision of decide(build(world))) {
          const intent = intentOf(decision);
          if (intent === null) continue;
          entered += 1;
          const { bracket, quantity, size, side } = intent;
          const away = side === 'long' ? 1 : -1;
          const tick = tickOf(bracket.limitPrice);
          expect(away * (bracket.limitPrice - bracket.stopPrice)).toBeGreaterThanOrEqual(tick);
          expect(away * (bracket.targetPrice - bracket.limitPrice)).toBeGreaterThanOrEqual(tick);
          expect(Math.min(bracket.stopPrice, bracket.targetPrice)).toBeGreaterThan(0);
          expect(Number.isSafeInteger(quantity) && quantity >= 1).toBe(true);
          // Without an early part, one that would stand anywhere between will do.
          const { targetPrice: early, quantity: part } = intent.scaleOut ?? {
            targetPrice: (bracket.limitPrice + bracket.targetPrice) / 2,
            quantity: 0,
          };
          expect(away * (early - bracket.limitPrice)).toBeGreaterThan(0);
          expect(away * (bracket.targetPrice - early)).toBeGreaterThan(0);
          expect(part).toBeLessThan(quantity);
          expect(quantity * size.riskPerShare).toBeLessThanOrEqual(share(parameters.riskBps));
          expect(quantity * bracket.limitPrice).toBeLessThanOrEqual(
            share(parameters.maxPositionBps),
          );
          taken += quantity * bracket.limitPrice;
          expect(taken + world.held + world.pending).toBeLessThanOrEqual(
            share(parameters.maxExposureBps),
          );
          expect(taken + world.pending).toBeLessThanOrEqual(world.buyingPower);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(entered, 'the property has seen entries').toBeGreaterThan(100);
  });
});

/**
 * The figures of the bracket alone are left as they are: they come from the config, which is checked when it
 * is read, and one that is no number is a programmer's error.
 */
const RULES = [
  'confidenceThreshold',
  'noEntryFirstMinutes',
  'noEntryLastMinutes',
  'volumeProfileDays',
  'volumeBucketWidth',
  'volumeNodeFactor',
  'volumeNodeReach',
  'cooldownMinutes',
  'streakStopOuts',
  'streakWindowMinutes',
  'streakPauseMinutes',
  'maxOpenPositions',
  'maxSectorShare',
  'correlationDays',
  'correlationMinDays',
  'maxCorrelation',
  'riskBps',
  'winRateTrades',
  'winRateMinTrades',
  'topWinRatePercent',
  'topRiskBps',
  'goodWinRatePercent',
  'goodRiskBps',
  'poorWinRatePercent',
  'poorRiskBps',
  'maxPositionBps',
  'maxExposureBps',
] as const satisfies readonly (keyof StrategyParameters)[];

/** A world in which all rules have something to look at. */
const BUSY_WORLD: Snapshot = structuredClone(
  snapshot({
    symbols: [
      symbolSnapshot('S0'),
      symbolSnapshot('S1', { features: shortFeatures() }),
      symbolSnapshot('S2'),
    ],
    positions: [position('KO'), position('PG')],
    pendingEntries: [{ symbol: ticker('JNJ'), notional: micros(1_000_000_000) }],
    pastTrades: Array.from({ length: 12 }, (_, index) =>
      pastTrade({
        symbol: ticker(`S${index % 4}`),
        closedAt: BAR_END - (400 - 30 * index) * 60_000,
        pnl: micros((index % 2 === 0 ? -1 : 1) * 1_000_000),
      }),
    ),
  }),
);

/** Every place of a world that holds a number, as a way to put another one there. */
function numbersIn(world: object): readonly ((value: number) => void)[] {
  const held = (world instanceof Map ? [...world.values()] : world) as Record<string, unknown>;
  const isParameters = 'maxSectorShare' in held;
  return Object.entries(held).flatMap(([name, value]) => {
    if (typeof value === 'object' && value !== null) return numbersIn(value);
    const isRule = (RULES as readonly string[]).includes(name);
    if (typeof value !== 'number' || (isParameters && !isRule)) return [];
    return [(other: number) => void (held[name] = other)];
  });
}

/** Most of them are those of its daily bars: the others are to have their share. */
const numbersOf = ({ daily, ...rest }: Snapshot) => [numbersIn(rest), numbersIn(daily)] as const;

describe('whatever numbers a world is made of, deciding', () => {
  const [others, daily] = numbersOf(BUSY_WORLD);
  const place = fc.oneof(
    fc.tuple(fc.constant(0 as const), fc.nat({ max: others.length - 1 })),
    fc.tuple(fc.constant(1 as const), fc.nat({ max: daily.length - 1 })),
  );
  const hostileWorlds = fc
    .record({
      changes: fc.array(fc.tuple(place, nasty), { maxLength: 8 }),
      without: fc.subarray(
        ['daily', 'sectors', 'pastTrades', 'positions', 'pendingEntries'] as const,
        { minLength: 0 },
      ),
      isEmptied: fc.boolean(),
    })
    .map(({ changes, without, isEmptied }): Snapshot => {
      const world = structuredClone(BUSY_WORLD);
      const setters = numbersOf(world);
      for (const [[of, index], value] of changes) setters[of][index]!(value);
      if (!isEmptied) return world;
      const empty = { daily: new Map(), sectors: new Map() };
      const nothing = without.map((name) => [name, name in empty ? new Map() : []]);
      return { ...world, ...(Object.fromEntries(nothing) as Partial<Snapshot>) };
    });

  it('never throws, and gives the same bytes for the same world', () => {
    fc.assert(
      fc.property(hostileWorlds, (world) => {
        const bytes = JSON.stringify(decide(world));
        expect(JSON.stringify(decide(structuredClone(world)))).toBe(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('enters only where each filter was asked in its order, and passed', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(hostileWorlds, (world) => {
        for (const decision of decide(world)) {
          kinds.set(decision.kind, (kinds.get(decision.kind) ?? 0) + 1);
          expectLawful(decision);
        }
      }),
      { numRuns: 500 },
    );
    expect(kinds.get('enter'), 'the property has seen entries').toBeGreaterThan(100);
    expect(kinds.get('refused'), 'and refusals').toBeGreaterThan(100);
  });

  it('does not depend on the order in which daily bars and sectors are given', () => {
    const world = BUSY_WORLD;
    const turned = {
      ...world,
      daily: new Map([...world.daily].toReversed()),
      sectors: new Map([...world.sectors].toReversed()),
    };
    expect(JSON.stringify(decide(turned))).toBe(JSON.stringify(decide(world)));
  });
});

function expectLawful(decision: Decision): void {
  const { filters } = decision.evidence;
  expect(filters.map(({ filter }) => filter)).toEqual(ENTRY_FILTERS.slice(0, filters.length));
  const failed = filters.filter(({ passed }) => !passed).map(({ filter }) => filter);
  expect(failed).toEqual(decision.kind === 'refused' ? [filters.at(-1)?.filter] : []);
  if (decision.kind !== 'enter') return;
  expect(filters).toHaveLength(ENTRY_FILTERS.length);
  expect(Number.isSafeInteger(decision.intent.quantity)).toBe(true);
  expect(decision.intent.quantity).toBeGreaterThanOrEqual(1);
}

describe('whatever sectors the symbols are of', () => {
  it('each entry had room beside what was open before it', () => {
    const sectorNames = fc.array(fc.constantFrom('Energy', 'Utilities', 'Financials', null), {
      minLength: 12,
      maxLength: 12,
    });
    const inputs = fc.record({ names: sectorNames, held: fc.integer({ min: 0, max: 6 }) });
    fc.assert(
      fc.property(inputs, ({ names, held }) => {
        const symbols = names.map((_, index) => ticker(`S${index}`));
        const sectorOf = (symbol: Ticker) => names[symbols.indexOf(symbol)] ?? 'unknown';
        const sectors = new Map(symbols.map((symbol) => [symbol, sectorOf(symbol)]));
        const decisions = decide(
          snapshot({
            symbols: symbols.slice(held).map((symbol) => symbolSnapshot(symbol)),
            positions: symbols
              .slice(0, held)
              .map((symbol) => position(symbol, { quantity: 1, currentPrice: micros(1) })),
            sectors: new Map([...sectors].filter(([, sector]) => sector !== 'unknown')),
            parameters: { ...DEFAULT_PARAMETERS, maxOpenPositions: 7 },
          }),
        );
        const open = new Set(symbols.slice(0, held));
        for (const decision of decisions.filter(({ kind }) => kind === 'enter')) {
          const { symbol } = decision;
          const same = [...open].filter((each) => sectorOf(each) === sectorOf(symbol)).length;
          // In fifths, which are whole.
          expect(open.size === 0 || 5 * same < 2 * open.size).toBe(true);
          expect(open.size).toBeLessThan(7);
          open.add(symbol);
        }
      }),
      { numRuns: 300 },
    );
  });
});

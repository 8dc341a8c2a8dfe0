import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decide } from '#core/decide.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import type { Decision, EntryFilterName, Features, Snapshot } from '#core/decision.ts';
import { DATA_FILTERS, SIGNAL_FILTERS } from '#core/filters.ts';
import { ticker } from '#core/ids.ts';
import { micros, parseUsd, tickOf } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { asSessionDate, MINUTE_MS, newYorkInstant } from '#core/session.ts';

import {
  account,
  asset,
  BAR_END,
  features,
  position,
  SESSION,
  shortFeatures,
  snapshot,
  symbolSnapshot,
} from './support/snapshots.ts';

const decideOne = (at: Snapshot): Decision => {
  const [decision, ...more] = decide(at);
  expect(more).toEqual([]);
  return decision!;
};

/** NVDA with these features, and otherwise the world as given. */
const withFeatures = (at: Features | null, changes: Partial<Snapshot> = {}): Snapshot =>
  snapshot({ symbols: [symbolSnapshot('NVDA', { features: at })], ...changes });

const numbersOf = (decision: Decision, name: EntryFilterName) =>
  decision.evidence.filters.find(({ filter }) => filter === name)?.numbers;

const intentOf = (decision: Decision) => (decision.kind === 'enter' ? decision.intent : null);

describe('a decision', () => {
  it('enters long on a clear signal, with its bracket, its size and its ids', () => {
    const decision = decideOne(snapshot());
    expect(intentOf(decision)).toEqual({
      tradeId: '2025-11-25-1030-NVDA',
      clientOrderId: 'brk-2025-11-25-1030-NVDA-entry',
      symbol: 'NVDA',
      side: 'long',
      quantity: 249,
      decisionPrice: parseUsd('100'),
      bracket: {
        limitPrice: parseUsd('100.05'),
        stopPrice: parseUsd('98.05'),
        targetPrice: parseUsd('105.05'),
        regime: 'trending',
        isVolatile: false,
        stopAtrs: 2,
        targetAtrs: 5,
      },
      scaleOut: { quantity: 124, targetPrice: parseUsd('104.05') },
      size: {
        equity: parseUsd('100000'),
        riskBps: 100,
        riskBudget: parseUsd('1000'),
        riskPerShare: parseUsd('2'),
        sharesByRisk: 500,
        cappedBy: 'notional',
        shares: 249,
      },
      confidence: 100,
      decidedAt: BAR_END,
    });
    expect(decision.evidence).toMatchObject({
      side: 'long',
      confidence: 100,
      features: features(),
    });
    expect(decision.evidence.filters.map(({ filter }) => filter)).toEqual(ENTRY_FILTERS);
    expect(decision.evidence.filters.every(({ passed }) => passed)).toBe(true);
  });

  it('lets all of it run where the target lies within 2 R of the limit', () => {
    // Choppy: 3 ATR to the stop and 3.5 to the target.
    const choppy = features({ adx: 18, emaFast: 100.5, relativeVolume: 3, plusDi: 50 });
    const decision = decideOne(withFeatures(choppy));
    expect(intentOf(decision)).toMatchObject({ bracket: { regime: 'choppy' }, scaleOut: null });
  });

  it('enters short on the mirrored signal', () => {
    expect(intentOf(decideOne(withFeatures(shortFeatures())))).toMatchObject({
      side: 'short',
      bracket: {
        limitPrice: parseUsd('99.95'),
        stopPrice: parseUsd('101.95'),
        targetPrice: parseUsd('94.95'),
      },
      scaleOut: { targetPrice: parseUsd('95.95') },
    });
  });

  it('is no signal when the EMAs have not crossed lately, with the data filters it passed', () => {
    const decision = decideOne(withFeatures(features({ barsSinceCrossUp: 7 })));
    expect(decision).toMatchObject({
      kind: 'no-signal',
      symbol: 'NVDA',
      evidence: { side: null, confidence: null },
    });
    expect(decision.evidence.filters.map(({ filter }) => filter)).toEqual(['warm-up', 'freshness']);
  });

  it('is the same for the same snapshot', () => {
    const at = snapshot({ symbols: [symbolSnapshot('NVDA'), symbolSnapshot('AMD')] });
    expect(decide(structuredClone(at))).toEqual(decide(at));
  });

  it('comes for each symbol in the order given', () => {
    const symbols = ['XOM', 'AAPL', 'MSFT'].map((symbol) => symbolSnapshot(symbol));
    expect(decide(snapshot({ symbols })).map(({ symbol }) => symbol)).toEqual([
      'XOM',
      'AAPL',
      'MSFT',
    ]);
  });
});

const openedFor = (minute: number) => ({ ...SESSION, open: BAR_END - minute * MINUTE_MS });
const closingIn = (minute: number) => ({ ...SESSION, close: BAR_END + minute * MINUTE_MS });
const NVDA = ticker('NVDA');
const halted = { status: 'halted', by: 'ada', reason: 'lunch', since: 0, until: null } as const;
const noShorts = { ...DEFAULT_PARAMETERS, allowShort: false };
const withAsset = (changes: Partial<ReturnType<typeof asset>>, of: Features = features()) => ({
  symbols: [symbolSnapshot('NVDA', { asset: asset('NVDA', changes), features: of })],
});

describe('the entry filters', () => {
  it('are asked in their documented order', () => {
    expect([...DATA_FILTERS, ...SIGNAL_FILTERS].map(({ name }) => name)).toEqual(ENTRY_FILTERS);
  });

  it.each<[string, Snapshot, EntryFilterName, Record<string, unknown>]>([
    ['no bar ever', withFeatures(null), 'warm-up', { missing: 'bars' }],
    [
      'features that are not warm',
      withFeatures(features({ adx: NaN, trendEmaSlow: NaN })),
      'warm-up',
      { missing: 'adx, trendEmaSlow' },
    ],
    [
      'features that are no numbers',
      withFeatures(features({ vwap: Infinity })),
      'warm-up',
      { missing: 'vwap' },
    ],
    [
      'a missing count',
      withFeatures(features({ barsSinceCrossDown: NaN })),
      'warm-up',
      { missing: 'barsSinceCrossDown' },
    ],
    [
      'the bar before',
      withFeatures(features({ barEnd: BAR_END - 5 * MINUTE_MS })),
      'freshness',
      { minutesBehind: 5 },
    ],
    [
      'a bar of the future',
      withFeatures(features({ barEnd: BAR_END + 5 * MINUTE_MS })),
      'freshness',
      { minutesBehind: -5 },
    ],
    [
      '4 minutes after the open',
      snapshot({ session: openedFor(4) }),
      'entry-window',
      { minutesSinceOpen: 4, noEntryFirstMinutes: 5 },
    ],
    [
      '14 minutes before the close',
      snapshot({ session: closingIn(14) }),
      'entry-window',
      { minutesToClose: 14, noEntryLastMinutes: 15 },
    ],
    [
      'after the close',
      snapshot({ session: closingIn(-5) }),
      'entry-window',
      { minutesToClose: -5 },
    ],
    [
      'little confidence',
      withFeatures(features({ adx: 10, relativeVolume: 0.8 })),
      'confidence',
      { confidence: 64.5, threshold: 70, trend: 0, direction: 25, vwap: 15 },
    ],
    [
      'a 15-minute trend against a long',
      withFeatures(features({ trendEmaSlow: 100.01 })),
      'trend-15m',
      { side: 'long', trendEmaFast: 100, trendEmaSlow: 100.01 },
    ],
    [
      'a 15-minute trend against a short',
      withFeatures(shortFeatures({ trendEmaSlow: 98.99 })),
      'trend-15m',
      { side: 'short' },
    ],
    [
      'a position in the symbol',
      snapshot({ positions: [position('NVDA')] }),
      'one-position',
      { hasPosition: true, hasPendingEntry: false },
    ],
    [
      'an entry that still works',
      snapshot({ pendingEntries: [{ symbol: NVDA, notional: micros(1) }] }),
      'one-position',
      { hasPosition: false, hasPendingEntry: true },
    ],
    [
      'a halt',
      snapshot({ control: halted }),
      'control',
      { status: 'halted', by: 'ada', reason: 'lunch' },
    ],
    [
      'flattening',
      snapshot({ control: { ...halted, status: 'flattening' } }),
      'control',
      { status: 'flattening' },
    ],
    [
      'entries while the bot is blind and its books are not clean',
      snapshot({ impediments: ['blind: no market data', 'GME +5 is unaccounted for'] }),
      'readiness',
      { impediments: 'blind: no market data; GME +5 is unaccounted for' },
    ],
    [
      'a symbol the broker does not know',
      snapshot({ symbols: [symbolSnapshot('NVDA', { asset: null })] }),
      'broker',
      { isKnown: false, tradable: null },
    ],
    [
      'a symbol that cannot be traded',
      snapshot(withAsset({ tradable: false })),
      'broker',
      { tradable: false },
    ],
    [
      'a blocked account',
      snapshot({ account: account({ tradingBlocked: true }) }),
      'broker',
      { tradingBlocked: true },
    ],
    [
      'a short that cannot be borrowed',
      snapshot(withAsset({ shortable: false }, shortFeatures())),
      'broker',
      { side: 'short', shortable: false },
    ],
    [
      'a short in a cash account',
      withFeatures(shortFeatures(), { account: account({ shortingEnabled: false }) }),
      'broker',
      { shortingEnabled: false },
    ],
    [
      'a short that is switched off',
      withFeatures(shortFeatures(), { parameters: noShorts }),
      'broker',
      { allowShort: false },
    ],
    [
      'too small an account',
      snapshot({ account: account({ equity: parseUsd('150') }) }),
      'size',
      {
        equity: '150.00',
        riskBudget: '1.50',
        limitPrice: '100.05',
        stopPrice: '98.05',
        riskPerShare: '2.00',
        shares: 0,
      },
    ],
    [
      'no buying power',
      snapshot({ account: account({ buyingPower: parseUsd('100') }) }),
      'size',
      { sharesByRisk: 500, cappedBy: 'buying-power', shares: 0 },
    ],
    [
      'a stop below zero',
      withFeatures(features({ close: 1, vwap: 0.9, atr: 0.6, atrAverage: 0.6 })),
      'size',
      { shares: 0 },
    ],
  ])('refuse %s', (_, world, by, numbers) => {
    const decision = decideOne(world);
    expect(decision).toMatchObject({ kind: 'refused', by });
    expect(numbersOf(decision, by)).toMatchObject(numbers);
    const { filters } = decision.evidence;
    expect(filters.at(-1)).toMatchObject({ filter: by, passed: false });
    expect(filters.slice(0, -1).every(({ passed }) => passed)).toBe(true);
    expect(filters.map(({ filter }) => filter)).toEqual(ENTRY_FILTERS.slice(0, filters.length));
  });

  it.each<[string, Snapshot]>([
    ['the first bar of the session', snapshot({ session: openedFor(5) })],
    ['the last bar of the window', snapshot({ session: closingIn(15) })],
    [
      'a confidence on the threshold',
      withFeatures(features({ adx: 18, emaFast: 99.1, emaSlow: 99 }), {
        parameters: { ...DEFAULT_PARAMETERS, confidenceThreshold: 71.7 },
      }),
    ],
    ['a 15-minute trend without a direction', withFeatures(features({ trendEmaSlow: 100 }))],
    ['a short without a 15-minute direction', withFeatures(shortFeatures({ trendEmaSlow: 99 }))],
    ['a long of what cannot be sold short', snapshot(withAsset({ shortable: false }))],
    [
      'positions and entries in other symbols',
      snapshot({
        positions: [position('AMD')],
        pendingEntries: [{ symbol: ticker('KO'), notional: micros(1) }],
      }),
    ],
    ['a market that never crossed down', withFeatures(features({ barsSinceCrossDown: Infinity }))],
  ])('let pass %s', (_, world) => {
    expect(decideOne(world).kind).toBe('enter');
  });

  it('close the entry window early on a half-day', () => {
    const date = asSessionDate('2025-11-28');
    const session = {
      date,
      open: newYorkInstant(date, '09:30'),
      close: newYorkInstant(date, '13:00'),
    };
    const decideAt = (time: string) => {
      const barEnd = newYorkInstant(date, time);
      return decideOne(withFeatures(features({ barEnd }), { barEnd, session }));
    };
    expect(decideAt('12:45').kind).toBe('enter');
    expect(decideAt('12:50')).toMatchObject({ kind: 'refused', by: 'entry-window' });
  });
});

const many = (count: number, changes: Partial<Snapshot> = {}) =>
  decide(
    snapshot({
      symbols: Array.from({ length: count }, (_, index) => symbolSnapshot(`S${index}`)),
      ...changes,
    }),
  );
const quantities = (decisions: readonly Decision[]) =>
  decisions.map(
    (decision) => intentOf(decision)?.quantity ?? decision.evidence.filters.at(-1)?.filter,
  );

describe('the intents of one cycle', () => {
  it('share the exposure: eight positions of 249 shares, and seven shares more', () => {
    const decisions = many(10, { account: account({ buyingPower: parseUsd('1000000') }) });
    expect(quantities(decisions)).toEqual([249, 249, 249, 249, 249, 249, 249, 249, 7, 'size']);
    expect(intentOf(decisions[8]!)?.size.cappedBy).toBe('exposure');
  });

  it('share the buying power', () => {
    const decisions = many(3, { account: account({ buyingPower: parseUsd('40000') }) });
    expect(quantities(decisions)).toEqual([249, 150, 'size']);
    expect(intentOf(decisions[1]!)?.size.cappedBy).toBe('buying-power');
  });

  it('never open a symbol twice, even when it is listed twice', () => {
    const symbols = [symbolSnapshot('NVDA'), symbolSnapshot('NVDA')];
    const decisions = decide(snapshot({ symbols }));
    expect(decisions.map(({ kind }) => kind)).toEqual(['enter', 'refused']);
    expect(decisions[1]).toMatchObject({ by: 'one-position' });
  });
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

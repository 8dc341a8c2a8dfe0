import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decide } from '#core/decide.ts';
import { FILTER_FORMS, RECORDED_FEATURES } from '#core/decision-record-form.ts';
import { decisionRecord, MAX_RECORD_BYTES } from '#core/decision-record.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import type { Decision, Evidence, Features, FilterResult } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import { readDecisionRecord } from '#core/read-decision-record.ts';

import { asset, BAR_END, features, snapshot, symbolSnapshot } from './support/snapshots.ts';

const NVDA = ticker('NVDA');
const ASSET = asset('NVDA');

const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  features: features(),
  side: null,
  confidence: null,
  filters: [],
  ...changes,
});

/** What the record alone depends on is the evidence. */
const decisionWith = (changes: Partial<Evidence> = {}): Decision => ({
  kind: 'no-signal',
  symbol: NVDA,
  evidence: evidence(changes),
});

/** Through JSON, as a database gives it back. */
const stored = (decision: Decision, of = ASSET as typeof ASSET | null): unknown =>
  JSON.parse(JSON.stringify(decisionRecord(decision, of)));
const reread = (decision: Decision, of = ASSET as typeof ASSET | null) =>
  readDecisionRecord(stored(decision, of), NVDA)!;
const bytesOf = (decision: Decision): number =>
  Buffer.byteLength(JSON.stringify(decisionRecord(decision, ASSET)));

const anyFeatures: fc.Arbitrary<Features> = fc.record(
  Object.fromEntries(Object.keys(features()).map((name) => [name, fc.double()])),
  { noNullPrototype: true },
) as unknown as fc.Arbitrary<Features>;
const anyNumber = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: 'binary', maxLength: 300 }),
);
const namesOf = (filter: FilterResult['filter']) => FILTER_FORMS[filter].numbers;
const anyVerdict = (filter: FilterResult['filter'], passed: boolean): fc.Arbitrary<FilterResult> =>
  fc
    .dictionary(
      fc
        .oneof(fc.constantFrom(...namesOf(filter)), fc.string({ maxLength: 40 }))
        .filter((name) => name !== '__proto__'),
      anyNumber,
      { maxKeys: 12, noNullPrototype: true },
    )
    .map((numbers) => ({ filter, passed, numbers }));
/** All filters asked, the last of which may have refused. */
const anyFilters = fc
  .tuple(...ENTRY_FILTERS.map((filter) => anyVerdict(filter, true)))
  .chain((all) =>
    fc
      .tuple(fc.nat({ max: all.length }), fc.boolean())
      .map(([count, isRefused]) =>
        all
          .slice(0, count)
          .map((verdict, at) => ({ ...verdict, passed: !isRefused || at < count - 1 })),
      ),
  );
const anyEvidence = fc.record({
  features: fc.option(anyFeatures),
  side: fc.constantFrom('long' as const, 'short' as const, null),
  confidence: fc.option(fc.double()),
  filters: anyFilters,
});

/** Of which every figure takes as many digits as it can. */
const longFeatures = (): Features => {
  const names = Object.keys(features()).filter((name) => !/^bars|barEnd/.test(name));
  const long = names.map((name, at) => [name, (100 + at) / 7 + 100 / 3]);
  return { ...features({ barsSinceCrossUp: 212 }), ...Object.fromEntries(long) };
};

const third = 100 / 3;
const numbersOf: Readonly<Record<FilterResult['filter'], FilterResult['numbers']>> = {
  'warm-up': { missing: null },
  freshness: { barEnd: BAR_END, featuresBarEnd: BAR_END, minutesBehind: 0 },
  'entry-window': {
    minutesSinceOpen: 60,
    minutesToClose: 330,
    noEntryFirstMinutes: 5,
    noEntryLastMinutes: 15,
  },
  confidence: {
    confidence: 81.4,
    threshold: 70,
    trend: third,
    separation: third,
    direction: third,
    volume: third,
    vwap: 15,
  },
  'trend-15m': { side: 'short', trendEmaFast: third, trendEmaSlow: third },
  'volume-profile': { price: third, bucket: 100, node: 101, distance: 1, width: 1, days: 20 },
  'one-position': { hasPosition: false, hasPendingEntry: false },
  cooldown: { cooldownUntil: null, minutesLeft: 0, stopOuts: 3, streakUntil: null },
  control: { status: 'active', by: 'Ada Lovelace', reason: 'looked at it, all is well again' },
  readiness: { impediments: null },
  drawdown: {
    daily: -third,
    dailyLimit: 3,
    dailyBreached: false,
    peak: -third,
    peakLimit: 5,
    peakBreached: false,
  },
  'position-cap': { open: 9, max: 10 },
  sector: { sector: 'Communication Services', open: 9, same: 3, maxShare: 0.4 },
  correlation: { correlation: third / 100, with: 'GOOGL', days: 60, max: 0.8, minDays: 20 },
  size: {
    equity: '1099874.213377',
    riskBps: 120,
    tier: 'good',
    trades: 20,
    wins: 12,
    riskBudget: '13198.742133',
    limitPrice: '182.41',
    stopPrice: '180.78',
    riskPerShare: '1.63',
    sharesByRisk: 8097,
    cappedBy: 'buying-power',
    shares: 1360,
  },
  broker: {
    side: 'short',
    isKnown: true,
    tradable: true,
    tradingBlocked: false,
    shortable: true,
    shortingEnabled: true,
    allowShort: true,
  },
};
const allFilters = ENTRY_FILTERS.map((filter): FilterResult => ({
  filter,
  passed: true,
  numbers: numbersOf[filter],
}));

/** So many texts that are longer than any room for them, each with a name of its own. */
const longTexts = (count: number): FilterResult['numbers'] =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, 'x'.repeat(200)]));

/** Refused by a filter with five long texts and this one. */
const withText = (text: string): Decision =>
  decisionWith({
    filters: [{ filter: 'control', passed: false, numbers: { ...longTexts(5), reason: text } }],
  });

/** What is left of a text among the numbers of a filter that refused. */
const reasonOf = (reason: string) => {
  const filters = [{ filter: 'control' as const, passed: false, numbers: { reason } }];
  return reread(decisionWith({ filters })).filters[0]!.numbers['reason'];
};

/** As a person is shown it. */
const roundly = (value: FilterResult['numbers'][string]) => {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return null;
  return Number.isSafeInteger(value) ? value + 0 : Number(value.toPrecision(6));
};

describe('the record of a decision', () => {
  it('takes 1 KB at most, whatever the numbers and texts are', () => {
    fc.assert(
      fc.property(anyEvidence, (of) => {
        expect(bytesOf(decisionWith(of))).toBeLessThanOrEqual(1024);
      }),
      { numRuns: 300 },
    );
    expect(MAX_RECORD_BYTES).toBe(1024);
  });

  it('gives back features, side, confidence and verdicts exactly, whatever they are', () => {
    fc.assert(
      fc.property(anyEvidence, (of) => {
        const read = reread(decisionWith(of));
        expect(read.features).toStrictEqual(of.features);
        expect(read.side).toBe(of.side);
        expect(Object.is(read.confidence, of.confidence)).toBe(true);
        expect(read.filters.map(({ filter, passed }) => [filter, passed])).toEqual(
          of.filters.map(({ filter, passed }) => [filter, passed]),
        );
        expect(read.isExact).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('gives back the numbers too, to six digits, unless it says that it was cut', () => {
    fc.assert(
      fc.property(anyFilters, (filters) => {
        const read = reread(decisionWith({ filters }));
        if (read.isCut) return;
        for (const [at, { numbers }] of filters.entries()) {
          const texts = Object.entries(numbers).some(
            ([, value]) =>
              typeof value === 'string' && (value.length > 160 || /[\0\uD800-\uDFFF]/.test(value)),
          );
          if (texts) continue;
          const shown = Object.entries(numbers).map(([name, value]) => [name, roundly(value)]);
          expect(read.filters[at]!.numbers).toEqual(Object.fromEntries(shown));
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'gives back a feature and a confidence of %d',
    (value) => {
      const read = reread(decisionWith({ features: features({ vwap: value }), confidence: value }));
      expect(read.features?.vwap).toBe(value);
      expect(read.confidence).toBe(value);
    },
  );

  it.each([
    [5, { tradable: true, shortable: false, hardToBorrow: true }],
    [2, { tradable: false, shortable: true, hardToBorrow: false }],
    [0, { tradable: false, shortable: false, hardToBorrow: false }],
    [7, { tradable: true, shortable: true, hardToBorrow: true }],
  ])('writes %d for an asset that is %o, and gives it back', (bits, flags) => {
    expect(stored(decisionWith(), asset('NVDA', flags))).toHaveProperty([4], bits);
    expect(reread(decisionWith(), asset('NVDA', flags)).asset).toEqual(asset('NVDA', flags));
  });

  it('keeps a text of 160 characters whole, and cuts a longer one', () => {
    expect(reasonOf('x'.repeat(160))).toBe('x'.repeat(160));
    expect(reasonOf('x'.repeat(161))).toBe(`${'x'.repeat(159)}…`);
  });

  it('has no minus zero among the numbers of a filter', () => {
    const filters = [{ filter: 'position-cap' as const, passed: true, numbers: { open: -0 } }];
    expect(decisionRecord(decisionWith({ filters }), null)[5]).toStrictEqual([[11, 1, 0]]);
  });

  it('is not cut at 1 KB, but a byte beyond', () => {
    const room = MAX_RECORD_BYTES - bytesOf(withText(''));
    expect(bytesOf(withText('x'.repeat(room)))).toBe(1024);
    expect(reread(withText('x'.repeat(room))).isCut).toBe(false);
    expect(reread(withText('x'.repeat(room + 1))).isCut).toBe(true);
  });

  it('gives back that the broker did not know the symbol, and that there was no bar', () => {
    const read = reread(decisionWith({ features: null }), null);
    expect(read.asset).toBeNull();
    expect(read.features).toBeNull();
  });

  it('has a place for every feature, and a code of its own for every filter', () => {
    expect([...RECORDED_FEATURES].toSorted()).toEqual(Object.keys(features()).toSorted());
    const codes = ENTRY_FILTERS.map((filter) => [filter, FILTER_FORMS[filter].code]);
    expect(Object.fromEntries(codes)).toEqual({
      'warm-up': 0,
      freshness: 1,
      'entry-window': 2,
      confidence: 3,
      'trend-15m': 4,
      'volume-profile': 5,
      'one-position': 6,
      cooldown: 7,
      control: 8,
      readiness: 9,
      drawdown: 10,
      'position-cap': 11,
      sector: 12,
      correlation: 13,
      size: 14,
      broker: 15,
    });
  });

  it('keeps the refusing filter’s numbers longest', () => {
    const long = 'a reason '.repeat(30);
    const many = (filter: FilterResult['filter'], passed: boolean): FilterResult => ({
      filter,
      passed,
      numbers: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`reason${n}`, long])),
    });
    const filters = [
      many('warm-up', true),
      many('confidence', true),
      {
        filter: 'control' as const,
        passed: false,
        numbers: { status: 'halted', by: 'Ada', reason: long },
      },
    ];
    const read = reread(decisionWith({ filters }));
    expect(read.isCut).toBe(true);
    expect(read.filters.map(({ passed }) => passed)).toEqual([true, true, false]);
    expect(read.filters[0]!.numbers).toEqual({});
    expect(read.filters[2]!.numbers).toMatchObject({ status: 'halted', by: 'Ada' });
    expect(read.filters[2]!.numbers['reason']).toMatch(/^a reason a reason .*…$/);
  });

  it.each(
    // oxfmt-ignore
    [
      // texts of a filter that passed, of the refusing one, what is left of each
      [1,  1,   160,  160],
      [9,  1,   24,   120],
      [40, 1,   null, 120],
      [1,  10,  null, 24],
      [1,  40,  null, 8],
      [1,  100, null, null],
    ] as const,
  )('with %d and %d long texts keeps %s and %s characters of each', (...row) => {
    const [passed, refusing, ...expected] = row;
    const read = reread(
      decisionWith({
        filters: [
          { filter: 'warm-up', passed: true, numbers: longTexts(passed) },
          { filter: 'control', passed: false, numbers: longTexts(refusing) },
        ],
      }),
    );
    const kept = read.filters.map(({ numbers }) => numbers['t0'] ?? null);
    expect(kept).toEqual(
      expected.map((length) => (length === null ? null : `${'x'.repeat(length - 1)}…`)),
    );
  });

  it('of an entry, with every filter asked, is complete within the 1 KB', () => {
    const [decision] = decide(snapshot());
    expect(decision!.kind).toBe('enter');
    const read = reread(decision!);
    expect(read.isCut).toBe(false);
    expect(read.filters.map(({ filter }) => filter)).toEqual(
      decision!.evidence.filters.map(({ filter }) => filter),
    );
    expect(bytesOf(decision!)).toBeLessThan(900);
  });

  it('with all sixteen filters asked is complete within the 1 KB', () => {
    const decision = decisionWith({
      features: longFeatures(),
      side: 'short',
      confidence: 81.4,
      filters: allFilters,
    });
    const read = reread(decision);
    expect(read.isCut).toBe(false);
    expect(read.filters.map(({ filter }) => filter)).toEqual(ENTRY_FILTERS);
    expect(read.filters.map(({ numbers }) => Object.keys(numbers))).toEqual(
      allFilters.map(({ numbers }) => Object.keys(numbers)),
    );
    expect(bytesOf(decision)).toBeLessThanOrEqual(MAX_RECORD_BYTES);
  });

  it('without a signal is small', () => {
    const calm = symbolSnapshot('NVDA', { features: features({ barsSinceCrossUp: 9 }) });
    const [decision] = decide(snapshot({ symbols: [calm] }));
    expect(decision!.kind).toBe('no-signal');
    expect(bytesOf(decision!)).toBeLessThan(420);
  });

  it('is written in this form, which is not to change without a new version', () => {
    const decision = decisionWith({
      features: features({
        emaFast: 100.000_000_000_000_01,
        barsSinceCrossDown: Number.POSITIVE_INFINITY,
        trendEmaSlow: Number.NaN,
      }),
      side: 'long',
      confidence: 63.2,
      filters: [
        { filter: 'warm-up', passed: true, numbers: { missing: null } },
        // What follows its last number is not written.
        { filter: 'cooldown', passed: true, numbers: { minutesLeft: 0 } },
        {
          filter: 'confidence',
          passed: false,
          numbers: { confidence: 63.2, trend: 1 / 3, new: true },
        },
      ],
    });
    expect(stored(decision)).toEqual([
      1,
      [BAR_END, 100, 100.000_000_000_000_01, 99, 1, 'inf', 1, 1, 30, 30, 10, 1.5, 99, 100, null],
      'long',
      63.2,
      3,
      [
        [0, 1, null],
        [7, 1, [], 0],
        [3, 0, 63.2, [], 0.333_333, [], [], [], [], { new: true }],
      ],
      0,
    ]);
  });
});

describe('a record that was written before', () => {
  const old = {
    features: [100, 100, 99, 1, null, 1, 1, 30, 30, 10, 1.5, 99, 100, 99],
    side: 'long',
    confidence: 63.2,
    filters: [
      ['freshness', true, { barEnd: BAR_END, featuresBarEnd: BAR_END, minutesBehind: 0 }],
      ['confidence', false, { confidence: 63.2, threshold: 70 }],
    ],
  };

  it('had a version is readable, but not exact', () => {
    expect(readDecisionRecord(old, NVDA)).toEqual({
      features: features({ barsSinceCrossDown: Number.POSITIVE_INFINITY }),
      side: 'long',
      confidence: 63.2,
      asset: null,
      filters: [
        {
          filter: 'freshness',
          passed: true,
          numbers: { barEnd: BAR_END, featuresBarEnd: BAR_END, minutesBehind: 0 },
        },
        { filter: 'confidence', passed: false, numbers: { confidence: 63.2, threshold: 70 } },
      ],
      isCut: false,
      isExact: false,
    });
  });

  it('had names for new features or numbers is readable, with what it has', () => {
    const record = [1, [BAR_END, 100], 'short', null, null, [[3, 1, 80, { odd: 1 }]], 0];
    const read = readDecisionRecord(record, NVDA)!;
    expect(read.features).toMatchObject({ barEnd: BAR_END, close: 100, atr: Number.NaN });
    expect(read.filters[0]!.numbers).toEqual({ confidence: 80, odd: 1 });
  });

  it.each([
    ['nothing', null],
    ['a text', 'record'],
    ['a version of the future', [2, [], null, null, null, [], 0]],
    ['no filters', [1, [], null, null, null, null, 0]],
    ['an unknown filter', [1, [], null, null, null, [[99, 1]], 0]],
    ['a filter that is none', [1, [], null, null, null, [7], 0]],
    ['an old one without filters', { features: [] }],
    ['an old one with an unknown filter', { features: [], filters: [['moon', true, {}]] }],
    ['an old one with a filter that is none', { features: [], filters: [7] }],
  ])('is %s cannot be read, and says so without an error', (_, record) => {
    expect(readDecisionRecord(record, NVDA)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';

import { ENTRY_FILTERS } from '#core/decision.ts';
import type { DailyBar, EntryFilterName, Features, Snapshot } from '#core/decision.ts';
import { DATA_FILTERS, SIGNAL_FILTERS } from '#core/filters.ts';
import { ticker } from '#core/ids.ts';
import { micros, parseUsd } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { asSessionDate, MINUTE_MS, newYorkInstant } from '#core/session.ts';

import { dailyBarsAround } from '../support/daily-bars.ts';
import { decideOne, numbersOf, withFeatures } from './support/deciding.ts';
import {
  account,
  asset,
  BAR_END,
  features,
  pastTrade,
  position,
  SESSION,
  shortFeatures,
  snapshot,
  symbolSnapshot,
} from './support/snapshots.ts';

const openedFor = (minute: number) => ({ ...SESSION, open: BAR_END - minute * MINUTE_MS });
const closingIn = (minute: number) => ({ ...SESSION, close: BAR_END + minute * MINUTE_MS });
const NVDA = ticker('NVDA');
const AMD = ticker('AMD');
const daily = (bars: readonly DailyBar[]) => new Map([[NVDA, bars]]);
const calm = { dailyPercent: 0, peakPercent: 0, isDailyBreached: false, isPeakBreached: false };
const fallen = (changes: Partial<Snapshot['drawdown']>) =>
  snapshot({ drawdown: { ...calm, ...changes } });
const holding = (count: number) =>
  Array.from({ length: count }, (_, index) => position(`H${index}`));
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
      'an instant that no calendar has',
      withFeatures(features({ barEnd: 1e300 }), {
        barEnd: 1e300,
        session: { ...SESSION, close: Infinity },
      }),
      'freshness',
      { barEnd: 1e300, minutesBehind: 0 },
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
      'the bar at which the end of the day closes everything',
      snapshot({
        session: closingIn(15),
        parameters: { ...DEFAULT_PARAMETERS, flattenMinutes: 15 },
      }),
      'entry-window',
      { minutesToClose: 15, flattens: true },
    ],
    [
      'the last bar of fifteen minutes before it',
      snapshot({
        session: closingIn(15),
        parameters: { ...DEFAULT_PARAMETERS, barMinutes: 15 },
      }),
      'entry-window',
      { minutesToClose: 15, noEntryLastMinutes: 15, flattens: true },
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
      'a price without a node near it',
      snapshot({ daily: daily(dailyBarsAround('NVDA', 103)) }),
      'volume-profile',
      { price: 100, bucket: 100, node: 103, distance: 3, width: 1, days: 20 },
    ],
    [
      'a price without any node',
      snapshot({
        daily: daily(dailyBarsAround('NVDA', 100).map((bar) => ({ ...bar, close: 100 }))),
      }),
      'volume-profile',
      { bucket: 100, node: null, distance: null },
    ],
    [
      'a symbol without daily bars',
      snapshot({ daily: new Map() }),
      'volume-profile',
      { price: 100, days: 0, needed: 20 },
    ],
    [
      'a symbol with one daily bar too few',
      snapshot({ daily: daily(dailyBarsAround('NVDA', 100, { days: 19 })) }),
      'volume-profile',
      { days: 19, needed: 20 },
    ],
    [
      'a daily bar without a volume',
      snapshot({
        daily: daily(dailyBarsAround('NVDA', 100).map((bar) => ({ ...bar, volume: 0 }))),
      }),
      'volume-profile',
      { days: 20, badBar: '2025-10-28' },
    ],
    [
      'a price below zero',
      withFeatures(features({ close: -1, vwap: -2 })),
      'volume-profile',
      { price: -1, width: null },
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
      'a symbol that was stopped out lately',
      snapshot({ pastTrades: [pastTrade({ closedAt: BAR_END - 29 * MINUTE_MS })] }),
      'cooldown',
      { cooldownUntil: BAR_END + MINUTE_MS, minutesLeft: 1, stopOuts: 1, streakUntil: null },
    ],
    [
      'everything after a streak of stop-outs',
      snapshot({
        pastTrades: [50, 40, 35, 20].map((minutes) =>
          pastTrade({ symbol: AMD, closedAt: BAR_END - minutes * MINUTE_MS }),
        ),
      }),
      'cooldown',
      {
        cooldownUntil: null,
        minutesLeft: 40,
        stopOuts: 4,
        streakUntil: BAR_END + 40 * MINUTE_MS,
      },
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
      'a fall beyond the daily limit',
      fallen({ dailyPercent: -3.2, peakPercent: -3.2, isDailyBreached: true }),
      'drawdown',
      {
        daily: -3.2,
        dailyLimit: 3,
        dailyBreached: true,
        peak: -3.2,
        peakLimit: 5,
        peakBreached: false,
      },
    ],
    [
      'a daily breach that has recovered, but that nobody has resumed from',
      fallen({ dailyPercent: -0.1, isDailyBreached: true }),
      'drawdown',
      { daily: -0.1, dailyBreached: true },
    ],
    [
      'a fall beyond the limit from the peak',
      fallen({ peakPercent: -5.1, isPeakBreached: true }),
      'drawdown',
      { dailyBreached: false, peak: -5.1, peakBreached: true },
    ],
    ['a day without a reading', fallen({ dailyPercent: null }), 'drawdown', { daily: null }],
    ['a peak without a reading', fallen({ peakPercent: null }), 'drawdown', { peak: null }],
    [
      'a fall that is no number',
      fallen({ dailyPercent: Number.NaN }),
      'drawdown',
      { daily: Number.NaN },
    ],
    [
      'an eleventh position',
      snapshot({ positions: holding(10) }),
      'position-cap',
      { open: 10, max: 10 },
    ],
    [
      'an eleventh position where some are on their way',
      snapshot({
        positions: holding(6),
        // Two of them belong to one position, which counts once.
        pendingEntries: ['H5', 'P1', 'P2', 'P3', 'P4'].map((symbol) => ({
          symbol: ticker(symbol),
          notional: micros(1),
        })),
      }),
      'position-cap',
      { open: 10, max: 10 },
    ],
    [
      'too much in one sector',
      snapshot({
        positions: holding(2),
        sectors: new Map(['NVDA', 'H0'].map((symbol) => [ticker(symbol), 'Technology'])),
      }),
      'sector',
      { sector: 'Technology', open: 2, same: 1, maxShare: 0.4 },
    ],
    [
      'too many without a known sector',
      snapshot({ positions: holding(1), sectors: new Map() }),
      'sector',
      { sector: 'unknown', open: 1, same: 1 },
    ],
    [
      'what moves like a position',
      snapshot({
        positions: [position('AMD')],
        daily: new Map([NVDA, AMD].map((each) => [each, dailyBarsAround('TWINS', 100)])),
      }),
      'correlation',
      { correlation: expect.closeTo(1, 9), with: 'AMD', days: 60, max: 0.8, minDays: 20 },
    ],
    [
      'what moves like an entry that still works',
      snapshot({
        pendingEntries: [{ symbol: AMD, notional: micros(1) }],
        daily: new Map([NVDA, AMD].map((each) => [each, dailyBarsAround('TWINS', 100)])),
      }),
      'correlation',
      { with: 'AMD' },
    ],
    [
      'what cannot be compared with a position',
      snapshot({
        positions: [position('AMD')],
        daily: daily(dailyBarsAround('NVDA', 100)),
      }),
      'correlation',
      { correlation: null, with: 'AMD', days: 0 },
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
    ['a price two buckets from a node', snapshot({ daily: daily(dailyBarsAround('NVDA', 102)) })],
    [
      'twenty daily bars, when nothing is open',
      snapshot({ daily: daily(dailyBarsAround('NVDA', 100, { days: 20 })) }),
    ],
    [
      'a symbol whose cooldown is over',
      snapshot({ pastTrades: [pastTrade({ closedAt: BAR_END - 30 * MINUTE_MS })] }),
    ],
    [
      'a fall beyond both limits that an admin has resumed from',
      fallen({ dailyPercent: -3.5, peakPercent: -6 }),
    ],
    ['a tenth position', snapshot({ positions: holding(9) })],
    ['a single share', snapshot({ account: account({ buyingPower: parseUsd('100.05') }) })],
    [
      'a sector with one of three',
      snapshot({
        positions: holding(3),
        sectors: new Map([
          [NVDA, 'Technology'],
          [ticker('H0'), 'Technology'],
          [ticker('H1'), 'Energy'],
          [ticker('H2'), 'Energy'],
        ]),
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

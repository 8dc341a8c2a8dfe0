import { describe, expect, it } from 'vitest';

import { decide } from '#core/decide.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import type { EntryFilterName, FilterResult, Snapshot } from '#core/decision.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { changesFor } from '#core/why.ts';
import type { Change } from '#core/why.ts';

import { BAR_END, features, shortFeatures, snapshot, symbolSnapshot } from './support/snapshots.ts';

/** What a decision about NVDA on this snapshot lacks. */
function changesOf(at: Snapshot): readonly Change[] {
  const [decision] = decide(at);
  return changesFor(decision!, at.parameters);
}

const nvda = (changes: Parameters<typeof features>[0]): Snapshot =>
  snapshot({ symbols: [symbolSnapshot('NVDA', { features: features(changes) })] });

/** What a filter asks for that has refused with these numbers. */
const refusedBy = (filter: EntryFilterName, numbers: FilterResult['numbers']): readonly Change[] =>
  changesFor(
    {
      kind: 'refused',
      evidence: {
        features: features(),
        side: 'long',
        confidence: 80,
        filters: [
          { filter: 'warm-up', passed: true, numbers: {} },
          { filter, passed: false, numbers },
        ],
      },
    },
    DEFAULT_PARAMETERS,
  );

describe('what would have to change', () => {
  it('is nothing for a trade', () => {
    expect(changesOf(snapshot())).toEqual([]);
  });

  it('without a signal is a crossing, to either side', () => {
    expect(changesOf(nvda({ barsSinceCrossUp: 3 }))).toEqual([
      {
        code: 'crossing',
        side: 'long',
        isBeyond: true,
        barsSince: 3,
        withinBars: 3,
        emaFast: 100,
        emaSlow: 99,
      },
      {
        code: 'crossing',
        side: 'short',
        isBeyond: false,
        barsSince: 40,
        withinBars: 3,
        emaFast: 100,
        emaSlow: 99,
      },
    ]);
  });

  it('knows of a side that was never crossed to, and of EMAs that touch', () => {
    const never = { barsSinceCrossUp: Number.POSITIVE_INFINITY, emaFast: 99, emaSlow: 99 };
    expect(changesOf(nvda(never))).toMatchObject([
      { side: 'long', isBeyond: false, barsSince: null },
      { side: 'short', isBeyond: false, barsSince: 40 },
    ]);
    const below = nvda({ emaFast: 98, barsSinceCrossDown: 7 });
    expect(changesOf(below)).toMatchObject([{ isBeyond: false }, { isBeyond: true }]);
  });

  it('of an early bar is its time after the open, of a late one before the close', () => {
    const at = snapshot();
    const open = { ...at, session: { ...at.session, open: BAR_END - 60_000 } };
    expect(changesOf(open)).toEqual([{ code: 'after-open', minutes: 1, needed: 5 }]);
    const close = { ...at, session: { ...at.session, close: BAR_END + 60_000 } };
    expect(changesOf(close)).toEqual([{ code: 'before-close', minutes: 1, needed: 15 }]);
  });

  it('of a weak signal is the confidence, with its threshold', () => {
    const weak = nvda({ adx: 10, relativeVolume: 0.5 });
    expect(changesOf(weak)).toEqual([{ code: 'confidence', value: 60, needed: 70 }]);
  });

  it('of a lone bar is its data', () => {
    expect(changesOf(nvda({ atr: Number.NaN }))).toEqual([{ code: 'warm-up', missing: 'atr' }]);
    expect(changesOf(nvda({ barEnd: BAR_END - 300_000 }))).toEqual([
      { code: 'fresh-bar', minutesBehind: 5 },
    ]);
  });

  it('of a trend that is against it is that trend', () => {
    expect(changesOf(nvda({ trendEmaFast: 98 }))).toEqual([
      { code: 'trend', side: 'long', emaFast: 98, emaSlow: 99 },
    ]);
  });

  it.each<[EntryFilterName, FilterResult['numbers'], readonly Change[]]>([
    [
      'volume-profile',
      { price: 100, bucket: 100, node: 95, distance: 5, width: 1, days: 20 },
      [{ code: 'volume-node', distance: 5, reach: 2, node: 95 }],
    ],
    [
      'volume-profile',
      { price: 100, bucket: 100, node: null, distance: null, width: 1, days: 20 },
      [{ code: 'volume-node', distance: null, reach: 2, node: null }],
    ],
    [
      'volume-profile',
      { price: 100, days: 7, needed: 20 },
      [{ code: 'daily-bars', days: 7, needed: 20 }],
    ],
    [
      'volume-profile',
      { price: 100, days: 20, badBar: '2025-11-24' },
      [{ code: 'daily-bars', days: 20, needed: null }],
    ],
    [
      'one-position',
      { hasPosition: true, hasPendingEntry: false },
      [{ code: 'no-position', has: 'position' }],
    ],
    [
      'one-position',
      { hasPosition: true, hasPendingEntry: true },
      [
        { code: 'no-position', has: 'position' },
        { code: 'no-position', has: 'pending-entry' },
      ],
    ],
    [
      'cooldown',
      { cooldownUntil: 1000, minutesLeft: 3, stopOuts: 1, streakUntil: null },
      [{ code: 'wait', why: 'cooldown', until: 1000 }],
    ],
    [
      'cooldown',
      { cooldownUntil: 1000, minutesLeft: 3, stopOuts: 4, streakUntil: 2000 },
      [
        { code: 'wait', why: 'cooldown', until: 1000 },
        { code: 'wait', why: 'streak', until: 2000 },
      ],
    ],
    ['control', { status: 'halted', by: 'Ada' }, [{ code: 'control', status: 'halted' }]],
    ['readiness', { impediments: 'blind' }, [{ code: 'impediment', impediment: 'blind' }]],
    [
      'drawdown',
      {
        daily: -3.2,
        dailyLimit: 3,
        dailyBreached: true,
        peak: -4,
        peakLimit: 5,
        peakBreached: false,
      },
      [{ code: 'drawdown', of: 'day', isKnown: true, fall: -3.2, limit: 3 }],
    ],
    [
      'drawdown',
      {
        daily: -1,
        dailyLimit: 3,
        dailyBreached: false,
        peak: -5,
        peakLimit: 5,
        peakBreached: true,
      },
      [{ code: 'drawdown', of: 'peak', isKnown: true, fall: -5, limit: 5 }],
    ],
    [
      'drawdown',
      { daily: null, dailyLimit: 3, dailyBreached: false, peak: -1, peakBreached: false },
      [{ code: 'drawdown', of: 'day', isKnown: false, fall: null, limit: 3 }],
    ],
    ['position-cap', { open: 10, max: 10 }, [{ code: 'positions', open: 10, max: 10 }]],
    [
      'sector',
      { sector: 'Technology', open: 5, same: 2, maxShare: 0.4 },
      [{ code: 'sector', sector: 'Technology', open: 5, same: 2, maxShare: 0.4 }],
    ],
    [
      'correlation',
      { correlation: 0.91, with: 'AMD', days: 60, max: 0.8 },
      [{ code: 'correlation', correlation: 0.91, with: 'AMD', max: 0.8 }],
    ],
    ['size', { bracket: 'none can stand', shares: 0 }, [{ code: 'bracket' }]],
    [
      'size',
      { riskPerShare: '2.00', cappedBy: 'exposure', shares: 0 },
      [{ code: 'room', cappedBy: 'exposure', riskPerShare: '2.00' }],
    ],
    [
      'size',
      { riskPerShare: '2000.00', cappedBy: null, shares: 0 },
      [{ code: 'room', cappedBy: null, riskPerShare: '2000.00' }],
    ],
    ['size', { cappedBy: 'moon' }, [{ code: 'room', cappedBy: null, riskPerShare: null }]],
  ])('for %s with %j is told with its numbers', (filter, numbers, changes) => {
    expect(refusedBy(filter, numbers)).toEqual(changes);
  });

  const BROKER = {
    side: 'short',
    isKnown: true,
    tradable: true,
    tradingBlocked: false,
    shortable: true,
    shortingEnabled: true,
    allowShort: true,
  };
  it.each([
    [{ isKnown: false, tradable: null, shortable: null }, ['unknown-symbol']],
    [{ tradable: false }, ['not-tradable']],
    [{ tradingBlocked: true }, ['trading-blocked']],
    [{ shortable: false }, ['not-shortable']],
    [{ shortingEnabled: false, allowShort: false }, ['shorting-disabled', 'shorts-not-allowed']],
    [{ side: 'long', tradable: false, shortable: false, allowShort: false }, ['not-tradable']],
  ])('for the broker with %j is what it does not allow', (changes, what) => {
    const found = refusedBy('broker', { ...BROKER, ...changes });
    expect(found).toEqual(what.map((one) => ({ code: 'broker', what: one })));
  });

  it('is the filter alone where its numbers say nothing, whichever it is', () => {
    for (const filter of ENTRY_FILTERS) expect(refusedBy(filter, {}).length).toBeGreaterThan(0);
    for (const filter of ['entry-window', 'one-position', 'cooldown', 'broker'] as const) {
      expect(refusedBy(filter, {})).toEqual([{ code: 'filter', filter }]);
    }
  });

  it('is unknown of a decision without evidence', () => {
    const evidence = { features: null, side: null, confidence: null, filters: [] };
    expect(changesFor({ kind: 'no-signal', evidence }, DEFAULT_PARAMETERS)).toEqual([]);
    expect(changesFor({ kind: 'refused', evidence }, DEFAULT_PARAMETERS)).toEqual([]);
  });

  it('is told of every refusal that the rules can give to a short', () => {
    const short = { ...snapshot().parameters, allowShort: false };
    const symbols = [symbolSnapshot('NVDA', { features: shortFeatures() })];
    expect(changesOf(snapshot({ symbols, parameters: short }))).toEqual([
      { code: 'broker', what: 'shorts-not-allowed' },
    ]);
  });
});

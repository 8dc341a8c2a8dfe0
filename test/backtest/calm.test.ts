import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createAgenda } from '#backtest/agenda.ts';
import { createDailyViews } from '#backtest/daily-views.ts';
import type { BacktestMarket } from '#backtest/market.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import { prepareMarket } from '#backtest/prepare.ts';
import type { BacktestResult } from '#backtest/result.ts';
import { runBacktest, startBacktest } from '#backtest/run-backtest.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { daysOfView } from '#core/warm-up.ts';

import { aMarket, withMinutes } from './a-market.ts';

/** Every bar of what is held is lived through in full where somebody watches. */
function watched(market: BacktestMarket, options: BacktestOptions): BacktestOptions {
  const traded = market.sessions.find(({ date }) => date >= (options.tradeFrom ?? date));
  const at = traded!.open;
  const { startingCash: cash } = options;
  const control = { status: 'active', by: 'backtest', reason: 'the start', until: null } as const;
  const start = {
    at,
    cash,
    lastEquity: cash,
    control: { ...control, since: at },
    drawdown: null,
    past: [],
    trades: [],
    foreign: [],
  };
  const observer = { onDecisions: () => undefined, onFill: () => undefined };
  return { ...options, recording: { start, byHand: [], observer } };
}

/** The same run, bar by bar: also where nothing is held, since there is something to decide in each of them. */
function runSlowly(
  market: BacktestMarket,
  parameters: StrategyParameters,
  options: BacktestOptions,
): BacktestResult {
  const prepared = prepareMarket(market, parameters);
  const agenda = createAgenda(prepared, parameters, options.tradeFrom);
  const stepped = startBacktest(prepared, parameters, watched(market, options), {
    agenda: { ...agenda, next: (slot) => slot },
    views: createDailyViews(prepared, daysOfView(parameters)),
  });
  while (stepped.next());
  return stepped.result();
}

/** Bars of both lengths; some are missing, some days are short or none, and minutes tell of some bars. */
const markets = fc
  .record({
    seed: fc.nat({ max: 1e6 }),
    barMinutes: fc.constantFrom(5 as const, 5 as const, 15 as const),
    missing: fc.constantFrom(0, 0, 0.1, 0.6),
    halfDays: fc.constantFrom([], [6, 13, 24]),
    holidays: fc.constantFrom([], [9, 10, 17]),
    // Below a dollar, prices have another tick.
    price: fc.constantFrom(100, 1.02),
    hasMinutes: fc.boolean(),
  })
  .map(({ hasMinutes, ...walk }) => {
    const market = aMarket({ ...walk, sessions: 25 });
    return hasMinutes ? withMinutes(market) : market;
  });

/** Rules that trade often, some of which hold long, trail late or never, close by time, or halt soon. */
const rules = fc
  .record({
    endOfDay: fc.constantFrom('flatten' as const, 'hold' as const),
    flattenMinutes: fc.constantFrom(5, 17, 60),
    timeExitMinutes: fc.constantFrom(0, 7, 45, 120),
    timeExitPercent: fc.constantFrom(0.2, 2),
    trailFromR: fc.constantFrom(0.5, 1.5, 9),
    trailBehindR: fc.constantFrom(0.2, 0.4, 1),
    trailMinStepR: fc.constantFrom(0, 0.1),
    scaleOutPercent: fc.constantFrom(0, 50),
    scaleOutAtR: fc.constantFrom(0.5, 2),
    stopAtrs: fc.constantFrom(2.5, 4),
    dailyDrawdownPercent: fc.constantFrom(0.05, 0.3, 3),
    peakDrawdownPercent: fc.constantFrom(0.1, 0.6, 10),
    drawdownHysteresisPercent: fc.constantFrom(10, 60),
    drawdownPolicy: fc.constantFrom('keep' as const, 'flatten' as const),
    riskBps: fc.constantFrom(5, 50, 200),
    maxOpenPositions: fc.constantFrom(1, 5),
    maxPositionBps: fc.constantFrom(DEFAULT_PARAMETERS.maxPositionBps, 40_000),
  })
  .map((changes) => ({
    ...DEFAULT_PARAMETERS,
    confidenceThreshold: 10,
    volumeProfileDays: 5,
    volumeNodeFactor: 0.01,
    volumeNodeReach: 100_000,
    maxSectorShare: 1.1,
    maxCorrelation: 1,
    correlationMinDays: 2,
    noEntryLastMinutes: 0,
    maxExposureBps: 40_000,
    ...changes,
  }));

const options = fc
  .record({
    closings: fc.constantFrom('next-open' as const, 'at-close' as const),
    limitFill: fc.constantFrom('touch' as const, 'penetrate' as const),
    maxParticipationBps: fc.constantFrom(null, 20),
    afterPeakHalt: fc.constantFrom('resume' as const, 'stay' as const),
    // With little of it, the early profit of a short finds no money for a bracket of its own, and is watched.
    marginMultiplier: fc.constantFrom(1, 2, 4),
  })
  .map(({ afterPeakHalt, marginMultiplier, ...fills }) => ({
    ...DEFAULT_OPTIONS,
    afterPeakHalt,
    marginMultiplier,
    fills: { ...DEFAULT_OPTIONS.fills, ...fills },
  }));

describe('bars in which nothing can happen', () => {
  it('come to the same, to the last bit, as when each is lived through', () => {
    const seen = { trades: 0, halts: 0, taken: 0, shorts: 0 };
    const reasons = new Set<string>();
    fc.assert(
      fc.property(markets, rules, options, fc.boolean(), (market, given, chosen, isLate) => {
        const parameters = { ...given, barMinutes: market.barMinutes };
        const tradeFrom = isLate ? market.sessions[7]!.date : null;
        const quick = runBacktest(market, parameters, { ...chosen, tradeFrom });
        expect(quick).toEqual(runSlowly(market, parameters, { ...chosen, tradeFrom }));
        seen.trades += quick.trades.length;
        seen.halts += quick.halts.length;
        seen.taken += quick.signals.refused['one-position'];
        seen.shorts += quick.trades.filter(({ side }) => side === 'short').length;
        for (const { exitReason } of quick.trades) reasons.add(exitReason);
      }),
      { numRuns: 150 },
    );
    expect(seen.trades).toBeGreaterThan(400);
    expect(seen.halts).toBeGreaterThan(20);
    expect(seen.taken).toBeGreaterThan(400);
    expect(seen.shorts).toBeGreaterThan(100);
    expect([...reasons]).toEqual(
      expect.arrayContaining(['stop_loss', 'take_profit', 'end_of_day', 'time_exit', 'risk_limit']),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

import { aMarket } from './a-market.ts';

type Market = ReturnType<typeof aMarket>;

/** Every bar of what is held is lived through in full where somebody watches. */
function watched(market: Market, options: BacktestOptions): BacktestOptions {
  const at = market.sessions[0]!.open;
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

/** Rules that trade often, some of which hold long, trail late or never, close by time, or halt soon. */
const rules = fc
  .record({
    endOfDay: fc.constantFrom('flatten' as const, 'hold' as const),
    flattenMinutes: fc.constantFrom(5, 17, 60),
    timeExitMinutes: fc.constantFrom(0, 45, 120),
    timeExitPercent: fc.constantFrom(0.2, 2),
    trailFromR: fc.constantFrom(0.5, 1.5, 9),
    trailBehindR: fc.constantFrom(0.4, 1),
    trailMinStepR: fc.constantFrom(0, 0.1),
    scaleOutPercent: fc.constantFrom(0, 50),
    dailyDrawdownPercent: fc.constantFrom(0.05, 3),
    peakDrawdownPercent: fc.constantFrom(0.1, 10),
    drawdownPolicy: fc.constantFrom('keep' as const, 'flatten' as const),
    riskBps: fc.constantFrom(50, 200),
  })
  .map((changes) => ({
    ...DEFAULT_PARAMETERS,
    confidenceThreshold: 20,
    volumeNodeReach: 1_000,
    maxSectorShare: 1.1,
    maxCorrelation: 1,
    correlationMinDays: 2,
    ...changes,
  }));

const options = fc
  .record({
    closings: fc.constantFrom('next-open' as const, 'at-close' as const),
    maxParticipationBps: fc.constantFrom(null, 20),
    afterPeakHalt: fc.constantFrom('resume' as const, 'stay' as const),
  })
  .map(({ afterPeakHalt, ...fills }) => ({
    ...DEFAULT_OPTIONS,
    afterPeakHalt,
    fills: { ...DEFAULT_OPTIONS.fills, ...fills },
  }));

describe('bars in which nothing can happen', () => {
  it('come to the same, to the last bit, as when each is lived through', () => {
    const seen = { trades: 0, halts: 0, taken: 0 };
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), rules, options, (seed, parameters, given) => {
        const market = aMarket({ seed, sessions: 30 });
        const quick = runBacktest(market, parameters, given);
        expect(quick).toEqual(runBacktest(market, parameters, watched(market, given)));
        seen.trades += quick.trades.length;
        seen.halts += quick.halts.length;
        seen.taken += quick.signals.refused['one-position'];
      }),
      { numRuns: 60 },
    );
    expect(seen.trades).toBeGreaterThan(500);
    expect(seen.halts).toBeGreaterThan(10);
    expect(seen.taken).toBeGreaterThan(100);
  });
});

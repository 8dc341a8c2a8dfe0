/** Orders for which no bar comes, and stops that the exchange does not take. */
import { describe, expect, it } from 'vitest';

import { barsLater, playStage, STAGE_OPEN } from './a-stage.ts';
import type { Prices, Stage } from './a-stage.ts';

const ENTRY: Prices = [100.15, 100.6, 99.9, 100.2];
const CALM: Prices = [100.2, 100.6, 99.9, 100.2];
const DAY_MS = 24 * 60 * 60_000;
const NEXT_MORNING = STAGE_OPEN + DAY_MS + 5 * 60_000;

describe('a closing for which no bar comes any more in its session', () => {
  const parameters = { timeExitMinutes: 5, timeExitPercent: 5 };

  it('leaves at the open of the next session', () => {
    const { trades, stillOpen } = playStage({
      bars: [ENTRY, CALM],
      days: [[[101, 101.5, 100.5, 101]]],
      parameters,
    });
    expect(stillOpen).toBe(0);
    expect(trades).toMatchObject([
      { exitReason: 'time_exit', exitPrice: 101_000_000, closedAt: NEXT_MORNING },
    ]);
  });

  it('stays open where none comes at all', () => {
    expect(playStage({ bars: [ENTRY, CALM], parameters })).toMatchObject({
      trades: [],
      stillOpen: 1,
    });
  });

  it('by the end of the day does not need a bar of its own', () => {
    const { trades } = playStage({
      bars: [ENTRY],
      days: [[[101, 101.5, 100.5, 101]]],
      parameters: { timeExitMinutes: 0 },
    });
    expect(trades).toMatchObject([{ exitReason: 'end_of_day', closedAt: NEXT_MORNING }]);
  });
});

describe('the early part that the trader sells itself', () => {
  /** What a short sale reserves leaves no buying power for a second bracket: 1,002 shares are held of 2,004. */
  const stage: Omit<Stage, 'bars'> = {
    side: 'short',
    parameters: {
      scaleOutPercent: 50,
      scaleOutAtR: 1,
      riskBps: 500,
      maxPositionBps: 20_000,
      trailFromR: 20,
      timeExitMinutes: 0,
    },
    options: { marginMultiplier: 2 },
  };
  const SHORT_ENTRY: Prices = [99.86, 100.1, 99.4, 99.8];
  const AT_TARGET: Prices = [98, 98.2, 97.6, 97.7];
  const BACK: Prices = [98, 102, 97.9, 101.9];

  it('leaves at the next open, and the rest keeps its stop', () => {
    const { trades } = playStage({ ...stage, bars: [SHORT_ENTRY, AT_TARGET, BACK] });
    const exitValue = 501 * 98 + 501 * 101.76;
    expect(trades).toMatchObject([{ quantity: 1_002, exitReason: 'stop_loss' }]);
    expect(trades[0]!.exitPrice / 1e6).toBeCloseTo(exitValue / 1_002, 5);
  });

  it('waits where that bar is missing, with the rest protected once', () => {
    const { trades } = playStage({ ...stage, bars: [SHORT_ENTRY, AT_TARGET, null, null, BACK] });
    expect(trades).toMatchObject([
      { quantity: 1_002, exitReason: 'stop_loss', closedAt: barsLater(5) },
    ]);
  });
});

describe('a part of an entry in a stock below a dollar', () => {
  it('is protected a cent from its price, since the exchange takes no stop that is nearer', () => {
    const { trades } = playStage({
      dividedBy: 200,
      // The plan's stop is three ATRs from 50 cents: 48.6.
      parameters: { stopAtrs: 3, choppyStopAtrs: 3, trendingStopAtrs: 3, riskBps: 10 },
      fills: { maxParticipationBps: 1_000 },
      bars: [
        [100.15, 100.2, 98, 98, 2_000],
        [98, 98.2, 97.6, 97.8],
        [97.8, 97.9, 95, 95.2],
      ],
    });
    expect(trades).toMatchObject([
      { quantity: 200, exitPrice: 480_000, exitReason: 'stop_loss', closedAt: barsLater(3) },
    ]);
  });
});

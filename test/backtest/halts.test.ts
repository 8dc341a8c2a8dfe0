/** The drawdown ladder in a backtest: read once a bar, whether or not anything is held. */
import { describe, expect, it } from 'vitest';

import { NO_FEES } from '#core/matching/fees.ts';
import { micros } from '#core/money.ts';

import { barsLater, playStage, STAGE_OPEN } from './a-stage.ts';
import type { Prices } from './a-stage.ts';

const ENTRY: Prices = [100.15, 100.6, 99.9, 100.2];
/** Loses a per cent of equity, and ends the only trade. */
const STOPPED: Prices = [100, 100.1, 98, 98.1];

/** $30 for a trade whose loss is 0.95 %. */
const FEES = { ...NO_FEES, commissionPerShare: micros(30_000) };
const DAY_MS = 24 * 60 * 60_000;
const nextDay = (bars: number): number => STAGE_OPEN + DAY_MS + bars * 5 * 60_000;
const QUIET: Prices = [100, 100.5, 99.5, 100];
/** A second signal on the day after, when prices have long settled; it is entered at the bar 23. */
const NEXT_SIGNAL: Prices[] = [
  ...Array.from({ length: 20 }, () => QUIET),
  [100, 100.5, 99.5, 99.9],
  [99.9, 100.5, 99.5, 100.2],
  [100.15, 100.6, 99.9, 100.2],
  [105, 105.5, 104.5, 105],
];

describe('a limit that the last trade has reached', () => {
  it('is confirmed by the next bar, though nothing is held any more and nothing to decide', () => {
    const parameters = { dailyDrawdownPercent: 0.5, peakDrawdownPercent: 50 };
    const { halts } = playStage({ bars: [ENTRY, STOPPED], parameters });
    expect(halts).toEqual([{ at: barsLater(3), scope: 'day' }]);
  });

  it('stays a limit over night: a halt that nobody ends lasts, also without a signal that day', () => {
    const parameters = { peakDrawdownPercent: 0.5, noEntryLastMinutes: 15 };
    const { halts, entries } = playStage({
      bars: [ENTRY, STOPPED],
      days: [NEXT_SIGNAL],
      parameters,
      options: { afterPeakHalt: 'stay' },
    });
    expect(halts).toEqual([{ at: barsLater(3), scope: 'peak' }]);
    expect(entries.filled).toBe(1);
  });

  it('is found by the fees that the close charges, and confirmed the next morning', () => {
    const parameters = { peakDrawdownPercent: 0.99 };
    const { halts, sessions } = playStage({
      bars: [ENTRY, STOPPED],
      days: [[]],
      parameters,
      fills: { fees: FEES },
    });
    expect(sessions.slice(-2).map(({ equity }) => equity)).toEqual([99_020, 99_020]);
    expect(halts).toEqual([{ at: nextDay(2), scope: 'peak' }]);
  });
});

describe('what has to be flattened at the close', () => {
  const parameters = {
    allowShort: false,
    endOfDay: 'hold',
    timeExitMinutes: 0,
    stopAtrs: 30,
    choppyStopAtrs: 30,
    trendingStopAtrs: 30,
    riskBps: 500,
    peakDrawdownPercent: 0.5,
    drawdownPolicy: 'flatten',
    noEntryFirstMinutes: 30,
    noEntryLastMinutes: 15,
  } as const;
  const LOW: Prices = [90, 90.5, 89.5, 90];

  it('leaves at the next open, from where trading goes on', () => {
    const untilTwoBarsBeforeTheClose: Prices[] = Array.from({ length: 69 }, () => null);
    const { trades, halts } = playStage({
      bars: [ENTRY, ...untilTwoBarsBeforeTheClose, LOW, LOW],
      days: [NEXT_SIGNAL],
      parameters,
    });
    expect(halts).toEqual([{ at: STAGE_OPEN + 390 * 60_000, scope: 'peak' }]);
    expect(trades).toMatchObject([
      { exitReason: 'risk_limit', closedAt: nextDay(1) },
      { openedAt: nextDay(23) },
    ]);
  });
});

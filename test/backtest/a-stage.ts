/**
 * One stock in which nothing happens until, half an hour into the last day but those that follow, it gives one
 * signal: what comes after is the test's own. At a range of a dollar a bar the plan is known to the cent.
 */
import type { BacktestMarket } from '#backtest/market.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import type { BacktestOptions, FillModel } from '#backtest/options.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import type { Bar, BarColumns } from '#core/bars.ts';
import { ticker } from '#core/ids.ts';
import { NO_FEES } from '#core/matching/fees.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS, newYorkDate } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';

import { columnsOf } from '../core/support/bars.ts';

const STOCK = ticker('AAPL');

/** Open, high, low, close and, where it matters, volume; null for a bar that is missing. */
export type Prices = readonly [number, number, number, number, number?] | null;

export interface Stage {
  /** Which way the signal points; up when left out. */
  readonly side?: 'long' | 'short';
  /** The bars after the one that gives the signal, which ends at 10:00; none follow them on that day. */
  readonly bars: readonly Prices[];
  /** The bars of the days after, from their open on. */
  readonly days?: readonly (readonly Prices[])[];
  /** Of the first bar after the signal's. */
  readonly minutes?: readonly Prices[];
  /** What prices are divided by: 100 makes a dollar of the hundred. */
  readonly dividedBy?: number;
  readonly parameters?: Partial<StrategyParameters>;
  readonly options?: Partial<BacktestOptions>;
  readonly fills?: Partial<FillModel>;
}

/** The plan of the signal, in dollars: 500 shares, R is two dollars. */
export const PLAN = { limit: 100.25, stop: 98.25, target: 104.25, shares: 500 } as const;
export const SHORT_PLAN = { limit: 99.76, stop: 101.76, target: 95.76, shares: 500 } as const;

const STAGE_PARAMETERS: StrategyParameters = {
  ...DEFAULT_PARAMETERS,
  emaFast: 2,
  emaSlow: 3,
  atrPeriod: 2,
  atrAveragePeriod: 2,
  adxPeriod: 2,
  relativeVolumePeriod: 2,
  trendBarMinutes: 5,
  crossWithinBars: 1,
  confidenceThreshold: 0,
  volumeProfileDays: 5,
  volumeNodeFactor: 0,
  volumeNodeReach: 1_000,
  stopAtrs: 2,
  trendingStopAtrs: 2,
  choppyStopAtrs: 2,
  targetAtrs: 4,
  trendingTargetAtrs: 4,
  choppyTargetAtrs: 4,
  scaleOutPercent: 0,
  sizing: 'fixed',
  maxPositionBps: 10_000,
  // The signal's bar is the last one that is entered at.
  noEntryLastMinutes: 360,
};

const FREE: FillModel = {
  ...DEFAULT_OPTIONS.fills,
  slippageBps: 0,
  maxParticipationBps: null,
  fees: NO_FEES,
  borrowBpsPerYear: 0,
};

const DAY_MS = 24 * 60 * MINUTE_MS;
const FIRST_OPEN = Date.UTC(2025, 10, 3, 14, 30);
const QUIET_DAYS = 6;
const BAR_MS = 5 * MINUTE_MS;

/** The open of the day with the signal. */
export const STAGE_OPEN: EpochMs = FIRST_OPEN + QUIET_DAYS * DAY_MS;
/** When the signal is decided. */
const SIGNAL_AT: EpochMs = STAGE_OPEN + 6 * BAR_MS;
/** When the bar so many bars after the signal's ends. */
export const barsLater = (count: number): EpochMs => SIGNAL_AT + count * BAR_MS;

const QUIET: Prices = [100, 100.5, 99.5, 100];
const SIGNALS = {
  long: [
    [100, 100.5, 99.5, 99.9],
    [99.9, 100.5, 99.5, 100.2],
  ],
  short: [
    [100, 100.5, 99.5, 100.1],
    [100.1, 100.5, 99.5, 99.8],
  ],
} as const satisfies Record<string, readonly Prices[]>;

function stageMarket(stage: Stage): BacktestMarket {
  const { side = 'long', bars: own, days = [], minutes, dividedBy = 1 } = stage;
  const quietDay: readonly Prices[] = Array.from({ length: 12 }, () => QUIET);
  const quietDays = Array.from({ length: QUIET_DAYS }, () => quietDay);
  const signalDay = [QUIET, QUIET, QUIET, QUIET, ...SIGNALS[side], ...own];
  const all = [...quietDays, signalDay, ...days];
  const sessions = all.map((_, day) => sessionOf(FIRST_OPEN + day * DAY_MS));
  const bars = all.flatMap((day, index) =>
    barsFrom(FIRST_OPEN + index * DAY_MS, day, { stepMs: BAR_MS, dividedBy }),
  );
  const inside = barsFrom(SIGNAL_AT, minutes ?? [], { stepMs: MINUTE_MS, dividedBy });
  return {
    barMinutes: 5,
    bars: new Map([[STOCK, columns(bars)]]),
    sessions,
    minuteBars: new Map([[STOCK, columns(inside)]]),
  };
}

export const playStage = (stage: Stage) =>
  runBacktest(
    stageMarket(stage),
    { ...STAGE_PARAMETERS, ...stage.parameters },
    { ...DEFAULT_OPTIONS, ...stage.options, fills: { ...FREE, ...stage.fills } },
  );

const sessionOf = (open: EpochMs): Session => ({
  date: newYorkDate(open),
  open,
  close: open + 390 * MINUTE_MS,
});

function barsFrom(
  first: EpochMs,
  prices: readonly Prices[],
  { stepMs, dividedBy }: { readonly stepMs: number; readonly dividedBy: number },
): readonly Bar[] {
  return prices.flatMap((row, index) => {
    if (row === null) return [];
    const [open, high, low, close] = row.map((price = 0) => price / dividedBy);
    return [
      {
        start: first + index * stepMs,
        open: open!,
        high: high!,
        low: low!,
        close: close!,
        volume: row[4] ?? 1_000_000,
      },
    ];
  });
}

const columns = (bars: readonly Bar[]): BarColumns => {
  const session = sessionOf(FIRST_OPEN);
  return columnsOf(bars.map((bar) => ({ bar, session })));
};

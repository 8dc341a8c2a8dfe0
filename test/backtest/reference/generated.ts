/** Small markets, parameters and options drawn by chance: the same for the same seed. */
import type { BacktestMarket } from '#backtest/market.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import { columnsOfBars } from '#core/bar-columns.ts';
import type { Bar, BarColumns } from '#core/bars.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { FEE_RATES_2026, NO_FEES } from '#core/matching/fees.ts';
import { micros } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS, newYorkDate } from '#core/session.ts';
import type { Session } from '#core/session.ts';

import { randomNumbers } from '../../core/support/bars.ts';

export interface Drawn {
  readonly market: BacktestMarket;
  readonly parameters: StrategyParameters;
  readonly options: BacktestOptions;
}

interface Chance {
  /** From 0 to below 1. */
  readonly any: () => number;
  readonly happens: (probability: number) => boolean;
  readonly whole: (from: number, to: number) => number;
  readonly one: <T>(...choices: readonly T[]) => T;
}

function chanceOf(seed: number): Chance {
  const any = randomNumbers(seed);
  const whole = (from: number, to: number): number => from + Math.floor(any() * (to - from + 1));
  return {
    any,
    happens: (probability) => any() < probability,
    whole,
    one: (...choices) => choices[whole(0, choices.length - 1)]!,
  };
}

export function draw(seed: number): Drawn {
  const chance = chanceOf(seed);
  const parameters = drawParameters(chance);
  const market = drawMarket(chance, parameters.barMinutes);
  return { market, parameters, options: drawOptions(chance, market) };
}

const DAY_MS = 24 * 60 * MINUTE_MS;
const FIRST_OPEN = Date.UTC(2025, 10, 3, 14, 30);

function drawMarket(chance: Chance, barMinutes: 5 | 15): BacktestMarket {
  const { whole, happens, one } = chance;
  const sessions: Session[] = [];
  for (let day = 0; sessions.length < 14; day += happens(0.2) ? 3 : 1) {
    const open = FIRST_OPEN + day * DAY_MS;
    const minutes = one(390, 210, 210, 120, 120, 60);
    sessions.push({ date: newYorkDate(open), open, close: open + minutes * MINUTE_MS });
  }
  const names = ['AAPL', 'MSFT', 'NVDA', 'XOM'].slice(0, whole(1, 4)).map(ticker);
  const bars = new Map<Ticker, BarColumns>();
  const minuteBars = new Map<Ticker, BarColumns>();
  for (const name of names) {
    const minutes = drawMinutes(chance, sessions);
    bars.set(name, columnsOfBars(joined(minutes, barMinutes).filter(drawHoles(chance, sessions))));
    if (happens(0.4)) minuteBars.set(name, columnsOfBars(minutes.filter(() => !happens(0.02))));
  }
  return { barMinutes, bars, sessions, minuteBars };
}

/** A walk with a mood of its own: calm or wild, with jumps, flat stretches, and volume that comes and goes. */
function drawMinutes({ any, happens, one }: Chance, sessions: readonly Session[]): readonly Bar[] {
  const mood = {
    swing: one(0.0004, 0.001, 0.002, 0.006),
    jumps: one(0, 0.002, 0.01),
    gap: one(0.002, 0.02, 0.08),
    flat: one(0, 0, 0.3),
    quiet: one(0, 0.1),
    digits: one(2, 2, 4),
    shares: one(40, 400, 100_000),
  };
  let price = one(0.4, 1.05, 8, 60, 60, 100, 100, 600);
  let drift = 0;
  const minutes: Bar[] = [];
  for (const { open: first, close: last } of sessions) {
    price *= 1 + (any() - 0.5) * mood.gap;
    for (let start = first; start < last; start += MINUTE_MS) {
      if (happens(0.02)) drift = (any() - 0.5) * mood.swing;
      if (happens(mood.jumps)) price *= 1 + (any() - 0.5) * 0.12;
      const isFlat = happens(mood.flat);
      const open = rounded(price, mood.digits);
      price = isFlat ? price : price * (1 + drift + (any() - 0.5) * mood.swing);
      price = Math.max(0.05, price);
      const close = rounded(price, mood.digits);
      const reach = isFlat ? 0 : mood.swing * any();
      const high = Math.max(open, close, rounded(price * (1 + reach), mood.digits));
      const low = Math.min(open, close, rounded(price * (1 - reach), mood.digits));
      const volume = happens(mood.quiet) ? 0 : Math.floor(any() * mood.shares);
      minutes.push({ start, open, high, low, close, volume });
    }
  }
  return minutes;
}

/** In cents, or finer: below a dollar always finer. */
const rounded = (price: number, digits: number): number =>
  Number(price.toFixed(price < 1 ? 4 : digits));

function joined(minutes: readonly Bar[], barMinutes: number): readonly Bar[] {
  const barMs = barMinutes * MINUTE_MS;
  const groups = Map.groupBy(minutes, ({ start }) => Math.floor(start / barMs) * barMs);
  return [...groups].map(([start, inside]) => ({
    start,
    open: inside[0]!.open,
    high: Math.max(...inside.map(({ high }) => high)),
    low: Math.min(...inside.map(({ low }) => low)),
    close: inside.at(-1)!.close,
    volume: inside.reduce((sum, { volume }) => sum + volume, 0),
  }));
}

/** Which bars are there: single ones are missing, a session's last ones, and whole sessions. */
function drawHoles({ happens, one, whole }: Chance, sessions: readonly Session[]) {
  const single = one(0, 0, 0.03, 0.2);
  const without = new Set(sessions.filter(() => happens(0.05)));
  const shorter = new Map(sessions.map((session) => [session, happens(0.1) ? whole(1, 4) : 0]));
  return ({ start }: Bar): boolean => {
    const session = sessions.findLast(({ open }) => open <= start)!;
    const isLate = start >= session.close - shorter.get(session)! * 5 * MINUTE_MS;
    return !happens(single) && !without.has(session) && !isLate;
  };
}

function drawParameters({ whole, one, happens }: Chance): StrategyParameters {
  return {
    ...DEFAULT_PARAMETERS,
    barMinutes: one(5, 5, 5, 15),
    emaFast: whole(2, 9),
    emaSlow: whole(3, 15),
    atrPeriod: whole(2, 8),
    atrAveragePeriod: whole(2, 8),
    adxPeriod: whole(2, 8),
    relativeVolumePeriod: whole(2, 8),
    trendBarMinutes: one(5, 5, 15, 30),
    crossWithinBars: whole(1, 4),
    confidenceThreshold: one(0, 0, 20, 45),
    noEntryFirstMinutes: one(0, 5, 10),
    noEntryLastMinutes: one(0, 5, 15),
    entryLimitBps: one(0, 5, 5, 30),
    stopAtrs: one(0.5, 1, 2.5),
    targetAtrs: one(0.5, 1, 4),
    trendingStopAtrs: one(0.5, 1, 2),
    trendingTargetAtrs: one(0.5, 1.5, 5),
    choppyStopAtrs: one(0.5, 1, 3),
    choppyTargetAtrs: one(0.5, 1, 3.5),
    volatileFactor: one(1, 1.2),
    scaleOutPercent: one(0, 25, 50, 50, 90),
    scaleOutAtR: one(0.5, 1, 2),
    volumeProfileDays: 5,
    volumeBucketUnit: one('dollars', 'percent'),
    volumeNodeFactor: one(0, 0, 0.5, 1.2),
    volumeNodeReach: one(2, 1_000, 1_000),
    cooldownMinutes: one(0, 0, 30),
    streakStopOuts: whole(1, 4),
    streakPauseMinutes: one(0, 0, 30),
    maxOpenPositions: one(1, 2, 10),
    maxSectorShare: one(0.4, 0.6, 1, 1),
    correlationDays: one(5, 8),
    correlationMinDays: 3,
    maxCorrelation: one(0.5, 1, 1),
    sizing: one('fixed', 'win-rate'),
    riskBps: one(20, 100, 500),
    winRateTrades: whole(2, 8),
    winRateMinTrades: whole(1, 4),
    maxPositionBps: one(1_000, 10_000, 40_000),
    maxExposureBps: one(5_000, 20_000, 40_000),
    allowShort: happens(0.85),
    trailFromR: one(0.5, 1, 1.5),
    trailBehindR: one(0.3, 0.5, 1),
    trailMinStepR: one(0, 0.1),
    timeExitMinutes: one(0, 15, 60, 120),
    timeExitPercent: one(0.2, 0.5, 3),
    endOfDay: one('flatten', 'hold'),
    flattenMinutes: one(1, 5, 10),
    dailyDrawdownPercent: one(0.2, 0.6, 3, 50),
    peakDrawdownPercent: one(0.4, 1.5, 5, 50),
    drawdownPolicy: one('keep', 'flatten'),
  };
}

function drawOptions({ one, happens, whole }: Chance, market: BacktestMarket): BacktestOptions {
  const names = [...market.bars.keys()];
  return {
    ...DEFAULT_OPTIONS,
    startingCash: micros(one(2_000, 30_000, 100_000) * 1_000_000),
    marginMultiplier: one(1, 2, 4, 4, 4),
    fills: {
      limitFill: one('penetrate', 'touch'),
      closings: one('next-open', 'next-open', 'at-close'),
      slippageBps: one(0, 2, 15),
      maxParticipationBps: one(null, null, 1_000, 200, 5_000),
      fees: one(FEE_RATES_2026, NO_FEES, { ...FEE_RATES_2026, commissionPerShare: micros(5_000) }),
      borrowBpsPerYear: one(0, 30, 900),
    },
    notShortable: new Set(names.filter(() => happens(0.1))),
    sectors: new Map(names.map((name) => [name, one('one', 'two', 'three')])),
    tradeFrom: happens(0.2) ? market.sessions[whole(1, 8)]!.date : null,
    afterPeakHalt: one('resume', 'stay'),
  };
}

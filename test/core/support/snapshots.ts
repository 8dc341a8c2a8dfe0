import type { Account, Asset, Position } from '#core/account.ts';
import type { DailyBar, Features, PastTrade, Snapshot, SymbolSnapshot } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { micros, parseUsd } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { asSessionDate, newYorkInstant } from '#core/session.ts';
import type { Session } from '#core/session.ts';

import { dailyBarsAround } from '../../support/daily-bars.ts';

export const DATE = asSessionDate('2025-11-25');
export const SESSION: Session = {
  date: DATE,
  open: newYorkInstant(DATE, '09:30'),
  close: newYorkInstant(DATE, '16:00'),
};
export const BAR_END = newYorkInstant(DATE, '10:30');

/** Features of a clear long signal: confidence 100, trending, calm. */
export const features = (changes: Partial<Features> = {}): Features => ({
  barEnd: BAR_END,
  close: 100,
  emaFast: 100,
  emaSlow: 99,
  barsSinceCrossUp: 1,
  barsSinceCrossDown: 40,
  atr: 1,
  atrAverage: 1,
  adx: 30,
  plusDi: 30,
  minusDi: 10,
  relativeVolume: 1.5,
  vwap: 99,
  trendEmaFast: 100,
  trendEmaSlow: 99,
  ...changes,
});

/** The same mirrored: a clear short signal. */
export const shortFeatures = (changes: Partial<Features> = {}): Features =>
  features({
    emaFast: 99,
    emaSlow: 100,
    barsSinceCrossUp: 40,
    barsSinceCrossDown: 1,
    plusDi: 10,
    minusDi: 30,
    vwap: 101,
    trendEmaFast: 99,
    trendEmaSlow: 100,
    ...changes,
  });

export const account = (changes: Partial<Account> = {}): Account => ({
  id: 'account',
  equity: parseUsd('100000'),
  lastEquity: parseUsd('100000'),
  cash: parseUsd('100000'),
  buyingPower: parseUsd('200000'),
  shortingEnabled: true,
  tradingBlocked: false,
  ...changes,
});

export const asset = (symbol: string, changes: Partial<Asset> = {}): Asset => ({
  symbol: ticker(symbol),
  tradable: true,
  shortable: true,
  hardToBorrow: false,
  ...changes,
});

export const symbolSnapshot = (
  symbol: string,
  changes: Partial<SymbolSnapshot> = {},
): SymbolSnapshot => ({
  symbol: ticker(symbol),
  features: features(),
  asset: asset(symbol),
  ...changes,
});

/** Its orders hold all of its shares, unless told otherwise. */
export const position = (symbol: string, changes: Partial<Position> = {}): Position => ({
  symbol: ticker(symbol),
  side: 'long',
  quantity: 100,
  available: 0,
  averageEntryPrice: parseUsd('50'),
  currentPrice: parseUsd('50'),
  unrealizedPnl: micros(0),
  ...changes,
});

/** A stop-out of NVDA an hour before the bar, unless told otherwise. */
export const pastTrade = (changes: Partial<PastTrade> = {}): PastTrade => ({
  symbol: ticker('NVDA'),
  exitReason: 'stop_loss',
  closedAt: newYorkInstant(DATE, '09:30'),
  pnl: parseUsd('-100'),
  ...changes,
});

/**
 * One symbol, NVDA, with a clear long signal and nothing in its way. Every symbol, also of what is open, has
 * daily bars around its price and a sector of its own, unless told otherwise.
 */
export const snapshot = (changes: Partial<Snapshot> = {}): Snapshot => {
  const world = {
    positions: [],
    pendingEntries: [],
    symbols: [symbolSnapshot('NVDA')],
    ...changes,
  };
  return {
    barEnd: BAR_END,
    session: SESSION,
    account: account(),
    control: { status: 'active', by: 'system', reason: 'first start', since: 0, until: null },
    daily: changes.daily ?? dailyOf(world),
    sectors: changes.sectors ?? sectorsOf(world),
    pastTrades: [],
    openTrades: [],
    drawdown: {
      dailyPercent: 0,
      peakPercent: 0,
      isDailyBreached: false,
      isPeakBreached: false,
    },
    impediments: [],
    parameters: DEFAULT_PARAMETERS,
    ...world,
  };
};

type World = Pick<Snapshot, 'symbols' | 'positions' | 'pendingEntries'>;

/** Daily bars at the price that is asked about, or at 100 where it is none. */
function dailyOf(world: World): ReadonlyMap<Ticker, readonly DailyBar[]> {
  const prices = new Map(openOf(world).map((symbol) => [symbol, 100]));
  for (const { symbol, features: at } of world.symbols) {
    const isPrice = at !== null && at.close >= 0.01 && at.close <= 1e6;
    prices.set(symbol, isPrice ? at.close : 100);
  }
  return new Map([...prices].map(([symbol, price]) => [symbol, dailyBarsAround(symbol, price)]));
}

const sectorsOf = (world: World): ReadonlyMap<Ticker, string> =>
  new Map(
    [...openOf(world), ...world.symbols.map(({ symbol }) => symbol)].map((symbol) => [
      symbol,
      `sector of ${symbol}`,
    ]),
  );

const openOf = ({ positions, pendingEntries }: World): readonly Ticker[] =>
  [...positions, ...pendingEntries].map(({ symbol }) => symbol);

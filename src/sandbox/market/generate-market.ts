import { createColumns } from '#core/bar-columns.ts';
import type { BarColumns } from '#core/bars.ts';
import { sessionsFrom } from '#core/exchange-calendar.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { createRandom, hashText } from '#core/random.ts';
import type { Random } from '#core/random.ts';
import { MINUTE_MS, asSessionDate } from '#core/session.ts';
import type { Session, SessionDate } from '#core/session.ts';

import { createMarket, HISTORY_SESSIONS } from './create-market.ts';
import type { Market } from './types.ts';

export interface GeneratedMarketOptions {
  /** Whole number from 0; the same seed gives the same bars, symbol by symbol. */
  readonly seed: number;
  readonly symbols?: readonly Ticker[];
  /** Sessions of the replay, from the first one on or after the start date. */
  readonly sessions?: number;
  readonly startDate?: SessionDate;
  /** Sessions before it that are there as history. */
  readonly historySessions?: number;
  readonly barMinutes?: 5 | 15;
}

/** Prices to begin with, near what the stocks cost in autumn 2025; any other symbol gets one by its name. */
const FIRST_PRICES: Readonly<Record<string, number>> = {
  AAPL: 255,
  AMD: 165,
  AMZN: 220,
  GOOGL: 245,
  JPM: 310,
  META: 710,
  MSFT: 515,
  NVDA: 185,
  TSLA: 430,
  XOM: 113,
};

const DEFAULT_SYMBOLS: readonly Ticker[] = Object.keys(FIRST_PRICES).map(ticker);
/** Sixty sessions from here include the half-days of Thanksgiving and Christmas. */
const DEFAULT_START = asSessionDate('2025-10-06');

/** To be raised with every change that gives other bars for the same seed. */
const GENERATION = 2;

/** Steps that a bar's price walks, so that high and low lie where a path took them. */
const STEPS_PER_BAR = 6;
/** Deviation of a 5-minute return at the quietest hour. */
const QUIET_DEVIATION = 0.0008;
/** Share of a symbol's deviation that it has in common with the market. */
const MARKET_SHARE = 0.35;
const OVERNIGHT_DEVIATION = 0.006;
/** Drift of a trend in deviations a bar: so small that following it pays hardly more than on real stocks. */
const TREND_DRIFT = 0.25;
/** How fast a chop pulls the price back to where it began. */
const CHOP_PULL = 0.02;
const FIRST_VOLUME = 90_000;

/**
 * A made-up market: each symbol trends, chops and changes between the two, follows a common factor,
 * gaps overnight, and moves and trades most near the open and the close. No number in it is real.
 */
export function generateMarket({
  seed,
  symbols = DEFAULT_SYMBOLS,
  sessions: count = 60,
  startDate = DEFAULT_START,
  historySessions = HISTORY_SESSIONS,
  barMinutes = 5,
}: GeneratedMarketOptions): Market {
  const replayed = sessionsFrom(startDate, count);
  const [first] = replayed;
  if (first === undefined) throw new RangeError('a market has at least one session');
  const sessions = [...sessionsFrom(first.date, -historySessions), ...replayed];
  const grid = gridOf(sessions, barMinutes);
  const factor = marketFactor(grid, createRandom(`${seed} market`));
  const columns = symbols.map(
    (symbol) => [symbol, generateBars(symbol, seed, grid, factor)] as const,
  );
  return createMarket({
    name: `generated, seed ${seed}`,
    identity: `generated-${[GENERATION, seed, barMinutes, first.date, count, historySessions, ...symbols].join('-')}`,
    barMinutes,
    start: first.open,
    sessions,
    columns: new Map(columns),
  });
}

/** One bar of the grid: its start, whether it opens a session, and how lively that hour is (from 1). */
interface Slot {
  readonly start: number;
  readonly isOpening: boolean;
  readonly liveliness: number;
  /** Deviation of a return over this bar. */
  readonly deviation: number;
}

function gridOf(sessions: readonly Session[], barMinutes: number): readonly Slot[] {
  const barMs = barMinutes * MINUTE_MS;
  return sessions.flatMap(({ open, close }) =>
    Array.from({ length: (close - open) / barMs }, (_, index) => {
      const liveliness = livelinessAt((index * barMs) / (close - open));
      const deviation = QUIET_DEVIATION * liveliness * Math.sqrt(barMinutes / 5);
      return { start: open + index * barMs, isOpening: index === 0, liveliness, deviation };
    }),
  );
}

/** The U of the day: three times as lively at the open as at midday, twice at the close. */
function livelinessAt(progress: number): number {
  const fromMidday = 2 * progress - 1;
  const square = fromMidday * fromMidday;
  const edge = square * square;
  return 1 + edge * (fromMidday < 0 ? 2 : 1);
}

/** Returns of the market as a whole, in its own deviations. */
const marketFactor = (grid: readonly Slot[], random: Random): Float64Array => {
  const nextRegime = createRegimes(random);
  return Float64Array.from(grid, () => random.normal() + nextRegime().drift * 0.5);
};

interface Regime {
  readonly kind: 'trend' | 'chop';
  /** In deviations a bar. */
  readonly drift: number;
  /** The first bars of a trend draw volume. */
  readonly isYoung: boolean;
  readonly isNew: boolean;
}

/** Tells each bar's regime: trends of one to two and a half hours, up or down, with chops between most of them. */
function createRegimes(random: Random): () => Regime {
  let left = 0;
  let age = 0;
  let drift = 0;
  return () => {
    const isNew = left === 0;
    if (isNew) {
      const isTrend = drift === 0 || random.uniform() < 0.35;
      const direction = random.uniform() < 0.52 ? 1 : -1;
      drift = isTrend ? direction * TREND_DRIFT * (0.6 + 0.8 * random.uniform()) : 0;
      left = Math.floor(isTrend ? 10 + 20 * random.uniform() : 10 + 22 * random.uniform());
      age = 0;
    }
    left -= 1;
    age += 1;
    return { kind: drift === 0 ? 'chop' : 'trend', drift, isYoung: drift !== 0 && age <= 6, isNew };
  };
}

function generateBars(
  symbol: Ticker,
  seed: number,
  grid: readonly Slot[],
  factor: Float64Array,
): BarColumns {
  const random = createRandom(`${seed} ${symbol}`);
  const character = createRandom(symbol);
  const nextRegime = createRegimes(random);
  const columns = createColumns(grid.length);
  const temper = 0.8 + 0.8 * character.uniform();
  const meanVolume = FIRST_VOLUME * (0.5 + 2 * character.uniform());
  let price = FIRST_PRICES[symbol] ?? 20 + (hashText(symbol) % 300);
  let anchor = price;
  for (const [index, slot] of grid.entries()) {
    const regime = nextRegime();
    const deviation = slot.deviation * temper;
    if (slot.isOpening) price *= 1 + OVERNIGHT_DEVIATION * temper * random.normal();
    if (regime.isNew || slot.isOpening) anchor = price;
    const pull = regime.kind === 'chop' ? CHOP_PULL * (anchor / price - 1) : 0;
    const common = MARKET_SHARE * (factor[index] ?? 0);
    const path = walk(price, pull + deviation * (regime.drift + common), deviation, random);
    const move = Math.abs(path.close / path.open - 1) / deviation;
    const interest =
      (0.6 + 0.5 * move) * (regime.isYoung ? 1.6 : 1) * (0.7 + 0.6 * random.uniform());
    writeBar(columns, index, {
      start: slot.start,
      ...path,
      volume: Math.round(meanVolume * slot.liveliness * slot.liveliness * interest),
    });
    price = path.close;
  }
  return columns;
}

interface Path {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

const toCents = (price: number): number => Math.max(1, Math.round(price * 100)) / 100;

/** A bar's path from a price on: `drift` is its expected return, `deviation` how far it strays. */
function walk(from: number, drift: number, deviation: number, random: Random): Path {
  const open = toCents(from);
  let [price, high, low] = [from, open, open];
  for (let step = 0; step < STEPS_PER_BAR; step += 1) {
    const stray = (deviation / Math.sqrt(STEPS_PER_BAR)) * random.normal();
    price *= 1 + drift / STEPS_PER_BAR + stray;
    high = Math.max(high, price);
    low = Math.min(low, price);
  }
  return { open, high: toCents(high), low: toCents(low), close: toCents(price) };
}

function writeBar(
  columns: BarColumns,
  row: number,
  bar: Path & { start: number; volume: number },
): void {
  columns.start[row] = bar.start;
  columns.open[row] = bar.open;
  columns.high[row] = bar.high;
  columns.low[row] = bar.low;
  columns.close[row] = bar.close;
  columns.volume[row] = bar.volume;
}

import type { Bar } from '#core/bars.ts';
import type { Features } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import type { BarPrices } from '#core/open-trade.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';
import { featureSessions } from '#core/warm-up.ts';
import type { Logger } from '#ports/logger.ts';
import type { MarketData } from '#ports/market-data.ts';

import { createBarSeries } from './bar-series.ts';
import type { BarSeries } from './bar-series.ts';
import type { SessionCalendar } from './session-calendar.ts';

/** The features of each symbol at a bar, from settled bars only. */
export interface FeatureStore {
  /**
   * Features of the last bar at or before `barEnd`; null for a symbol without any bar. The bar end of a
   * symbol's features tells whether its bar was there. Throws BrokerError when bars cannot be read.
   */
  at(
    barEnd: EpochMs,
    session: Session,
    symbols: readonly Ticker[],
  ): Promise<ReadonlyMap<Ticker, Features | null>>;
  /**
   * The bars of a symbol that end at an instant or after it, oldest first, as far as they were read for its
   * features: none of a symbol that was not asked for.
   */
  barsSince(symbol: Ticker, at: EpochMs): readonly BarPrices[];
}

/** How many bars back a missing one is asked for again. */
const LATE_BARS = 12;

interface Options {
  readonly marketData: MarketData;
  readonly calendar: SessionCalendar;
  readonly parameters: StrategyParameters;
  readonly log: Logger;
}

/** The sessions that features are made of. */
interface Window {
  readonly date: SessionDate | null;
  readonly sessions: readonly Session[];
}

/**
 * Features start some sessions back, and at each new session all bars are read anew: splits rescale the past
 * overnight, and some bars are amended after they were first read. So a bot that has run for weeks and one that was
 * started this morning compute the same figures, bit for bit.
 */
export function createFeatureStore(options: Options): FeatureStore {
  const { calendar, parameters, log } = options;
  const all = new Map<Ticker, ReadSeries>();
  let window: Window = { date: null, sessions: [] };

  const seriesOf = (symbol: Ticker): ReadSeries => {
    const known = all.get(symbol);
    if (known !== undefined) return known;
    const series = { bars: createBarSeries(parameters), readUntil: 0 };
    all.set(symbol, series);
    return series;
  };

  const openWindow = async ({ date }: Session): Promise<readonly Session[]> => {
    if (window.date !== date) {
      const sessions = await calendar.endingWith(date, featureSessions(parameters) + 1);
      all.clear();
      window = { date, sessions };
    }
    return window.sessions;
  };

  return {
    at: async (barEnd, session, symbols) => {
      const sessions = await openWindow(session);
      const series = new Map(symbols.map((symbol) => [symbol, seriesOf(symbol)]));
      const bars = await readBars(options, series, {
        first: sessions[0]?.open ?? session.open,
        until: barEnd,
      });
      for (const [symbol, one] of series) {
        for (const defect of one.bars.append(bars.get(symbol) ?? [], sessions, barEnd)) {
          log.warn({ symbol, defect }, 'a bar was left out');
        }
        one.readUntil = Math.max(one.readUntil, barEnd);
      }
      return new Map([...series].map(([symbol, one]) => [symbol, one.bars.features()]));
    },
    barsSince: (symbol, at) => all.get(symbol)?.bars.since(at) ?? [],
  };
}

/** A symbol's bars, and how far they were asked for: not every symbol is asked for at each bar. */
interface ReadSeries {
  readonly bars: BarSeries;
  readUntil: EpochMs;
}

interface Span {
  /** Open of the window's first session: where a symbol without bars begins. */
  readonly first: EpochMs;
  readonly until: EpochMs;
}

/**
 * The bars that are not there yet, in two requests at most: the whole window for symbols that have none,
 * and for the others what came since the last read, from the earliest hole, but not so far back that a
 * thin stock costs much.
 */
async function readBars(
  { marketData, parameters: { barMinutes } }: Options,
  series: ReadonlyMap<Ticker, ReadSeries>,
  { first, until }: Span,
): Promise<ReadonlyMap<Ticker, readonly Bar[]>> {
  const lateMs = LATE_BARS * barMinutes * MINUTE_MS;
  const all = [...series].map(([symbol, { bars, readUntil }]) => {
    const end = bars.lastEnd();
    return { symbol, from: end === null ? null : Math.max(end, readUntil - lateMs) };
  });
  const empty = all.filter(({ from }) => from === null);
  const running = all.filter(({ from }) => from !== null);
  const resume = Math.min(...running.map(({ from }) => from ?? until));
  const read = async (some: typeof all, from: EpochMs) =>
    some.length === 0 || from >= until
      ? []
      : marketData.bars({ symbols: some.map(({ symbol }) => symbol), barMinutes, from, until });
  const [whole, fresh] = await Promise.all([read(empty, first), read(running, resume)]);
  return new Map([...whole, ...fresh]);
}

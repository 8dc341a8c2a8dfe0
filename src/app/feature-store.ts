import type { Bar } from '#core/bars.ts';
import type { Features } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';
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
}

/**
 * Features start this many sessions back, and at each new session all bars are read anew: splits rescale
 * the past overnight, and some bars are amended after they were first read. So a bot that has run for
 * weeks and one that was started this morning compute the same figures, bit for bit.
 */
const WINDOW_SESSIONS = 10;
/** How many bars back a missing one is asked for again. */
const LATE_BARS = 12;

interface Options {
  readonly marketData: MarketData;
  readonly calendar: SessionCalendar;
  readonly parameters: StrategyParameters;
  readonly log: Logger;
}

/** The sessions that features are made of, and how far their bars have been read. */
interface Window {
  readonly date: SessionDate | null;
  readonly sessions: readonly Session[];
}

export function createFeatureStore(options: Options): FeatureStore {
  const { calendar, parameters, log } = options;
  const all = new Map<Ticker, BarSeries>();
  let window: Window = { date: null, sessions: [] };
  let readUntil: EpochMs = 0;

  const seriesOf = (symbol: Ticker): BarSeries => {
    const known = all.get(symbol);
    if (known !== undefined) return known;
    const series = createBarSeries(parameters);
    all.set(symbol, series);
    return series;
  };

  const openWindow = async ({ date }: Session): Promise<readonly Session[]> => {
    if (window.date !== date) {
      const sessions = await calendar.endingWith(date, WINDOW_SESSIONS + 1);
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
        readUntil,
        until: barEnd,
      });
      readUntil = barEnd;
      for (const [symbol, one] of series) {
        for (const defect of one.append(bars.get(symbol) ?? [], sessions, barEnd)) {
          log.warn({ symbol, defect }, 'a bar was left out');
        }
      }
      return new Map([...series].map(([symbol, one]) => [symbol, one.features()]));
    },
  };
}

interface Span {
  /** Open of the window's first session: where a symbol without bars begins. */
  readonly first: EpochMs;
  readonly readUntil: EpochMs;
  readonly until: EpochMs;
}

/**
 * The bars that are not there yet, in two requests at most: the whole window for symbols that have none,
 * and for the others what came since the last read, from the earliest hole, but not so far back that a
 * thin stock costs much.
 */
async function readBars(
  { marketData, parameters: { barMinutes } }: Options,
  series: ReadonlyMap<Ticker, BarSeries>,
  { first, readUntil, until }: Span,
): Promise<ReadonlyMap<Ticker, readonly Bar[]>> {
  const ends = [...series].map(([symbol, one]) => ({ symbol, end: one.lastEnd() }));
  const empty = ends.filter(({ end }) => end === null);
  const running = ends.filter(({ end }) => end !== null);
  const earliest = Math.min(...running.map(({ end }) => end ?? 0));
  const resume = Math.max(earliest, readUntil - LATE_BARS * barMinutes * MINUTE_MS);
  const read = async (some: typeof ends, from: EpochMs) =>
    some.length === 0 || from >= until
      ? []
      : marketData.bars({ symbols: some.map(({ symbol }) => symbol), barMinutes, from, until });
  const [whole, fresh] = await Promise.all([read(empty, first), read(running, resume)]);
  return new Map([...whole, ...fresh]);
}

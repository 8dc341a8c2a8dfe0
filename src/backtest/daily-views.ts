import type { DailyBar, DaysBySymbol } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';

import { lastDaysBefore } from './market.ts';
import type { PreparedMarket } from './prepare.ts';

/** The days before each session, of every symbol. */
export interface DailyViews {
  before(sessionIndex: number): DaysBySymbol;
}

/**
 * Looks the days up when they are asked for: few decisions need any. The same list is given each time, so that what
 * follows from it is known when another run asks.
 */
export function createDailyViews({ symbols }: PreparedMarket, days: number): DailyViews {
  const histories = new Map(symbols.map((history) => [history.symbol, history]));
  const views: DaysBySymbol[] = [];
  const viewOf = (sessionIndex: number): DaysBySymbol => {
    const known = new Map<Ticker, readonly DailyBar[]>();
    return {
      get(symbol) {
        const history = histories.get(symbol);
        if (history === undefined) return undefined;
        const found = known.get(symbol) ?? lastDaysBefore(history, sessionIndex, days);
        known.set(symbol, found);
        return found;
      },
    };
  };
  return { before: (sessionIndex) => (views[sessionIndex] ??= viewOf(sessionIndex)) };
}

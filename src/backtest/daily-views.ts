import type { DaysBySymbol } from '#core/decision.ts';

import { lastDaysBefore } from './market.ts';
import type { PreparedMarket } from './prepare.ts';

/** The days before each session, of every symbol. */
export interface DailyViews {
  before(sessionIndex: number): DaysBySymbol;
}

/** Looks the days up when they are asked for: few decisions need any. */
export function createDailyViews({ symbols }: PreparedMarket, days: number): DailyViews {
  const histories = new Map(symbols.map((history) => [history.symbol, history]));
  return {
    before: (sessionIndex) => ({
      get(symbol) {
        const history = histories.get(symbol);
        return history && lastDaysBefore(history, sessionIndex, days);
      },
    }),
  };
}

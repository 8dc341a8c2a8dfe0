import type { DailyBar } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';

import { lastDaysBefore } from './market.ts';
import type { PreparedMarket } from './prepare.ts';

/** The days before each session, of every symbol; runs that look as far back share them. */
export interface DailyViews {
  before(sessionIndex: number): ReadonlyMap<Ticker, readonly DailyBar[]>;
}

/** Makes the view of a session when it is asked for, and keeps it. */
export function createDailyViews({ symbols }: PreparedMarket, days: number): DailyViews {
  const views = new Map<number, ReadonlyMap<Ticker, readonly DailyBar[]>>();
  return {
    before(sessionIndex) {
      const known = views.get(sessionIndex);
      if (known !== undefined) return known;
      const view = new Map(
        symbols.map(
          (history) => [history.symbol, lastDaysBefore(history, sessionIndex, days)] as const,
        ),
      );
      views.set(sessionIndex, view);
      return view;
    },
  };
}

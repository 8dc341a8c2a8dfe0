import type { DailyBar } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { addDays } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import { daysOfView } from '#core/warm-up.ts';
import type { MarketData } from '#ports/market-data.ts';

import { calendarDays } from './session-calendar.ts';

/** The sessions before a date, of each symbol, as the volume profile and the correlation need them. */
export interface DailyHistory {
  /**
   * Oldest first; a symbol without any is missing. Read once a session and symbol, since the past does not
   * change within a session. Throws BrokerError when the bars cannot be read.
   */
  before(
    date: SessionDate,
    symbols: readonly Ticker[],
  ): Promise<ReadonlyMap<Ticker, readonly DailyBar[]>>;
}

export function createDailyHistory(
  marketData: Pick<MarketData, 'dailyBars'>,
  parameters: StrategyParameters,
): DailyHistory {
  const sessions = daysOfView(parameters);
  let known: { date: SessionDate; bars: Map<Ticker, readonly DailyBar[]> } | null = null;

  return {
    before: async (date, symbols) => {
      if (known?.date !== date) known = { date, bars: new Map() };
      const { bars } = known;
      const unread = symbols.filter((symbol) => !bars.has(symbol));
      if (unread.length > 0) {
        const from = addDays(date, -calendarDays(sessions));
        const found = await marketData.dailyBars({ symbols: unread, from, until: date });
        for (const symbol of unread) bars.set(symbol, (found.get(symbol) ?? []).slice(-sessions));
      }
      return new Map(symbols.map((symbol) => [symbol, bars.get(symbol) ?? []]));
    },
  };
}

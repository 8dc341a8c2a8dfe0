import { timeFrame, TimeFrameUnit } from '@alpacahq/alpaca-trade-api';

import type { Bar } from '#core/bars.ts';
import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import type { MarketData } from '#ports/market-data.ts';

import type { AlpacaClient } from './connection.ts';
import { readFailure } from './errors.ts';
import { toBar } from './mapping.ts';

const BARS_PAGE = 10_000;

/** Alpaca's stock bars, split-adjusted, from one feed. */
export function createAlpacaMarketData(
  client: AlpacaClient,
  feed: 'iex' | 'sip',
  feedName: string,
): MarketData {
  const { marketData } = client.sdk;
  return {
    feed: feedName,
    bars: async ({ symbols, barMinutes, from, until }) => {
      try {
        const bySymbol = await marketData.getStockBars({
          symbols: [...symbols],
          timeframe: timeFrame(barMinutes, TimeFrameUnit.Minute),
          start: new Date(from),
          // Alpaca's end is included.
          end: new Date(until - 1),
          limit: BARS_PAGE,
          adjustment: 'split',
          feed,
        });
        const bars = new Map<Ticker, readonly Bar[]>();
        for (const [symbol, series] of Object.entries(bySymbol)) {
          if (isTicker(symbol)) bars.set(symbol, series.map(toBar));
        }
        return bars;
      } catch (error) {
        throw readFailure('the bars', error);
      }
    },
    subscribeBars: async (symbols, onBar) => {
      const url = client.dataStreamUrl(feed);
      const stream = marketData.stockStream({
        feed,
        maxReconnectAttempts: -1,
        ...(url === undefined ? {} : { url }),
      });
      stream.onBar((bar) => {
        if (bar.symbol !== undefined && isTicker(bar.symbol)) onBar(bar.symbol, toBar(bar));
      });
      stream.subscribeForBars([...symbols]);
      stream.connect();
      return { close: async () => stream.disconnect() };
    },
  };
}

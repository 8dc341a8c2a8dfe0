import { marketDataShapes, timeFrame, TimeFrameUnit } from '@alpacahq/alpaca-trade-api';
import type { marketData as wire } from '@alpacahq/alpaca-trade-api';

import type { Bar } from '#core/bars.ts';
import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import type { Logger } from '#ports/logger.ts';
import type { BarQuery, MarketData } from '#ports/market-data.ts';

import { openBarStream } from './bar-stream.ts';
import type { AlpacaClient } from './connection.ts';
import { readFailure } from './errors.ts';
import { toBar } from './mapping.ts';
import { sendRead } from './requests.ts';
import { unopened } from './supervised-stream.ts';
import type { SupervisedStream } from './supervised-stream.ts';

const BARS_PAGE = 10_000;

type Page = Pick<wire.StockBarsResp, 'bars' | 'nextPageToken'>;

/** Page by page: each is a request of its own to the broker's limit. A page may hold one symbol only. */
async function readBars(
  { sdk, data }: AlpacaClient,
  feed: 'iex' | 'sip',
  { symbols, barMinutes, from, until }: BarQuery,
): Promise<ReadonlyMap<Ticker, readonly Bar[]>> {
  const found = new Map<Ticker, Bar[]>();
  let pageToken: string | null = null;
  do {
    const page: Page = await sendRead(data, 'normal', () =>
      sdk.marketData.stocks.stockBars({
        symbols: symbols.join(','),
        timeframe: timeFrame(barMinutes, TimeFrameUnit.Minute),
        start: new Date(from),
        // Alpaca's end is included.
        end: new Date(until - 1),
        limit: BARS_PAGE,
        adjustment: 'split',
        feed,
        ...(pageToken === null ? {} : { pageToken }),
      }),
    );
    for (const [symbol, bars] of Object.entries(marketDataShapes.toBarsBySymbol(page.bars))) {
      if (!isTicker(symbol)) continue;
      const series = found.get(symbol) ?? [];
      for (const bar of bars) series.push(toBar(bar));
      found.set(symbol, series);
    }
    pageToken = page.nextPageToken || null;
  } while (pageToken !== null);
  return found;
}

/** Alpaca's stock bars, split-adjusted, from one feed. */
export function createAlpacaMarketData(
  client: AlpacaClient,
  feed: 'iex' | 'sip',
  feedName: string,
  log: Logger,
): MarketData {
  const openedAt = client.timers.now();
  let stream: SupervisedStream | null = null;
  return {
    feed: feedName,
    bars: async (query) => {
      if (query.symbols.length === 0) return new Map();
      try {
        return await readBars(client, feed, query);
      } catch (error) {
        throw readFailure('the bars', error, client.withoutSecrets);
      }
    },
    subscribeBars: async (symbols, listener) => {
      stream?.close();
      if (symbols.length === 0) return { close: async () => {} };
      const opened = openBarStream(client, { feed, symbols, listener }, log);
      stream = opened;
      return { close: async () => opened.close() };
    },
    streamHealth: () => stream?.health() ?? unopened(openedAt),
    restartBars: (reason) => stream?.restart(reason),
  };
}

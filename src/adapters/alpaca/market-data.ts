import { marketDataShapes, timeFrame, TimeFrameUnit } from '@alpacahq/alpaca-trade-api';
import type { marketData as wire } from '@alpacahq/alpaca-trade-api';

import type { Bar } from '#core/bars.ts';
import type { DailyBar } from '#core/decision.ts';
import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { newYorkDate, startOfDay } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { Logger } from '#ports/logger.ts';
import type { BarQuery, DailyBarQuery, MarketData } from '#ports/market-data.ts';

import { openBarStream } from './bar-stream.ts';
import type { AlpacaClient } from './connection.ts';
import { readFailure } from './errors.ts';
import { toBar } from './mapping.ts';
import { sendRead } from './requests.ts';
import { unopened } from './supervised-stream.ts';
import type { SupervisedStream } from './supervised-stream.ts';

const BARS_PAGE = 10_000;

type Page = Pick<wire.StockBarsResp, 'bars' | 'nextPageToken'>;

interface Request {
  readonly symbols: readonly Ticker[];
  readonly timeframe: ReturnType<typeof timeFrame>;
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** Page by page: each is a request of its own to the broker's limit. A page may hold one symbol only. */
async function readBars(
  { sdk, data }: AlpacaClient,
  feed: 'iex' | 'sip',
  { symbols, timeframe, from, until }: Request,
): Promise<ReadonlyMap<Ticker, readonly Bar[]>> {
  const found = new Map<Ticker, Bar[]>();
  let pageToken: string | null = null;
  do {
    const page: Page = await sendRead(data, 'normal', () =>
      sdk.marketData.stocks.stockBars({
        symbols: symbols.join(','),
        timeframe,
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

const intraday = ({ symbols, barMinutes, from, until }: BarQuery): Request => ({
  symbols,
  timeframe: timeFrame(barMinutes, TimeFrameUnit.Minute),
  from,
  until,
});

/** A day's bar is labelled by New York's midnight. */
const daily = ({ symbols, from, until }: DailyBarQuery): Request => ({
  symbols,
  timeframe: timeFrame(1, TimeFrameUnit.Day),
  from: startOfDay(from),
  until: startOfDay(until),
});

const toDailyBar = ({ start, close, volume }: Bar): DailyBar => ({
  date: newYorkDate(start),
  close,
  volume,
});

/** Alpaca's stock bars, split-adjusted, from one feed. */
export function createAlpacaMarketData(
  client: AlpacaClient,
  feed: 'iex' | 'sip',
  feedName: string,
  log: Logger,
): MarketData {
  const openedAt = client.timers.now();
  let stream: SupervisedStream | null = null;
  const read = async (request: Request, what: string) => {
    // An account may hold options or coins. Asked for one of them, Alpaca refuses the bars of all.
    const symbols = request.symbols.filter(isTicker);
    if (symbols.length === 0) return new Map<Ticker, readonly Bar[]>();
    try {
      return await readBars(client, feed, { ...request, symbols });
    } catch (error) {
      throw readFailure(what, error, client.withoutSecrets);
    }
  };
  return {
    feed: feedName,
    bars: (query) => read(intraday(query), 'the bars'),
    dailyBars: async (query) => {
      const found = await read(daily(query), 'the daily bars');
      return new Map([...found].map(([symbol, bars]) => [symbol, bars.map(toDailyBar)]));
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

import type { streaming } from '@alpacahq/alpaca-trade-api';

import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import type { Logger } from '#ports/logger.ts';
import type { BarListener } from '#ports/market-data.ts';

import type { AlpacaClient } from './connection.ts';
import { tell } from './listeners.ts';
import { toBar } from './mapping.ts';
import type { StreamPlan } from './stream-connection.ts';
import { superviseStream } from './supervised-stream.ts';
import type { SupervisedStream } from './supervised-stream.ts';

interface BarSubscription {
  readonly feed: 'iex' | 'sip';
  /** At least one. */
  readonly symbols: readonly Ticker[];
  readonly listener: BarListener;
}

/** Bars as they end. Corrections of bars are not asked for: bars are always read by REST. */
export function openBarStream(
  client: AlpacaClient,
  { feed, symbols, listener }: BarSubscription,
  log: Logger,
): SupervisedStream {
  const plan: StreamPlan<streaming.StockDataStream> = {
    name: 'bars',
    wanted: symbols,
    create: (options, heard) => {
      const url = client.dataStreamUrl(feed);
      return client.sdk.marketData
        .stockStream({ feed, ...options, ...(url === undefined ? {} : { url }) })
        .onBar((bar) => {
          heard();
          tell(log, 'a bar of the stream', () => pass(bar, listener));
        });
    },
    ask: (stream, names) => stream.subscribeForBars([...names]),
    askAgain: (stream, name) => {
      // The SDK sends nothing for a symbol that it counts as subscribed to, a refused one included.
      stream.unsubscribeFromBars([name]);
      stream.subscribeForBars([name]);
    },
    retract: (stream) => stream.unsubscribeFromBars([...symbols]),
    granted: barsOf,
  };
  const { timers, streamTiming: timing, withoutSecrets } = client;
  return superviseStream(
    plan,
    { timers, timing, withoutSecrets, log },
    {
      onUp: () => tell(log, 'the start of the bar stream', () => listener.onSubscribed()),
      onDown: (reason) => tell(log, 'the end of the bar stream', () => listener.onDown(reason)),
    },
  );
}

function pass(bar: streaming.StreamBar, listener: BarListener): unknown {
  if (bar.symbol === undefined || !isTicker(bar.symbol)) return undefined;
  if (!Number.isFinite(bar.timestamp.getTime())) return undefined;
  return listener.onBar(bar.symbol, toBar(bar));
}

function barsOf(acknowledgement: unknown): readonly string[] {
  if (typeof acknowledgement !== 'object' || acknowledgement === null) return [];
  const bars: unknown = 'bars' in acknowledgement ? acknowledgement.bars : null;
  return Array.isArray(bars) ? bars.map(String) : [];
}

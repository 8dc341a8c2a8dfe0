import { streaming } from '@alpacahq/alpaca-trade-api';

import type { StreamState, Subscription, TradeUpdateListener } from '#ports/broker.ts';
import type { Logger } from '#ports/logger.ts';

import type { AlpacaClient } from './connection.ts';
import { toTradeUpdate } from './mapping.ts';

const RECONNECT_MS = 5_000;

export interface TradeUpdateStream extends Subscription {
  state(): StreamState;
}

/**
 * The account's order events. Handlers run one after the other, so that two events of one order never
 * overtake each other, and a failing handler is logged: the next REST snapshot mends what it missed.
 */
export function openTradeUpdateStream(
  client: AlpacaClient,
  listener: TradeUpdateListener,
  log: Logger,
): TradeUpdateStream {
  const { tradeStreamUrl: url } = client;
  const stream = client.sdk.trading.stream({
    maxReconnectAttempts: -1,
    ...(url === undefined ? {} : { url }),
  });
  let state: StreamState = 'connecting';
  let isClosed = false;
  let reconnect: NodeJS.Timeout | undefined;

  const { inOrder, idle } = createSerialQueue(log);

  stream.onTradeUpdate((update) => inOrder(() => listener.onUpdate(toTradeUpdate(update))));
  stream.on(streaming.EVENT.SUBSCRIPTION, () => {
    // Only now do events arrive; what happened since the last one has to be fetched.
    state = 'up';
    inOrder(() => listener.onSubscribed());
  });
  stream.onError((error) => log.warn({ error }, 'trade updates: the stream reports an error'));
  stream.onStateChange((now) => {
    if (isClosed || now === streaming.STATE.AUTHENTICATED) return;
    if (state === 'up') listener.onDown(now);
    state = now === streaming.STATE.DISCONNECTED ? 'down' : 'connecting';
    // The SDK gives up for good after some errors (a slow authentication, for one) without saying so.
    if (now === streaming.STATE.DISCONNECTED) {
      clearTimeout(reconnect);
      reconnect = setTimeout(() => {
        if (!isClosed && stream.getState() === streaming.STATE.DISCONNECTED) stream.connect();
      }, RECONNECT_MS);
    }
  });
  stream.subscribeTradeUpdates();
  stream.connect();

  return {
    state: () => state,
    close: async () => {
      isClosed = true;
      clearTimeout(reconnect);
      stream.disconnect();
      state = 'down';
      await idle();
    },
  };
}

/** Runs pieces of work one after the other; one that fails is logged and does not stop the next. */
function createSerialQueue(log: Logger) {
  let queue = Promise.resolve();
  return {
    inOrder: (work: () => Promise<void>): void => {
      queue = queue.then(work).catch((error: unknown) => {
        log.error(
          { error: String(error) },
          'a trade update could not be handled; the next look at the orders makes up for it',
        );
      });
    },
    idle: () => queue,
  };
}

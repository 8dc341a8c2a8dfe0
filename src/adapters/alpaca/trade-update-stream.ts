import type { streaming } from '@alpacahq/alpaca-trade-api';

import type { TradeUpdateListener } from '#ports/broker.ts';
import type { Logger } from '#ports/logger.ts';

import type { AlpacaClient } from './connection.ts';
import { tell } from './listeners.ts';
import { toTradeUpdate } from './mapping.ts';
import type { StreamPlan } from './stream-connection.ts';
import { superviseStream } from './supervised-stream.ts';
import type { SupervisedStream } from './supervised-stream.ts';

const TRADE_UPDATES = 'trade_updates';

export interface TradeUpdateStream extends Omit<SupervisedStream, 'close'> {
  close(): Promise<void>;
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
  const { inOrder, idle } = createSerialQueue(log);
  const plan = tradeUpdatesPlan(client, (update) =>
    inOrder(() => listener.onUpdate(toTradeUpdate(update))),
  );
  const { timers, streamTiming: timing, withoutSecrets } = client;
  const stream = superviseStream(
    plan,
    { timers, timing, withoutSecrets, log },
    {
      // Only now do events arrive; what happened since the last one has to be fetched.
      onUp: () => inOrder(() => listener.onSubscribed()),
      onDown: (reason) => tell(log, 'the end of the order stream', () => listener.onDown(reason)),
    },
  );
  return {
    ...stream,
    close: async () => {
      stream.close();
      await idle();
    },
  };
}

function tradeUpdatesPlan(
  { sdk, tradeStreamUrl: url }: AlpacaClient,
  onUpdate: (update: streaming.TradeUpdate) => void,
): StreamPlan<streaming.TradingStream> {
  return {
    name: 'trade updates',
    wanted: [TRADE_UPDATES],
    create: (options, heard) =>
      sdk.trading
        .stream({ ...options, ...(url === undefined ? {} : { url }) })
        .onTradeUpdate((update) => {
          heard();
          onUpdate(update);
        }),
    ask: (stream) => stream.subscribeTradeUpdates(),
    askAgain: (stream) => stream.subscribeTradeUpdates(),
    // There is only one, and no limit to it.
    retract: () => {},
    granted: (streams) => (Array.isArray(streams) ? streams.map(String) : []),
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

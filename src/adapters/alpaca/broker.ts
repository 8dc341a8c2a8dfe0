import type { Broker } from '#ports/broker.ts';
import type { Logger } from '#ports/logger.ts';

import type { AlpacaClient } from './connection.ts';
import { createMapEach } from './map-each.ts';
import { createReads } from './reads.ts';
import { unopened } from './supervised-stream.ts';
import { openTradeUpdateStream } from './trade-update-stream.ts';
import type { TradeUpdateStream } from './trade-update-stream.ts';
import { createWrites } from './writes.ts';
import type { WritePermit } from './writes.ts';

/** Alpaca as the application's broker. */
export function createAlpacaBroker(
  client: AlpacaClient,
  log: Logger,
  permit: WritePermit = () => {},
): Broker {
  const mapEach = createMapEach(log);
  const urgent = createReads(client, 'protective', mapEach);
  const createdAt = client.timers.now();
  let stream: TradeUpdateStream | null = null;
  return {
    ...createReads(client, 'normal', mapEach),
    ...createWrites(client, urgent, permit),
    urgent,
    subscribeTradeUpdates: async (listener) => {
      await stream?.close();
      const opened = openTradeUpdateStream(client, listener, log);
      stream = opened;
      return { close: () => opened.close() };
    },
    streamHealth: () => stream?.health() ?? unopened(createdAt),
    restartTradeUpdates: (reason) => stream?.restart(reason),
  };
}

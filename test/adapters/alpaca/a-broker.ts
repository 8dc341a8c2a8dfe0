import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import type { AlpacaClientOptions } from '#adapters/alpaca/connection.ts';
import { createAlpacaMarketData } from '#adapters/alpaca/market-data.ts';
import type { StreamTiming } from '#adapters/alpaca/stream-connection.ts';
import type { Logger } from '#ports/logger.ts';

import { aStandIn } from '../../sandbox/alpaca/a-stand-in.ts';

/** Impatient, so that a test need not be patient; without pings, which a busy machine may miss. */
export const FAST: StreamTiming = {
  pingIntervalMs: 0,
  pongWaitMs: 0,
  ackWaitMs: 10_000,
  retryMinMs: 5,
  retryMaxMs: 20,
  stableMs: 60_000,
  // What is asked for again before its acknowledgement is there is taken back for a moment.
  reassertMs: 500,
};

type StandInShape = Parameters<typeof aStandIn>[0];

/** The adapter, connected to a stand-in of its own, and what it has logged. */
export async function aBroker(shape: StandInShape = {}, options: AlpacaClientOptions = {}) {
  const world = await aStandIn(shape);
  const client = createAlpacaClient(
    { kind: 'stand-in', url: world.standIn.url },
    { ...options, streamTiming: { ...FAST, ...options.streamTiming } },
  );
  const logged: string[] = [];
  const write = (fields: object, message: string): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`);
  };
  const log: Logger = { info: write, warn: write, error: write };
  return {
    ...world,
    sockets: world.standIn.sockets,
    logged,
    broker: createAlpacaBroker(client, log),
    marketData: createAlpacaMarketData(client, 'iex', 'replay', log),
  };
}

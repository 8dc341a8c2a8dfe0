import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import type { AlpacaConnection } from '#adapters/alpaca/connection.ts';
import { createAlpacaMarketData } from '#adapters/alpaca/market-data.ts';
import type { Config, SandboxConfig } from '#config';
import type { EpochMs } from '#core/session.ts';
import type { Broker } from '#ports/broker.ts';
import type { Logger } from '#ports/logger.ts';
import type { MarketData } from '#ports/market-data.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';

import type { Lifecycle } from './lifecycle.ts';
import { openMarket } from './market.ts';
import { STARTING_CASH } from './sandbox.ts';
import { tradingAlpaca } from './surroundings.ts';

/** What a tool reads the past from, beside the running bot. */
export interface History {
  readonly broker: Pick<Broker, 'calendar'>;
  readonly marketData: Pick<MarketData, 'bars' | 'dailyBars'>;
}

interface Options {
  readonly config: Config;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
}

/**
 * The history that the bot with these settings reads. A replay's exchange belongs to the process that plays it:
 * another one, on which nobody trades, knows the same market.
 *
 * @param until the bars that are over by then are there
 */
export async function openHistory(options: Options, until: EpochMs): Promise<History> {
  const { config, log } = options;
  const feed = config.mode === 'SANDBOX' ? 'iex' : config.alpaca.feed;
  const client = createAlpacaClient(await connectionOf(options, until));
  return {
    broker: createAlpacaBroker(client, log),
    marketData: createAlpacaMarketData(client, feed, feed, log),
  };
}

async function connectionOf(
  { config, lifecycle }: Options,
  until: EpochMs,
): Promise<AlpacaConnection> {
  if (config.mode !== 'SANDBOX') return tradingAlpaca(config);
  const url = config.alpacaUrl ?? (await openReplayed(config, lifecycle, until));
  return { kind: 'stand-in', url };
}

async function openReplayed(
  config: SandboxConfig,
  lifecycle: Lifecycle,
  until: EpochMs,
): Promise<string> {
  const market = openMarket(config);
  const standIn = await createAlpacaStandIn({ market, startingCash: STARTING_CASH });
  lifecycle.onClose('Alpaca stand-in', () => standIn.close());
  const last = market.barEnds.findLast((barEnd) => barEnd <= until);
  if (last !== undefined) standIn.advanceTo(last);
  return standIn.url;
}

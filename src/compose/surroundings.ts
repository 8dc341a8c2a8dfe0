import type { AlpacaConnection } from '#adapters/alpaca/connection.ts';
import type { Config, TradingConfig } from '#config';
import type { Ticker } from '#core/ids.ts';

import type { HttpPort } from './http.ts';
import type { Lifecycle } from './lifecycle.ts';
import { databaseOf, openSandbox } from './sandbox.ts';
import type { DiscordAccess, Sandbox } from './sandbox.ts';

/** Who the bot talks to, whatever the mode. */
export interface Surroundings {
  readonly alpaca: AlpacaConnection;
  readonly feed: 'iex' | 'sip';
  /** For the channel. */
  readonly feedName: string;
  readonly discord: DiscordAccess;
  readonly watchlist: readonly Ticker[];
  /** Name of the embedded server's database. */
  readonly database: string;
  readonly sandbox: Sandbox | null;
}

export async function openSurroundings(
  config: Config,
  http: HttpPort,
  lifecycle: Lifecycle,
): Promise<Surroundings> {
  if (config.mode !== 'SANDBOX') return tradingSurroundings(config);
  const sandbox = await openSandbox(config, http, lifecycle);
  return {
    alpaca: { kind: 'stand-in', url: sandbox.alpacaUrl },
    feed: 'iex',
    feedName: sandbox.feed,
    discord: sandbox.discordAccess,
    watchlist: sandbox.watchlist,
    database: databaseOf(sandbox.key),
    sandbox,
  };
}

/** Alpaca itself, for real or for paper. */
export const tradingAlpaca = ({ alpaca, mode }: TradingConfig): AlpacaConnection => ({
  kind: mode === 'LIVE' ? 'live' : 'paper',
  keyId: alpaca.keyId.reveal(),
  secret: alpaca.secretKey.reveal(),
});

function tradingSurroundings(config: TradingConfig): Surroundings {
  const { alpaca, discord, mode } = config;
  return {
    alpaca: tradingAlpaca(config),
    feed: alpaca.feed,
    feedName: alpaca.feed,
    discord: { ...discord, token: discord.token.reveal(), apiUrl: null, roles: config.roles },
    watchlist: config.watchlist,
    database: mode === 'LIVE' ? 'live' : 'paper',
    sandbox: null,
  };
}

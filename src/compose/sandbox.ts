import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DEFAULT_WATCHLIST } from '#config';
import type { RoleIds, SandboxConfig } from '#config';
import type { Ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import type { AlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import { createDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import type { DiscordStandIn } from '#sandbox/discord/stand-in.ts';
import type { Market } from '#sandbox/market/types.ts';

import type { HttpPort } from './http.ts';
import type { Lifecycle } from './lifecycle.ts';
import { openMarket } from './market.ts';

const JOURNAL = 'exchange.ndjson';
export const STARTING_CASH = parseUsd('100000.00');

/** The made-up world around a sandbox bot: what of it runs in this process, and where the rest is. */
export interface Sandbox {
  /** Names the world in file and database names. */
  readonly key: string;
  readonly identity: string;
  readonly watchlist: readonly Ticker[];
  /** Null when Alpaca's stand-in runs elsewhere, with a market of its own. */
  readonly exchange: { readonly market: Market; readonly standIn: AlpacaStandIn } | null;
  readonly alpacaUrl: string;
  readonly feed: string;
  /** Null when Discord's stand-in runs elsewhere. */
  readonly discord: DiscordStandIn | null;
  readonly discordAccess: DiscordAccess;
}

/** How the bot reaches its channel, and who may do what there. */
export interface DiscordAccess {
  readonly token: string;
  readonly guildId: string;
  readonly channelId: string;
  /** Null for Discord itself. */
  readonly apiUrl: string | null;
  readonly roles: RoleIds;
}

export async function openSandbox(
  config: SandboxConfig,
  http: HttpPort,
  lifecycle: Lifecycle,
): Promise<Sandbox> {
  const market = config.alpacaUrl === null ? openMarket(config) : null;
  const identity = identityOf(config, market);
  const key = keyOf(identity);
  const folder = await openFolder(config, key);
  const worldId = market === null ? '' : await worldIdOf(folder);
  const discord = config.discordUrl === null ? openDiscord(folder, http, lifecycle) : null;
  const common = {
    key,
    identity: `${identity}${worldId}`,
    discord,
    discordAccess: accessOf(config, http),
  };
  if (market === null) {
    const alpacaUrl = config.alpacaUrl ?? '';
    const watchlist = config.watchlist ?? DEFAULT_WATCHLIST;
    return { ...common, watchlist, exchange: null, alpacaUrl, feed: identity };
  }
  const exchange = await openExchange(market, folder, lifecycle);
  const watchlist = config.watchlist ?? market.symbols;
  const alpacaUrl = exchange.standIn.url;
  return { ...common, watchlist, exchange, alpacaUrl, feed: market.name };
}

const identityOf = ({ alpacaUrl }: SandboxConfig, market: Market | null): string =>
  market?.identity ?? `stand-in at ${alpacaUrl}`;

const keyOf = (identity: string): string =>
  createHash('sha256').update(identity).digest('hex').slice(0, 12);

/** Name of the embedded server's database for the sandbox that these settings describe. */
export const sandboxDatabase = (config: SandboxConfig): string =>
  databaseOf(keyOf(identityOf(config, config.alpacaUrl === null ? openMarket(config) : null)));

export const databaseOf = (key: string): string => `sandbox_${key}`;

/** Where the world keeps what happened in it, so that a second start goes on from there. */
async function openFolder({ dataDir, fresh }: SandboxConfig, key: string): Promise<string> {
  const folder = join(dataDir, 'sandbox', key);
  if (fresh) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Names one life of the exchange: a journal that was removed begins another, to which an old ledger does
 * not belong, since its orders' ids will be given again.
 */
async function worldIdOf(folder: string): Promise<string> {
  const file = join(folder, 'world-id');
  if (existsSync(join(folder, JOURNAL)) && existsSync(file)) return readFile(file, 'utf8');
  const id = ` (${randomUUID()})`;
  await writeFile(file, id);
  return id;
}

async function openExchange(market: Market, folder: string, lifecycle: Lifecycle) {
  const standIn = await createAlpacaStandIn({
    market,
    startingCash: STARTING_CASH,
    journalFile: join(folder, JOURNAL),
    delays: REALISTIC_DELAYS,
  });
  lifecycle.onClose('Alpaca stand-in', () => standIn.close());
  return { market, standIn };
}

function openDiscord(folder: string, http: HttpPort, lifecycle: Lifecycle): DiscordStandIn {
  const discord = createDiscordStandIn({ dataFile: join(folder, 'channel.ndjson') });
  discord.attachGateway(http.server);
  lifecycle.onClose('Discord stand-in', () => discord.close());
  return discord;
}

function accessOf(config: SandboxConfig, http: HttpPort): DiscordAccess {
  const { token, guildId, channelId, roles } = SANDBOX_DISCORD;
  if (config.discordUrl === null) {
    return {
      token,
      guildId,
      channelId,
      apiUrl: `${http.url}/api`,
      roles: { viewer: [roles.viewer], trader: [roles.trader], admin: [roles.admin] },
    };
  }
  const given = config.discord;
  const namesNobody = Object.values(config.roles).every((ids) => ids.length === 0);
  const guild = given?.guildId ?? guildId;
  return {
    token: given?.token.reveal() ?? token,
    guildId: guild,
    channelId: given?.channelId ?? channelId,
    apiUrl: config.discordUrl,
    // With made-up money and nobody named, everyone on the stand-in's server may look: the server's id
    // is also the id of the role that all its members have.
    roles: namesNobody ? { ...config.roles, viewer: [guild] } : config.roles,
  };
}

import { resolve } from 'node:path';

import type { Ticker } from '#core/ids.ts';
import { ticker } from '#core/ids.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { SessionDate } from '#core/session.ts';
import type { CardSettings, Mentions } from '#ports/card-settings.ts';

import { ARGUMENTS, describeArguments, readArguments } from './compose/arguments.ts';
import { CONFIG_FILE_NAME, conflicts, describeIssue, parseJson } from './compose/config-errors.ts';
import { contradictions, modeOf } from './compose/mode.ts';
import type { Given } from './compose/mode.ts';
import { ENVIRONMENT_NAMES, settingsSchema } from './compose/schema.ts';
import type { ProcessRole, Settings } from './compose/schema.ts';
import { spellings } from './compose/secret.ts';
import type { Secret } from './compose/secret.ts';
import { sectorsFrom } from './compose/sectors.ts';

export { CONFIG_FILE_NAME };

/** What every mode needs. */
interface CommonConfig {
  readonly parameters: StrategyParameters;
  /** Sector by symbol: those of the file, over those that are known of well-known stocks. */
  readonly sectors: ReadonlyMap<Ticker, string>;
  /** How long decisions and their inputs are kept, in days. */
  readonly keepDecisionsDays: number;
  /** How each kind of card comes to the channel, and whom it mentions. */
  readonly cards: CardSettings;
  readonly mentions: Mentions;
  /** What this process does. */
  readonly processRoles: readonly ProcessRole[];
  /** 0 means any free port. */
  readonly port: number;
  readonly dataDir: string;
  readonly logLevel: 'info' | 'warn' | 'error';
  /** Null: the embedded PostgreSQL. */
  readonly databaseUrl: Secret | null;
  /** Null: the queue runs on PostgreSQL. */
  readonly redisUrl: Secret | null;
  /** Where what is about risk is told when the channel does not take it; null: nowhere. */
  readonly alertWebhookUrl: Secret | null;
}

export interface DiscordConfig {
  readonly token: Secret;
  readonly guildId: string;
  readonly channelId: string;
}

/** Ids of Discord roles and users; nobody has a role whose list is empty. */
export interface RoleIds {
  readonly viewer: readonly string[];
  readonly trader: readonly string[];
  readonly admin: readonly string[];
}

export type SandboxMarketConfig =
  | {
      readonly kind: 'folder';
      readonly folder: string;
      readonly from: SessionDate | null;
      readonly to: SessionDate | null;
    }
  | { readonly kind: 'generated'; readonly seed: number };

/** Stand-ins on this machine in place of Alpaca and Discord. */
export interface SandboxConfig extends CommonConfig {
  readonly mode: 'SANDBOX';
  /** Null: every symbol of the market. */
  readonly watchlist: readonly Ticker[] | null;
  readonly market: SandboxMarketConfig;
  /** Market time over wall time. */
  readonly speed: number | 'max';
  /** Whether the program ends when the replay does. */
  readonly exit: boolean;
  /** Whether what an earlier run left is forgotten. */
  readonly fresh: boolean;
  /** A stand-in that runs already; null: the bot starts its own. */
  readonly alpacaUrl: string | null;
  readonly discordUrl: string | null;
  /** For the stand-in at `discordUrl`; null: its own defaults. */
  readonly discord: DiscordConfig | null;
  readonly roles: RoleIds;
}

/** Alpaca and Discord as they are; PAPER with made-up money. */
export interface TradingConfig extends CommonConfig {
  readonly mode: 'PAPER' | 'LIVE';
  readonly watchlist: readonly Ticker[];
  readonly alpaca: {
    readonly keyId: Secret;
    readonly secretKey: Secret;
    readonly feed: 'iex' | 'sip';
  };
  readonly discord: DiscordConfig;
  readonly roles: RoleIds;
}

export type Config = SandboxConfig | TradingConfig;

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly errors: readonly string[] };

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Without the program's own name. */
  readonly argv: readonly string[];
  /** The text of bracketeer.config.json, or null when there is none. */
  readonly file: string | null;
}

export const DEFAULT_WATCHLIST: readonly Ticker[] = [
  'AAPL',
  'AMD',
  'AMZN',
  'GOOGL',
  'JPM',
  'META',
  'MSFT',
  'NVDA',
  'TSLA',
  'XOM',
].map(ticker);

/** Reads all settings at once. Every error is a line: the name, what is seen (secrets masked), what is allowed. */
export function parseConfig({ env, argv, file }: ConfigSources): ParsedConfig {
  const { values, errors: argumentErrors } = readArguments(ARGUMENTS, argv);
  const given: Given = { environment: namedValues(env), commandLine: values };
  const json = parseJson(file);
  const input = { ...given, file: json.value };
  const parsed = settingsSchema.safeParse(input);
  const errors = [
    ...argumentErrors,
    ...contradictions(given),
    ...json.errors,
    ...(parsed.error?.issues.flatMap((issue) => describeIssue(issue, input)) ?? []),
    ...conflicts(input),
  ];
  if (!parsed.success || errors.length > 0) return { ok: false, errors };
  return { ok: true, config: build(modeOf(given), parsed.data) };
}

/** The settings among the environment's variables; an empty one counts as unset. */
function namedValues(env: ConfigSources['env']): Readonly<Record<string, string>> {
  const entries = ENVIRONMENT_NAMES.map((name) => [name, env[name]?.trim() ?? ''] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

function build(mode: Config['mode'], settings: Settings): Config {
  const { environment, commandLine, file } = settings;
  const common = {
    parameters: file.rules,
    sectors: sectorsFrom(file.sectors),
    keepDecisionsDays: file.keepDecisionsDays,
    cards: file.cards,
    mentions: file.mentions,
    processRoles: commandLine['--role'],
    port: environment.PORT,
    // Absolute from here on: the database's server runs from another folder.
    dataDir: resolve(environment.DATA_DIR),
    logLevel: environment.LOG_LEVEL,
    databaseUrl: environment.DATABASE_URL ?? null,
    redisUrl: environment.REDIS_URL ?? null,
    alertWebhookUrl: environment.ALERT_WEBHOOK_URL ?? null,
    roles: {
      viewer: environment.DISCORD_VIEWER_IDS,
      trader: environment.DISCORD_TRADER_IDS,
      admin: environment.DISCORD_ADMIN_IDS,
    },
  };
  const watchlist = commandLine['--symbols'] ?? file.watchlist ?? null;
  if (mode === 'SANDBOX') {
    return {
      ...common,
      mode,
      watchlist,
      market: marketOf(commandLine),
      speed: commandLine['--speed'],
      exit: commandLine['--exit'],
      fresh: commandLine['--fresh'],
      alpacaUrl: environment.SANDBOX_ALPACA_URL ?? null,
      discordUrl: environment.SANDBOX_DISCORD_URL ?? null,
      discord: discordOf(environment),
    };
  }
  return {
    ...common,
    mode,
    watchlist: watchlist ?? DEFAULT_WATCHLIST,
    alpaca: {
      keyId: present(environment.APCA_API_KEY_ID),
      secretKey: present(environment.APCA_API_SECRET_KEY),
      feed: environment.ALPACA_FEED,
    },
    discord: present(discordOf(environment)),
  };
}

function marketOf(commandLine: Settings['commandLine']): SandboxMarketConfig {
  const folder = commandLine['--replay'];
  if (folder === undefined) return { kind: 'generated', seed: commandLine['--seed'] };
  return {
    kind: 'folder',
    folder,
    from: commandLine['--from'] ?? null,
    to: commandLine['--to'] ?? null,
  };
}

function discordOf(environment: Settings['environment']): DiscordConfig | null {
  const { DISCORD_TOKEN: token, DISCORD_GUILD_ID, DISCORD_CHANNEL_ID } = environment;
  if (token === undefined) return null;
  return { token, guildId: present(DISCORD_GUILD_ID), channelId: present(DISCORD_CHANNEL_ID) };
}

/** What the contradictions have made sure of. */
function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined)
    throw new Error('a setting is missing that was checked');
  return value;
}

/** The text of `--help`. */
export function usage(): string {
  return [
    'Bracketeer trades US stocks on Alpaca and reports to a Discord channel.',
    '',
    'Usage: npm start -- [arguments]',
    '',
    ...describeArguments(ARGUMENTS),
    '',
    'Without Alpaca keys it runs the sandbox: a stand-in for Alpaca, a stand-in for Discord and a replayed',
    'market, all on this machine. With APCA_API_KEY_ID and APCA_API_SECRET_KEY it trades on paper, and with',
    'ALPACA_LIVE=yes-trade-real-money for real. Rules, sectors and watchlist are read from',
    `${CONFIG_FILE_NAME}.`,
    '',
    `Environment: ${ENVIRONMENT_NAMES.join(', ')}.`,
  ].join('\n');
}

/** Whether the command line asks for the usage. */
export const wantsHelp = (argv: readonly string[]): boolean => argv.includes('--help');

/** Every text of the config that must never be shown, passwords within addresses too. */
export function secretsOf(config: Config): readonly string[] {
  const secrets = [
    ...(config.mode === 'SANDBOX' ? [] : [config.alpaca.keyId, config.alpaca.secretKey]),
    config.discord?.token ?? null,
    config.databaseUrl,
    config.redisUrl,
    config.alertWebhookUrl,
  ];
  return secrets
    .filter((secret) => secret !== null)
    .flatMap((secret) => spellings(secret.reveal()));
}

import { z } from 'zod';

import { asTickersAre, isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';

import { DEFAULT_SEED, DEFAULT_SPEED } from './arguments.ts';
import { cards, mentions } from './cards-schema.ts';
import { rules } from './rules-schema.ts';
import { createSecret } from './secret.ts';

/** Each message continues "… is VALUE; it …". */
const text = (error: string) => z.string({ error });

const secret = text('must be a text').transform(createSecret);

/** A number written as text, within a range. */
const numberText = (pattern: RegExp, [min, max]: readonly [number, number], error: string) =>
  text(error)
    .regex(pattern, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });

const WHOLE = /^\d+$/;
const DECIMAL = /^\d+(?:\.\d+)?$/;

const SNOWFLAKE = /^\d{17,20}$/;
const snowflake = (what: string) =>
  text('').regex(SNOWFLAKE, { error: `must be the id of a Discord ${what}, 17 to 20 digits` });

const listOf = (value: string): readonly string[] => value.split(',').map((item) => item.trim());

const IDS = 'must be role or user ids of 17 to 20 digits with commas between them';
const idList = text(IDS)
  .transform(listOf)
  .refine((ids) => ids.every((id) => SNOWFLAKE.test(id)), { error: IDS })
  .default([]);

const hasProtocol = (value: string, protocols: readonly string[]): boolean =>
  URL.canParse(value) && protocols.includes(new URL(value).protocol);

const serverUrl = (protocols: readonly string[], error: string) =>
  text(error)
    .refine((value) => hasProtocol(value, protocols), { error })
    .transform(createSecret);

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/;
const LOOPBACK_URL = 'must be an http address on this machine, like http://127.0.0.1:8421';
export const isLoopbackUrl = (value: string): boolean =>
  hasProtocol(value, ['http:']) && LOOPBACK.test(new URL(value).hostname);
const loopbackUrl = text(LOOPBACK_URL).refine(isLoopbackUrl, { error: LOOPBACK_URL });

const WEBHOOK = 'must be an https address, or an http address on this machine';
const webhookUrl = text(WEBHOOK)
  .refine((value) => hasProtocol(value, ['https:']) || isLoopbackUrl(value), { error: WEBHOOK })
  .transform(createSecret);

export const environment = z.object({
  APCA_API_KEY_ID: secret.optional(),
  APCA_API_SECRET_KEY: secret.optional(),
  ALPACA_LIVE: z
    .literal('yes-trade-real-money', {
      error: 'must be exactly yes-trade-real-money, or unset to trade on paper',
    })
    .optional(),
  ALPACA_FEED: z.enum(['iex', 'sip'], { error: 'must be iex or sip' }).default('iex'),
  DISCORD_TOKEN: secret.optional(),
  DISCORD_GUILD_ID: snowflake('server').optional(),
  DISCORD_CHANNEL_ID: snowflake('channel').optional(),
  DISCORD_VIEWER_IDS: idList,
  DISCORD_TRADER_IDS: idList,
  DISCORD_ADMIN_IDS: idList,
  DATABASE_URL: serverUrl(
    ['postgres:', 'postgresql:'],
    'must be an address like postgres://user:password@host:5432/name',
  ).optional(),
  REDIS_URL: serverUrl(
    ['redis:', 'rediss:'],
    'must be an address like redis://user:password@host:6379',
  ).optional(),
  ALERT_WEBHOOK_URL: webhookUrl.optional(),
  SANDBOX_ALPACA_URL: loopbackUrl.optional(),
  SANDBOX_DISCORD_URL: loopbackUrl.optional(),
  PORT: numberText(
    WHOLE,
    [0, 65_535],
    'must be a whole number from 0 (any free port) to 65535',
  ).default(8420),
  DATA_DIR: text('must be a folder').default('.data'),
  LOG_LEVEL: z
    .enum(['info', 'warn', 'error'], { error: 'must be info, warn or error' })
    .default('info'),
});

const TICKERS = 'must be stock symbols like AAPL or BRK.B, each once';
const isTickerList = (symbols: readonly string[]): symbols is readonly Ticker[] =>
  symbols.length > 0 && symbols.every(isTicker) && new Set(symbols).size === symbols.length;

/** What a process can do: talk to the channel, trade, and search through history. */
const PROCESS_ROLES = ['bot', 'trader', 'research'] as const;
export type ProcessRole = (typeof PROCESS_ROLES)[number];
const ROLES =
  'must be bot,trader,research or bot,trader or research: who trades also talks to the channel';
const isRoleList = (roles: readonly string[]): roles is readonly ProcessRole[] =>
  roles.every((role) => PROCESS_ROLES.some((known) => known === role)) &&
  new Set(roles).size === roles.length &&
  roles.includes('bot') === roles.includes('trader');

/** What the broker's limit of requests allows: each symbol is looked up once a session. */
const MOST_SYMBOLS = 200;
const TOO_MANY = `must not have more than ${MOST_SYMBOLS} symbols`;
const isShort = (symbols: readonly string[]): boolean => symbols.length <= MOST_SYMBOLS;

const DATE = 'must be a date like 2025-11-28';
export const date = z.iso.date({ error: DATE }).transform(asSessionDate);
const SPEED = 'must be a number from 0.1 to 100000, or max';
const isSpeed = (value: string): boolean =>
  value === 'max' || (DECIMAL.test(value) && Number(value) >= 0.1 && Number(value) <= 100_000);
const speed = text(SPEED)
  .refine(isSpeed, { error: SPEED })
  .transform((value) => (value === 'max' ? value : Number(value)));

export const tickers = text(TICKERS)
  .transform((value) => listOf(value).map(asTickersAre))
  .refine(isShort, { error: TOO_MANY, abort: true })
  .refine(isTickerList, { error: `${TICKERS}, with commas between them` });

export const flag = z
  .literal('true')
  .transform(() => true)
  .default(false);

/** What a tool that asks the bar store has to be told, with an example. */
const NEEDED = {
  '--symbols': 'AAPL,MSFT',
  '--from': '2024-01-02',
  '--to': '2024-06-28',
} as const;

/** A line for each of the symbols and dates that are not there, with the cure. */
export const missingOf = (given: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(NEEDED)
    .filter(([name]) => (given[name] ?? null) === null)
    .map(([name, example]) => `${name}: is missing; write ${name} ${example}`);

/** Why a tool that reads bars is not asked properly with --repair alone. */
export const REPAIR_OF_NOTHING = '--repair: is for files; leave it out, or add --data';

const commandLine = z.object({
  '--replay': text('must be a folder').optional(),
  '--speed': speed.default(DEFAULT_SPEED),
  '--from': date.optional(),
  '--to': date.optional(),
  '--symbols': tickers.optional(),
  '--seed': numberText(
    WHOLE,
    [0, 4_294_967_295],
    'must be a whole number from 0 to 4294967295',
  ).default(DEFAULT_SEED),
  '--exit': flag,
  '--fresh': flag,
  '--role': text(ROLES)
    .transform(listOf)
    .refine(isRoleList, { error: ROLES })
    .default(PROCESS_ROLES),
  '--help': flag,
});

const WATCHLIST = `${TICKERS}, as a list like ["AAPL", "MSFT"]`;
const sector = z
  .string({ error: 'must be the name of a sector' })
  .min(1, { error: 'must be the name of a sector' });

const KEEP_DAYS = 'must be a whole number of days from 1 to 36500';

const file = z.strictObject(
  {
    watchlist: z
      .array(z.string({ error: TICKERS }), { error: WATCHLIST })
      .refine(isShort, { error: TOO_MANY, abort: true })
      .refine(isTickerList, { error: WATCHLIST })
      .optional(),
    sectors: z
      .record(z.string().refine(isTicker), sector, {
        error: 'must map stock symbols to sectors, like { "AAPL": "Technology" }',
      })
      .default({}),
    keepDecisionsDays: z
      .int({ error: KEEP_DAYS })
      .min(1, { error: KEEP_DAYS })
      .max(36_500, { error: KEEP_DAYS })
      .default(400),
    cards: cards.prefault({}),
    mentions: mentions.prefault({}),
    rules: rules.prefault({}),
  },
  { error: 'must hold an object like { "watchlist": ["AAPL"], "rules": { "emaFast": 9 } }' },
);

/** All that can be set: environment, command line and file, each under its own name. */
export const settingsSchema = z.object({ environment, commandLine, file });

export type Settings = z.output<typeof settingsSchema>;

export const ENVIRONMENT_NAMES = Object.keys(
  environment.shape,
) as readonly (keyof typeof environment.shape)[];
export const FILE_KEYS = {
  top: Object.keys(file.shape),
  cards: Object.keys(cards.shape),
  mentions: Object.keys(mentions.shape),
  rules: Object.keys(rules.shape),
} as const;

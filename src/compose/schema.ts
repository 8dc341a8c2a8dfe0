import { z } from 'zod';

import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS as DEFAULTS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { asSessionDate } from '#core/session.ts';

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
const loopbackUrl = text(LOOPBACK_URL).refine(
  (value) => hasProtocol(value, ['http:']) && LOOPBACK.test(new URL(value).hostname),
  { error: LOOPBACK_URL },
);

const environment = z.object({
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

/** What the broker's limit of requests allows: each symbol is looked up once a session. */
const MOST_SYMBOLS = 200;
const TOO_MANY = `must not have more than ${MOST_SYMBOLS} symbols`;
const isShort = (symbols: readonly string[]): boolean => symbols.length <= MOST_SYMBOLS;

const DATE = 'must be a date like 2025-11-28';
const date = z.iso.date({ error: DATE }).transform(asSessionDate);
const SPEED = 'must be a number from 0.1 to 100000, or max';
const isSpeed = (value: string): boolean =>
  value === 'max' || (DECIMAL.test(value) && Number(value) >= 0.1 && Number(value) <= 100_000);
const speed = text(SPEED)
  .refine(isSpeed, { error: SPEED })
  .transform((value) => (value === 'max' ? value : Number(value)));

const flag = z
  .literal('true')
  .transform(() => true)
  .default(false);

const commandLine = z.object({
  '--replay': text('must be a folder').optional(),
  '--speed': speed.default(300),
  '--from': date.optional(),
  '--to': date.optional(),
  '--symbols': text(TICKERS)
    .transform(listOf)
    .refine(isShort, { error: TOO_MANY, abort: true })
    .refine(isTickerList, { error: `${TICKERS}, with commas between them` })
    .optional(),
  '--seed': numberText(
    WHOLE,
    [0, 4_294_967_295],
    'must be a whole number from 0 to 4294967295',
  ).default(7),
  '--exit': flag,
  '--fresh': flag,
  '--help': flag,
});

const within = (min: number, max: number) => {
  const error = `must be a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
};

const wholeWithin = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

const rules = z.strictObject(
  {
    barMinutes: z.literal([5, 15], { error: 'must be 5 or 15' }).default(DEFAULTS.barMinutes),
    emaFast: wholeWithin(2, 100).default(DEFAULTS.emaFast),
    emaSlow: wholeWithin(3, 200).default(DEFAULTS.emaSlow),
    atrPeriod: wholeWithin(2, 100).default(DEFAULTS.atrPeriod),
    atrAveragePeriod: wholeWithin(2, 200).default(DEFAULTS.atrAveragePeriod),
    adxPeriod: wholeWithin(2, 100).default(DEFAULTS.adxPeriod),
    relativeVolumePeriod: wholeWithin(2, 200).default(DEFAULTS.relativeVolumePeriod),
    trendBarMinutes: wholeWithin(5, 60).default(DEFAULTS.trendBarMinutes),
    crossWithinBars: wholeWithin(1, 20).default(DEFAULTS.crossWithinBars),
    confidenceThreshold: within(0, 100).default(DEFAULTS.confidenceThreshold),
    noEntryFirstMinutes: wholeWithin(0, 180).default(DEFAULTS.noEntryFirstMinutes),
    noEntryLastMinutes: wholeWithin(0, 180).default(DEFAULTS.noEntryLastMinutes),
    stopAtrs: within(0.5, 20).default(DEFAULTS.stopAtrs),
    targetAtrs: within(0.5, 40).default(DEFAULTS.targetAtrs),
    trendingAdx: within(0, 100).default(DEFAULTS.trendingAdx),
    trendingStopAtrs: within(0.5, 20).default(DEFAULTS.trendingStopAtrs),
    trendingTargetAtrs: within(0.5, 40).default(DEFAULTS.trendingTargetAtrs),
    choppyAdx: within(0, 100).default(DEFAULTS.choppyAdx),
    choppyStopAtrs: within(0.5, 20).default(DEFAULTS.choppyStopAtrs),
    choppyTargetAtrs: within(0.5, 40).default(DEFAULTS.choppyTargetAtrs),
    volatileFactor: within(1, 5).default(DEFAULTS.volatileFactor),
    scaleOutPercent: wholeWithin(0, 90).default(DEFAULTS.scaleOutPercent),
    scaleOutAtR: within(0.5, 20).default(DEFAULTS.scaleOutAtR),
    entryLimitBps: within(0, 200).default(DEFAULTS.entryLimitBps),
    riskBps: within(1, 500).default(DEFAULTS.riskBps),
    maxPositionBps: within(1, 40_000).default(DEFAULTS.maxPositionBps),
    maxExposureBps: within(1, 40_000).default(DEFAULTS.maxExposureBps),
    allowShort: z.boolean({ error: 'must be true or false' }).default(DEFAULTS.allowShort),
  } satisfies Record<keyof StrategyParameters, z.ZodType>,
  { error: 'must be an object with the rules to change, like { "emaFast": 9 }' },
);

const WATCHLIST = `${TICKERS}, as a list like ["AAPL", "MSFT"]`;
const sector = z
  .string({ error: 'must be the name of a sector' })
  .min(1, { error: 'must be the name of a sector' });

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
export const FILE_KEYS = { top: Object.keys(file.shape), rules: Object.keys(rules.shape) } as const;

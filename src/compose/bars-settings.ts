import { join, resolve } from 'node:path';

import { z } from 'zod';

import type { AlpacaConnection } from '#adapters/alpaca/connection.ts';
import type { Ticker } from '#core/ids.ts';
import type { SessionDate } from '#core/session.ts';

import { describeArguments } from './arguments.ts';
import type { ArgumentTable } from './arguments.ts';
import { readSettings } from './read-settings.ts';
import { date, environment, flag, tickers } from './schema.ts';
import type { Secret } from './secret.ts';

const ARGUMENTS = {
  '--symbols': { value: 'A,B', help: 'these symbols; with --import every file when left out' },
  '--from': { value: 'YYYY-MM-DD', help: 'first session' },
  '--to': { value: 'YYYY-MM-DD', help: 'last session; all up to now when left out' },
  '--bar-minutes': { value: 'N', help: 'length of a bar: 1, 5, 10, 15 or 30 (default 5)' },
  '--import': { value: 'FOLDER', help: 'read SYMBOL_5min.csv and so on instead of asking Alpaca' },
  '--repair': { value: null, help: 'put right what can be in the files, and list it' },
  '--help': { value: null, help: 'show this text' },
} as const satisfies ArgumentTable;

const BAR_MINUTES = ['1', '5', '10', '15', '30'] as const;

const settings = z.object({
  environment: environment.pick({
    APCA_API_KEY_ID: true,
    APCA_API_SECRET_KEY: true,
    ALPACA_LIVE: true,
    ALPACA_FEED: true,
    SANDBOX_ALPACA_URL: true,
    DATABASE_URL: true,
    DATA_DIR: true,
  }),
  commandLine: z.object({
    '--symbols': tickers.optional(),
    '--from': date.optional(),
    '--to': date.optional(),
    '--bar-minutes': z
      .enum(BAR_MINUTES, { error: 'must be 1, 5, 10, 15 or 30' })
      .default('5')
      .transform(Number),
    '--import': z.string().optional(),
    '--repair': flag,
    '--help': flag,
  }),
});

type Settings = z.output<typeof settings>;

/** What the bars come from. */
export type BarsSource =
  | {
      readonly kind: 'alpaca';
      readonly connection: AlpacaConnection;
      readonly feed: 'iex' | 'sip';
      /** By which the store knows the feed. */
      readonly feedName: string;
      readonly symbols: readonly Ticker[];
      readonly from: SessionDate;
    }
  | {
      readonly kind: 'folder';
      readonly folder: string;
      /** Null: of every file. */
      readonly symbols: readonly Ticker[] | null;
      readonly from: SessionDate | null;
      readonly repair: boolean;
    };

export interface BarsSettings {
  readonly source: BarsSource;
  readonly barMinutes: number;
  readonly to: SessionDate | null;
  /** Folder of the bar store. */
  readonly storeDir: string;
  /** Of the ledger that other machines share; null: of none. */
  readonly databaseUrl: Secret | null;
}

export type ParsedBarsSettings =
  | { readonly kind: 'settings'; readonly settings: BarsSettings }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'errors'; readonly errors: readonly string[] };

/** The bar store of a data folder. */
export const barStoreDir = (dataDir: string): string => join(resolve(dataDir), 'bars');

/** Reads what the filling of the bar store needs of the bot's environment, and its own arguments. */
export function parseBarsSettings(
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
): ParsedBarsSettings {
  const read = readSettings(settings, { table: ARGUMENTS, env, argv });
  if (read.kind === 'help') return { kind: 'help', text: USAGE };
  if (read.kind === 'errors') return read;
  const { environment: around, commandLine } = read.settings;
  const source =
    commandLine['--import'] === undefined ? alpaca(read.settings) : folder(commandLine);
  if (Array.isArray(source)) return { kind: 'errors', errors: source };
  return {
    kind: 'settings',
    settings: {
      source,
      barMinutes: commandLine['--bar-minutes'],
      to: commandLine['--to'] ?? null,
      storeDir: barStoreDir(around.DATA_DIR),
      databaseUrl: around.DATABASE_URL ?? null,
    },
  };
}

const folder = (given: Settings['commandLine']): BarsSource | string[] => {
  const errors = orderErrors(given);
  if (errors.length > 0) return errors;
  return {
    kind: 'folder',
    folder: given['--import'] ?? '',
    symbols: given['--symbols'] ?? null,
    from: given['--from'] ?? null,
    repair: given['--repair'],
  };
};

function alpaca({ environment: around, commandLine }: Settings): BarsSource | string[] {
  const { '--symbols': symbols, '--from': from, '--repair': repair } = commandLine;
  const connection = connectionOf(around);
  const errors = [
    ...(connection === null ? [NO_SOURCE] : []),
    ...(symbols === undefined ? ['--symbols: is missing; write --symbols AAPL,MSFT'] : []),
    ...(from === undefined ? ['--from: is missing; write --from 2024-01-02'] : []),
    ...(repair ? ['--repair: is for files; leave it out, or add --import'] : []),
    ...orderErrors(commandLine),
  ];
  if (errors.length > 0 || connection === null || symbols === undefined || from === undefined) {
    return errors;
  }
  const feed = around.ALPACA_FEED;
  const feedName = connection.kind === 'stand-in' ? 'sandbox' : feed;
  return { kind: 'alpaca', connection, feed, feedName, symbols, from };
}

const NO_SOURCE =
  'APCA_API_KEY_ID and APCA_API_SECRET_KEY: are not both set, so there is nothing to fetch bars from; set ' +
  'them, or read files in with --import FOLDER';

function connectionOf(around: Settings['environment']): AlpacaConnection | null {
  const { APCA_API_KEY_ID: keyId, APCA_API_SECRET_KEY: secret, SANDBOX_ALPACA_URL: url } = around;
  if (keyId !== undefined && secret !== undefined) {
    const kind = around.ALPACA_LIVE === undefined ? 'paper' : 'live';
    return { kind, keyId: keyId.reveal(), secret: secret.reveal() };
  }
  return url === undefined ? null : { kind: 'stand-in', url };
}

function orderErrors({ '--from': from, '--to': to }: Settings['commandLine']): string[] {
  if (from === undefined || to === undefined || from <= to) return [];
  return [`--from: is "${from}"; it must not be later than --to ${to}`];
}

const USAGE = [
  'Fills the bar store, from which backtests read, with bars of whole sessions.',
  '',
  'Usage: npm run bars -- --symbols AAPL,MSFT --from 2024-01-02 [arguments]',
  '',
  ...describeArguments(ARGUMENTS),
  '',
  'What is stored already is not asked for again: a run that was interrupted goes on where it was.',
  'With DATABASE_URL what other machines have filled comes from the ledger, and what is filled here goes there.',
  'Keys, feed and data folder are those of the bot: APCA_API_KEY_ID, APCA_API_SECRET_KEY, ALPACA_FEED,',
  'DATA_DIR.',
].join('\n');

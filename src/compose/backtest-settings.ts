import { z } from 'zod';

import type { Ticker } from '#core/ids.ts';
import type { SessionDate } from '#core/session.ts';

import { describeArguments } from './arguments.ts';
import type { ArgumentTable } from './arguments.ts';
import { readParamsFile } from './params-file.ts';
import type { BacktestSetup } from './params-file.ts';
import { readSettings } from './read-settings.ts';
import { date, environment, flag, missingOf, REPAIR_OF_NOTHING, tickers } from './schema.ts';

const ARGUMENTS = {
  '--data': { value: 'FOLDER', help: 'read SYMBOL_5min.csv there instead of the bar store' },
  '--minute-data': {
    value: 'FOLDER',
    help: 'SYMBOL_1min.csv: tells which came first where stop and target lie in one bar',
  },
  '--symbols': { value: 'A,B', help: 'these symbols; with --data every file when left out' },
  '--from': { value: 'YYYY-MM-DD', help: 'first session that is traded; earlier ones warm up' },
  '--to': { value: 'YYYY-MM-DD', help: 'last session' },
  '--params': { value: 'FILE', help: 'rules, sectors and backtest settings, as JSON' },
  '--repair': { value: null, help: 'put right what can be in the files, and list it' },
  '--json': { value: 'FILE', help: 'write the whole result there' },
  '--html': { value: 'FILE', help: 'write a report there, one file that holds everything' },
  '--help': { value: null, help: 'show this text' },
} as const satisfies ArgumentTable;

const settings = z.object({
  environment: environment.pick({ DATA_DIR: true }),
  commandLine: z.object({
    '--data': z.string().nullable().default(null),
    '--minute-data': z.string().nullable().default(null),
    '--symbols': tickers.nullable().default(null),
    '--from': date.nullable().default(null),
    '--to': date.nullable().default(null),
    '--params': z.string().optional(),
    '--repair': flag,
    '--json': z.string().nullable().default(null),
    '--html': z.string().nullable().default(null),
    '--help': flag,
  }),
});

/** What is run, on which bars, and where the result goes. */
export interface BacktestSettings extends BacktestSetup {
  /** Null: the bar store. */
  readonly data: string | null;
  readonly minuteData: string | null;
  /** Null: every file's. */
  readonly symbols: readonly Ticker[] | null;
  readonly from: SessionDate | null;
  readonly to: SessionDate | null;
  readonly repair: boolean;
  readonly json: string | null;
  readonly html: string | null;
  readonly dataDir: string;
}

export type ParsedBacktestSettings =
  | { readonly kind: 'settings'; readonly settings: BacktestSettings }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'errors'; readonly errors: readonly string[] };

export function parseBacktestSettings(
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
): ParsedBacktestSettings {
  const read = readSettings(settings, { table: ARGUMENTS, env, argv });
  if (read.kind === 'help') return { kind: 'help', text: USAGE };
  if (read.kind === 'errors') return read;
  const { commandLine, environment: around } = read.settings;
  const setup = readParamsFile(commandLine['--params'] ?? null);
  const conflicts = [...missing(commandLine), ...('parameters' in setup ? [] : setup)];
  return conflicts.length > 0 || !('parameters' in setup)
    ? { kind: 'errors', errors: conflicts }
    : { kind: 'settings', settings: settingsOf(commandLine, setup, around.DATA_DIR) };
}

const settingsOf = (
  given: CommandLine,
  setup: BacktestSetup,
  dataDir: string,
): BacktestSettings => ({
  ...setup,
  data: given['--data'],
  minuteData: given['--minute-data'],
  symbols: given['--symbols'],
  from: given['--from'],
  to: given['--to'],
  repair: given['--repair'],
  json: given['--json'],
  html: given['--html'],
  dataDir,
});

type CommandLine = z.output<typeof settings>['commandLine'];

/** The store is asked for what is wanted; files say themselves what they hold. */
function missing(given: CommandLine): readonly string[] {
  const { '--data': data, '--symbols': symbols, '--from': from, '--to': to } = given;
  const errors: string[] = [];
  if (data === null) {
    const unasked = { '--symbols': symbols, '--from': from, '--to': to };
    errors.push(...missingOf(unasked).map((line) => `${line}, or read files with --data FOLDER`));
    if (given['--repair']) errors.push(REPAIR_OF_NOTHING);
  }
  if (from !== null && to !== null && from > to) {
    errors.push(`--from: is "${from}"; it must not be later than --to ${to}`);
  }
  return errors;
}

const USAGE = [
  'usage: npm run backtest -- --data FOLDER [--symbols A,B] [--from DATE] [--to DATE] …',
  ...describeArguments(ARGUMENTS),
].join('\n');

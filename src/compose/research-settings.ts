import { z } from 'zod';

import type { Config } from '#config';
import type { Ticker } from '#core/ids.ts';
import type { StudyKind, StudyRequest } from '#ports/studies.ts';
import { spaceText } from '#research/space-text.ts';
import { DEFAULT_AXES } from '#research/space.ts';
import { parseStudy } from '#research/study-request.ts';
import type { StudyPlan } from '#research/study.ts';

import { describeArguments } from './arguments.ts';
import type { ArgumentTable } from './arguments.ts';
import { studyOptions } from './backtest-schema.ts';
import { readParamsFile } from './params-file.ts';
import type { BacktestSetup } from './params-file.ts';
import { readSettings } from './read-settings.ts';
import { date, environment, flag, missingOf, REPAIR_OF_NOTHING, tickers } from './schema.ts';
import { UsageError } from './tool.ts';

const ARGUMENTS = {
  '--symbols': { value: 'A,B', help: 'the symbols, in the order in which they are decided about' },
  '--from': { value: 'YYYY-MM-DD', help: 'first session' },
  '--to': { value: 'YYYY-MM-DD', help: 'last session' },
  '--grid': { value: 'TEXT', help: `what to vary (default "${spaceText(DEFAULT_AXES)}")` },
  '--search': { value: 'KIND', help: 'grid, random:200 or halving:200 (default grid)' },
  '--objective': {
    value: 'NAME',
    help: 'sharpe, calmar, profitFactor, expectancyR or weighted:sharpe=0.5,calmar=0.5 (default sharpe)',
  },
  '--params': {
    value: 'FILE',
    help: 'rules to begin with, sectors, fills and costs, as of a backtest, as JSON',
  },
  '--data': { value: 'FOLDER', help: 'read SYMBOL_5min.csv from there instead of the bar store' },
  '--repair': { value: null, help: 'put right what can be in the files, and list it' },
  '--distributed': {
    value: null,
    help: 'have it done by all research processes that share DATABASE_URL; Ctrl-C cancels it',
  },
  '--json': { value: 'FILE', help: 'write the whole report there' },
  '--html': { value: 'FILE', help: 'write the report there as a page that holds everything' },
  '--help': { value: null, help: 'show this text' },
} as const satisfies ArgumentTable;

const WINDOWS = {
  '--windows': {
    value: 'KIND',
    help: 'half-years, rolling:120:40 or anchored:120:40, in sessions (default half-years)',
  },
} as const satisfies ArgumentTable;

const commandLine = z.object({
  '--symbols': tickers.optional(),
  '--from': date.optional(),
  '--to': date.optional(),
  '--grid': z.string().default(spaceText(DEFAULT_AXES)),
  '--search': z.string().default('grid'),
  '--objective': z.string().default('sharpe'),
  '--windows': z.string().default('half-years'),
  '--params': z.string().optional(),
  '--data': z.string().optional(),
  '--repair': flag,
  '--distributed': flag,
  '--json': z.string().optional(),
  '--html': z.string().optional(),
  '--help': flag,
});

const settings = z.object({
  environment: environment.pick({ DATA_DIR: true, DATABASE_URL: true, REDIS_URL: true }),
  commandLine,
});

export interface ResearchSettings {
  readonly request: StudyRequest;
  readonly study: StudyPlan;
  /** Null: the bar store of the data folder. */
  readonly folder: string | null;
  /** Whether what can be put right in the files of the folder is. */
  readonly repair: boolean;
  readonly dataDir: string;
  readonly json: string | null;
  readonly html: string | null;
  /** Where the processes that do it are found; null: this one does it. */
  readonly distributed: SharedStores | null;
}

/** What processes share that research together. */
export interface SharedStores {
  readonly databaseUrl: string;
  readonly redisUrl: Config['redisUrl'];
}

/**
 * What a person has asked for, or the help that was. Throws UsageError with a line for everything that is wrong.
 */
export function researchSettings(
  kind: StudyKind,
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
): ResearchSettings | { readonly help: string } {
  const table: ArgumentTable = kind === 'sweep' ? ARGUMENTS : { ...ARGUMENTS, ...WINDOWS };
  const read = readSettings(settings, { table, env, argv, alsoWrong: missing });
  if (read.kind === 'help') return { help: usage(kind, table) };
  if (read.kind === 'errors') throw new UsageError(read.errors.join('\n'));
  const { commandLine: asked, environment: around } = read.settings;
  const request = requestOf(kind, asked);
  const study = parseStudy(request);
  if (!study.ok) throw new UsageError(study.error);
  return {
    request,
    study: study.study,
    folder: asked['--data'] ?? null,
    repair: asked['--repair'],
    dataDir: around.DATA_DIR,
    json: asked['--json'] ?? null,
    html: asked['--html'] ?? null,
    distributed: asked['--distributed'] ? sharedStores(around, asked) : null,
  };
}

function sharedStores(
  { DATABASE_URL: database, REDIS_URL: redis }: z.output<typeof settings>['environment'],
  asked: Asked,
): SharedStores {
  if (asked['--data'] !== undefined) {
    throw new UsageError(
      '--data: is of this machine alone; leave it out, as --distributed reads the bar stores',
    );
  }
  if (database === undefined) {
    throw new UsageError(
      '--distributed: needs DATABASE_URL, the ledger that the research processes share; set it, or leave --distributed out',
    );
  }
  return { databaseUrl: database.reveal(), redisUrl: redis ?? null };
}

const missing = (values: Readonly<Record<string, string | undefined>>): readonly string[] => [
  ...missingOf(values),
  ...(values['--repair'] !== undefined && values['--data'] === undefined
    ? [REPAIR_OF_NOTHING]
    : []),
];

type Asked = z.output<typeof commandLine>;

function requestOf(kind: StudyKind, asked: Asked): StudyRequest {
  const { '--symbols': symbols, '--from': from, '--to': to, '--params': params } = asked;
  if (symbols === undefined || from === undefined || to === undefined) {
    throw new UsageError(missing({}).join('\n'));
  }
  if (from > to) throw new UsageError(`--from: is "${from}"; it must not be later than --to ${to}`);
  const setup = readParamsFile(params ?? null);
  if (!('parameters' in setup)) throw new UsageError(setup.join('\n'));
  return {
    kind,
    symbols,
    from,
    to,
    base: setup.parameters,
    grid: asked['--grid'],
    search: asked['--search'],
    objective: asked['--objective'],
    windows: asked['--windows'],
    sectors: sectorsOf(symbols, setup.options.sectors),
    ...optionsOf(setup),
  };
}

/** Without a word on them where all are at their defaults: the same request, the same chance. */
function optionsOf({ options }: BacktestSetup): Pick<StudyRequest, 'options'> {
  const changed = studyOptions(options);
  return changed === undefined ? {} : { options: changed };
}

function sectorsOf(
  symbols: readonly Ticker[],
  known: BacktestSetup['options']['sectors'],
): StudyRequest['sectors'] {
  const sectors: Record<string, string> = {};
  for (const symbol of symbols) {
    const sector = known.get(symbol);
    if (sector !== undefined) sectors[symbol] = sector;
  }
  return sectors;
}

const ABOUT = {
  sweep: 'Searches for parameters, tries the best neighbourhood on later time, and judges it.',
  'walk-forward': 'Chooses parameters window by window, tries each choice on the time after it.',
} as const satisfies Record<StudyKind, string>;

const usage = (kind: StudyKind, table: ArgumentTable): string =>
  [
    ABOUT[kind],
    '',
    `Usage: npm run ${kind} -- --symbols AAPL,MSFT --from 2024-01-02 --to 2024-06-28 [arguments]`,
    '',
    ...describeArguments(table),
  ].join('\n');

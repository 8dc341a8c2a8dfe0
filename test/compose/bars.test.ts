import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import { barStarts, csv, folderWith, row } from '#test/support/bar-files.ts';
import { BARE_ENVIRONMENT } from '#test/support/bare-environment.ts';
import { barList } from '#test/support/bars.ts';
import { aLedger } from '#test/support/database.ts';

import { parseBarsSettings } from '../../src/compose/bars-settings.ts';
import { createProgressBar } from '../../src/compose/progress-bar.ts';
import { aStandIn } from '../sandbox/alpaca/a-stand-in.ts';

const AAPL = ticker('AAPL');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** The command line, as a person runs it, in a folder of its own. */
const bars = (
  folder: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  new Promise((resolve) => {
    const script = join(import.meta.dirname, '../../src/compose/bars.ts');
    const options = { cwd: folder, env: { ...BARE_ENVIRONMENT, ...environment } };
    execFile(process.execPath, [script, ...argv], options, (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, errors });
    });
  });

const storedIn = async (folder: string) => {
  const store = createBarStore(join(folder, '.data/bars'));
  const load = await store.load({ symbol: AAPL, barMinutes: 5, from: 0, until: Infinity });
  return load.kind === 'loaded' ? barList(load.columns) : [];
};

const MARKET = {
  seed: 7,
  symbols: [AAPL],
  sessions: 1,
  historySessions: 3,
  startDate: asSessionDate('2025-11-26'),
};

describe('npm run bars', () => {
  it('fills the store from Alpaca, and asks for nothing the second time', async () => {
    const market = generateMarket(MARKET);
    const { standIn } = await aStandIn({ market });
    const folder = folderWith({});
    const argv = ['--symbols', 'AAPL', '--from', '2025-11-21', '--to', '2025-11-25'];
    const environment = { SANDBOX_ALPACA_URL: standIn.url };
    const path = join(folder, '.data/bars');
    expect(await bars(folder, argv, environment)).toEqual({
      code: 0,
      out: `234 bars of 5 minutes (feed sandbox, split-adjusted) were stored in ${path}\n`,
      errors: '',
    });
    expect(await storedIn(folder)).toEqual(market.bars(AAPL, 0, market.start));
    expect((await bars(folder, argv, environment)).out).toBe(
      `0 bars of 5 minutes (feed sandbox, split-adjusted) were stored in ${path}; AAPL had all of it already\n`,
    );
  });

  it('names symbols of which nothing came, also the second time', async () => {
    const { standIn } = await aStandIn({ market: generateMarket(MARKET) });
    const folder = folderWith({});
    const argv = ['--symbols', 'AAPL,APPL', '--from', '2025-11-21', '--to', '2025-11-25'];
    const environment = { SANDBOX_ALPACA_URL: standIn.url };
    const errors = 'no bars came of APPL: check the spelling, or begin with an earlier day\n';
    expect(await bars(folder, argv, environment)).toMatchObject({ code: 1, errors });
    const again = await bars(folder, argv, environment);
    expect(again).toMatchObject({ code: 1, errors });
    expect(again.out).toMatch(/; AAPL had all of it already\n$/);
  });

  it('refuses days that have not come', async () => {
    const { standIn } = await aStandIn({ market: generateMarket(MARKET) });
    const argv = ['--symbols', 'AAPL', '--from', '2030-01-02'];
    expect(await bars(folderWith({}), argv, { SANDBOX_ALPACA_URL: standIn.url })).toEqual({
      code: 2,
      out: '',
      errors: expect.stringContaining(
        '--from: is "2030-01-02"; it must not be later than today, which is 2025-11-26 there',
      ),
    });
  });

  it('shares what it fills with the machines of a ledger, which ask for nothing then', async () => {
    const url = await aLedger('SANDBOX');
    const { standIn } = await aStandIn({ market: generateMarket(MARKET) });
    const [here, there] = [folderWith({}), folderWith({})];
    const argv = ['--symbols', 'AAPL', '--from', '2025-11-21', '--to', '2025-11-25'];
    const environment = { SANDBOX_ALPACA_URL: standIn.url, DATABASE_URL: url };
    expect(await bars(here, argv, environment)).toMatchObject({ code: 0, errors: '' });
    const second = await bars(there, argv, environment);
    expect(second.out).toMatch(/^0 bars of 5 minutes .*; AAPL had all of it already\n$/);
    expect(await storedIn(there)).toEqual(await storedIn(here));
  });

  it('shares nothing between a sandbox and the world', async () => {
    const url = await aLedger('PAPER');
    const environment = { SANDBOX_ALPACA_URL: 'http://127.0.0.1:9', DATABASE_URL: url };
    const ended = await bars(folderWith({}), ['--symbols=AAPL', '--from=2025-11-21'], environment);
    expect(ended).toEqual({
      code: 2,
      out: '',
      errors:
        'DATABASE_URL: is the ledger of a PAPER bot, and a sandbox’s bars are made up; unset it to share none\n',
    });
  });

  it('shares files that it reads in, and adds to what others have', async () => {
    const url = await aLedger('PAPER');
    const days = [
      ['2025-11-24', '2025-11-24'],
      ['2025-11-25', '2025-11-26'],
    ] as const;
    const folders = days.map(([from, to]) =>
      folderWith({ 'AAPL_5min.csv': csv(...barStarts(from, to).map((start) => row(start))) }),
    );
    for (const folder of folders) {
      const ended = await bars(folder, ['--import', folder], { DATABASE_URL: url });
      expect(ended).toMatchObject({ code: 0, errors: '' });
    }
    const starts = (await storedIn(folders[1]!)).map(({ start }) => start);
    expect(starts).toEqual(barStarts('2025-11-24', '2025-11-26'));
  });

  it('says what to do when Alpaca does not answer', async () => {
    const folder = folderWith({});
    const argv = ['--symbols=AAPL', '--from=2025-11-21'];
    const ended = await bars(folder, argv, { SANDBOX_ALPACA_URL: 'http://127.0.0.1:9' });
    expect(ended.code).toBe(1);
    expect(ended.errors).toMatch(/^[^\n]+\n$/);
  });

  it('reads files in, and says what is to be noted about them', async () => {
    const starts = barStarts('2025-11-24', '2025-11-26');
    const lines = starts.map((start) => row(start));
    const folder = folderWith({ 'AAPL_5min.csv': csv(...lines.toSpliced(100, 1)) });
    const { code, out, errors } = await bars(folder, ['--import', folder]);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(out.split('\n')).toEqual([
      'AAPL_5min.csv: line 102: 1 bar is missing on 2025-11-25, the longest hole 5 minutes; export the session again',
      `233 bars of 5 minutes of 1 symbol were read into ${join(folder, '.data/bars')}`,
      '',
    ]);
    expect((await storedIn(folder)).map(({ start }) => start)).toEqual(starts.toSpliced(100, 1));
  });

  it('stores nothing of a folder with a bad file', async () => {
    const good = csv(...barStarts('2025-11-24', '2025-11-26').map((start) => row(start)));
    const folder = folderWith({ 'AAPL_5min.csv': good, 'MSFT_5min.csv': 'x' });
    const { code, errors } = await bars(folder, ['--import', folder]);
    expect(code).toBe(1);
    expect(errors).toBe(
      'MSFT_5min.csv: line 1: the header is "x" (open, high, low, close, volume is missing); it must be "timestamp,open,high,low,close,volume"\nnothing was stored\n',
    );
    expect(await readdir(folder)).not.toContain('.data');
  });

  it('ends with exit code 2 where it is not asked properly', async () => {
    expect((await bars(folderWith({}), ['--nonsense'])).code).toBe(2);
  });
});

const KEYS = { APCA_API_KEY_ID: 'k', APCA_API_SECRET_KEY: 's' };

function errorsOf(
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
): readonly string[] {
  const parsed = parseBarsSettings(env, argv);
  return parsed.kind === 'errors' ? parsed.errors : [];
}

describe('what the bars are asked for with', () => {
  it('is the bot’s own connection', () => {
    const env = { ...KEYS, ALPACA_FEED: 'sip', DATA_DIR: '/data' };
    const argv = ['--symbols', 'AAPL,MSFT', '--from', '2024-01-02', '--bar-minutes', '15'];
    expect(parseBarsSettings(env, argv)).toEqual({
      kind: 'settings',
      settings: {
        source: {
          kind: 'alpaca',
          connection: { kind: 'paper', keyId: 'k', secret: 's' },
          feed: 'sip',
          feedName: 'sip',
          symbols: ['AAPL', 'MSFT'],
          from: '2024-01-02',
        },
        barMinutes: 15,
        to: null,
        storeDir: '/data/bars',
        databaseUrl: null,
      },
    });
  });

  it.each([
    [
      'nothing to fetch from',
      {},
      ['--symbols=A', '--from=2024-01-02'],
      'APCA_API_KEY_ID and APCA_API_SECRET_KEY: are not both set, so there is nothing to fetch bars from; set them, or read files in with --import FOLDER',
    ],
    ['no symbols', KEYS, ['--from=2024-01-02'], '--symbols: is missing; write --symbols AAPL,MSFT'],
    ['no beginning', KEYS, ['--symbols=A'], '--from: is missing; write --from 2024-01-02'],
    [
      'a date that is none',
      KEYS,
      ['--symbols=A', '--from=2024-02-30'],
      '--from: is "2024-02-30"; it must be a date like 2025-11-28',
    ],
    [
      'dates the wrong way round',
      KEYS,
      ['--symbols=A', '--from=2024-02-02', '--to=2024-01-02'],
      '--from: is "2024-02-02"; it must not be later than --to 2024-01-02',
    ],
    [
      'a length that no bar has',
      KEYS,
      ['--symbols=A', '--from=2024-02-02', '--bar-minutes=7'],
      '--bar-minutes: is "7"; it must be 1, 5, 10, 15 or 30',
    ],
    [
      'a repair of what comes from Alpaca',
      KEYS,
      ['--symbols=A', '--from=2024-02-02', '--repair'],
      '--repair: is for files; leave it out, or add --import',
    ],
  ])('is refused with its cure: %s', (_, env, argv, line) => {
    expect(errorsOf(env, argv)).toEqual([line]);
  });
});

describe('a progress bar', () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text);

  it('writes over its own line, and no wider than the terminal', () => {
    written.length = 0;
    const bar = createProgressBar({ isTTY: true, columns: 50, write });
    bar.show(1, 4, 'AAPL  1 of 4 requests, 234 bars');
    bar.clear();
    expect(written).toEqual([
      `\r\u001B[K${'█'.repeat(8)}${'░'.repeat(22)} 25 %  AAPL  1 of 4`,
      '\r\u001B[K',
    ]);
  });

  it('writes nothing into a file', () => {
    written.length = 0;
    createProgressBar({ write }).show(1, 4, 'AAPL');
    expect(written).toEqual([]);
  });
});

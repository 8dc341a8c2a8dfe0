import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import { csv, folderWith, stamp } from '#test/support/bar-files.ts';
import { BARE_ENVIRONMENT } from '#test/support/bare-environment.ts';

import { parseBacktestSettings } from '../../src/compose/backtest-settings.ts';
import { importBars } from '../../src/compose/import-bars.ts';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** The command line, as a person runs it, in a folder of its own. */
const backtest = (folder: string, ...argv: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const script = join(import.meta.dirname, '../../src/compose/backtest.ts');
    const options = { cwd: folder, env: BARE_ENVIRONMENT };
    execFile(process.execPath, [script, ...argv], options, (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, errors });
    });
  });

/** What was printed, without what names the run and where its bars were from. */
const figures = ({ out }: Ended): string => out.replaceAll(/^BACKTEST \S+|Bars from .*/gm, '');

/** The files of a market, and rules under which it trades often. */
function aFolder(): string {
  const symbols = ['AAPL', 'MSFT', 'NVDA'].map(ticker);
  const startDate = asSessionDate('2025-10-20');
  const market = generateMarket({ seed: 5, symbols, sessions: 5, historySessions: 30, startDate });
  const files = symbols.map((symbol) => {
    const rows = market
      .bars(symbol, 0, Number.POSITIVE_INFINITY)
      .map(({ start, open, high, low, close, volume }) =>
        [stamp(start), open, high, low, close, volume].join(','),
      );
    return [`${symbol}_5min.csv`, csv(...rows)] as const;
  });
  const eager = { confidenceThreshold: 20, volumeNodeReach: 1000, maxCorrelation: 1 };
  return folderWith({
    ...Object.fromEntries(files),
    'eager.json': JSON.stringify({ rules: eager, backtest: { slippageBps: 5 } }),
    'wrong.json': JSON.stringify({ rules: { confidenceTreshold: 20, emaFast: 1 } }),
    'misspelled.json': JSON.stringify({ rules: eager, bactest: { slippageBps: 50 } }),
  });
}

describe('npm run backtest', () => {
  it('reads files, shows a screen of figures and writes the result and the report', async () => {
    const folder = aFolder();
    const argv = ['--data', '.', '--params', 'eager.json'];
    const ended = await backtest(folder, ...argv, '--json', 'out.json', '--html', 'out.html');
    expect(ended).toMatchObject({ code: 0, errors: '' });
    expect(ended.out).toMatch(/^BACKTEST [0-9a-f]{16} {2}AAPL, MSFT, NVDA, 5-minute bars/m);
    expect(ended.out).toMatch(/^Trades +\d+ /m);
    expect(ended.out).toMatch(/^MAE, MFE +−[\d.]+ R, \+[\d.]+ R /m);
    expect(ended.out).toMatch(
      /^Luck: p-value +[\d.–]+ +needs at most 0\.05: (met|missed|not known); /m,
    );
    expect(ended.out).toMatch(
      /^Luck: Sharpe above zero +[\d.–]+.* +needs 95 %: (met|missed|not known); /m,
    );
    expect(ended.out).toMatch(/^Look-ahead +none /m);
    expect(ended.out).toMatch(/^Warm-up +/m);
    expect(ended.out).toMatch(/^Verdict: .+\.$/m);
    const html = readFileSync(join(folder, 'out.html'), 'utf8');
    const { runId } = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'));
    expect(html.includes(`"runId":"${runId}"`)).toBe(true);
    // All in one file: nothing is left to be put in, or fetched.
    const loads = /<script [^>]*src=|<link |^import .* from|<!-- (?:style|charts|data|script) -->/m;
    expect(loads.test(html)).toBe(false);
  });

  it('names everything of fills, costs and account that is not the default', async () => {
    const changed = { commissionPerShare: 0.01, afterPeakHalt: 'stay', marginMultiplier: 2 };
    const folder = aFolder();
    writeFileSync(join(folder, 'dear.json'), JSON.stringify({ backtest: changed }));
    const told = /^Rules: the defaults\. Fills, costs and account: (.+)\. Bars from \.\.$/m;
    const { out } = await backtest(folder, '--data', '.', '--params', 'dear.json');
    expect(told.exec(out)?.[1]).toBe(
      'marginMultiplier 2, afterPeakHalt stay, commissionPerShare 0.01',
    );
    expect(told.exec((await backtest(folder, '--data', '.')).out)?.[1]).toBe('the defaults');
  });

  it('comes to the same bytes under the same id, and to another id with other rules', async () => {
    const folder = aFolder();
    const run = async (name: string, ...argv: readonly string[]) => {
      await backtest(folder, '--data', '.', '--json', name, ...argv);
      return readFileSync(join(folder, name), 'utf8');
    };
    const first = await run('a.json', '--params', 'eager.json');
    expect(await run('b.json', '--params', 'eager.json')).toBe(first);
    expect(JSON.parse(await run('c.json')).runId).not.toBe(JSON.parse(first).runId);
  });

  it('trades from the date it is told on, and warms up before', async () => {
    const folder = aFolder();
    const argv = ['--data', '.', '--params', 'eager.json', '--from', '2025-10-20'];
    expect((await backtest(folder, ...argv)).out).toMatch(/2025-10-20 to 2025-10-24 \(5 sessions/);
  });

  it('tells what is to be known about the bars on the screen, in the result and in the report', async () => {
    const folder = aFolder();
    const argv = ['--data', '.', '--from', '2025-10-20', '--to', '2025-10-20'];
    const { out } = await backtest(folder, ...argv, '--json', 'out.json', '--html', 'out.html');
    const [note = ''] = out.split('\n');
    expect(note).toMatch(/^only 30 of the 71 sessions before 2025-10-20 that warm up are there: /);
    expect(out).toContain('2025-10-20 to 2025-10-20 (1 session, ');
    expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')).notes).toEqual([note]);
    expect(readFileSync(join(folder, 'out.html'), 'utf8')).toContain(`"notes":["${note}"]`);
  });

  it('comes to the same from the bar store as from the files', async () => {
    const folder = aFolder();
    const store = createBarStore(join(folder, '.data/bars'));
    await importBars({ store, archive: null }, folder, {
      barMinutes: 5,
      repair: false,
    });
    const dates = ['--from', '2025-09-22', '--to', '2025-10-24'];
    const stored = await backtest(folder, '--symbols', 'AAPL,MSFT,NVDA', ...dates);
    const read = await backtest(folder, '--data', '.', ...dates);
    expect(stored.code).toBe(0);
    expect(figures(stored)).toBe(figures(read));
  });

  it('says of bars that are no bars which file and line, and runs nothing', async () => {
    const folder = folderWith({
      'AAPL_5min.csv': csv('2025-11-24T14:30:00Z,10,9,8,10,100'),
    });
    const ended = await backtest(folder, '--data', '.');
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.errors).toMatch(/AAPL_5min\.csv: line 2: /);
  });

  it.each([
    [['--json', 'none/out.json'], 'none/out.json cannot be written, for there is no folder none'],
    [['--html', '.'], '. is a folder: name a file in it'],
    [
      ['--from', '2025-10-18', '--to', '2025-10-19'],
      'there is no session with bars from 2025-10-18 to 2025-10-19: name other dates',
    ],
  ])('refuses %j before it plays anything', async (argv, line) => {
    const ended = await backtest(aFolder(), '--data', '.', ...argv);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.errors).toContain(line);
  });

  it('says what is wrong with the rules, one line each with the file as it was typed and the cure', async () => {
    const ended = await backtest(aFolder(), '--data', '.', '--params', './wrong.json');
    expect(ended).toEqual({
      code: 2,
      out: '',
      errors: [
        './wrong.json rules.emaFast: is 1; it must be a whole number from 2 to 100',
        './wrong.json rules.confidenceTreshold: there is no such setting; did you mean confidenceThreshold?',
        '',
      ].join('\n'),
    });
  });

  it('plays nothing on a file of which it would leave out a misspelled part', async () => {
    const ended = await backtest(aFolder(), '--data', '.', '--params', 'misspelled.json');
    expect(ended).toEqual({
      code: 2,
      out: '',
      errors: 'misspelled.json bactest: there is no such setting; did you mean backtest?\n',
    });
  });
});

it.each([
  [
    ['--to', '2025-01-02'],
    [
      '--symbols: is missing; write --symbols AAPL,MSFT, or read files with --data FOLDER',
      '--from: is missing; write --from 2024-01-02, or read files with --data FOLDER',
    ],
  ],
  [
    ['--data', '.', '--from', '2025-02-01', '--to', '2025-01-02'],
    ['--from: is "2025-02-01"; it must not be later than --to 2025-01-02'],
  ],
  [['--dta', '.'], ['--dta: there is no such argument; did you mean --data?']],
])('%j is refused with its cure', (argv, beginnings) => {
  const parsed = parseBacktestSettings({}, argv);
  const errors = parsed.kind === 'errors' ? parsed.errors : [];
  expect(errors.length).toBe(beginnings.length);
  for (const [at, beginning] of beginnings.entries()) expect(errors[at]).toContain(beginning);
});

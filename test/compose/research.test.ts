import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { outcomesHere, runStudy } from '#research/run-study.ts';
import { barStarts, csv, folderWith, row } from '#test/support/bar-files.ts';
import { describeWithShared, sharedPath } from '#test/support/shared.ts';

import { heatLines, screenOf } from '../../src/compose/research-screen.ts';
import { researchSettings } from '../../src/compose/research-settings.ts';
import { aRequest } from '../research/support/a-request.ts';
import { aBench, aStudy } from '../research/support/a-study.ts';

const NEEDED = ['--symbols', 'AAPL,NVDA', '--from', '2025-03-03', '--to', '2025-09-30'];

const ask = (...argv: readonly string[]) => researchSettings('sweep', {}, [...NEEDED, ...argv]);

/** What is asked for with such a file of settings. */
function askWith(backtest: object) {
  const folder = folderWith({ 'params.json': JSON.stringify({ backtest }) });
  const settings = ask('--params', join(folder, 'params.json'));
  return 'request' in settings ? settings.request : null;
}

describe('the arguments of a sweep', () => {
  it('need no more than symbols and dates: the grid is that of 72 points', () => {
    const asked = ask();
    expect(asked).toMatchObject({
      request: { search: 'grid', objective: 'sharpe', sectors: { AAPL: 'Technology' } },
      folder: null,
      json: null,
    });
    expect('study' in asked && asked.study.axes.map(({ values }) => values.length)).toEqual([
      3, 4, 3, 2,
    ]);
  });

  it.each([
    [['--grid', 'stp=2'], 'stp: there is no such parameter; did you mean stop?'],
    [
      ['--search', 'all'],
      'not a search: "all"; use grid, or random:200 or halving:200, of 1 to 99,999 points',
    ],
    [['--objective', 'gain'], 'not an objective: "gain"'],
    [['--params', 'none/rules.json'], 'none/rules.json: there is no such file; name a JSON file'],
    [['--windows', 'years'], '--windows: there is no such argument'],
    [['--repair'], '--repair: is for files; leave it out, or add --data'],
    [['--grd', 'x'], '--grd: there is no such argument; did you mean --grid?'],
  ])('%j are refused with a line', (argv, line) => {
    expect(() => ask(...argv)).toThrow(line);
  });

  it.each([
    ['{ "emaFast": 30 }', 'emaFast: is 30; it must be below emaSlow (21)'],
    ['{ "emaFst": 5 }', 'emaFst: there is no such setting; did you mean emaFast?'],
    ['{ "emaFast": 2.5 }', 'emaFast: is 2.5; it must be a whole number from 2 to 100'],
    ['{', 'rules.json: cannot be read'],
  ])('name what is wrong in a file of rules: %s', (text, line) => {
    const file = join(folderWith({ 'rules.json': text }), 'rules.json');
    expect(() => ask('--params', file)).toThrow(line);
  });

  it('say nothing of fills and costs where they are the defaults, and only what differs elsewhere', () => {
    expect(askWith({ slippageBps: 2, notShortable: [], startingCash: 100_000 })).toEqual(
      askWith({}),
    );
    expect(askWith({})).not.toHaveProperty('options');
    const changed = {
      startingCash: 50_000,
      notShortable: ['NVDA', 'AAPL'],
      maxParticipationBps: null,
      commissionPerShare: 0.005,
      closings: 'at-close',
    };
    expect(askWith({ ...changed, slippageBps: 2 })?.options).toEqual({
      ...changed,
      notShortable: ['AAPL', 'NVDA'],
    });
  });

  it('say what is missing', () => {
    expect(() => researchSettings('walk-forward', {}, [])).toThrow(
      '--symbols: is missing; write --symbols AAPL,MSFT\n--from: is missing',
    );
  });
});

describe('a heat map in a terminal', () => {
  it('is a table whose best cells are the darkest', () => {
    const lines = heatLines({
      x: { name: 'target', values: [4, 5] },
      y: { name: 'stop', values: [2, 3] },
      cells: [
        [0, 1],
        [null, 3],
      ],
    });
    expect(lines).toEqual([
      '          target=4  target=5',
      '  stop=2       0 ░       1 ▒',
      '  stop=3         –       3 █',
    ]);
  });
});

describe('the screen of a sweep', () => {
  it.each([
    [2, 'its neighbours, by sharpe:'],
    [20, 'the best 8 of its 20 neighbours, by sharpe:'],
  ])('says how many of %d neighbours it shows', async (all, heading) => {
    const bench = aBench();
    const report = await runStudy(aStudy({}), bench, (tasks) =>
      Promise.resolve(outcomesHere(bench.evaluator, tasks)),
    );
    const { recommended } = report;
    if (report.kind !== 'sweep' || recommended === null) throw new Error('no sweep, or no place');
    const { coordinates } = recommended;
    const point = { coordinates, value: 1, trades: 5, figures: report.outOfSample };
    const neighbours = Array.from({ length: all }, () => point);
    const lines = screenOf(aRequest(), { ...report, neighbours });
    const at = lines.indexOf(heading);
    expect(at).toBeGreaterThan(0);
    expect(lines.slice(at + 1).filter((line) => line.endsWith(', 5 trades'))).toHaveLength(
      Math.min(all, 8),
    );
  });
});

describe('the screen of a walk-forward', () => {
  it('tells what its windows traded, also where the time to come has no place to trade', async () => {
    const bench = aBench();
    const study = aStudy({ kind: 'walk-forward' });
    const report = await runStudy(study, bench, (tasks) =>
      Promise.resolve(outcomesHere(bench.evaluator, tasks)),
    );
    const lines = screenOf(aRequest(), { ...report, recommended: null });
    const { trades } = report.outOfSample;
    expect(trades).toBeGreaterThan(0);
    expect(lines.find((line) => line.startsWith('out of sample'))).toContain(`${trades} trades, `);
    const nothing = { ...report.outOfSample, trades: 0 };
    const idle = { ...report, recommended: null, outOfSample: nothing };
    expect(screenOf(aRequest(), idle)).toContain('out of sample  nothing was traded');
  });
});

const tool = (script: string, argv: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const file = join(import.meta.dirname, `../../src/compose/${script}.ts`);
    execFile(process.execPath, [file, ...argv], (error, out) =>
      error === null ? resolve(out) : reject(error),
    );
  });

const run = (script: string, argv: readonly string[]): Promise<string> =>
  tool(script, [...NEEDED, '--data', sharedPath('data/5min'), '--grid', 'stop=2,3', ...argv]);

/** In dollars, of the screen's line. */
const lossOf = (out: string) =>
  Number(/^in sample .*, −\$([\d,.]+),/m.exec(out)?.[1]?.replace(',', ''));

it('put right what can be in the files, as their refusal says, and list it', async () => {
  const starts = barStarts('2025-11-03', '2025-11-28');
  const rows = starts.map((start) => row(start));
  const folder = folderWith({ 'AAPL_5min.csv': csv(...rows.toReversed()) });
  const argv = [
    '--data',
    folder,
    '--symbols',
    'AAPL',
    '--from',
    '2025-11-03',
    '--to',
    '2025-11-28',
  ];
  await expect(tool('sweep', [...argv, '--grid', 'stop=2,3'])).rejects.toThrow('or add --repair');
  expect(await tool('sweep', [...argv, '--grid', 'stop=2,3', '--repair'])).toMatch(
    /^note {11}AAPL_5min\.csv: .*sort/m,
  );
});

describeWithShared('data/5min/AAPL_5min.csv', 'npm run sweep and npm run walk-forward', () => {
  it('end in a verdict on one screen, and write the report', async () => {
    const json = join(folderWith({}), 'report.json');
    const out = await run('sweep', ['--json', json]);
    expect(out).toMatch(
      /Sweep of AAPL, NVDA.*\n[\s\S]*look-ahead {5}none[\s\S]*\nVerdict: .+\.\n$/,
    );
    expect(out.split('\n').length).toBeLessThan(40);
    const { report } = JSON.parse(readFileSync(json, 'utf8')) as { report: { trials: number } };
    expect(report.trials).toBe(2);
  });

  it('keep what is to be known about the bars in the report', async () => {
    const json = join(folderWith({}), 'report.json');
    const out = await run('sweep', ['--json', json]);
    const { report } = JSON.parse(readFileSync(json, 'utf8')) as { report: { notes: string[] } };
    const [note] = report.notes;
    expect(note).toMatch(/^only \d+ of the \d+ sessions before 2025-03-03 that warm up are there/);
    expect(out).toContain(`\nnote           ${note}\n`);
  });

  it('trade with the fills and costs of a file, and say so', async () => {
    const text = '{ "backtest": { "commissionPerShare": 1, "borrowBpsPerYear": 0 } }';
    const folder = folderWith({ 'params.json': text });
    const argv = ['--params', join(folder, 'params.json'), '--html', join(folder, 'report.html')];
    const [dear, usual] = await Promise.all([run('sweep', argv), run('sweep', [])]);
    expect(usual).toContain('fills, costs   the defaults\n');
    expect(dear).toContain('fills, costs   commissionPerShare 1, borrowBpsPerYear 0\n');
    expect(lossOf(dear)).toBeGreaterThan(1_000);
    expect(lossOf(dear)).not.toBe(lossOf(usual));
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('commissionPerShare 1');
  });

  it('walk forward window by window', async () => {
    const out = await run('walk-forward', ['--windows', 'rolling:60:30']);
    expect(out).toMatch(
      /3 windows[\s\S]*stability[\s\S]*after all tries [\d.]+ % sure \(needs 95 %\): missed\n +overfitting [\d.]+ % \(needs at most 20 %\): (met|missed)\n[\s\S]*drawdown [\d.]+ to [\d.]+ %[\s\S]*look-ahead {5}none[\s\S]*Verdict: /,
    );
  });
});

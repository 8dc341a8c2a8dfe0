import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { openStudyStore } from '#adapters/postgres/study-store.ts';
import type { StudyStore } from '#ports/studies.ts';
import type { StudyReport } from '#research/report.ts';
import { outcomesHere, runStudy } from '#research/run-study.ts';
import { parseStudy } from '#research/study-request.ts';
import { folderWith } from '#test/support/bar-files.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';

import { screenOf } from '../../src/compose/research-screen.ts';
import { researchSettings } from '../../src/compose/research-settings.ts';
import { aBench, EAGER } from '../research/support/a-study.ts';

let url: string;
let store: StudyStore;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const database = await freshDatabase();
  ({ url } = database);
  const opened = await openStudyStore(url, silentLog);
  ({ store } = opened);
  closing.push(opened.close, database.drop);
});
afterAll(async () => {
  for (const close of closing) await close();
});

const { dates, evaluator } = aBench(50, 20);
const NEEDED = ['--symbols', 'AAPL,MSFT', '--from', dates[0]!, '--to', dates.at(-1)!];

/** What is asked for, with rules from a file of this folder. */
const argumentsIn = (folder: string): readonly string[] => [
  ...NEEDED,
  '--grid',
  'target=4,5,34 stop=2,3',
  '--params',
  join(folder, 'eager.json'),
];
const aFolder = () => folderWith({ 'eager.json': JSON.stringify({ rules: EAGER }) });

function started(file: string, argv: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...argv], {
    env: { PATH: process.env['PATH'], DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** All that a process writes until it has ended. */
async function written(stream: ChildProcess['stdout']): Promise<string> {
  let text = '';
  for await (const chunk of stream!) text += String(chunk);
  return text;
}

describe('npm run sweep -- --distributed', () => {
  it('says that nobody does it, and is cancelled by Ctrl-C', async () => {
    const before = new Set((await store.open()).map(({ id }) => id));
    const tool = started('../../src/compose/walk-forward.ts', [
      ...argumentsIn(aFolder()),
      '--windows',
      'rolling:15:5',
      '--distributed',
    ]);
    const exit = once(tool, 'exit');
    let said = '';
    tool.stderr!.on('data', (chunk) => (said += String(chunk)));
    while (!said.includes('start one with npm start -- --role research')) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const [study] = (await store.open()).filter(({ id }) => !before.has(id));
    tool.kill('SIGINT');
    expect(await exit).toEqual([130, null]);
    expect(said).toMatch(/cancelled before it began by the terminal\n$/);
    expect(await store.find(study!.id)).toMatchObject({
      status: 'cancelled',
      cancelledBy: 'the terminal',
    });
  });

  it('ends in the same screen and the same report as one process alone comes to', async () => {
    started('research-child.ts', [url, JSON.stringify({ kind: 'postgres', url })]);
    const folder = aFolder();
    const json = join(folder, 'report.json');
    const argv = [...argumentsIn(folder), '--distributed', '--json', json];
    const tool = started('../../src/compose/sweep.ts', argv);
    const screen = await written(tool.stdout);
    const asked = researchSettings('sweep', {}, argumentsIn(folder));
    const parsed = 'help' in asked ? null : parseStudy(asked.request);
    if (parsed?.ok !== true || 'help' in asked) throw new Error('it was not asked properly');
    const report = await runStudy(parsed.study, { evaluator, dates }, (tasks) =>
      Promise.resolve(outcomesHere(evaluator, tasks)),
    );
    const told = JSON.parse(readFileSync(json, 'utf8')) as { readonly report: StudyReport };
    // To the byte: a ledger that sorts the keys of what it keeps would write stop before target.
    expect(JSON.stringify(told.report)).toBe(JSON.stringify(report));
    expect(screen.split('\n').slice(2, -1)).toEqual(screenOf(asked.request, report));
    expect(screen).toContain(
      '\nnote           2 of 6 points of the grid cannot be traded and were left out; of the first one trendingTargetAtrs: is 42.5; it must be a number from 0.5 to 40\n',
    );
  });

  it.each([
    [{}, ['--distributed'], '--distributed: needs DATABASE_URL'],
    [{ DATABASE_URL: 'postgres://b:p@db.example/b' }, ['--data', '.', '--distributed'], '--data: '],
  ])('%j %j is refused with a line', (env, argv, line) => {
    expect(() => researchSettings('sweep', env, [...NEEDED, ...argv])).toThrow(line);
  });
});

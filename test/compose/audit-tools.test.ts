import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { openLedger } from '#adapters/postgres/ledger.ts';
import { BARE_ENVIRONMENT } from '#test/support/bare-environment.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

const NO_LEDGER =
  'holds no ledger: give the settings (DATABASE_URL or DATA_DIR) and arguments that the bot ran with, or let it run first\n';

const DAY = ['--date', '2025-11-28'];

let url: string;
let folder: string;
let drop: () => Promise<void>;

/** The command line, as a person runs it. */
const tool = (name: string, ...argv: readonly string[]) => toolOn(url, name, ...argv);

const toolOn = (ledger: string, name: string, ...argv: readonly string[]): Promise<Ended> =>
  toolIn(folder, { ...process.env, DATABASE_URL: ledger }, [name, ...argv]);

const toolIn = (
  cwd: string,
  env: NodeJS.ProcessEnv,
  [name = '', ...argv]: readonly string[],
): Promise<Ended> =>
  new Promise((resolve) => {
    const script = join(import.meta.dirname, `../../src/compose/${name}.ts`);
    execFile(process.execPath, [script, ...argv], { env, cwd }, (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, errors });
    });
  });

beforeAll(async () => {
  const database = await freshDatabase();
  ({ url, drop } = database);
  folder = await mkdtemp(join(tmpdir(), 'audit-tools-'));
  const world = { mode: 'SANDBOX', identity: 'test' };
  const { ledger, close } = await openLedger({ url, poolSize: 3, world, log: silentLog });
  for (const action of ['status', 'halt', 'resume']) {
    const at = Date.UTC(2025, 10, 25, 14, 30);
    await ledger.audit({ at, actor: '42', action, outcome: 'done', details: { name: '=Ada' } });
  }
  await close();
});

afterAll(async () => {
  await drop();
  await rm(folder, { recursive: true });
});

const query = (text: string): Promise<void> => queryOn(url, text);

async function queryOn(ledger: string, text: string): Promise<void> {
  const client = new Client({ connectionString: ledger });
  await client.connect();
  await client.query(text);
  await client.end();
}

describe('npm run audit:verify', () => {
  it('says in one line that the chain holds', async () => {
    const { code, out, errors } = await tool('audit-verify');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(out).toMatch(
      /^audit log: 3 rows, every one follows from the one before it; last hash [0-9a-f]{64}\n$/,
    );
  });

  it('ends with exit code 1 and the row at fault', async () => {
    await query("UPDATE audit_log SET actor = 'x' WHERE sequence = 2");
    const { code, out } = await tool('audit-verify');
    await query("UPDATE audit_log SET actor = '42' WHERE sequence = 2");
    expect(code).toBe(1);
    expect(out).toBe(
      'audit log BROKEN at row #2 (2025-11-25T14:30:00.000Z x halt): it, or a row before it, is not what was written\n',
    );
  });

  it.each([
    ['nobody’s', 'SELECT'],
    ['without tables', 'DROP TABLE world CASCADE'],
  ])('says of a database that is %s that no bot has run there', async (_, change) => {
    const empty = await freshDatabase();
    onTestFinished(() => empty.drop());
    await queryOn(empty.url, change);
    const { host, pathname } = new URL(empty.url);
    expect(await toolOn(empty.url, 'audit-verify')).toEqual({
      code: 2,
      out: '',
      errors: `PostgreSQL at ${host}${pathname} ${NO_LEDGER}`,
    });
  });

  it('ends with exit code 2 where the settings are wrong', async () => {
    expect((await tool('audit-verify', '--nonsense')).code).toBe(2);
  });
});

describe('a tool that reads the ledger', () => {
  it.each(['parity', 'replay-decisions', 'audit-export', 'audit-verify'])(
    '%s shows how it is used where --help asks for that',
    async (name) => {
      const { code, out, errors } = await toolIn(folder, BARE_ENVIRONMENT, [name, '--help']);
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      expect(out).toMatch(/^usage: npm run \S+ .*the arguments that the bot ran with\]$/m);
    },
  );
});

describe('a tool that reads the ledger of the embedded server', () => {
  it.each([[['parity', ...DAY]], [['replay-decisions', ...DAY]], [['audit-verify']]])(
    'starts none where there is none, makes no folder and says what to do: %j',
    async (command) => {
      const empty = await mkdtemp(join(tmpdir(), 'no-ledger-'));
      onTestFinished(() => rm(empty, { recursive: true }));
      expect(await toolIn(empty, BARE_ENVIRONMENT, command)).toEqual({
        code: 2,
        out: '',
        errors: `${join(empty, '.data')} ${NO_LEDGER}`,
      });
      expect(await readdir(empty)).toEqual([]);
    },
  );
});

describe('npm run audit:export', () => {
  it('writes the whole log into a file, safe to open in a spreadsheet', async () => {
    const { code } = await tool('audit-export', '--out=log.csv');
    const text = await readFile(join(folder, 'log.csv'), 'utf8');
    expect(code).toBe(0);
    expect(text.split('\r\n')).toHaveLength(5);
    expect(text).toContain("1,2025-11-25T14:30:00.000Z,42,'=Ada,status,done,");
  });

  it('leaves a file that is there alone', async () => {
    await writeFile(join(folder, 'mine.csv'), 'mine');
    expect(await tool('audit-export', '--out', 'mine.csv')).toEqual({
      code: 1,
      out: '',
      errors: 'mine.csv is there already and is left alone: name another file\n',
    });
    expect(await readFile(join(folder, 'mine.csv'), 'utf8')).toBe('mine');
  });

  it('says so before it reads anything where the file cannot be written', async () => {
    expect(await tool('audit-export', '--out', 'none/log.csv')).toEqual({
      code: 2,
      out: '',
      errors: 'none/log.csv cannot be written, for there is no folder none: make it first\n',
    });
  });

  it('says how it is used where no file is named', async () => {
    const { code, errors } = await tool('audit-export');
    expect(code).toBe(2);
    expect(errors).toMatch(/^--out: is missing; write --out FILE\nusage: npm run audit:export/);
  });
});

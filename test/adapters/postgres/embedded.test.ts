import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { serverAccount, spawnOptions } from '#adapters/postgres/embedded-account.ts';
import { findBinaries, findPackage } from '#adapters/postgres/embedded-binaries.ts';
import { readPostmaster } from '#adapters/postgres/embedded-server.ts';
import { IN_USE_LOCK, startEmbeddedPostgres } from '#adapters/postgres/embedded.ts';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from '#adapters/postgres/embedded.ts';
import { freePort } from '#adapters/postgres/free-port.ts';
import { silentLog } from '#test/support/log.ts';

const isRoot = process.getuid?.() === 0;

let dataDir: string;
let data: string;
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

/** A folder in which a server has run before: each test works on a copy of it. */
let template: string;

/** As root, PostgreSQL runs under another account, which must be able to enter. */
async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bracketeer-embedded-'));
  await chmod(folder, 0o755);
  return folder;
}

beforeAll(async () => {
  template = await openFolder();
  dataDir = template;
  await startAndStop();
});

afterAll(() => rm(template, { recursive: true }));

beforeEach(async () => {
  dataDir = await openFolder();
  data = join(dataDir, 'postgres');
  // Keeps the owner, which only this command does.
  await promisify(execFile)('cp', ['-a', `${template}/.`, dataDir]);
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(dataDir, { recursive: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const basics = { dataDir, database: 'ledger', durable: false, throwaway: true, log: silentLog };
  const server = await startEmbeddedPostgres({ ...basics, ...options });
  running.push(server);
  return server;
}

const startAndStop = async (): Promise<void> => (await start()).stop();

async function query(url: string, text: string): Promise<readonly object[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Another process that runs a server on the folder, with what it says, line by line. */
async function startChild(): Promise<{ child: ChildProcess; line: () => Promise<string> }> {
  const script = join(import.meta.dirname, 'embedded-child.ts');
  const child = spawn(process.execPath, [script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  children.push(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  expect(await line()).toBe('ready');
  return { child, line };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The file's owner stays who it is. */
async function overwrite(path: string, content: string | Buffer): Promise<void> {
  const { uid, gid } = await stat(data);
  await writeFile(path, content);
  await chown(path, uid, gid);
}

/** The error's whole line, with the files still as they were. */
async function refusal(): Promise<string> {
  const before = (await readdir(data)).toSorted();
  const error = await start().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Error);
  expect((await readdir(data)).toSorted()).toEqual(before);
  return (error as Error).message;
}

/** A copy of the package as npm leaves it when it may not run install scripts. */
async function bareCopy(): Promise<{ native: string; version: string }> {
  const { native, version } = await findPackage();
  const copy = join(dataDir, 'package/native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const entry of await readdir(join(copy, 'lib'), { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(join(copy, 'lib', entry.name));
  }
  for (const program of await readdir(join(copy, 'bin'))) {
    await chmod(join(copy, 'bin', program), 0o644);
  }
  return { native: copy, version };
}

describe('the embedded PostgreSQL', () => {
  it('keeps what was written from one start to the next, from a folder without anything on', async () => {
    await rm(dataDir, { recursive: true });
    const first = await start();
    await query(first.url, 'CREATE TABLE proof (n int)');
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT count(*)::int AS n FROM proof')).toEqual([{ n: 0 }]);
  });

  it('listens on 127.0.0.1 only, and asks for a password that nobody else can read', async () => {
    const { url } = await start();
    const settings = await query(
      url,
      "SELECT current_setting('listen_addresses') AS hosts, current_setting('unix_socket_directories') AS sockets",
    );
    expect(settings).toEqual([{ hosts: '127.0.0.1', sockets: '' }]);
    const wrong = url.replace(/:[0-9a-f]{48}@/, ':wrong@');
    await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect((await stat(join(dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['full', { durable: true, throwaway: false }, { fsync: 'on', synchronous_commit: 'on' }],
    ['relaxed', { throwaway: false }, { fsync: 'off', synchronous_commit: 'on' }],
    ['none', { throwaway: true }, { fsync: 'off', synchronous_commit: 'off' }],
  ])('flushes to the disk as told: %s', async (_title, options, expected) => {
    const { url } = await start(options);
    const settings = await query(
      url,
      "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit",
    );
    expect(settings).toEqual([expected]);
  });

  it('makes the database anew when told so', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE proof (n int)');
    await first.stop();
    const second = await start({ recreate: true });
    await expect(query(second.url, 'SELECT 1 FROM proof')).rejects.toThrow('does not exist');
  });

  it('refuses a folder that another living process uses, and leaves that one alone', async () => {
    const { url } = await start();
    await expect(start()).rejects.toThrow(`Another Bracketeer is running on ${data}`);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('may be stopped twice', async () => {
    const server = await start();
    await server.stop();
    await expect(server.stop()).resolves.toBeUndefined();
  });
});

/** A server that runs on although its bot is gone. */
async function startLeftover() {
  const account = await serverAccount(data);
  const { postgres } = await findBinaries(await findPackage(), account, dataDir);
  const port = await freePort();
  const options = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
  const leftover = spawn(postgres, ['-D', data, '-p', String(port), ...options], {
    ...spawnOptions(account),
    stdio: 'ignore',
  });
  children.push(leftover);
  const ended = once(leftover, 'exit');
  while ((await readPostmaster(data))?.isReady !== true && leftover.exitCode === null) {
    await stat(data);
  }
  return { port, ended };
}

describe('after a crash', () => {
  it('the server ends with a process that was killed, and the next start finds its data', async () => {
    const { child } = await startChild();
    const { pid } = (await readPostmaster(data))!;
    child.kill('SIGKILL');
    const { url } = await start();
    expect(await query(url, 'SELECT count(*)::int AS n FROM proof')).toEqual([{ n: 1 }]);
    expect(isAlive(pid)).toBe(false);
  });

  it('Ctrl-C reaches the bot, not the server below it', async () => {
    const { child, line } = await startChild();
    process.kill(-child.pid!, 'SIGINT');
    expect(await line()).toBe('still there: 1');
    await once(child, 'exit');
    expect(await readPostmaster(data)).toBeNull();
  });

  it('a server that nobody uses any more is ended', async () => {
    const { ended } = await startLeftover();
    const { url } = await start();
    await ended;
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('a server that has not noticed yet that its bot was killed is waited for', async () => {
    const { url: before, stop } = await start();
    await stop();
    const { port, ended } = await startLeftover();
    const url = new URL(before);
    const killed = new Client({
      connectionString: Object.assign(url, { port: String(port), pathname: 'postgres' }).href,
    });
    await killed.connect();
    await killed.query('SELECT pg_advisory_lock($1)', [IN_USE_LOCK]);
    const starting = start();
    await delay(600);
    await killed.end();
    expect(await query((await starting).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await ended;
  });

  it('a process number that has passed to someone else is no server', async () => {
    const lines = [process.pid, data, 1, 5432, '', '127.0.0.1', '', 'ready', ''];
    await overwrite(join(data, 'postmaster.pid'), lines.join('\n'));
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a folder that cannot be used', () => {
  it('is named with the cure when it is not whole', async () => {
    await rename(join(data, 'PG_VERSION'), join(data, 'elsewhere'));
    expect(await refusal()).toBe(
      `${data} is not a whole PostgreSQL data folder (PG_VERSION is missing). ` +
        'Move the folder away, or delete it to start afresh with an empty ledger.',
    );
  });

  it('is named with the cure when another version wrote it', async () => {
    await overwrite(join(data, 'PG_VERSION'), '17\n');
    expect(await refusal()).toContain('was written by PostgreSQL 17, and the embedded one is 18.');
  });

  it('is named with the server’s reason and the cure when its files are damaged', async () => {
    await overwrite(join(data, 'global/pg_control'), Buffer.alloc(8192, 7));
    const message = await refusal();
    expect(message).toContain(`The embedded PostgreSQL in ${data} does not start: `);
    expect(message).toContain('database files are incompatible with server');
    expect(message).toContain('move the folder away, or delete it to start afresh');
  });

  it.each([
    ['missing', ''],
    ['wrong', 'wrong'],
  ])('is named with the cure when its password is %s', async (_title, password) => {
    await writeFile(join(dataDir, 'postgres-password'), password);
    expect(await refusal()).toMatch(
      /^The password of the embedded PostgreSQL is missing or wrong .*put it back, or move .* away/,
    );
  });
});

describe('the programs', () => {
  it('are mended in place when the install script was blocked', async () => {
    const bare = await bareCopy();
    const found = await findBinaries(bare, null, join(dataDir, 'copies'));
    expect(found).toEqual({
      postgres: join(bare.native, 'bin/postgres'),
      initdb: join(bare.native, 'bin/initdb'),
      majorVersion: '18',
    });
  });

  it.skipIf(!isRoot)(
    'are copied when the account cannot enter their folder (as root)',
    async () => {
      const bare = await bareCopy();
      await chmod(join(dataDir, 'package'), 0o700);
      const account = await serverAccount(data);
      const first = await findBinaries(bare, account, dataDir);
      expect(first.postgres).toBe(join(dataDir, `postgresql-${bare.version}`, 'bin/postgres'));
      expect(await findBinaries(bare, account, dataDir)).toEqual(first);
      expect((await readdir(dataDir)).filter((name) => name.startsWith('postgresql'))).toHaveLength(
        1,
      );
    },
  );
});

describe.skipIf(!isRoot)('in a closed folder (as root)', () => {
  it('keeps the data where its account can enter, and notes where', async () => {
    await rm(data, { recursive: true });
    await chmod(dataDir, 0o700);
    const first = await start();
    const place = (await readFile(join(dataDir, 'postgres-location'), 'utf8')).trim();
    try {
      expect(place).toMatch(/^\/var\/lib\/bracketeer\/postgres-/);
      await query(first.url, 'CREATE TABLE proof (n int)');
      await first.stop();
      const second = await start();
      expect(await query(second.url, 'SELECT count(*)::int AS n FROM proof')).toEqual([{ n: 0 }]);
      await second.stop();
    } finally {
      await rm(place, { recursive: true });
    }
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { freePort } from '#adapters/postgres/free-port.ts';
import { BARE_ENVIRONMENT } from '#test/support/bare-environment.ts';

import { writeBarFolder } from './world.ts';
import type { BarFolder } from './world.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** The program as `npm start` runs it, in a process of its own. */
function startProgram(
  cwd: string,
  settings: Readonly<Record<string, string>>,
  ...args: readonly string[]
) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...BARE_ENVIRONMENT, ...settings },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    ended,
    output: () => output,
    /** Its exit code, with what it said for the one who looks for the reason. */
    result: async () => ({ code: await ended, output }),
    interrupt: () => child.kill('SIGINT'),
    says: async (text: string) => {
      await expect.poll(() => output, { timeout: 60_000, interval: 50 }).toContain(text);
    },
  };
}

/** Whether a server of this data folder still answers: its last port is in its own notes. */
async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`).then(
    () => true,
    () => false,
  );
}

/** Kills the server of a data folder: it writes its number into a file of its own. */
function killPostgresOf(folder: string): void {
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('postmaster.pid'),
  );
  const [pid] = readFileSync(join(folder, file!), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
}

// Whole programs start here, several a test: a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 });

describe('the program', () => {
  let folder: string;
  let bars: BarFolder;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bracketeer-program-'));
    // As root, PostgreSQL runs under another account, which must be able to enter.
    chmodSync(folder, 0o755);
    bars = writeBarFolder(['AAPL', 'NVDA'], 1);
  });

  afterAll(() => {
    bars.remove();
    rmSync(folder, { recursive: true });
  });

  it('starts without any settings but its port, keeps its data beside it, says what it is, and ends at Ctrl-C', async () => {
    const port = await freePort();
    const program = startProgram(folder, { PORT: String(port) }, '--seed', '3');
    await program.says('Bracketeer is up');
    expect(program.output()).toMatch(/mode=SANDBOX .*embedded PostgreSQL.*BullMQ on PostgreSQL/);
    expect(program.output()).toContain(`page=http://127.0.0.1:${port}`);
    expect(await answers(port)).toBe(true);
    expect(existsSync(join(folder, '.data/postgres/PG_VERSION'))).toBe(true);
    program.interrupt();
    // npm passes a Ctrl-C on that the program has had already.
    program.interrupt();
    expect(await program.ended).toBe(0);
    expect(program.output()).toContain('Bracketeer has stopped');
    expect(program.output()).not.toMatch(/did not close cleanly|error /);
    expect(await answers(port)).toBe(false);
  });

  it('replays a folder to its end, adds up the books, and goes on from there the next time', async () => {
    const settings = { PORT: String(await freePort()) };
    const args = ['--replay', bars.folder, '--from', bars.sessions[0]!, '--speed', 'max', '--exit'];
    const first = startProgram(folder, settings, ...args);
    expect(await first.result()).toMatchObject({ code: 0 });
    expect(first.output()).toContain('cycles=78');
    expect(first.output()).toContain('the books add up');
    const second = startProgram(folder, settings, ...args);
    expect(await second.result()).toMatchObject({ code: 0 });
    expect(second.output()).toContain('continued=true');
    expect(second.output()).toContain('cycles=78');
    const fresh = startProgram(folder, settings, ...args, '--fresh');
    expect(await fresh.result()).toMatchObject({ code: 0 });
    expect(fresh.output()).toContain('continued=false');
  });

  it('ends in good order with one clear line when its embedded database dies under it', async () => {
    const settings = { PORT: String(await freePort()) };
    const program = startProgram(folder, settings, '--seed', '4', '--speed', '0.1');
    await program.says('Bracketeer is up');
    const ready = async () => (await fetch(`http://127.0.0.1:${settings.PORT}/readyz`)).json();
    await expect.poll(ready, { timeout: 60_000 }).toMatchObject({ outboxBacklog: 0 });
    killPostgresOf(folder);
    expect(await program.result()).toMatchObject({ code: 1 });
    const output = program.output();
    expect(output.match(/the bot cannot go on and stops.*PostgreSQL has ended/g)).toHaveLength(1);
    expect(output).toContain('Bracketeer has stopped');
    expect(output).not.toMatch(/^ {4}at |uncaughtException|unhandledRejection/m);
  });

  it('is refused a folder that another one uses, and takes nothing from it', async () => {
    const first = startProgram(folder, { PORT: '0' }, '--seed', '5', '--speed', 'max');
    await first.says('entries submitted');
    const second = startProgram(folder, { PORT: '0' }, '--seed', '5', '--fresh');
    expect(await second.result()).toMatchObject({ code: 1 });
    expect(second.output()).toMatch(/another Bracketeer .*DATA_DIR/);
    first.interrupt();
    expect(await first.result()).toMatchObject({ code: 0 });
    const again = startProgram(folder, { PORT: '0' }, '--seed', '5');
    await again.says('continued=true');
    again.interrupt();
    expect(await again.ended).toBe(0);
  });

  it('does not go on with a ledger whose exchange has been removed', async () => {
    const worlds = globSync('.data/sandbox/*/exchange.ndjson', { cwd: folder });
    expect(worlds.length).toBeGreaterThan(0);
    for (const journal of worlds) rmSync(join(folder, journal));
    const program = startProgram(folder, { PORT: '0' }, '--seed', '5');
    expect(await program.result()).toMatchObject({ code: 1 });
    expect(program.output()).toContain('--fresh');
  });

  it('says which port is taken and what to do, and starts nothing', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const program = startProgram(folder, { PORT: String(port) });
    expect(await program.ended).toBe(1);
    expect(program.output()).toMatch(new RegExp(`cannot start: .*${port}.*PORT`));
    other.close();
  });

  it.each([
    ['a folder that is not there', ['--replay', '/nowhere'], /\/nowhere/],
    ['a symbol without a file', ['--replay', 'FOLDER', '--symbols', 'AAPL,ZZZZ'], /ZZZZ/],
    ['an argument that does not exist', ['--repaly', 'x'], /--repaly.*--replay/],
  ])('names %s in one line and ends', async (_, args, expected) => {
    const given = args.map((arg) => (arg === 'FOLDER' ? bars.folder : arg));
    const program = startProgram(folder, { PORT: '0' }, ...given);
    expect(await program.ended).toBeGreaterThan(0);
    expect(program.output()).toMatch(expected);
    expect(program.output()).not.toContain('    at ');
  });

  it('never shows a secret that it was given', async () => {
    const program = startProgram(folder, {
      PORT: '0',
      APCA_API_KEY_ID: 'a-key-nobody-may-see',
      APCA_API_SECRET_KEY: 'a-secret-nobody-may-see',
      DISCORD_TOKEN: 'a-token-nobody-may-see',
      ALPACA_LIVE: 'perhaps',
    });
    expect(await program.ended).toBe(2);
    expect(program.output()).toContain('ALPACA_LIVE');
    expect(program.output()).not.toContain('nobody-may-see');
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';

import { freePort } from '#adapters/postgres/free-port.ts';
import { parseConfig } from '#config';
import { parseUsd } from '#core/money.ts';
import { LeaseLostError } from '#ports/lease.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { BARE_ENVIRONMENT } from '#test/support/bare-environment.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';

import { startBot } from '../../src/compose/start.ts';
import type { RunningBot } from '../../src/compose/start.ts';
import { aMarket } from '../sandbox/alpaca-market.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** One account at one broker, and one ledger, for any number of bots. */
async function anAccount() {
  const market = aMarket({ NVDA: [] });
  const alpaca = await createAlpacaStandIn({ market, startingCash: parseUsd('50000') });
  const database = await freshDatabase();
  const folders: string[] = [];
  const bots: Promise<RunningBot>[] = [];
  onTestFinished(async () => {
    for (const starting of bots) {
      const bot = await starting.catch(() => null);
      await bot?.stop();
    }
    await alpaca.close();
    await database.drop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  /** As of a bot on another machine, with a data folder of its own. */
  async function settings(): Promise<Readonly<Record<string, string>>> {
    const dataDir = mkdtempSync(join(tmpdir(), 'bracketeer-two-'));
    folders.push(dataDir);
    return {
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      PORT: String(await freePort()),
      SANDBOX_ALPACA_URL: alpaca.url,
    };
  }

  async function start() {
    const env = await settings();
    const parsed = parseConfig({ env, argv: ['--symbols', 'NVDA'], file: null });
    if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
    const { config } = parsed;
    const stopping = new AbortController();
    const starting = startBot({
      config,
      version: '0.0.0-test',
      log: silentLog,
      stopping: stopping.signal,
    });
    starting.catch(() => {});
    bots.push(starting);
    const readiness = async (): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${config.port}/readyz`)).json();
    return { starting, readiness, stop: () => stopping.abort() };
  }

  async function query(sql: string): Promise<void> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(sql);
    await client.end();
  }
  /** The program itself, in a process of its own. */
  async function spawnProgram() {
    const env = { ...BARE_ENVIRONMENT, ...(await settings()) };
    const child = spawn(process.execPath, [MAIN, '--symbols', 'NVDA'], { cwd: tmpdir(), env });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    return { child, ended, output: () => output };
  }
  return { start, spawnProgram, query };
}

describe('two bots on one account', () => {
  it('trade one after the other: the second waits until the first has stopped', async () => {
    const account = await anAccount();
    const first = await (await account.start()).starting;
    const second = await account.start();
    await expect.poll(second.readiness).toMatchObject({ ready: false, status: 'waiting' });
    await first.stop();
    const bot = await second.starting;
    expect(bot.started).toMatchObject({ continued: true });
    expect(bot.context.lease.token).toBeGreaterThan(first.context.lease.token);
  });

  it('are told apart by their ledger: who has lost the account ends', async () => {
    const account = await anAccount();
    const first = await (await account.start()).starting;
    const ended = first.ended.then(
      () => null,
      (error: unknown) => error,
    );
    // As if it had been asleep for so long that another one took over.
    await account.query(
      "UPDATE trader_lease SET token = token + 1, holder = 'another', expires_at = now() + interval '1 hour'",
    );
    expect(await ended).toBeInstanceOf(LeaseLostError);
    expect(() => first.context.lease.assertHeld()).toThrow(LeaseLostError);
  });

  it('do not keep each other from stopping: one that waits ends when it is told to', async () => {
    const account = await anAccount();
    await (
      await account.start()
    ).starting;
    const second = await account.start();
    await expect.poll(second.readiness).toMatchObject({ status: 'waiting' });
    second.stop();
    await expect(second.starting).rejects.toThrow('it was stopped while another process');
  });

  it('end in good order, also as a program that waits', async () => {
    const account = await anAccount();
    await (
      await account.start()
    ).starting;
    const { child, ended, output } = await account.spawnProgram();
    await expect.poll(output, { timeout: 60_000 }).toContain('another process trades this account');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output()).toContain('Bracketeer has stopped before it was up');
  });
});

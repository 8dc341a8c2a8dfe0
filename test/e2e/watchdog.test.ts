import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it, onTestFinished } from 'vitest';

import { freePort } from '#adapters/postgres/free-port.ts';
import { MINUTE_MS, newYorkDate } from '#core/session.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import { BARE_ENVIRONMENT } from '#test/support/bare-environment.ts';
import { openWebhook } from '#test/support/webhook.ts';

import { channelMessages, closeDesks, startStandIn } from '../adapters/discord/harness.ts';
import { openDesk } from '../adapters/postgres/desk.ts';

const ROOT = join(import.meta.dirname, '../..');
const PATIENCE_MS = 60_000;

function startWatchdog(env: Record<string, string>) {
  const child = spawn(process.execPath, ['src/watchdog.ts'], {
    cwd: ROOT,
    env: { ...BARE_ENVIRONMENT, ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const exit = once(child, 'exit');
  const stop = async (): Promise<number> => {
    child.kill('SIGTERM');
    const [code] = (await exit) as [number];
    return code;
  };
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return { exit, stop, output: () => output };
}

async function until(holds: () => boolean): Promise<void> {
  const patience = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > patience) throw new Error('it does not happen');
    await delay(50);
  }
}

/** A ledger whose bot can be alive or have fallen silent, within a session that runs now. */
async function aLedger() {
  const desk = await openDesk();
  onTestFinished(() => desk.close());
  const now = Date.now();
  const session = {
    date: newYorkDate(now),
    open: now - 60 * MINUTE_MS,
    close: now + 60 * MINUTE_MS,
  };
  return {
    desk,
    beat: () =>
      desk.ledger.beat({
        exchangeAt: Date.now(),
        upSince: Date.now(),
        version: '1.2.3',
        mode: 'PAPER',
        barMinutes: 5,
        sessions: [session],
      }),
    /** As if the last sign of life were so long ago. */
    age: (minutes: number) =>
      desk.query(
        `UPDATE heartbeat SET at = at - interval '${minutes} minutes', exchange_at = exchange_at - interval '${minutes} minutes'`,
      ),
  };
}

describe('npm run watchdog', () => {
  it('tells once of a bot that fell silent, also after its own restart, and once that it is back', async () => {
    const { desk, beat, age } = await aLedger();
    const webhook = await openWebhook();
    onTestFinished(() => webhook.close());
    const env = { DATABASE_URL: desk.url, ALERT_WEBHOOK_URL: webhook.url };
    await beat();
    await age(16);
    const first = startWatchdog(env);
    await until(() => webhook.bodies.length === 1);
    expect(webhook.bodies[0]!.content).toMatch(
      /^🚨 \*\*THE BOT IS SILENT\*\* \(PAPER, version 1\.2\.3\)\nNo sign of life since <t:\d+:f>, for 16 min\.\nOpen positions keep .* brackets rest at the broker/,
    );
    await until(() => first.output().includes('has told this'));
    expect(await first.stop()).toBe(0);
    expect(first.output()).not.toContain('secret-token');

    const second = startWatchdog(env);
    await until(() => second.output().includes('watches'));
    await delay(1_500);
    expect(webhook.bodies).toHaveLength(1);
    await beat();
    await until(() => webhook.bodies.length === 2);
    expect(webhook.bodies[1]!.content).toMatch(
      /^✅ \*\*The bot is back\*\* \(PAPER, version 1\.2\.3\)/,
    );
    await delay(5_500);
    expect(webhook.bodies).toHaveLength(2);
    expect(await second.stop()).toBe(0);
  });

  it('tells in the channel when it has the bot’s token and no webhook', async () => {
    const { desk, beat, age } = await aLedger();
    const standIn = await startStandIn();
    onTestFinished(closeDesks);
    await beat();
    await age(30);
    startWatchdog({
      DATABASE_URL: desk.url,
      DISCORD_TOKEN: SANDBOX_DISCORD.token,
      DISCORD_CHANNEL_ID: SANDBOX_DISCORD.channelId,
      SANDBOX_DISCORD_URL: `${standIn.url}/api`,
    });
    await until(() => channelMessages({ standIn }).length === 1);
    expect(channelMessages({ standIn })[0]).toMatchObject({
      content: expect.stringMatching(/THE BOT IS SILENT/),
    });
  });

  it('goes on while the database is away', async () => {
    const port = await freePort();
    const dog = startWatchdog({
      DATABASE_URL: `postgres://nobody:pass-word@127.0.0.1:${port}/x`,
      ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/hook`,
    });
    await until(() => dog.output().includes('the ledger cannot be read'));
    expect(dog.output()).not.toContain('pass-word');
    expect(await dog.stop()).toBe(0);
  });

  it('says what it needs', async () => {
    const dog = startWatchdog({});
    expect(await dog.exit).toEqual([2, null]);
    expect(dog.output()).toMatch(
      /DATABASE_URL: is missing; the embedded PostgreSQL ends with the bot/,
    );
    expect(dog.output()).toMatch(/ALERT_WEBHOOK_URL: is missing; set it to a Discord webhook, or/);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { parseConfig } from '#config';
import { parseUsd } from '#core/money.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import { listenDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import { freshDatabase } from '#test/support/database.ts';
import { eventually } from '#test/support/eventually.ts';
import { silentLog } from '#test/support/log.ts';

import { startBot } from '../../src/compose/start.ts';
import { aMarket } from '../sandbox/alpaca-market.ts';

/** A bot whose Alpaca and Discord are servers of somebody else, on this machine. */
async function botAmongStrangers() {
  const market = aMarket({ AAPL: [], NVDA: [] });
  const alpaca = await createAlpacaStandIn({ market, startingCash: parseUsd('50000') });
  const discord = await listenDiscordStandIn({ port: 0 });
  const database = await freshDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'bracketeer-elsewhere-'));
  const parsed = parseConfig({
    env: {
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      PORT: '0',
      SANDBOX_ALPACA_URL: alpaca.url,
      SANDBOX_DISCORD_URL: `${discord.url}/api`,
      DISCORD_TOKEN: SANDBOX_DISCORD.token,
      DISCORD_GUILD_ID: SANDBOX_DISCORD.guildId,
      DISCORD_CHANNEL_ID: SANDBOX_DISCORD.channelId,
    },
    argv: ['--symbols', 'AAPL,NVDA'],
    file: null,
  });
  if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
  const bot = await startBot({ config: parsed.config, version: '0.0.0-test', log: silentLog });
  onTestFinished(async () => {
    await bot.stop();
    await discord.stop();
    await alpaca.close();
    await database.drop();
    rmSync(dataDir, { recursive: true });
  });
  return { bot, alpaca, discord, market };
}

describe('a sandbox whose stand-ins run elsewhere', () => {
  it("follows the broker's clock, bar by bar, and skips what it slept through", async () => {
    const { bot, alpaca, market } = await botAmongStrangers();
    const [first, second, ...later] = market.barEnds;
    for (const barEnd of [first!, second!, later[9]!]) {
      alpaca.advanceTo(barEnd);
      await expect.poll(async () => (await bot.context.ledger.lastCycle())?.barEnd).toBe(barEnd);
    }
    expect(await bot.context.ledger.cycleCount()).toBe(3);
  });

  it('shows its start in that channel, with no page of its own', async () => {
    const { bot, discord } = await botAmongStrangers();
    await expect.poll(() => discord.messages(SANDBOX_DISCORD.channelId).length).toBe(1);
    expect(bot.started).toMatchObject({ mode: 'SANDBOX', page: null });
  });

  it('lets everyone of that server look when nobody is named', async () => {
    const { discord } = await botAmongStrangers();
    const act = { kind: 'slash', as: 'viewer', command: 'status' } as const;
    // The start does not wait until the commands are registered; before that nobody can type them.
    const { interactionId } = await eventually(() => discord.act(act));
    const answer = await discord.settled(interactionId!);
    expect(JSON.stringify(answer)).toContain('$50,000');
  });
});

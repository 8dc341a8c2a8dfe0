import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { submitPlannedEntries } from '#app/enter.ts';
import { parseConfig } from '#config';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';
import { listenDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import { freshDatabase } from '#test/support/database.ts';
import { anIntent } from '#test/support/intents.ts';
import { silentLog } from '#test/support/log.ts';

import { startBot } from '../../src/compose/start.ts';
import type { RunningBot } from '../../src/compose/start.ts';
import { press } from '../adapters/discord/harness.ts';
import { BARS } from '../app/behaviours/a-desk.ts';
import { textOf } from '../commands/a-trading-channel.ts';
import { aMarket, FIRST } from '../sandbox/alpaca-market.ts';

const NVDA = ticker('NVDA');
const { channelId } = SANDBOX_DISCORD;

/** A broker, a channel and a ledger, for any number of whole bots one after the other. */
async function aTradingDay() {
  const market = aMarket({ NVDA: [BARS.quiet, BARS.entry, BARS.quiet] });
  const alpaca = await createAlpacaStandIn({ market, startingCash: parseUsd('50000') });
  const discord = await listenDiscordStandIn();
  const database = await freshDatabase();
  const folders: string[] = [];
  const bots: RunningBot[] = [];
  onTestFinished(async () => {
    for (const bot of bots) await bot.stop();
    await discord.stop();
    await alpaca.close();
    await database.drop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<RunningBot> {
    const dataDir = mkdtempSync(join(tmpdir(), 'bracketeer-close-'));
    folders.push(dataDir);
    const parsed = parseConfig({
      env: {
        DATABASE_URL: database.url,
        DATA_DIR: dataDir,
        PORT: '0',
        SANDBOX_ALPACA_URL: alpaca.url,
        SANDBOX_DISCORD_URL: `${discord.url}/api`,
        DISCORD_TOKEN: SANDBOX_DISCORD.token,
        DISCORD_GUILD_ID: SANDBOX_DISCORD.guildId,
        DISCORD_CHANNEL_ID: channelId,
        DISCORD_VIEWER_IDS: SANDBOX_DISCORD.roles.viewer,
        DISCORD_TRADER_IDS: SANDBOX_DISCORD.roles.trader,
        DISCORD_ADMIN_IDS: SANDBOX_DISCORD.roles.admin,
      },
      argv: ['--symbols', 'NVDA'],
      file: null,
    });
    if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
    const bot = await startBot({ config: parsed.config, version: '0.0.0-test', log: silentLog });
    bots.push(bot);
    return bot;
  }

  /** Ten NVDA bought at 100 under their bracket. */
  async function enter({ context }: RunningBot): Promise<void> {
    const [first, second] = market.barEnds;
    alpaca.advanceTo(first!);
    await expect.poll(() => context.clock.now()).toBe(first);
    const id = entryTradeId(FIRST.date, first!, NVDA);
    const clientOrderId = entryClientOrderId(id);
    const intent = { ...anIntent(), tradeId: id, clientOrderId, decidedAt: first! };
    await context.ledger.transaction((tx) => tx.insertTrade(intent));
    await submitPlannedEntries(context, first!);
    alpaca.advanceTo(second!);
    await expect.poll(async () => (await context.ledger.trade(id))?.status).toBe('open');
  }

  const seen = (id: string): PresentedMessage =>
    discord.messages(channelId).find((message) => message.id === id)!;

  async function typeClose(): Promise<PresentedMessage> {
    const options = { symbol: 'NVDA' };
    const act = { kind: 'slash', as: 'trader', command: 'close', options } as const;
    const { interactionId } = await discord.act(act);
    return discord.settled(interactionId!);
  }

  return { alpaca, discord, start, enter, seen, typeClose };
}

describe('a trader who types /close', () => {
  it('finds the position, reads what will happen, says yes, and reads FLAT with the price in the same message', async () => {
    const day = await aTradingDay();
    await day.enter(await day.start());
    const typed = {
      kind: 'autocomplete',
      as: 'trader',
      command: 'close',
      options: { symbol: 'nv' },
      focused: 'symbol',
    } as const;
    // What is not found within two seconds is not suggested.
    await expect
      .poll(async () => (await day.discord.act(typed)).reaction)
      .toEqual({
        kind: 'suggested',
        choices: [{ name: 'NVDA long 10 · P/L $0.00', value: 'NVDA' }],
      });
    const message = await day.typeClose();
    expect(textOf(message)).toContain('close 10 NVDA?');
    await press({ standIn: day.discord }, 'trader', message, 'Yes, close 10 NVDA');
    await expect
      .poll(() => textOf(day.seen(message.id)))
      .toMatch(/^🏁 FLAT: NVDA, 10 sold @ \$\d+\.\d\d · .*\d\.\d s/);
    expect(day.seen(message.id).components).toEqual([]);
    expect(day.alpaca.inspect().positions).toEqual([]);
  });

  it('reads it in the same message also when another process takes over in between', async () => {
    const day = await aTradingDay();
    const first = await day.start();
    await day.enter(first);
    day.alpaca.behaviour.cancelStuckMs = 4_000;
    const [open, message] = [await day.typeClose(), await day.typeClose()];
    await press({ standIn: day.discord }, 'trader', message, 'Yes, close 10 NVDA');
    await expect.poll(() => textOf(day.seen(message.id))).toMatch(/^⏳ CLOSING/);
    await first.stop();
    await day.start();
    await expect
      .poll(() => textOf(day.seen(message.id)), { timeout: 60_000 })
      .toMatch(/^🏁 FLAT: NVDA, 10 sold @ \$\d+\.\d\d/);
    expect(day.alpaca.inspect().positions).toEqual([]);
    expect(textOf(day.seen(open.id)), 'the question that was still open').toMatch(
      /Expired: close 10 NVDA[^]*nothing was done/,
    );
    expect(day.seen(open.id).components).toEqual([]);
  });
});

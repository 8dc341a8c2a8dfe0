import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { ticker } from '#core/ids.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';

import { barStoreDir } from '../../src/compose/bars-settings.ts';
import { importBars } from '../../src/compose/import-bars.ts';
import type { RunningBot } from '../../src/compose/start.ts';
import { createWorld, untilDrawing, writeBarFolder } from './world.ts';
import type { BarFolder, World } from './world.ts';

const titleOf = ({ embeds }: PresentedMessage): string => embeds[0]?.title ?? '';

describe('the past in the whole bot', () => {
  let bars: BarFolder;
  let world: World;
  let bot: RunningBot;

  beforeAll(async () => {
    bars = writeBarFolder(['AMD', 'NVDA'], 2);
    world = await createWorld(bars);
    bot = await world.start();
    await bot.ended;
  });

  afterAll(async () => {
    await bot.stop();
    await world.remove();
    bars.remove();
  });

  /** The one message whose title begins so, once something hangs on it. */
  async function answered(beginning: string): Promise<PresentedMessage> {
    const found = () =>
      bot
        .sandbox!.discord!.messages(SANDBOX_DISCORD.channelId)
        .filter((message) => titleOf(message).startsWith(beginning));
    while (!found().some(({ attachments }) => attachments.length > 0)) await delay(50);
    const [message, ...others] = found();
    expect(others).toEqual([]);
    return message!;
  }

  it('is played through queue, market data, thread and channel, in the message that answers', async () => {
    const discord = bot.sandbox!.discord!;
    await untilDrawing(bot);
    await discord.act({ kind: 'slash', as: 'trader', command: 'backtest', options: {} });
    const message = await answered('⏪ BACKTEST');
    expect(titleOf(message)).toMatch(/^⏪ BACKTEST .*\d+ trades?$/);
    expect(message.attachments.map(({ filename }) => filename)).toEqual(['trades.csv']);
    expect(message.embeds[0]?.image?.url).toContain('equity.png');
  });

  it('is searched through ledger, queue and threads, in the message that answers', async () => {
    const store = createBarStore(barStoreDir(world.dataDir));
    const symbols = ['AMD', 'NVDA'].map(ticker);
    const span = { from: 0, until: Date.now() };
    await importBars({ store, archive: null }, bars.folder, { symbols, barMinutes: 5, ...span });
    const discord = bot.sandbox!.discord!;
    const options = { from: '2025-08-01', grid: 'stop=2,3 target=4,5' };
    await discord.act({ kind: 'slash', as: 'admin', command: 'optimize', options });
    const message = await answered('🔬 SWEEP');
    expect(titleOf(message)).toMatch(/^🔬 SWEEP done: /);
    expect(message.embeds[0]?.description).toContain('4 points tried');
    expect(message.attachments.map(({ filename }) => filename)).toEqual(['sweep.html']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';

import type { RunningBot } from '../../src/compose/start.ts';
import { createWorld, writeBarFolder } from './world.ts';
import type { BarFolder, World } from './world.ts';

const titleOf = ({ embeds }: PresentedMessage): string => embeds[0]?.title ?? '';

describe('a backtest in the whole bot', () => {
  let bars: BarFolder;
  let world: World;
  let bot: RunningBot;

  beforeAll(async () => {
    bars = writeBarFolder(['AMD', 'NVDA'], 2);
    world = await createWorld(bars);
    bot = await world.start();
    await bot.ended;
  }, 120_000);

  afterAll(async () => {
    await bot.stop();
    await world.remove();
    bars.remove();
  });

  it('goes through queue, market data, thread and channel to its result, in the message that answers', async () => {
    const discord = bot.sandbox!.discord!;
    await discord.act({ kind: 'slash', as: 'trader', command: 'backtest', options: {} });
    const backtests = () =>
      discord
        .messages(SANDBOX_DISCORD.channelId)
        .filter((message) => titleOf(message).startsWith('⏪ BACKTEST'));
    const isOver = () => backtests().some(({ attachments }) => attachments.length > 0);
    while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 50));
    const [message, ...others] = backtests();
    expect(others).toEqual([]);
    expect(titleOf(message!)).toMatch(/^⏪ BACKTEST .*\d+ trades?$/);
    expect(message!.attachments.map(({ filename }) => filename)).toEqual(['trades.csv']);
    expect(message!.embeds[0]?.image?.url).toContain('equity.png');
  }, 60_000);
});

import { afterEach, describe, expect, it } from 'vitest';

import { UserError } from '#app/command.ts';
import { moveStop } from '#app/move-stop.ts';
import { tradeStory } from '#app/reports/trade-story.ts';
import trade from '#commands/trade.ts';
import trades from '#commands/trades.ts';
import { parseUsd } from '#core/money.ts';
import { BrokerError } from '#ports/broker.ts';
import { recordingCharts } from '#test/support/charts.ts';

import { channelMessages, closeDesks, say } from '../adapters/discord/harness.ts';
import { BARS, deskWithBracket, deskWithPosition, tradeOf } from '../app/behaviours/a-desk.ts';
import type { TradingDesk } from '../app/behaviours/a-desk.ts';
import { openDesk } from '../app/desk.ts';
import { FIRST } from '../sandbox/alpaca-market.ts';
import { openChannel, textOf } from './a-trading-channel.ts';

const ADA = { id: '1', name: 'Ada', role: 'viewer' } as const;

/** Ten NVDA, bought at 100 and sold at the target of 105. */
async function wonTrade(): Promise<TradingDesk> {
  const desk = await deskWithPosition([BARS.target]);
  desk.nextBar();
  await desk.settle();
  return desk;
}

afterEach(closeDesks);

describe('/trades', () => {
  it('is for viewers, as /trade is', () => {
    expect([trades.role, trade.role]).toEqual(['viewer', 'viewer']);
  });

  it('says so when there is none yet', async () => {
    const channel = await openChannel(await openDesk([BARS.quiet]), [trades]);
    expect(textOf(await channel.type('viewer', 'trades'))).toContain('No trade yet');
  });

  it('has a line for each trade with what it brought, the newest first', async () => {
    const desk = await wonTrade();
    await desk.plan({ tradeId: `${desk.id}-B` as never, clientOrderId: 'b' as never });
    await desk.context.ledger.transaction(async (tx) => {
      const second = (await tx.lockTrade(`${desk.id}-B` as never))!;
      const openedAt = FIRST.open + 3_600_000;
      await tx.saveTrade({
        ...second,
        status: 'open',
        entryQuantity: 10,
        entryValue: parseUsd('1010'),
        openedAt,
      });
    });
    const channel = await openChannel(desk, [trades]);
    expect(textOf(await channel.type('viewer', 'trades'))).toBe(
      [
        '🗂 The last 2 trades',
        `⏳ \`${desk.id}-B\` long 10 @ $101.00, 10 held since <t:${FIRST.open / 1000 + 3600}:f>`,
        `🟢 \`${desk.id}\` long 10 @ $100.00 → $105.00 · **+$50.00** (+2.5 R) · target · 5 min`,
        'One in full: `/trade id`.',
      ].join('\n'),
    );
    const one = textOf(await channel.type('viewer', 'trades', { n: 1 }));
    expect(one).toContain('The last 1 trade\n');
    expect(one).not.toContain('🟢');
  });

  it.each([0, 201, 1.5])('does not take %d', async (n) => {
    const { context } = await openDesk([BARS.quiet]);
    const asking = trades.run(context, { actor: ADA, options: { n } });
    await expect(asking).rejects.toThrow('n is a whole number from 1 to 200.');
  });
});

describe('/trade', () => {
  it('tells the whole story, in order', async () => {
    const desk = await wonTrade();
    const channel = await openChannel(desk, [trade]);
    const message = await channel.type('viewer', 'trade', { id: desk.id });
    const text = textOf(message).replaceAll(/<t:\d+:[tf]>/g, '<t>');
    expect(text).toMatchInlineSnapshot(`
      "🏁 closed: NVDA long 10 · +$50.00 (+2.5 R)
      <t> **decided** at $100.00, confidence 81: BUY 10, limit $100.00, stop $98.00, target $105.00
      1 % of $100,000 = $1,000 ÷ $2.00 = 500 shares, cut to 10 by the limit on one position: 0.02 % of equity at risk

      <t> entry order for 10, limit $100.00: filled
      <t> **bought** 10 @ $100.00
      <t> stop at $98.00
      <t> **sold** 10 @ $105.00, at the target"
    `);
    expect(message.embeds[0]?.fields?.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'P/L: +$50.00\n+5.00 % · +2.5 R',
      'Ended: target\n@ $105.00',
      'Held: 5 min',
      'Slippage: in 0.0 bps\nout 0.0 bps',
      'At best (MFE): +$50.00\n+2.5 R',
      'At worst (MAE): $0.00\n0.0 R',
    ]);
    expect(message.embeds[0]?.footer?.text).toBe(desk.id);
  });

  it('of one that is open tells what is held, and its stop', async () => {
    const desk = await deskWithPosition();
    const channel = await openChannel(desk, [trade]);
    const message = await channel.type('viewer', 'trade', { id: desk.id });
    expect(textOf(message)).toMatch(/^⏳ open: NVDA long 10\n/);
    expect(message.embeds[0]?.fields?.[0]).toMatchObject({
      name: 'Now',
      value: '10 shares held\nstop $98.00',
    });
  });

  it('of one that never filled says that no share was held', async () => {
    const desk = await deskWithBracket([BARS.quiet]);
    const { context, id } = desk;
    await context.ledger.transaction(async (tx) => {
      await tx.saveTrade({ ...(await tx.lockTrade(id))!, status: 'cancelled' });
    });
    const channel = await openChannel(desk, [trade]);
    const text = textOf(await channel.type('viewer', 'trade', { id }));
    expect(text).toMatch(/^✖️ not filled: NVDA long 10\n/);
    expect(text).toContain('No share was ever held.');
  });

  it('says where to look for one that does not exist', async () => {
    const { context } = await openDesk([BARS.quiet]);
    const asking = trade.run(context, { actor: ADA, options: { id: 'nothing' } });
    await expect(asking).rejects.toThrow(UserError);
    await expect(asking).rejects.toThrow('There is no trade “nothing”');
  });

  it('takes its name however it is typed, as it takes a symbol', async () => {
    const desk = await wonTrade();
    const channel = await openChannel(desk, [trade]);
    const text = textOf(
      await channel.type('viewer', 'trade', { id: ` ${desk.id.toLowerCase()} ` }),
    );
    expect(text).toContain('NVDA long 10');
  });

  it('suggests the last trades by what one remembers of them', async () => {
    const { context, id } = await wonTrade();
    expect(await trade.complete(context, 'id', 'nvd')).toEqual([
      { name: 'NVDA long 10 · +$50.00 · 2025-11-25 09:35', value: id },
    ]);
    expect(await trade.complete(context, 'id', 'amd')).toEqual([]);
  });
});

const storyOf = async (desk: TradingDesk) => tradeStory(desk.context, await tradeOf(desk));

describe('the story of a trade', () => {
  it('has each move of the stop once', async () => {
    const desk = await deskWithPosition([BARS.quiet, BARS.quiet]);
    desk.nextBar();
    await moveStop(desk.context, desk.id, parseUsd('99'));
    desk.nextBar();
    await moveStop(desk.context, desk.id, parseUsd('99.5'));
    const { stops } = await storyOf(desk);
    expect(stops.map(({ price }) => price)).toEqual(['98', '99', '99.5'].map(parseUsd));
    expect(stops[0]?.at).toBe((await tradeOf(desk)).openedAt);
  });

  it('measures the slippage of its end against the leg that ended it', async () => {
    const desk = await deskWithPosition([BARS.stop]);
    desk.nextBar();
    await desk.settle();
    const story = await storyOf(desk);
    expect(story.fills.map(({ role }) => role)).toEqual(['entry', 'stop_loss']);
    expect(story.exitSlippageBps).toBeCloseTo(0);
    expect(story.entrySlippageBps).toBeCloseTo(0);
    expect(story.closed?.exitReason).toBe('stop_loss');
  });

  it('has nothing to measure while it is open', async () => {
    expect(await storyOf(await deskWithPosition())).toMatchObject({
      closed: null,
      range: null,
      exitSlippageBps: null,
    });
  });
});

const away = () => Promise.reject(new BrokerError('away', { retryable: true }));

describe('the picture beside a trade', () => {
  it('shows its bars, averages, bracket and fills, and has words for those who cannot see it', async () => {
    const desk = await wonTrade();
    const charts = recordingCharts();
    const channel = await openChannel(desk, [trade], { charts });
    const message = await channel.type('viewer', 'trade', { id: desk.id });
    expect(message.embeds[0]?.image?.url).toContain('nvda.png');
    const [chart] = charts.asked;
    expect(chart).toMatchObject({
      kind: 'candles',
      symbol: 'NVDA',
      title: 'NVDA long, 10 shares',
      barMinutes: 5,
      averages: { fast: { period: 9 }, slow: { period: 21 } },
      position: {
        side: 'long',
        entryPrice: parseUsd('100'),
        stops: [{ price: parseUsd('98') }],
        targetPrice: parseUsd('105'),
      },
      fills: [
        { role: 'entry', price: parseUsd('100'), quantity: 10 },
        { role: 'exit', price: parseUsd('105'), quantity: 10 },
      ],
    });
    if (chart?.kind !== 'candles') throw new Error('no candles');
    expect(chart.bars.map(({ start }) => start)[0]).toBe(FIRST.open);
    expect(chart.bars).toHaveLength(3);
    expect(chart.averages?.slow.values).toHaveLength(3);
    expect(chart.averages?.slow.values.every((value) => value !== null)).toBe(true);
  });

  it('is left out when it cannot be drawn, and the story is told all the same', async () => {
    const desk = await wonTrade();
    const channel = await openChannel(desk, [trade]);
    const message = await channel.type('viewer', 'trade', { id: desk.id });
    expect(message.embeds[0]?.title).toContain('closed: NVDA long 10');
    expect(message.embeds[0]?.image).toBeUndefined();
    const [row] = await desk.query<{ details: Record<string, string> }>(
      'SELECT details FROM audit_log ORDER BY sequence DESC',
    );
    expect(row?.details['picture']).toBe('unavailable');
  });

  it('is left out when the bars cannot be read', async () => {
    const desk = await wonTrade();
    const charts = recordingCharts();
    const marketData = { ...desk.context.marketData, bars: away };
    const channel = await openChannel(desk, [trade], { charts, marketData });
    await say(channel, 'viewer', 'trade', { id: desk.id });
    expect(charts.asked).toEqual([]);
    expect(channelMessages(channel).at(-1)?.embeds[0]?.title).toContain('closed: NVDA');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ExitReason } from '#core/trade.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';
import { chromiumNote, hasChromium, launchChromium } from '#test/support/chromium.ts';
import { silentLog } from '#test/support/log.ts';

import { reportReplayEnd } from '../../src/compose/replay-end.ts';
import { createSecret } from '../../src/compose/secret.ts';
import type { RunningBot } from '../../src/compose/start.ts';
import { QUEUE_SERVERS } from '../adapters/bullmq/servers.ts';
import { createWorld, writeBarFolder } from './world.ts';
import type { BarFolder, World } from './world.ts';

const SYMBOLS = ['AAPL', 'AMD', 'JPM', 'MSFT', 'NVDA', 'TSLA'];
const SESSIONS = 3;
const BARS_A_SESSION = 78;

const channelOf = (bot: RunningBot): readonly PresentedMessage[] =>
  bot.sandbox?.discord?.messages(SANDBOX_DISCORD.channelId) ?? [];
const titlesOf = (messages: readonly PresentedMessage[]): readonly string[] =>
  messages.map(({ embeds }) => embeds[0]?.title ?? '');

const isLeg = (reason: ExitReason): boolean => reason === 'take_profit' || reason === 'stop_loss';

const redis = QUEUE_SERVERS.find(({ name }) => name === 'Redis')!;
describe.skipIf(redis.missing !== null)('a sandbox with its queue on Redis', () => {
  it('runs every bar anew in a world whose data is gone, whatever the queue still knows', async () => {
    const server = await redis.start();
    const bars = writeBarFolder(['NVDA'], 1);
    const redisUrl = createSecret(server.connection.url);
    const runWorld = async (): Promise<number> => {
      const world = await createWorld(bars);
      const bot = await world.start({ redisUrl });
      await bot.ended;
      const cycles = await bot.context.ledger.cycleCount();
      await bot.stop();
      await world.remove();
      return cycles;
    };
    try {
      expect([await runWorld(), await runWorld()]).toEqual([BARS_A_SESSION, BARS_A_SESSION]);
    } finally {
      bars.remove();
      await server.stop();
    }
  });
});

describe('a sandbox from its first bar to its last', () => {
  let bars: BarFolder;
  let world: World;
  let bot: RunningBot;

  beforeAll(async () => {
    bars = writeBarFolder(SYMBOLS, SESSIONS);
    world = await createWorld(bars);
    bot = await world.start();
    await bot.ended;
  });

  afterAll(async () => {
    await bot.stop();
    await world.remove();
    bars.remove();
  });

  interface Ready {
    readonly openPositions: number;
    readonly protectedPositions: number;
  }
  const ready = async () => {
    const answer = await fetch(`${bot.url}/readyz`);
    return { status: answer.status, ...((await answer.json()) as Ready) };
  };

  it('has handled every bar once', async () => {
    expect(await bot.context.ledger.cycleCount()).toBe(SESSIONS * BARS_A_SESSION);
  });

  it('has traded', async () => {
    expect((await bot.context.ledger.closedTrades()).length).toBeGreaterThan(3);
  });

  it('ends with books that add up to the cent, and no order sent twice', async () => {
    expect(await reportReplayEnd(bot, silentLog)).toBe(0);
  });

  it('tells it all: the start, each entry, each closing by a rule, each exit, each digest, each comparison with the backtest', async () => {
    const { ledger } = bot.context;
    const [closed, entries] = await Promise.all([ledger.closedTrades(), ledger.intentCount()]);
    const byRule = closed.filter(({ exitReason }) => !isLeg(exitReason));
    expect(
      byRule.length,
      'a run in which no rule closes anything would prove less',
    ).toBeGreaterThan(0);
    expect(channelOf(bot)).toHaveLength(1 + entries + byRule.length + closed.length + 2 * SESSIONS);
    expect(await ledger.outbox.backlog()).toBe(0);
  });

  it('leaves no entry card in a state that is over', async () => {
    const open = await bot.context.ledger.unfinishedTrades();
    const waiting = open.filter(({ status }) => status === 'submitted' || status === 'planned');
    const submitted = titlesOf(channelOf(bot)).filter((title) => /SUBMITTED/i.test(title));
    expect(submitted).toHaveLength(waiting.length);
  });

  it('tells of a trade in the order in which it went', async () => {
    const messages = channelOf(bot);
    const [trade] = await bot.context.ledger.closedTrades();
    const about = messages.filter((message) =>
      JSON.stringify(message).includes(trade?.tradeId ?? '-'),
    );
    expect(titlesOf(about)).toHaveLength(2);
    expect(titlesOf(about)[0]).toMatch(/FILLED|BOUGHT|SHORT|LONG|BUY/i);
    expect(titlesOf(about)[1]).toMatch(/TARGET|STOP/i);
  });

  it('protects every position that is still open', async () => {
    await expect.poll(ready).toMatchObject({ status: 200, ready: true });
    const { openPositions, protectedPositions } = await ready();
    expect(protectedPositions).toBe(openPositions);
  });

  it('says on the readiness page what it is and does', async () => {
    // What does not answer within two seconds counts as away.
    await expect.poll(ready).toMatchObject({
      ready: true,
      mode: 'SANDBOX',
      control: 'active',
      cycles: SESSIONS * BARS_A_SESSION,
      lastCycle: { sessionDate: bars.sessions.at(-1), symbols: SYMBOLS.length },
      outboxBacklog: 0,
      database: { up: true },
      queue: { up: true },
      broker: { up: true, orderStream: 'up' },
      discord: 'ready',
    });
  });

  it('is alive for a monitor and counts for Prometheus', async () => {
    expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
    const metrics = await (await fetch(`${bot.url}/metrics`)).text();
    expect(metrics).toMatch(new RegExp(`bracketeer_cycles_total ${SESSIONS * BARS_A_SESSION}`));
  });

  it('answers /status to a viewer', async () => {
    const discord = bot.sandbox?.discord;
    const { interactionId } = await discord!.act({
      kind: 'slash',
      as: 'viewer',
      command: 'status',
    });
    const answer = await discord!.settled(interactionId!);
    expect(JSON.stringify(answer)).toContain('SANDBOX');
    expect(JSON.stringify(answer)).toContain('ACTIVE');
  });

  it.skipIf(!hasChromium)(`answers /status typed into its page${chromiumNote}`, async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      await page.goto(bot.url);
      const box = page.getByRole('combobox', { name: /^Message/ });
      await box.focus();
      await page.keyboard.type('/status');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      // A card may come in between; the answer is the one that says how things are.
      const answers = page.getByRole('log').getByRole('article').filter({ hasText: 'Equity' });
      const answer = answers.filter({ hasText: /SANDBOX · ✅ ACTIVE/ }).last();
      await answer.waitFor();
      expect(await answer.innerText()).toContain('Equity');
    } finally {
      await browser.close();
    }
  });

  it('goes on after a restart as if it had never stopped', async () => {
    const intact = await bot.context.ledger.closedTrades();
    const other = await createWorld(bars);
    try {
      const first = await other.start();
      await expect
        .poll(() => first.context.ledger.cycleCount(), { timeout: 60_000 })
        .toBeGreaterThan(60);
      await first.stop();
      const second = await other.start();
      await second.ended;
      expect(await second.context.ledger.closedTrades()).toEqual(intact);
      expect(await second.context.ledger.cycleCount()).toBe(SESSIONS * BARS_A_SESSION);
      expect(await reportReplayEnd(second, silentLog)).toBe(0);
      expect(titlesOf(channelOf(second)).filter((title) => /up|start/i.test(title))).toHaveLength(
        2,
      );
      await second.stop();
    } finally {
      await other.remove();
    }
  });
});

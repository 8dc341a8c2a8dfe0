import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { freePort } from '#adapters/postgres/free-port.ts';
import { readPositions } from '#app/positions.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import { chromiumNote, hasChromium, launchChromium } from '#test/support/chromium.ts';
import { areScreenshotsAskedFor, screenshot } from '#test/support/screenshots.ts';

import type { RunningBot } from '../../src/compose/start.ts';
import { createWorld, untilDrawing, writeBarFolder } from './world.ts';
import type { BarFolder, World } from './world.ts';

const SYMBOLS = ['AAPL', 'AMD', 'JPM', 'MSFT', 'NVDA', 'TSLA'];
const SESSIONS = 3;
/** A bar takes some minutes: what is open stays so while somebody types, also on a busy machine. */
const SLOWLY = 2;
/** Who wants pictures wants to see more in them. */
const FORMER_TRADES = areScreenshotsAskedFor ? 2 : 0;
/** The whole bot does its work beside the browser. */
const PATIENCE_MS = 60_000;

interface Device extends BrowserContextOptions {
  readonly name: string;
  /** What is worth a picture on it. */
  readonly pictures: readonly string[];
}

const DEVICES: readonly Device[] = [
  {
    name: 'desktop',
    pictures: ['entry', 'flat'],
    viewport: { width: 1240, height: 1040 },
  },
  {
    name: 'phone',
    pictures: ['halt', 'table', 'question'],
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 2,
  },
];

const shows = async (where: Locator, words: RegExp): Promise<true> => {
  await where.getByText(words).first().waitFor({ timeout: PATIENCE_MS });
  return true;
};

/** To the top of the log, once all pictures have the room that they take. */
const toTop = (what: Locator): Promise<void> =>
  what.evaluate(async (one) => {
    const pictures = [...one.ownerDocument.images];
    for (const picture of pictures) picture.loading = 'eager';
    await Promise.all(pictures.map((picture) => picture.decode()));
    one.scrollIntoView({ block: 'start' });
  });

/** A sandbox that was played until it holds a position, and goes on from there in slow motion. */
async function holdingBot(world: World, port: number): Promise<RunningBot> {
  const fast = await world.start({ port });
  await holds(fast);
  await fast.stop();
  const slow = await world.start({ port, speed: SLOWLY });
  if ((await readPositions(slow.context)).length > 0) return slow;
  // It was closed while the bot stopped.
  await slow.stop();
  return holdingBot(world, port);
}

/** Whether the newest card of its entry has a picture, for which it had waited long enough. */
function isPictured({ sandbox }: RunningBot, symbol: string): boolean {
  const titled = new RegExp(`(BOUGHT|SHORTED) \\d+ ${symbol}`);
  const messages = sandbox?.discord?.messages(SANDBOX_DISCORD.channelId) ?? [];
  const embeds = messages.flatMap((message) => message.embeds);
  return embeds.findLast(({ title = '' }) => titled.test(title))?.image !== undefined;
}

async function holds(bot: RunningBot): Promise<void> {
  const { context } = bot;
  for (;;) {
    const [held, closed] = await Promise.all([
      readPositions(context),
      context.ledger.closedTrades(),
    ]);
    const isSafe =
      held.length > 0 && held.every((one) => one.isProtected && isPictured(bot, one.symbol));
    if (isSafe && closed.length >= FORMER_TRADES) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe.skipIf(!hasChromium)(`a trader at the sandbox's page${chromiumNote}`, () => {
  let bars: BarFolder;
  let browser: Browser;

  beforeAll(async () => {
    bars = writeBarFolder(SYMBOLS, SESSIONS);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    bars.remove();
  });

  describe.each(DEVICES)('on a $name', ({ name, pictures, ...device }) => {
    let world: World;
    let bot: RunningBot;
    let page: Page;
    let symbol: string;

    const box = () => page.getByRole('combobox', { name: /^Message/ });
    const log = () => page.getByRole('log');
    /** The newest message that says so, once there is one; a card may come in between. */
    const answer = async (words: RegExp): Promise<Locator> => {
      const found = log().getByRole('article').filter({ hasText: words }).last();
      await found.waitFor({ timeout: PATIENCE_MS });
      return found;
    };
    const type = async (text: string) => {
      await page.keyboard.type(text, { delay: 15 });
    };
    const shoot = async (what: string) => {
      if (pictures.includes(what)) await screenshot(page, `${name}-${what}`);
    };
    const card = (title: RegExp) => log().getByRole('region', { name: title }).last();

    /** By the keyboard, from the message box on; on a phone by the thumb. */
    async function press(label: RegExp): Promise<void> {
      const button = log().getByRole('button', { name: label }).last();
      if (device.hasTouch === true) return button.tap();
      for (let presses = 0; presses < 20; presses += 1) {
        await page.keyboard.press('Shift+Tab');
        if (await button.evaluate((one) => one === one.ownerDocument.activeElement)) break;
      }
      await page.keyboard.press('Enter');
    }

    beforeAll(async () => {
      world = await createWorld(bars);
      const port = await freePort();
      page = await browser.newPage({ ...device, timezoneId: 'America/New_York' });
      bot = await holdingBot(world, port);
      symbol = (await readPositions(bot.context))[0]?.symbol ?? '';
      await page.goto(bot.url);
      await box().waitFor();
    }, 180_000);

    afterAll(async () => {
      await page.close();
      await bot.stop();
      await world.remove();
    });

    it('watches a trade: the bracket that filled, with its picture', async () => {
      const entry = card(new RegExp(`(BOUGHT|SHORTED) \\d+ ${symbol}`));
      await entry.waitFor({ timeout: PATIENCE_MS });
      await toTop(entry);
      expect(await entry.getByRole('img').first().isVisible()).toBe(true);
      await shoot('entry');
    });

    it('asks how things stand', async () => {
      await box().focus();
      await type('/status');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      expect(await (await answer(/SANDBOX · ✅ ACTIVE/)).innerText()).toContain('protected');
    });

    it('halts, and knows that it is halted', async () => {
      await box().focus();
      await type('/halt');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^Add the option reason/ }).press('Enter');
      await type('news at ten');
      await page.keyboard.press('Enter');
      expect(await shows(log(), /HALTED/)).toBe(true);
      await shoot('halt');
    });

    it('sees the banner of the halt above a table that fits', async () => {
      await box().focus();
      await type('/status');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^Add the option table/ }).press('Enter');
      await type('t');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      const table = (await answer(/SANDBOX · ⛔ HALTED/)).locator('pre');
      await table.waitFor();
      const widths = await table.evaluate((one) => [one.scrollWidth, one.clientWidth]);
      expect(widths[0]).toBe(widths[1]);
      await shoot('table');
    });

    it('closes what is open with a suggestion and a yes, and knows that it is flat', async () => {
      await box().focus();
      await type('/close');
      await page.keyboard.press('Enter');
      const choice = page.getByRole('option', { name: new RegExp(`^${symbol} .*P/L`) });
      await choice.waitFor({ timeout: PATIENCE_MS });
      await type(symbol.slice(0, 2).toLowerCase());
      await choice.waitFor({ timeout: PATIENCE_MS });
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await log()
        .getByRole('button', { name: /^Yes, close/ })
        .last()
        .waitFor({ timeout: PATIENCE_MS });
      await shoot('question');
      await untilDrawing(bot);
      await press(/^Yes, close/);
      const flat = card(new RegExp(`FLAT: ${symbol}`));
      await flat.waitFor({ timeout: PATIENCE_MS });
      expect(await readPositions(bot.context)).toEqual([]);
      await card(/CLOSED BY HAND/)
        .getByRole('img')
        .first()
        .waitFor({ timeout: PATIENCE_MS });
      await box().focus();
      await toTop(flat);
      await shoot('flat');
    });
  });
});

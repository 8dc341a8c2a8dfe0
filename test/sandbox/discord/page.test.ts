import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { freePort } from '#adapters/postgres/free-port.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import { listenDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import { chromiumNote, hasChromium, launchChromium } from '#test/support/chromium.ts';

import { openDesk } from './bot.ts';
import type { Desk } from './bot.ts';

const appears = (what: Locator) => what.waitFor().then(() => true);

describe.skipIf(!hasChromium)(`the channel's page${chromiumNote}`, () => {
  let browser: Browser;
  let desk: Desk;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
    desk = await openDesk();
  });
  beforeEach(async () => {
    page = await open({ width: 1280, height: 800 });
  });
  afterEach(async () => {
    await page.context().close();
    // The page must throw nothing and break no content policy, whatever a test does with it.
    if (faults.length > 0) throw new Error(faults.splice(0).join('\n'));
  });
  afterAll(async () => {
    await desk.stop();
    await browser.close();
  });

  async function open(viewport: { width: number; height: number }, url = desk.standIn.url) {
    const context = await browser.newContext({ viewport });
    const opened = await context.newPage();
    opened.setDefaultTimeout(60_000);
    opened.on('pageerror', (error) => faults.push(String(error)));
    opened.on('console', (message) => {
      if (message.type() === 'error' && message.text().includes('Content Security Policy')) {
        faults.push(message.text());
      }
    });
    await opened.goto(url);
    await opened.getByText('Theo', { exact: true }).first().waitFor({ state: 'attached' });
    return opened;
  }
  const box = () => page.getByRole('combobox', { name: /^Message/ });
  const log = () => page.getByRole('log');
  const lastMessage = () => log().getByRole('article').last();
  const actAs = (name: string) => page.getByRole('radio', { name }).click();
  const send = (content: string) => desk.bot.channel.send(content);

  it('shows a message as it is posted, and its edit in the same place', async () => {
    const message = await send('NVDA entry **filled**');
    await lastMessage().getByText('NVDA entry filled').waitFor();
    await message.edit('NVDA stopped out');
    await expect(appears(lastMessage().getByText('NVDA stopped out (edited)'))).resolves.toBe(true);
    await message.delete();
    await page.getByText('NVDA stopped out').waitFor({ state: 'detached' });
  });

  it('shows what a message says and runs none of it', async () => {
    const text = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    await send(text);
    await lastMessage().getByText(text).waitFor();
    expect(await page.title()).toContain('#trades');
    expect(await lastMessage().locator('img:not(.avatar), script').count()).toBe(0);
  });

  it('shows an embed with its fields, its picture and its colour', async () => {
    await desk.bot.channel.send({
      embeds: [
        {
          title: 'LONG NVDA',
          color: 0x2e_cc_71,
          fields: [
            { name: 'Quantity', value: '84', inline: true },
            { name: 'Stop', value: '$176.01', inline: true },
          ],
          image: { url: 'https://charts.example/nvda.png' },
        },
      ],
    });
    const embed = page.getByRole('region', { name: 'LONG NVDA' });
    await embed.getByText('$176.01').waitFor();
    const bar = await embed.evaluate(
      (element) => element.ownerDocument.defaultView?.getComputedStyle(element).borderLeftColor,
    );
    expect(bar).toBe('rgb(46, 204, 113)');
    expect(await embed.locator('img').count(), 'nothing is loaded from another host').toBe(0);
    const fields = embed.locator('.embed-field');
    const [first, second] = await Promise.all([
      fields.nth(0).boundingBox(),
      fields.nth(1).boundingBox(),
    ]);
    expect(second!.y, 'inline fields share a row').toBe(first!.y);
  });

  it('lists the commands after a slash, with what they are for', async () => {
    await box().pressSequentially('/');
    const options = page.getByRole('listbox', { name: 'Commands' }).getByRole('option');
    await options.first().waitFor();
    const lines = await options.allInnerTexts();
    expect(lines.map((line) => line.split(/\s/)[0])).toEqual([
      '/close',
      '/halt',
      '/mute',
      '/note',
      '/secret',
      '/slow',
      '/status',
    ]);
    expect(lines[0]).toContain('Close a position');
    await page.keyboard.press('Escape');
    await options.first().waitFor({ state: 'hidden' });
  });

  it('runs a command by the keyboard alone, from the first Tab on', async () => {
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      if (await box().evaluate((element) => element === element.ownerDocument.activeElement)) break;
    }
    await page.keyboard.type('/sta');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await lastMessage().getByText('Asked by theo').waitFor();
    expect(await lastMessage().innerText()).toMatch(/Theo\s+used\s+\/status/);
    expect(await box().inputValue()).toBe('');
  });

  it('takes a slash for the beginning of a command before anything has the focus', async () => {
    await page.keyboard.type('/sta');
    expect(await box().inputValue()).toBe('/sta');
  });

  it('sends a command once when Enter is pressed twice', async () => {
    const before = await log().getByRole('article').count();
    await box().focus();
    await page.keyboard.type('/status');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect.poll(() => box().inputValue()).toBe('');
    await send('and then nothing more');
    await lastMessage().getByText('and then nothing more').waitFor();
    expect(await log().getByRole('article').count()).toBe(before + 2);
  });

  it('sends a command that needs none of its options with Enter, or goes on to them', async () => {
    await box().fill('/slow');
    await page.keyboard.press('Enter');
    await page.getByText('Enter sends it, Tab goes to its options').waitFor();
    await page.keyboard.press('Enter');
    await lastMessage().getByText('And one more thing').waitFor();
    await box().fill('/slow');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.type('f');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('combobox', { name: 'private' }).inputValue()).toMatch(/^false$/i);
    await page.keyboard.press('Escape');
  });

  it('leaves a command that needs none of its options with Escape, as it was typed', async () => {
    await box().fill('/slow');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '/slow' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await box().inputValue()).toBe('/slow');
  });

  it('fills options from suggestions and choices, and asks for what is missing', async () => {
    await box().pressSequentially('/close');
    await page.keyboard.press('Enter');
    const symbol = page.getByRole('combobox', { name: 'symbol' });
    const choices = page.getByRole('listbox', { name: 'Choices' });
    await choices.getByRole('option', { name: 'AAPL' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('This option is required: symbol.').waitFor();
    await symbol.pressSequentially('t');
    await choices.getByRole('option', { name: 'TSLA' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add the option type' }).press('Enter');
    await page.keyboard.type('lim');
    await choices.getByRole('option', { name: 'Limit' }).waitFor();
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Add the option percent' }).press('Enter');
    await page.keyboard.type('250');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Must be 100 or less.').waitFor();
    await page.getByRole('combobox', { name: 'percent' }).fill('25');
    await page.keyboard.press('Enter');
    await expect(appears(lastMessage().getByText('Closing TSLA limit 25%'))).resolves.toBe(true);
  });

  it('acts as someone else, who has other commands and sees no private answers', async () => {
    await desk.standIn.act({ kind: 'slash', as: 'trader', command: 'secret' });
    await lastMessage().getByText('Only you can see this').waitFor();
    await actAs('admin');
    await page.getByText('acting as admin').waitFor();
    await expect.poll(() => page.getByText('Only you can see this').count()).toBe(0);
    await box().fill('/config show');
    await page.keyboard.press('Enter');
    await lastMessage().getByText('config show', { exact: true }).waitFor();
    await actAs('trader');
    const dismiss = page.getByRole('button', { name: 'Dismiss message' });
    await dismiss.click();
    await dismiss.waitFor({ state: 'detached' });
  });

  it('presses a button, chooses in a menu, and leaves disabled ones alone', async () => {
    await box().fill('/halt');
    await page.keyboard.press('Enter');
    const halt = log().getByRole('button', { name: 'Halt entries' });
    await halt.waitFor();
    expect(await log().getByRole('button', { name: 'Not now' }).isDisabled()).toBe(true);
    await halt.press('Enter');
    await lastMessage().getByText('halt:yes by theo').waitFor();
    await box().fill('/halt');
    await page.keyboard.press('Enter');
    const menu = lastMessage().getByRole('combobox');
    await menu.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await lastMessage().getByText('Level flatten').waitFor();
  });

  it('answers a dialog', async () => {
    await box().fill('/note');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'A note' });
    await dialog.getByRole('button', { name: 'Submit' }).click();
    await dialog.getByText('This field is required.').waitFor();
    await dialog.getByRole('textbox').fill('all quiet');
    await dialog.getByRole('button', { name: 'Submit' }).click();
    await lastMessage().getByText('Noted: all quiet').waitFor();
    await expect.poll(() => dialog.count()).toBe(0);
  });

  it('says so when a command goes unanswered', async () => {
    await box().fill('/mute');
    await page.keyboard.press('Enter');
    const words = page.getByText('/mute: The application did not respond');
    await expect(appears(words)).resolves.toBe(true);
  });

  it('opens a thread and comes back', async () => {
    const starter = await send('AAPL entry');
    const thread = await starter.startThread({ name: 'AAPL #7' });
    await thread.send('stop moved');
    await lastMessage().getByRole('button', { name: 'AAPL #7' }).click();
    await page.getByRole('heading', { name: 'AAPL #7', level: 2 }).waitFor();
    await log().getByText('stop moved').waitFor();
    await page.getByRole('button', { name: 'Back to the channel' }).click();
    await expect(appears(log().getByText('AAPL entry'))).resolves.toBe(true);
  });

  it('counts what arrives while one reads further up, and goes there on request', async () => {
    for (let index = 0; index < 30; index += 1) await send(`filler ${index}`);
    await log().getByText('filler 29').waitFor();
    await log().evaluate((element) => element.scrollTo(0, 0));
    await expect.poll(() => log().evaluate((element) => element.scrollTop)).toBe(0);
    await send('news');
    const button = page.getByRole('button', { name: '1 new message' });
    await button.click();
    await button.waitFor({ state: 'hidden' });
    await expect
      .poll(() =>
        log().evaluate(
          (element) => element.scrollHeight - element.scrollTop - element.clientHeight,
        ),
      )
      .toBeLessThan(2);
  });

  it('leaves one where one has scrolled to when a message comes before the browser tells of it', async () => {
    await log().evaluate((element) => {
      const { ownerDocument } = element;
      ownerDocument.addEventListener(
        'scroll',
        (event: Event) => event.stopImmediatePropagation(),
        true,
      );
    });
    for (let index = 0; index < 30; index += 1) await send(`untold ${index}`);
    await log().getByText('untold 29').waitFor();
    await log().evaluate((element) => element.scrollTo(0, 0));
    await send('news of the moment');
    await log().getByText('news of the moment').waitFor();
    expect(await log().evaluate((element) => element.scrollTop)).toBe(0);
    const button = page.getByRole('button', { name: '1 new message' });
    await expect(appears(button)).resolves.toBe(true);
  });

  it('stays at the newest message when a picture in it arrives in the moment of a scroll', async () => {
    for (let index = 0; index < 30; index += 1) await send(`grown ${index}`);
    await log().getByText('grown 29').waitFor();
    await log().evaluate((element) => {
      [...element.querySelectorAll('article')].at(-1)!.style.paddingBottom = '700px';
      element.dispatchEvent(new Event('scroll'));
    });
    await expect
      .poll(() =>
        log().evaluate(
          (element) => element.scrollHeight - element.scrollTop - element.clientHeight,
        ),
      )
      .toBeLessThan(2);
  });

  it('loads what is older when one scrolls up', async () => {
    for (let index = 0; index < 120; index += 1) await send(`old ${index}`);
    await page.reload();
    await log().getByText('old 119').waitFor();
    expect(await log().getByText('old 3', { exact: true }).count()).toBe(0);
    await log().evaluate((element) => element.scrollTo(0, 0));
    await log().getByText('old 3', { exact: true }).waitFor({ state: 'attached' });
  });

  it('fits a phone: nothing is wider than the screen', async () => {
    await desk.bot.channel.send({
      content: `${'word'.repeat(60)} \`${'code'.repeat(40)}\`\n\`\`\`\n${'line '.repeat(60)}\n\`\`\``,
      embeds: [
        {
          title: 'Wide '.repeat(40),
          description: 'x'.repeat(300),
          fields: ['a', 'b', 'c'].map((name) => ({ name, value: '1'.repeat(80), inline: true })),
        },
      ],
    });
    const phone = await open({ width: 390, height: 844 });
    await phone.getByRole('region', { name: /^Wide/ }).waitFor();
    const widths = await phone.evaluate<number[]>(
      "[document.documentElement, document.querySelector('.log')].map((one) => one.scrollWidth)",
    );
    expect(Math.max(...widths)).toBeLessThanOrEqual(390);
    const fields = await phone
      .locator('.embed-field')
      .evaluateAll((cells) => cells.slice(-3).map((cell) => cell.getBoundingClientRect().left));
    expect(new Set(fields).size, 'fields stand in one column').toBe(1);
    await phone.getByRole('radio', { name: 'viewer' }).click();
    await phone.getByRole('combobox', { name: /^Message/ }).pressSequentially('/');
    await phone.getByRole('option', { name: '/status' }).waitFor();
    await phone.context().close();
  });

  it('notices that the sandbox stopped, and goes on when it is back', async () => {
    const port = await freePort();
    const first = await listenDiscordStandIn({ port });
    const other = await open({ width: 900, height: 700 }, first.url);
    await other.getByText('is offline: commands go unanswered').waitFor();
    await first.stop();
    await other.getByText('Connection to the sandbox lost').waitFor();
    const second = await listenDiscordStandIn({ port });
    await second.act({ kind: 'say', as: 'admin', content: 'back again' });
    await other.getByText('Connection to the sandbox lost').waitFor({ state: 'hidden' });
    await other.getByText('back again').waitFor();
    expect(second.messages(SANDBOX_DISCORD.channelId)).toHaveLength(1);
    await other.context().close();
    await second.stop();
  });
});

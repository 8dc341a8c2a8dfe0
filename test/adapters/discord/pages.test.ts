import { Routes, REST } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import { auditOf, lastMessage, openAskingDesk } from './asking-desk.ts';
import type { AskingDesk } from './asking-desk.ts';
import {
  access,
  buttonsOf,
  channelMessages,
  closeDesks,
  press,
  say,
  until,
  whispersTo,
} from './harness.ts';

const labels = (desk: AskingDesk) =>
  lastMessage(desk)
    .components.flatMap(({ components }) => components)
    .map((part) => ('label' in part ? `${part.label}${part.disabled === true ? ' off' : ''}` : ''));

const contentOf = (desk: AskingDesk) => lastMessage(desk).content;

const numbersIn = (text: string) => [...text.matchAll(/line (\d+) of/g)].map(([, n]) => Number(n));

/** Presses ▶ until the last page, and returns what each page said. */
async function readOn(desk: AskingDesk, textOf: () => string): Promise<readonly string[]> {
  const texts = [textOf()];
  while (buttonsOf(lastMessage(desk)).some((one) => 'label' in one && one.label === '▶')) {
    await press(desk, 'viewer', lastMessage(desk), '▶');
    await until(() => textOf() !== texts.at(-1));
    texts.push(textOf());
  }
  return texts;
}

describe('an answer that is too long for a message', () => {
  afterEach(closeDesks);

  it('is shown in pages, of which none of it is missing', async () => {
    const desk = await openAskingDesk();
    await say(desk, 'viewer', 'long');
    const texts = await readOn(desk, () => lastMessage(desk).content);
    expect(texts.length).toBeGreaterThan(3);
    expect(texts.flatMap(numbersIn)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
    expect(channelMessages(desk)).toHaveLength(1);
  });

  it('says which page it is, and leads nowhere beyond the first and the last', async () => {
    const desk = await openAskingDesk();
    await say(desk, 'viewer', 'long');
    expect(labels(desk)).toEqual(['◀ off', '1 / 5 off', '▶']);
    await press(desk, 'viewer', lastMessage(desk), '▶');
    await until(() => labels(desk)[1] === '2 / 5 off');
    expect(labels(desk)).toEqual(['◀', '2 / 5 off', '▶']);
    await press(desk, 'viewer', lastMessage(desk), '◀');
    await until(() => labels(desk)[1] === '1 / 5 off');
    await readOn(desk, () => lastMessage(desk).content);
    expect(labels(desk)).toEqual(['◀', '5 / 5 off', '▶ off']);
  });

  it('goes on after a restart', async () => {
    const desk = await openAskingDesk();
    await say(desk, 'viewer', 'long');
    await desk.restart();
    await press(desk, 'viewer', lastMessage(desk), '▶');
    await until(() => labels(desk)[1] === '2 / 5 off');
    expect(numbersIn(lastMessage(desk).content)[0]).toBeGreaterThan(1);
  });

  it('says so when its pages are kept no more', async () => {
    const desk = await openAskingDesk();
    await say(desk, 'viewer', 'long');
    await desk.rows('DELETE FROM reply_pages');
    await press(desk, 'viewer', lastMessage(desk), '▶');
    await expect
      .poll(() => whispersTo(desk, 'viewer'))
      .toEqual(['These pages are over. Send the command again.']);
  });

  it('keeps its pages for a week', async () => {
    const week = 7 * 24 * 60 * 60_000;
    let shiftMs = 0;
    const desk = await openAskingDesk({
      now: () => Date.now() + shiftMs,
      commandMaxAgeMs: 2 * week,
    });
    const count = async () => (await desk.rows('SELECT id FROM reply_pages')).length;
    await say(desk, 'viewer', 'long');
    shiftMs = week - 60_000;
    await say(desk, 'viewer', 'long');
    expect(await count()).toBe(2);
    shiftMs = week + 60_000;
    await say(desk, 'viewer', 'long');
    expect(await count()).toBe(2);
  });

  it('is turned by nobody who may not run its command', async () => {
    const desk = await openAskingDesk();
    await say(desk, 'trader', 'list');
    const before = labels(desk);
    await press(desk, 'viewer', lastMessage(desk), '▶');
    await expect
      .poll(() => whispersTo(desk, 'viewer'))
      .toEqual([expect.stringMatching(/^Not allowed: \/list needs the role trader/)]);
    expect(labels(desk)).toEqual(before);
  });

  it('has its title on each page of a list', async () => {
    const desk = await openAskingDesk();
    await say(desk, 'trader', 'list');
    await press(desk, 'trader', lastMessage(desk), '▶');
    await until(() => labels(desk)[1] === '2 / 5 off');
    expect(lastMessage(desk).embeds[0]).toMatchObject({
      title: 'All of it',
      description: expect.stringContaining(String.raw`a \*long\* answer`),
    });
  });

  it('is sent as several messages where its pages cannot be kept', async () => {
    const desk = await openAskingDesk();
    desk.context.ledger.savePageSet = async () => {
      throw new Error('the ledger is away');
    };
    await say(desk, 'viewer', 'long');
    await until(() => channelMessages(desk).length === 5);
    const all = channelMessages(desk).flatMap(({ content }) => numbersIn(content));
    expect(all).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  });
});

describe('a private answer that is too long for a message', () => {
  afterEach(closeDesks);

  it('stays private in all its messages where its pages cannot be kept', async () => {
    const desk = await openAskingDesk();
    desk.context.ledger.savePageSet = async () => {
      throw new Error('the ledger is away');
    };
    await say(desk, 'viewer', 'long-hush');
    await expect.poll(() => whispersTo(desk, 'viewer')).toHaveLength(5);
    expect(channelMessages(desk)).toEqual([]);
  });
});

describe('an answer that can be refreshed', () => {
  afterEach(closeDesks);

  it('is asked for anew in place by its button, and that is on record', async () => {
    const desk = await openAskingDesk();
    const { content: first } = await say(desk, 'viewer', 'look');
    await press(desk, 'trader', lastMessage(desk), '🔄 Refresh');
    await until(() => contentOf(desk) !== first);
    expect(channelMessages(desk)).toHaveLength(1);
    await expect
      .poll(async () => (await auditOf(desk)).at(-1))
      .toMatchObject({ actor: SANDBOX_DISCORD.people.trader, action: 'look refresh' });
  });

  it('keeps the option that was on, each time and after a restart', async () => {
    let shiftMs = 0;
    const desk = await openAskingDesk({ now: () => Date.now() + shiftMs });
    const { content: first } = await say(desk, 'viewer', 'look', { wide: true });
    await press(desk, 'viewer', lastMessage(desk), '🔄 Refresh');
    await until(() => contentOf(desk) !== first);
    const second = contentOf(desk);
    await desk.restart();
    shiftMs = 3_000;
    await press(desk, 'viewer', lastMessage(desk), '🔄 Refresh');
    await until(() => contentOf(desk) !== second);
    expect([first, second, contentOf(desk)]).toEqual(
      Array(3).fill(expect.stringMatching(/ wide$/)),
    );
  });

  it('has not the option that was off', async () => {
    const desk = await openAskingDesk();
    const { content: first } = await say(desk, 'viewer', 'look', { wide: false });
    await press(desk, 'viewer', lastMessage(desk), '🔄 Refresh');
    await until(() => contentOf(desk) !== first);
    expect(contentOf(desk)).not.toContain('wide');
  });

  it('can be refreshed from each of its pages', async () => {
    const desk = await openAskingDesk();
    await say(desk, 'viewer', 'look', { wide: true, pages: 3 });
    expect(labels(desk)).toEqual(['◀ off', '1 / 3 off', '▶', '🔄 Refresh']);
    await press(desk, 'viewer', lastMessage(desk), '▶');
    await until(() => labels(desk)[1] === '2 / 3 off');
    await press(desk, 'viewer', lastMessage(desk), '🔄 Refresh');
    await until(() => contentOf(desk).startsWith('look'));
    expect(contentOf(desk)).toMatch(/ wide$/);
  });

  it('works after a restart', async () => {
    const desk = await openAskingDesk();
    const { content: first } = await say(desk, 'viewer', 'look');
    await desk.restart();
    await press(desk, 'viewer', lastMessage(desk), '🔄 Refresh');
    await expect.poll(() => contentOf(desk)).not.toBe(first);
  });

  it('takes a rest of three seconds between two times, and says how long', async () => {
    let shiftMs = 0;
    const desk = await openAskingDesk({ now: () => Date.now() + shiftMs });
    const { content: first } = await say(desk, 'viewer', 'look');
    await press(desk, 'viewer', lastMessage(desk), '🔄 Refresh');
    await until(() => contentOf(desk) !== first);
    const second = contentOf(desk);
    shiftMs = 2_000;
    await press(desk, 'trader', lastMessage(desk), '🔄 Refresh');
    await expect
      .poll(() => whispersTo(desk, 'trader'))
      .toEqual([expect.stringMatching(/^Refreshed a moment ago: again in [01] s\.$/)]);
    expect(contentOf(desk)).toBe(second);
    shiftMs = 3_000;
    await press(desk, 'viewer', lastMessage(desk), '🔄 Refresh');
    await until(() => contentOf(desk) !== second);
  });

  it('is not refreshed by who may no longer look', async () => {
    const rights = { ...access, viewer: [...access.viewer] };
    const desk = await openAskingDesk({ access: rights });
    await say(desk, 'viewer', 'look');
    rights.viewer = [];
    await press(desk, 'viewer', lastMessage(desk), '🔄 Refresh');
    await expect
      .poll(() => whispersTo(desk, 'viewer'))
      .toEqual([expect.stringMatching(/^Not allowed: \/look/)]);
  });

  it('is never a command that offers no refresh, whatever a button says', async () => {
    const desk = await openAskingDesk();
    const rest = new REST({ api: `${desk.standIn.url}/api` }).setToken(SANDBOX_DISCORD.token);
    const button = { type: 2, style: 1, label: 'Forged', custom_id: 'refresh:run:resume' };
    const body = { content: 'x', components: [{ type: 1, components: [button] }] };
    await rest.post(Routes.channelMessages(SANDBOX_DISCORD.channelId), { body });
    await press(desk, 'trader', lastMessage(desk), 'Forged');
    await expect
      .poll(() => whispersTo(desk, 'trader'))
      .toEqual(['This button is no longer active. Nothing was changed.']);
    expect(await desk.rows('SELECT id FROM confirmations')).toEqual([]);
  });
});

import { MessageFlags } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';

import type { DiscordBotOptions } from '#adapters/discord/bot.ts';
import type { Card } from '#ports/cards.ts';
import type { ChartImage } from '#ports/charts.ts';
import { DeliveryError } from '#ports/notifier.ts';
import type { MessageId } from '#ports/notifier.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import type { Faults } from '#sandbox/discord/faults.ts';
import type { ListeningDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import { ALL_ON } from '#test/support/channel.ts';

import { alarm, AT, entry, notice, stopMoved } from './facts.ts';
import { channelMessages, closeDesks, makeBot, openDesk, startStandIn } from './harness.ts';

const submitted = entry({ status: 'submitted', at: AT });
const cancelled = entry({ status: 'cancelled', at: AT, reason: 'not filled' });
const KEY = 'entry:2025-11-28-1030-NVDA';

/** A notifier whose gateway was never started: cards need none. */
async function openNotifier(changes: Partial<DiscordBotOptions> = {}) {
  const standIn = await startStandIn();
  const { bot, lines } = makeBot(`${standIn.url}/api`, changes);
  return { notifier: bot.notifier, standIn, lines };
}

const deliveryError = (work: Promise<unknown>): Promise<DeliveryError> =>
  work.then(
    () => {
      throw new Error('it was delivered');
    },
    (error: unknown) => {
      if (error instanceof DeliveryError) return error;
      throw error;
    },
  );

describe('a card', () => {
  afterEach(closeDesks);

  it('is posted without a connection to the gateway', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(submitted, KEY);
    expect(channelMessages({ standIn })).toMatchObject([
      {
        id,
        embeds: [
          {
            title: '⏳ BUY 120 NVDA: bracket sent, limit $182.40',
            footer: { text: expect.stringMatching(/^2025-11-28-1030-NVDA · SANDBOX · #[\w-]{8}$/) },
          },
        ],
      },
    ]);
  });

  it('mentions nobody, whatever its text', async () => {
    const { notifier, standIn } = await openNotifier();
    const text = `@everyone <@${SANDBOX_DISCORD.people.admin}> <@&${SANDBOX_DISCORD.roles.admin}>`;
    await notifier.post({ ...alarm, title: text, text }, 'alarm');
    expect(channelMessages({ standIn })).toMatchObject([
      { mention_everyone: false, mentions: [], mention_roles: [] },
    ]);
  });

  it('whose reply was lost is not doubled when it is posted again', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext({ kind: 'drop-after' }, 1, /^POST .*messages$/);
    const lost = await deliveryError(notifier.post(submitted, KEY));
    expect(lost.permanent).toBe(false);
    const id = await notifier.post(submitted, KEY);
    expect(channelMessages({ standIn }).map((message) => message.id)).toEqual([id]);
  });

  it('is found by its key long after Discord has forgotten the nonce, but none of a person’s is', async () => {
    const { notifier, standIn } = await openNotifier();
    expect(await notifier.find(KEY)).toBeNull();
    const id = await notifier.post(submitted, KEY);
    const [message] = channelMessages({ standIn });
    const mark = message!.embeds[0]!.footer!.text.slice(-9);
    await standIn.act({ kind: 'say', as: 'admin', content: `look at ${mark}` });
    for (let other = 0; other < 120; other += 1) await notifier.post(alarm, `alarm:${other}`);
    expect(await notifier.find(KEY)).toBe(id);
    expect(await notifier.find('entry:another')).toBeNull();
  });

  it('is not looked for where the bot may not read', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext({ kind: 'status', status: 403 }, 1, /^GET .*messages$/);
    expect(await notifier.find(KEY)).toBeNull();
    await notifier.post(submitted, KEY);
    standIn.faults.failNext({ kind: 'status', status: 500 }, 1, /^GET .*messages$/);
    expect(await deliveryError(notifier.find(KEY))).toMatchObject({ permanent: false });
  });

  it('with another key is another message, though it says the same', async () => {
    const { notifier, standIn } = await openNotifier();
    await notifier.post(alarm, 'alarm:1');
    await notifier.post(alarm, 'alarm:2');
    expect(channelMessages({ standIn })).toHaveLength(2);
  });

  it('is edited in place as it goes on', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(submitted, KEY);
    expect(await notifier.edit(id, cancelled)).toBe('edited');
    expect(channelMessages({ standIn })).toMatchObject([
      { id, embeds: [{ title: '✖️ NOT FILLED: BUY 120 NVDA @ $182.40 · no position' }] },
    ]);
  });

  it('that someone has deleted is reported as gone, not as a failure', async () => {
    const { notifier } = await openNotifier();
    expect(await notifier.edit('1199999999999999999' as MessageId, cancelled)).toBe('message-gone');
  });

  it('waits out a short rate limit', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext({ kind: 'status', status: 429, retryAfterMs: 50 }, 1);
    await notifier.post(submitted, KEY);
    expect(channelMessages({ standIn })).toHaveLength(1);
  });

  it('is handed back at once when the rate limit is long', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext({ kind: 'status', status: 429, retryAfterMs: 600_000 }, 1);
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error.permanent).toBe(false);
  });
});

describe('how a card is posted', () => {
  afterEach(closeDesks);

  const { trader, admin } = SANDBOX_DISCORD.roles;
  const mentions = { warning: trader, critical: admin };
  it('is without a notification where its kind is silent, and stays so when it is edited', async () => {
    const { standIn, notifier } = await openNotifier({ cards: { ...ALL_ON, entry: 'silent' } });
    const id = await notifier.post(submitted, KEY);
    await notifier.post(alarm, 'alarm');
    await notifier.edit(id, cancelled);
    expect(channelMessages({ standIn }).map(({ flags }) => flags)).toEqual([
      MessageFlags.SuppressNotifications,
      0,
    ]);
  });

  it('of several is without a notification where the kind of its members is silent', async () => {
    const { standIn, notifier } = await openNotifier({ cards: { ...ALL_ON, notice: 'silent' } });
    await notifier.post({ kind: 'batch', members: [{ key: 'n', card: notice }] }, 'batch:1');
    await notifier.post({ kind: 'batch', members: [{ key: 's', card: stopMoved }] }, 'batch:2');
    expect(channelMessages({ standIn }).map(({ flags }) => flags)).toEqual([
      MessageFlags.SuppressNotifications,
      0,
    ]);
  });

  it.each<[string, Card, string[]]>([
    ['nobody of what asks nothing', cancelled, []],
    ['its role of a warning', { ...notice, tone: 'warning' }, [trader]],
    ['its role of what is critical', alarm, [admin]],
  ])('mentions %s', async (_, card, roles) => {
    const { standIn, notifier } = await openNotifier({ mentions });
    await notifier.post(card, 'key');
    expect(channelMessages({ standIn })).toMatchObject([
      { mention_roles: roles, content: roles.map((role) => `<@&${role}>`).join('') },
    ]);
  });

  it('mentions nobody where no role is set for its severity', async () => {
    const { standIn, notifier } = await openNotifier({
      mentions: { warning: trader, critical: null },
    });
    await notifier.post(alarm, 'alarm');
    expect(channelMessages({ standIn })).toMatchObject([{ content: '', mention_roles: [] }]);
  });

  it('mentions its role and no other that its text names', async () => {
    const { standIn, notifier } = await openNotifier({ mentions });
    await notifier.post({ ...alarm, title: `<@&${trader}> @everyone` }, 'alarm');
    expect(channelMessages({ standIn })).toMatchObject([
      { mention_roles: [admin], mention_everyone: false },
    ]);
  });

  it('still mentions its role when Discord refuses all but its title', async () => {
    const { standIn, notifier } = await openNotifier({ mentions });
    standIn.faults.failNext(status(400), 1, /messages$/);
    await notifier.post(alarm, 'alarm');
    expect(channelMessages({ standIn })).toMatchObject([{ mention_roles: [admin], embeds: [] }]);
  });

  it('takes the mention away when it no longer matters', async () => {
    const { standIn, notifier } = await openNotifier({ mentions });
    const id = await notifier.post({ ...notice, tone: 'warning' }, 'notice');
    await notifier.edit(id, notice);
    expect(channelMessages({ standIn })).toMatchObject([{ content: '' }]);
  });
});

const picture = (altText = 'NVDA rose'): ChartImage => ({
  png: Uint8Array.from([0x89, 0x50, 0x4e, 0x47]),
  width: 1,
  height: 1,
  altText,
  fileName: 'nvda-candles.png',
});
const inChannel = (image: ChartImage | null) => ({ thread: null, image });
const pictures = (standIn: ListeningDiscordStandIn) =>
  channelMessages({ standIn }).map(({ embeds }) => embeds[0]?.image?.url ?? null);

describe('the picture of a card', () => {
  afterEach(closeDesks);

  it('is in its embed, and not a second time under it', async () => {
    const { notifier, standIn } = await openNotifier();
    await notifier.post(submitted, KEY, inChannel(picture()));
    expect(channelMessages({ standIn })).toMatchObject([
      {
        attachments: [],
        embeds: [{ image: { url: expect.stringMatching(/nvda-candles\.png$/) } }],
      },
    ]);
  });

  it('comes with an edit, and the one before goes', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(submitted, KEY);
    await notifier.edit(id, cancelled, picture());
    const [first] = pictures(standIn);
    await notifier.edit(id, cancelled, picture());
    const [second] = pictures(standIn);
    expect(first).toMatch(/nvda-candles\.png$/);
    expect(second).toMatch(/nvda-candles\.png$/);
    expect(second).not.toBe(first);
    expect((await fetch(`${standIn.url}${first}`)).status, 'no longer kept').toBe(404);
  });

  it('goes with an edit that has none', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(submitted, KEY, inChannel(picture()));
    await notifier.edit(id, cancelled);
    expect(channelMessages({ standIn })).toMatchObject([{ attachments: [] }]);
    expect(pictures(standIn)).toEqual([null]);
  });

  it('is left out when Discord refuses the card', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext(status(413), 1, /messages$/);
    await notifier.post(submitted, KEY, inChannel(picture()));
    expect(channelMessages({ standIn })).toMatchObject([{ attachments: [], embeds: [] }]);
  });

  it('has words that Discord takes, however long they are', async () => {
    const { notifier, standIn } = await openNotifier();
    await notifier.post(submitted, KEY, inChannel(picture('x'.repeat(5_000))));
    expect(pictures(standIn)).toHaveLength(1);
  });
});

const { channelId } = SANDBOX_DISCORD;
const NAME = 'NVDA long · 2025-11-28 #1030';
const titlesIn = (standIn: ListeningDiscordStandIn, id: string) =>
  standIn.messages(id).map(({ embeds }) => embeds[0]?.title?.split(':')[0]);

const archive = (standIn: ListeningDiscordStandIn, id: string) =>
  fetch(`${standIn.url}/api/v10/channels/${id}`, {
    method: 'PATCH',
    headers: {
      authorization: `Bot ${SANDBOX_DISCORD.token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ archived: true }),
  });

/** A notifier with an entry's message, and a posting into its thread. */
async function openThread() {
  const desk = await openNotifier();
  const on = await desk.notifier.post(submitted, KEY);
  return { ...desk, on, inThread: { thread: { on, name: NAME }, image: null } };
}

describe('the thread of a trade', () => {
  afterEach(closeDesks);

  it('hangs on its entry’s message, and is started once', async () => {
    const { notifier, standIn, on } = await openThread();
    await notifier.startThread({ on, name: NAME });
    await notifier.startThread({ on, name: NAME });
    expect(channelMessages({ standIn })).toMatchObject([
      { id: on, thread: { id: on, name: NAME } },
    ]);
  });

  it('is started by its first card when it is not there', async () => {
    const { notifier, standIn, on, inThread } = await openThread();
    await notifier.post(stopMoved, 'stop', inThread);
    expect(titlesIn(standIn, on)).toEqual(['🛡 STOP TIGHTENED']);
    expect(titlesIn(standIn, channelId)).toHaveLength(1);
  });

  it('has its cards edited in it', async () => {
    const { notifier, standIn, on, inThread } = await openThread();
    const id = await notifier.post(stopMoved, 'stop', inThread);
    expect(await notifier.edit(id, { ...stopMoved, to: stopMoved.from })).toBe('edited');
    expect(titlesIn(standIn, on)).toEqual(['🛡 STOP REPLACED']);
  });

  it('is where its card is looked for, and then in the channel', async () => {
    const { notifier, on, inThread } = await openThread();
    expect(await notifier.find('stop', inThread.thread), 'no thread yet').toBeNull();
    const id = await notifier.post(stopMoved, 'stop', inThread);
    expect(await notifier.find('stop', inThread.thread)).toBe(id);
    expect(await notifier.find('stop'), 'not in the channel').toBeNull();
    expect(await notifier.find(KEY, inThread.thread)).toBe(on);
  });

  it('is taken out of the archive once for an edit', async () => {
    const { notifier, standIn, on, inThread } = await openThread();
    const id = await notifier.post(stopMoved, 'stop', inThread);
    await archive(standIn, on);
    expect(await notifier.edit(id, { ...stopMoved, to: stopMoved.from })).toBe('edited');
    expect(titlesIn(standIn, on)).toEqual(['🛡 STOP REPLACED']);
  });

  it('is taken out of the archive by a new card', async () => {
    const { notifier, standIn, on, inThread } = await openThread();
    await notifier.startThread({ on, name: NAME });
    await archive(standIn, on);
    await notifier.post(stopMoved, 'stop', inThread);
    expect(channelMessages({ standIn })).toMatchObject([
      { thread: { thread_metadata: { archived: false } } },
    ]);
  });

  it.each([
    ['there are too many', { kind: 'status', status: 400, code: 160_006 }],
    ['the bot may not start one', { kind: 'status', status: 403, code: 50_013 }],
  ] as const)('gives its cards to the channel when %s', async (_, fault) => {
    const { bot, standIn } = await openDesk();
    const on = await bot.notifier.post(submitted, KEY);
    standIn.faults.failNext(fault, 1, /threads$/);
    const inThread = { thread: { on, name: NAME }, image: null };
    const id = await bot.notifier.post(stopMoved, 'stop', inThread);
    expect(channelMessages({ standIn }).map((message) => message.id)).toContain(id);
    expect(bot.notifier.state(), 'the channel itself is open').toBe('ready');
  });

  it('keeps its card waiting while Discord only has trouble', async () => {
    const { notifier, standIn, inThread } = await openThread();
    standIn.faults.failNext({ kind: 'status', status: 503 }, 1, /threads$/);
    expect((await deliveryError(notifier.post(stopMoved, 'stop', inThread))).permanent).toBe(false);
    expect(titlesIn(standIn, channelId)).toHaveLength(1);
  });

  it('takes a lost reply to its start for a start', async () => {
    const { notifier, standIn, on, inThread } = await openThread();
    standIn.faults.failNext({ kind: 'drop-after' }, 1, /threads$/);
    await deliveryError(notifier.post(stopMoved, 'stop', inThread));
    await notifier.post(stopMoved, 'stop', inThread);
    expect(titlesIn(standIn, on)).toEqual(['🛡 STOP TIGHTENED']);
  });

  it('that cannot be started is no trouble of the entry’s card', async () => {
    const { notifier, standIn, lines, on } = await openThread();
    standIn.faults.failNext({ kind: 'status', status: 500 }, 1, /threads$/);
    await notifier.startThread({ on, name: NAME });
    expect(lines).toMatchObject([{ level: 'warn', message: 'a thread was not started' }]);
  });
});

describe('a pin', () => {
  afterEach(closeDesks);

  it('is set, seen and taken away', async () => {
    const { notifier } = await openNotifier();
    const id = await notifier.post(alarm, 'one');
    await notifier.post(alarm, 'two');
    await notifier.setPinned(id, true);
    expect(await notifier.pinned()).toEqual([id]);
    await notifier.setPinned(id, false);
    expect(await notifier.pinned()).toEqual([]);
  });
});

type Fault = Parameters<Faults['failNext']>[0];
const status = (code: number): Fault => ({ kind: 'status', status: code });

describe('a card that Discord cannot take', () => {
  afterEach(closeDesks);

  const text = /^⏳ BUY 120 NVDA: bracket sent, limit \$182\.40\n.*Discord refused.*400/s;

  it('is posted as its title and a note', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext(status(400), 1, /messages$/);
    const id = await notifier.post(submitted, KEY);
    expect(channelMessages({ standIn })).toMatchObject([
      { id, embeds: [], content: expect.stringMatching(text) },
    ]);
  });

  it('replaces what the message showed by its title and a note', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(cancelled, KEY);
    standIn.faults.failNext(status(400), 1, /^PATCH/);
    expect(await notifier.edit(id, submitted)).toBe('edited');
    expect(channelMessages({ standIn })).toMatchObject([
      { id, embeds: [], content: expect.stringMatching(text) },
    ]);
  });

  it('leaves no note behind once the message can be shown again', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext(status(400), 1, /messages$/);
    const id = await notifier.post(submitted, KEY);
    await notifier.edit(id, cancelled);
    expect(channelMessages({ standIn })).toMatchObject([
      {
        id,
        content: '',
        embeds: [{ title: '✖️ NOT FILLED: BUY 120 NVDA @ $182.40 · no position' }],
      },
    ]);
  });
});

describe('a card that this version cannot show', () => {
  afterEach(closeDesks);

  const strange = { ...alarm, kind: 'of-a-later-version' } as unknown as Card;
  const text = /^⚠ A message of the kind of-a-later-version is missing: this version/;

  it('is told of, and keeps no other back', async () => {
    const { notifier, standIn, lines } = await openNotifier();
    const id = await notifier.post(strange, 'strange');
    expect(channelMessages({ standIn })).toMatchObject([
      { id, embeds: [], content: expect.stringMatching(text) },
    ]);
    expect(lines).toContainEqual(expect.objectContaining({ kind: 'of-a-later-version' }));
    expect(await notifier.find('strange')).toBe(id);
  });

  it('takes away what its message told before', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(submitted, KEY);
    expect(await notifier.edit(id, strange)).toBe('edited');
    expect(channelMessages({ standIn })).toMatchObject([
      { id, embeds: [], content: expect.stringMatching(text) },
    ]);
  });
});

describe('a failed delivery', () => {
  afterEach(closeDesks);

  it.each<[string, Fault]>([
    ['403, a channel that is closed to the bot', status(403)],
    ['404, a channel that is gone', status(404)],
    ['500', status(500)],
    ['502', status(502)],
    ['503', status(503)],
    ['a broken connection', { kind: 'drop-before' }],
  ])('by %s may be tried again', async (_, fault) => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext(fault, 1, /messages$/);
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error.permanent).toBe(false);
    expect(channelMessages({ standIn })).toEqual([]);
  });

  it.each([400, 413])('by %d, also of its plain version, is permanent', async (code) => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext(status(code), 2, /messages$/);
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error.permanent).toBe(true);
    expect(channelMessages({ standIn })).toEqual([]);
  });

  it('because nothing listens there may be tried again', async () => {
    const { notifier, standIn } = await openNotifier();
    await standIn.stop();
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error).toMatchObject({
      permanent: false,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('to a channel that does not exist keeps the card and says what to mend', async () => {
    const standIn = await startStandIn();
    const { bot } = makeBot(`${standIn.url}/api`, { channelId: '1100000000000009999' });
    const error = await deliveryError(bot.notifier.post(submitted, KEY));
    expect(error.permanent).toBe(false);
    expect(error.message).toMatch(
      /^404 10003: Unknown Channel\. .*DISCORD_CHANNEL_ID.*1100000000000009999/,
    );
    expect(bot.notifier.state()).toBe('down');
  });

  it('to a closed channel brings the channel down until a card gets through', async () => {
    const { bot, standIn } = await openDesk();
    const { notifier } = bot;
    expect(notifier.state()).toBe('ready');
    standIn.faults.failNext(status(403), 1, /messages$/);
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error.message).toMatch(/View Channel.*Send Messages.*Embed Links/);
    expect(notifier.state()).toBe('down');
    await notifier.post(submitted, KEY);
    expect(notifier.state()).toBe('ready');
  });

  it('of an edit in a closed channel is no reason to post anew', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(submitted, KEY);
    standIn.faults.failNext(status(403), 1, /^PATCH/);
    const error = await deliveryError(notifier.edit(id, cancelled));
    expect(error.permanent).toBe(false);
    expect(notifier.state()).toBe('down');
  });

  it('by a wrong token keeps the card, asks Discord only once, and brings the adapter down', async () => {
    const standIn = await startStandIn();
    const { bot, lines } = makeBot(`${standIn.url}/api`, { token: 'wrong' });
    const first = await deliveryError(bot.notifier.post(submitted, KEY));
    expect(first).toMatchObject({ permanent: false, message: expect.stringMatching(/^401/) });
    await standIn.stop();
    const second = await deliveryError(bot.notifier.post(submitted, KEY));
    expect(second).toMatchObject({
      permanent: false,
      message: 'Discord does not accept the token',
    });
    expect(bot.state()).toBe('down');
    expect(lines).toMatchObject([{ level: 'error', reason: 'Discord does not accept the token' }]);
  });

  it('says what Discord said and no more: addresses and bodies stay out of the log', async () => {
    const desk = await openDesk();
    desk.standIn.faults.failNext({ kind: 'status', status: 500 }, 1, /messages$/);
    const error = await deliveryError(desk.bot.notifier.post(submitted, KEY));
    expect(error.message).toBe('500: Internal Server Error');
    expect(JSON.stringify(error)).not.toMatch(/token|127\.0\.0\.1/);
  });
});

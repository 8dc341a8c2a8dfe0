import { once } from 'node:events';

import {
  AttachmentBuilder,
  Client,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  MessageFlags,
  Status,
} from 'discord.js';
import type { Interaction, Message } from 'discord.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import type { Action } from '#sandbox/discord/human/actions.ts';
import { eventually } from '#test/support/eventually.ts';

import { COMMANDS, openDesk } from './bot.ts';
import type { Desk } from './bot.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const files = (name: string) => [new AttachmentBuilder(Buffer.from(name), { name })];

describe('an unmodified discord.js client in the sandbox', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.standIn.faults.clear());
  afterAll(() => desk.stop());

  const act = (action: Action) => desk.standIn.act(action);
  const posted = () => desk.standIn.messages(SANDBOX_DISCORD.channelId);
  const sendOnce = (nonce: string) =>
    desk.bot.channel.send({ content: 'once', nonce, enforceNonce: true });
  const last = () => posted().at(-1)!;

  it('logs in and finds its guild, its channel, the roles and the people', () => {
    const guild = desk.bot.client.guilds.cache.get(SANDBOX_DISCORD.guildId)!;
    expect(desk.bot.client.user.id).toBe(SANDBOX_DISCORD.applicationId);
    expect(guild.channels.cache.has(SANDBOX_DISCORD.channelId)).toBe(true);
    expect(guild.roles.cache.get(SANDBOX_DISCORD.roles.admin)?.name).toBe('admin');
    expect(guild.members.cache.get(SANDBOX_DISCORD.people.trader)?.displayName).toBe('Theo');
  });

  it('may do in the channel what a bot needs', () => {
    const { channel, client } = desk.bot;
    const granted = channel.permissionsFor(client.user)?.toArray();
    expect(granted).toEqual(
      expect.arrayContaining(['SendMessages', 'EmbedLinks', 'AttachFiles', 'ReadMessageHistory']),
    );
  });

  it('reads back the commands it registered', async () => {
    const commands = await desk.bot.client.guilds.cache
      .get(SANDBOX_DISCORD.guildId)!
      .commands.fetch();
    expect([...commands.values()].map(({ name }) => name).toSorted()).toEqual(
      COMMANDS.map(({ name }) => name).toSorted(),
    );
  });

  it('posts, edits, reads and deletes a message', async () => {
    const message = await desk.bot.channel.send({ content: 'NVDA entry', flags: [4096] });
    expect(message.flags.has(MessageFlags.SuppressNotifications)).toBe(true);
    await message.edit('NVDA filled');
    const read = await desk.bot.channel.messages.fetch({ message: message.id, force: true });
    expect(read.content).toBe('NVDA filled');
    expect(read.editedTimestamp).not.toBeNull();
    await message.delete();
    await expect(
      desk.bot.channel.messages.fetch({ message: message.id, force: true }),
    ).rejects.toMatchObject({ code: 10_008 });
  });

  it('attaches files, and shows one in an embed instead of the list', async () => {
    const message = await desk.bot.channel.send({
      embeds: [new EmbedBuilder().setTitle('Chart').setImage('attachment://chart.png')],
      files: [
        new AttachmentBuilder(PNG, { name: 'chart.png', description: 'Equity by day' }),
        new AttachmentBuilder(Buffer.from('a,b\n1,2\n'), { name: 'trades.csv' }),
      ],
    });
    expect([...message.attachments.values()].map(({ name }) => name)).toEqual(['trades.csv']);
    const image = message.embeds[0]!.image!;
    expect(image).toMatchObject({ width: 1, height: 1 });
    const answer = await fetch(image.url);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(PNG);
  });

  it('replaces the files of a message by those of an edit, unless it keeps them by name', async () => {
    const message = await desk.bot.channel.send({ content: 'x', files: files('one.txt') });
    const [first] = message.attachments.values();
    const kept = await message.edit({ attachments: [first!], files: files('two.txt') });
    expect([...kept.attachments.values()].map(({ name }) => name)).toEqual(['one.txt', 'two.txt']);
    const replaced = await message.edit({ files: files('three.txt') });
    expect([...replaced.attachments.values()].map(({ name }) => name)).toEqual(['three.txt']);
    expect((await fetch(first!.url)).status).toBe(404);
  });

  it('keeps one copy of a message that is sent twice with one nonce', async () => {
    const first = await sendOnce('event-1');
    const before = posted().length;
    const second = await sendOnce('event-1');
    expect(second.id).toBe(first.id);
    expect(posted()).toHaveLength(before);
  });

  it('mentions a role only when the message allows it', async () => {
    const content = `<@&${SANDBOX_DISCORD.roles.trader}> look`;
    const silent = await desk.bot.channel.send(content);
    const loud = await desk.bot.channel.send({
      content,
      allowedMentions: { roles: [SANDBOX_DISCORD.roles.trader] },
    });
    expect(silent.mentions.roles.size).toBe(0);
    expect([...loud.mentions.roles.keys()]).toEqual([SANDBOX_DISCORD.roles.trader]);
  });

  it('opens a thread under a message, posts in it, and hears that a second one exists', async () => {
    const starter = await desk.bot.channel.send('AAPL entry');
    const thread = await starter.startThread({ name: 'AAPL #1', autoArchiveDuration: 1440 });
    expect(thread.id).toBe(starter.id);
    await thread.send('stop moved');
    expect(desk.standIn.messages(thread.id).map(({ content }) => content)).toEqual(['stop moved']);
    await thread.setArchived(true);
    expect(thread.archived).toBe(true);
    const again = await desk.bot.client.rest
      .post(`/channels/${starter.channelId}/messages/${starter.id}/threads`, {
        body: { name: 'again' },
      })
      .catch((error: unknown) => error);
    expect(again).toMatchObject({ code: 160_004 });
  });

  it('pins a message, says so in the channel, and lists it', async () => {
    const message = await desk.bot.channel.send('HALTED');
    await message.pin();
    expect(last().type).toBe(6);
    const pins = await desk.bot.channel.messages.fetchPins();
    expect(pins.items.map((pin) => pin.message.id)).toEqual([message.id]);
    await message.unpin();
    expect((await desk.bot.channel.messages.fetchPins()).items).toEqual([]);
  });

  it('reacts to a message and takes it back', async () => {
    const message = await desk.bot.channel.send('noted?');
    await message.react('✅');
    expect(last().reactions).toMatchObject([{ emoji: { name: '✅' }, count: 1 }]);
    const read = await desk.bot.channel.messages.fetch({ message: message.id, force: true });
    await read.reactions.cache.get('✅')!.users.remove();
    expect(last().reactions).toEqual([]);
  });

  it('answers a command with an embed that names who asked', async () => {
    const { reaction } = await act({ kind: 'slash', as: 'viewer', command: 'status' });
    expect(reaction).toMatchObject({
      kind: 'replied',
      message: {
        embeds: [{ title: 'Status', description: 'Asked by vera' }],
        interaction: { name: 'status', user: { username: 'vera' } },
      },
    });
  });

  it('defers, fills the deferred answer without calling it edited, and follows up', async () => {
    const { interactionId, reaction } = await act({
      kind: 'slash',
      as: 'trader',
      command: 'slow',
    });
    expect(reaction).toMatchObject({ kind: 'deferred', message: { flags: 128, content: '' } });
    const answer = await desk.standIn.settled(interactionId!);
    expect(answer).toMatchObject({ content: 'Thought it over', edited_timestamp: null, flags: 0 });
    await eventually(() => expect(last().content).toBe('And one more thing'));
    expect(last().referenced_message?.id).toBe(answer.id);
  });

  it('shows an ephemeral answer to the asking person alone', async () => {
    const { interactionId } = await act({
      kind: 'slash',
      as: 'admin',
      command: 'secret',
      options: { whom: SANDBOX_DISCORD.people.viewer },
    });
    const answer = await desk.standIn.settled(interactionId!);
    await eventually(async () => {
      expect(await contentFor('admin', answer.id)).toBe('Between us two');
    });
    expect(await contentFor('trader', answer.id)).toBeUndefined();
    expect(desk.bot.heard).toContain('Vera');
  });

  async function contentFor(as: string, id: string): Promise<string | undefined> {
    const answer = await fetch(`${desk.standIn.url}/sandbox/messages?as=${as}`);
    const { messages } = (await answer.json()) as { messages: { id: string; content: string }[] };
    return messages.find((message) => message.id === id)?.content;
  }

  it('suggests while an option is typed', async () => {
    const { reaction } = await act({
      kind: 'autocomplete',
      as: 'trader',
      command: 'close',
      options: { symbol: 'a' },
      focused: 'symbol',
    });
    expect(reaction).toEqual({
      kind: 'suggested',
      choices: [
        { name: 'AAPL +1.2 R', value: 'AAPL' },
        { name: 'AMD +1.2 R', value: 'AMD' },
      ],
    });
  });

  it('hands over options of every kind, and the sub-command', async () => {
    const options = { symbol: 'AMD', type: 'limit', percent: '50' };
    const closing = await act({ kind: 'slash', as: 'trader', command: 'close', options });
    expect(closing.reaction).toMatchObject({ message: { content: 'Closing AMD limit 50%' } });
    const config = await act({ kind: 'slash', as: 'admin', command: 'config show' });
    expect(config.reaction).toMatchObject({ message: { content: 'config show' } });
  });

  it('updates a message when its button is pressed', async () => {
    const { reaction } = await act({ kind: 'slash', as: 'trader', command: 'halt' });
    const { id } = (reaction as { message: { id: string } }).message;
    const pressed = await act({ kind: 'click', as: 'admin', messageId: id, customId: 'halt:yes' });
    expect(pressed.reaction).toMatchObject({
      kind: 'updated',
      message: { id, content: 'halt:yes by ada', components: [] },
    });
  });

  it('notes a choice in a menu first and changes the message after', async () => {
    const { reaction } = await act({ kind: 'slash', as: 'trader', command: 'halt' });
    const { id } = (reaction as { message: { id: string } }).message;
    const chosen = await act({
      kind: 'select',
      as: 'trader',
      messageId: id,
      customId: 'level',
      values: ['flatten'],
    });
    expect(chosen.reaction.kind).toBe('noted');
    await eventually(() => expect(last()).toMatchObject({ id, content: 'Level flatten' }));
  });

  it('asks in a dialog and hears what was written there', async () => {
    const { interactionId, reaction } = await act({ kind: 'slash', as: 'trader', command: 'note' });
    expect(reaction).toMatchObject({ kind: 'asked', modal: { title: 'A note' } });
    const sent = await act({
      kind: 'modal',
      as: 'trader',
      interactionId: interactionId!,
      values: { text: 'all quiet' },
    });
    expect(sent.reaction).toMatchObject({ message: { content: 'Noted: all quiet' } });
  });

  it('is refused a second answer to one interaction', async () => {
    const heard = new Promise<Interaction>((resolve) => {
      desk.bot.client.once(Events.InteractionCreate, resolve);
    });
    await act({ kind: 'slash', as: 'viewer', command: 'status' });
    const { id, token } = await heard;
    const again = desk.bot.client.rest.post(`/interactions/${id}/${token}/callback`, {
      body: { type: 4, data: { content: 'again' } },
      auth: false,
    });
    await expect(again).rejects.toMatchObject({ status: 400, code: 40_060 });
  });

  it('is told to wait by a 429, and does', async () => {
    const status = { kind: 'status', status: 429, retryAfterMs: 20 } as const;
    desk.standIn.faults.failNext(status, 1, /^POST .*\/messages$/);
    const message = await desk.bot.channel.send('after the limit');
    expect(message.content).toBe('after the limit');
  });

  it('sees a 503 and a connection that breaks before anything was stored', async () => {
    const before = posted().length;
    desk.standIn.faults.failNext({ kind: 'status', status: 503 }, 1, /messages$/);
    await expect(desk.bot.channel.send('lost')).rejects.toMatchObject({ status: 503 });
    desk.standIn.faults.failNext({ kind: 'drop-before' }, 1, /messages$/);
    await expect(desk.bot.channel.send('lost')).rejects.toMatchObject({
      code: 'UND_ERR_SOCKET',
    });
    expect(posted()).toHaveLength(before);
  });

  it('finds one copy when the connection broke after storing and it sent again', async () => {
    const before = posted().length;
    desk.standIn.faults.failNext({ kind: 'drop-after' }, 1, /messages$/);
    await expect(sendOnce('event-2')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(posted()).toHaveLength(before + 1);
    expect((await sendOnce('event-2')).id).toBe(last().id);
    expect(posted()).toHaveLength(before + 1);
  });

  it('resumes after its socket dropped and answers what came meanwhile', async () => {
    const resumed = new Promise((resolve) => {
      desk.bot.client.once(Events.ShardResume, resolve);
    });
    desk.standIn.gateway.drop();
    const { reaction } = await act({ kind: 'slash', as: 'trader', command: 'status' });
    expect(reaction.kind).toBe('replied');
    await resumed;
    expect(desk.standIn.gateway.presence().isOnline).toBe(true);
  });

  it('comes again when asked to reconnect', async () => {
    const resumed = new Promise((resolve) => {
      desk.bot.client.once(Events.ShardResume, resolve);
    });
    desk.standIn.gateway.askToReconnect();
    await resumed;
    expect(desk.bot.client.ws.shards.first()?.status).toBe(Status.Ready);
  });

  const listen = async (intents: GatewayIntentBits[]) => {
    const client = new Client({ intents, rest: { api: `${desk.standIn.url}/api` } });
    const ready = once(client, Events.ClientReady);
    await client.login(SANDBOX_DISCORD.token);
    await ready;
    const heard = once(client, Events.MessageCreate) as Promise<[Message]>;
    return { client, heard };
  };

  it('hears what people write only with the intents for it', async () => {
    const { Guilds, GuildMessages, MessageContent } = GatewayIntentBits;
    const deaf = await listen([Guilds, GuildMessages]);
    const listening = await listen([Guilds, GuildMessages, MessageContent]);
    await act({ kind: 'say', as: 'trader', content: 'hello bot' });
    const [[blank], [full]] = await Promise.all([deaf.heard, listening.heard]);
    expect([blank.content, full.content]).toEqual(['', 'hello bot']);
    expect(full.member?.displayName).toBe('Theo');
    await Promise.all([deaf.client.destroy(), listening.client.destroy()]);
  });

  it('shows what it is doing', async () => {
    desk.bot.client.user.setActivity('4/4 protected', { type: 3 });
    await eventually(() =>
      expect(desk.standIn.gateway.presence().activity).toBe('Watching 4/4 protected'),
    );
  });

  it('identifies anew when its session was forgotten', async () => {
    const ready = new Promise((resolve) => {
      desk.bot.client.once(Events.ShardReady, resolve);
    });
    desk.standIn.gateway.forgetSessions();
    desk.standIn.gateway.drop();
    await ready;
    expect(desk.standIn.gateway.presence().isOnline).toBe(true);
    expect(desk.bot.errors).toEqual([]);
  });

  it('is gone at once when it says goodbye', async () => {
    await desk.bot.stop();
    await eventually(() => expect(desk.standIn.gateway.presence().isOnline).toBe(false));
    await expect(act({ kind: 'slash', as: 'viewer', command: 'status' })).rejects.toMatchObject({
      code: 'bot-offline',
    });
  });
});

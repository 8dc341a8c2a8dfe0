import { once } from 'node:events';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import type { Action } from '#sandbox/discord/human/actions.ts';
import { listenDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import type { ListeningDiscordStandIn } from '#sandbox/discord/stand-in.ts';

const { applicationId, guildId, token: BOT_TOKEN } = SANDBOX_DISCORD;

interface Heard {
  readonly id: string;
  readonly token: string;
}

const reply = (content: string) => ({ type: 4, data: { content } });
const close = (options: Record<string, string | number | boolean>): Action => ({
  kind: 'slash',
  as: 'trader',
  command: 'close',
  options,
});

describe('the life of an interaction', () => {
  let standIn: ListeningDiscordStandIn;
  let socket: WebSocket;
  let heard: Heard[];
  let time = Date.now();

  beforeAll(async () => {
    standIn = await listenDiscordStandIn({ now: () => time });
    await send('PUT', `/applications/${applicationId}/guilds/${guildId}/commands`, [
      { name: 'status', description: 'How it is' },
      {
        name: 'close',
        description: 'Close a position',
        options: [
          { type: 3, name: 'symbol', description: 'Which', required: true, max_length: 5 },
          { type: 4, name: 'percent', description: 'How much', min_value: 1, max_value: 100 },
          { type: 3, name: 'how', description: 'How', choices: [{ name: 'Market', value: 'm' }] },
          { type: 5, name: 'now', description: 'At once' },
          { type: 8, name: 'role', description: 'For whom' },
        ],
      },
      { name: 'config', description: 'Settings', default_member_permissions: '0' },
    ]);
    socket = await identify();
  });
  beforeEach(() => {
    heard = [];
  });
  afterAll(async () => {
    socket.close();
    await standIn.stop();
  });

  async function identify(): Promise<WebSocket> {
    const client = new WebSocket(`${standIn.url.replace('http', 'ws')}/gateway?v=10&encoding=json`);
    await once(client, 'open');
    const ready = new Promise<void>((resolve) => {
      client.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as { t?: string; d: Heard };
        if (frame.t === 'GUILD_CREATE') resolve();
        if (frame.t === 'INTERACTION_CREATE') heard.push(frame.d);
      });
    });
    client.send(JSON.stringify({ op: 2, d: { token: BOT_TOKEN, intents: 1 } }));
    await ready;
    return client;
  }

  async function send(method: string, path: string, body?: unknown) {
    const answer = await fetch(`${standIn.url}/api/v10${path}`, {
      method,
      headers: { Authorization: `Bot ${BOT_TOKEN}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const parsed = text === '' ? null : (JSON.parse(text) as { code?: number });
    return { status: answer.status, code: parsed?.code, body: parsed };
  }

  const act = (action: Action) => standIn.act(action);
  const status = { kind: 'slash', as: 'viewer', command: 'status' } as const;
  const callback = ({ id, token }: Heard, body: unknown) =>
    send('POST', `/interactions/${id}/${token}/callback`, body);
  const original = ({ token }: Heard) => `/webhooks/${applicationId}/${token}/messages/@original`;

  /** A command that was called and reached the bot, which has not answered yet. */
  async function called(action: Action = status): Promise<Heard> {
    const before = heard.length;
    void act(action);
    await expect.poll(() => heard.length).toBe(before + 1);
    return heard.at(-1)!;
  }

  it('carries all that a client needs to build its objects', async () => {
    const interaction = await called({
      kind: 'slash',
      as: 'trader',
      command: 'close',
      options: { symbol: 'AAPL', now: 'true', role: SANDBOX_DISCORD.roles.admin },
    });
    expect(interaction).toMatchObject({
      type: 2,
      application_id: applicationId,
      guild_id: guildId,
      channel: { id: SANDBOX_DISCORD.channelId },
      member: { user: { username: 'theo' }, roles: [SANDBOX_DISCORD.roles.trader] },
      entitlements: [],
      authorizing_integration_owners: { 0: guildId },
      data: {
        name: 'close',
        options: [
          { name: 'symbol', type: 3, value: 'AAPL' },
          { name: 'now', type: 5, value: true },
          { name: 'role', type: 8 },
        ],
        resolved: { roles: { [SANDBOX_DISCORD.roles.admin]: { name: 'admin' } } },
      },
    });
    await callback(interaction, reply('ok'));
  });

  it('is unknown three seconds later', async () => {
    const interaction = await called();
    time += 3_001;
    expect(await callback(interaction, reply('late'))).toMatchObject({ status: 404, code: 10_062 });
  });

  it('is unknown under a wrong token', async () => {
    const interaction = await called();
    const forged = { ...interaction, token: 'wrong' };
    expect(await callback(forged, reply('x'))).toMatchObject({ status: 404, code: 10_062 });
  });

  it('can be answered once', async () => {
    const interaction = await called();
    expect((await callback(interaction, reply('first'))).status).toBe(204);
    expect(await callback(interaction, reply('second'))).toMatchObject({
      status: 400,
      code: 40_060,
    });
  });

  it.each([
    ['choices to a command', { type: 8, data: { choices: [] } }],
    ['an update to a command', { type: 7, data: { content: 'x' } }],
    ['a type that is none', { type: 3 }],
    ['an overlong text', reply('x'.repeat(2001))],
  ])('refuses %s and can still be answered', async (_name, body) => {
    const interaction = await called();
    expect(await callback(interaction, body)).toMatchObject({ status: 400, code: 50_035 });
    expect((await callback(interaction, reply('ok'))).status).toBe(204);
  });

  it('has no messages before the first answer', async () => {
    const interaction = await called();
    expect(await send('PATCH', original(interaction), { content: 'x' })).toMatchObject({
      status: 404,
      code: 10_015,
    });
  });

  it('lets its answer be read, edited and deleted for fifteen minutes', async () => {
    const interaction = await called();
    await callback(interaction, reply('one'));
    time += 15 * 60_000;
    expect((await send('GET', original(interaction))).body).toMatchObject({ content: 'one' });
    time += 1;
    const late = await send('PATCH', original(interaction), { content: 'two' });
    expect(late).toMatchObject({ status: 401, code: 50_027 });
  });

  it('has no original any more once it was deleted', async () => {
    const interaction = await called();
    await callback(interaction, reply('one'));
    const path = original(interaction).replace('@', '%40');
    expect((await send('DELETE', path)).status).toBe(204);
    expect(await send('GET', path)).toMatchObject({ status: 404, code: 10_008 });
  });

  it('fills a deferred answer with the first follow-up, as private as it was promised', async () => {
    const interaction = await called();
    await callback(interaction, { type: 5, data: { flags: 64 } });
    const path = `/webhooks/${applicationId}/${interaction.token}`;
    const { body } = await send('POST', path, { content: 'done', flags: 0 });
    expect(body).toMatchObject({ content: 'done', flags: 64 });
    expect((await send('GET', original(interaction))).body).toMatchObject({ content: 'done' });
  });

  it('returns the message with its first answer when asked', async () => {
    const { id, token } = await called();
    const path = `/interactions/${id}/${token}/callback?with_response=true`;
    const { body } = await send('POST', path, { type: 5 });
    expect(body).toMatchObject({
      interaction: { id, type: 2, response_message_loading: true },
      resource: { type: 5, message: { content: '' } },
    });
  });

  it('ends in a failure that the person sees when nobody answers', async () => {
    const { reaction } = await act(status);
    expect(reaction).toEqual({ kind: 'failed', reason: 'The application did not respond' });
  });

  it.each<[string, Action, string]>([
    [
      'a command that is not registered',
      { kind: 'slash', as: 'admin', command: 'rm' },
      'unknown-command',
    ],
    [
      'a command that is hidden',
      { kind: 'slash', as: 'trader', command: 'config' },
      'unknown-command',
    ],
    ['a missing option', close({}), 'missing-option'],
    ['an option that there is not', close({ symbol: 'A', x: 1 }), 'unknown-option'],
    ['a text that is too long', close({ symbol: 'ABCDEF' }), 'invalid-option'],
    ['a number out of range', close({ symbol: 'A', percent: 101 }), 'invalid-option'],
    ['a fraction for a whole number', close({ symbol: 'A', percent: '1.5' }), 'invalid-option'],
    ['a choice that is none', close({ symbol: 'A', how: 'limit' }), 'invalid-option'],
    ['neither true nor false', close({ symbol: 'A', now: 'maybe' }), 'invalid-option'],
    [
      'suggestions for an option without',
      { kind: 'autocomplete', as: 'trader', command: 'close', focused: 'symbol' },
      'not-autocompleted',
    ],
    [
      'a press on a message that is gone',
      { kind: 'click', as: 'trader', messageId: '1', customId: 'x' },
      'unknown-message',
    ],
    [
      'a dialog that was never opened',
      { kind: 'modal', as: 'trader', interactionId: '1', values: {} },
      'unknown-modal',
    ],
    ['an empty message', { kind: 'say', as: 'trader', content: ' ' }, 'invalid-text'],
  ])("refuses %s as Discord's client would", async (_name, action, code) => {
    await expect(act(action)).rejects.toMatchObject({ name: 'Refusal', code });
    expect(heard).toEqual([]);
  });

  it('refuses controls that are disabled, gone, or before the eyes of someone else', async () => {
    const interaction = await called();
    const buttons = [
      { type: 2, style: 1, label: 'Yes', custom_id: 'yes' },
      { type: 2, style: 4, label: 'No', custom_id: 'no', disabled: true },
    ];
    await callback(interaction, {
      type: 4,
      data: { content: 'Sure?', flags: 64, components: [{ type: 1, components: buttons }] },
    });
    const { body } = await send('GET', original(interaction));
    const { id: messageId } = body as unknown as { id: string };
    const click = (as: 'viewer' | 'admin', customId: string) =>
      act({ kind: 'click', as, messageId, customId });
    await expect(click('viewer', 'no')).rejects.toMatchObject({ code: 'disabled-component' });
    await expect(click('viewer', 'maybe')).rejects.toMatchObject({ code: 'unknown-component' });
    await expect(click('admin', 'yes')).rejects.toMatchObject({ code: 'unknown-message' });
  });

  it('closes a socket that shows a wrong token, and answers heartbeats', async () => {
    const client = new WebSocket(`${standIn.url.replace('http', 'ws')}/gateway`);
    await once(client, 'message');
    client.send(JSON.stringify({ op: 1, d: null }));
    const [ack] = (await once(client, 'message')) as [Buffer];
    expect(JSON.parse(ack.toString())).toMatchObject({ op: 11 });
    client.send(JSON.stringify({ op: 2, d: { token: 'wrong', intents: 0 } }));
    const [code] = (await once(client, 'close')) as [number];
    expect(code).toBe(4004);
  });

  it('tells the person at once when no bot is there', async () => {
    standIn.gateway.forgetSessions();
    await expect(act(status)).rejects.toMatchObject({ code: 'bot-offline' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import { createDiscordStandIn } from '#sandbox/discord/stand-in.ts';

const { channelId, applicationId, guildId, token } = SANDBOX_DISCORD;
const MESSAGES = `/channels/${channelId}/messages`;
const COMMANDS = `/applications/${applicationId}/guilds/${guildId}/commands`;

interface ErrorBody {
  readonly code: number;
  readonly message: string;
  readonly errors?: unknown;
}

const letters = (count: number) => 'x'.repeat(count);
const button = (settings: object) => ({ type: 2, style: 1, label: 'Go', ...settings });
const row = (...components: object[]) => ({ type: 1, components });
const field = { name: 'n', value: 'v' };

describe("the stand-in's REST interface", () => {
  const standIn = createDiscordStandIn();
  afterAll(() => standIn.close());

  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await standIn.app.request(`/api/v10${path}`, {
      method,
      headers: { Authorization: `Bot ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as ErrorBody) };
  };
  /** The complaint as "path: code", the form in which clients print it. */
  const complaints = (errors: unknown, path = ''): string[] =>
    Object.entries((errors ?? {}) as Record<string, unknown>).flatMap(([key, value]) =>
      key === '_errors'
        ? (value as { code: string }[]).map(({ code }) => `${path}: ${code}`)
        : complaints(value, path === '' ? key : `${path}.${key}`),
    );

  it.each([
    ['a text over 2000 characters', { content: letters(2001) }, ['content: BASE_TYPE_MAX_LENGTH']],
    [
      'an embed title over 256',
      { embeds: [{ title: letters(257) }] },
      ['embeds.0.title: BASE_TYPE_MAX_LENGTH'],
    ],
    [
      'a description over 4096',
      { embeds: [{ description: letters(4097) }] },
      ['embeds.0.description: BASE_TYPE_MAX_LENGTH'],
    ],
    [
      'more than 25 fields',
      { embeds: [{ fields: Array.from({ length: 26 }, () => field) }] },
      ['embeds.0.fields: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'an empty field value',
      { embeds: [{ fields: [field, { name: 'n', value: ' ' }] }] },
      ['embeds.0.fields.1.value: BASE_TYPE_REQUIRED'],
    ],
    [
      'a field value over 1024',
      { embeds: [{ fields: [{ name: 'n', value: letters(1025) }] }] },
      ['embeds.0.fields.0.value: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'a footer over 2048',
      { embeds: [{ title: 't', footer: { text: letters(2049) } }] },
      ['embeds.0.footer.text: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'an author without a name',
      { embeds: [{ title: 't', author: {} }] },
      ['embeds.0.author.name: BASE_TYPE_REQUIRED'],
    ],
    ['an embed that says nothing', { embeds: [{}] }, ['embeds.0.description: BASE_TYPE_REQUIRED']],
    [
      'more than ten embeds',
      { embeds: Array.from({ length: 11 }, () => ({ title: 't' })) },
      ['embeds: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'more than 6000 characters over all embeds',
      { embeds: [{ description: letters(4000) }, { description: letters(2001) }] },
      ['embeds: MAX_EMBED_SIZE_EXCEEDED'],
    ],
    [
      'a colour beyond white',
      { embeds: [{ title: 't', color: 0x1_00_00_00 }] },
      ['embeds.0.color: NUMBER_TYPE_MAX'],
    ],
    [
      'an address with a foreign scheme',
      { embeds: [{ title: 't', url: 'ftp://example.test/' }] },
      ['embeds.0.url: URL_TYPE_INVALID_SCHEME'],
    ],
    [
      'a time that is none',
      { embeds: [{ title: 't', timestamp: 'noon' }] },
      ['embeds.0.timestamp: DATE_TIME_TYPE_PARSE'],
    ],
    ['a nonce over 25', { content: 'x', nonce: letters(26) }, ['nonce: BASE_TYPE_MAX_LENGTH']],
    [
      'a role list beside "parse roles"',
      {
        content: 'x',
        allowed_mentions: { parse: ['roles'], roles: [SANDBOX_DISCORD.roles.admin] },
      },
      ['allowed_mentions: MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE'],
    ],
    [
      'more than five rows',
      {
        content: 'x',
        components: [0, 1, 2, 3, 4, 5].map((id) => row(button({ custom_id: `${id}` }))),
      },
      ['components: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'more than five buttons in a row',
      {
        content: 'x',
        components: [row(...[0, 1, 2, 3, 4, 5].map((id) => button({ custom_id: `${id}` })))],
      },
      ['components.0.components: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'one custom id twice',
      {
        content: 'x',
        components: [row(button({ custom_id: 'a' })), row(button({ custom_id: 'a' }))],
      },
      ['components.1.components.0.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED'],
    ],
    [
      'a button without an id',
      { content: 'x', components: [row(button({}))] },
      ['components.0.components.0.custom_id: BUTTON_COMPONENT_CUSTOM_ID_REQUIRED'],
    ],
    [
      'a link without an address',
      { content: 'x', components: [row(button({ style: 5 }))] },
      ['components.0.components.0.url: BASE_TYPE_REQUIRED'],
    ],
    [
      'a custom id over 100',
      { content: 'x', components: [row(button({ custom_id: letters(101) }))] },
      ['components.0.components.0.custom_id: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'an unknown component',
      { content: 'x', components: [row({ type: 99 })] },
      ['components.0.components.0.type: BASE_TYPE_CHOICES'],
    ],
    [
      'an answer to a message that is not there',
      { content: 'x', message_reference: { message_id: '1200000000000000000' } },
      ['message_reference: MESSAGE_REFERENCE_UNKNOWN_MESSAGE'],
    ],
  ])('refuses %s', async (_name, message, expected) => {
    const { status, body } = await call('POST', MESSAGES, message);
    expect({ status, code: body?.code }).toEqual({ status: 400, code: 50_035 });
    expect(complaints(body?.errors)).toEqual(expected);
  });

  it('counts an emoji as one character', async () => {
    expect((await call('POST', MESSAGES, { content: '📈'.repeat(2000) })).status).toBe(200);
  });

  it.each([
    ['without content', {}],
    ['of blanks', { content: '  \n ' }],
    ['of buttons alone', { components: [row(button({ custom_id: 'a' }))] }],
  ])('refuses a message %s as empty', async (_name, message) => {
    expect(await call('POST', MESSAGES, message)).toMatchObject({
      status: 400,
      body: { code: 50_006 },
    });
  });

  it('refuses a form that is no JSON', async () => {
    const answer = await standIn.app.request(`/api/v10${MESSAGES}`, {
      method: 'POST',
      headers: { Authorization: `Bot ${token}`, 'Content-Type': 'application/json' },
      body: '{"content":',
    });
    expect(await answer.json()).toMatchObject({ code: 50_109 });
  });

  it.each([
    ['another token', 'Bot nonsense'],
    ['no token', undefined],
    ['a user token', token],
  ])('answers 401 to %s', async (_name, authorization) => {
    const answer = await standIn.app.request(`/api/v10${MESSAGES}`, {
      headers: authorization === undefined ? {} : { Authorization: authorization },
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ message: '401: Unauthorized', code: 0 });
  });

  it.each([
    ['channel', '/channels/1200000000000000000', 10_003],
    ['message', `${MESSAGES}/1200000000000000000`, 10_008],
    ['guild', '/guilds/1200000000000000000', 10_004],
    ['member', `/guilds/${guildId}/members/1200000000000000000`, 10_007],
    ['user', '/users/1200000000000000000', 10_013],
    ['command', `${COMMANDS}/1200000000000000000`, 10_063],
    ['application', '/applications/1200000000000000000/commands', 10_002],
    ['address', '/nowhere', 0],
  ])('answers 404 for an unknown %s', async (_name, path, code) => {
    expect(await call('GET', path)).toMatchObject({ status: 404, body: { code } });
  });

  it('sends no rate limit headers unless a fault is switched on', async () => {
    const answer = await standIn.app.request(`/api/v10${MESSAGES}`, {
      headers: { Authorization: `Bot ${token}` },
    });
    const names = [...answer.headers.keys()];
    expect(names.filter((name) => /rate|retry/i.test(name))).toEqual([]);
  });

  it.each([
    ['a name in capitals', { name: 'Halt', description: 'd' }, '0.name'],
    ['a name with a blank', { name: 'close all', description: 'd' }, '0.name'],
    ['no description', { name: 'halt', description: '' }, '0.description'],
    [
      'a required option after an optional one',
      {
        name: 'halt',
        description: 'd',
        options: [
          { type: 3, name: 'a', description: 'd' },
          { type: 3, name: 'b', description: 'd', required: true },
        ],
      },
      '0.options.1',
    ],
    [
      'choices beside autocomplete',
      {
        name: 'halt',
        description: 'd',
        options: [
          {
            type: 3,
            name: 'a',
            description: 'd',
            autocomplete: true,
            choices: [{ name: 'x', value: 'x' }],
          },
        ],
      },
      '0.options.0',
    ],
    [
      'an option twice',
      {
        name: 'halt',
        description: 'd',
        options: [
          { type: 3, name: 'a', description: 'd' },
          { type: 4, name: 'a', description: 'd' },
        ],
      },
      '0.options.1.name',
    ],
  ])('refuses a command with %s', async (_name, command, path) => {
    const { body } = await call('PUT', COMMANDS, [command]);
    expect(body?.code).toBe(50_035);
    expect(complaints(body?.errors).map((line) => line.split(':')[0])).toEqual([path]);
  });

  it('keeps the id of a command that is registered again, and changes one alone', async () => {
    const commands = [{ name: 'halt', description: 'Stop' }];
    const [first] = (await call('PUT', COMMANDS, commands)).body as unknown as { id: string }[];
    const [again] = (await call('PUT', COMMANDS, commands)).body as unknown as { id: string }[];
    expect(again!.id).toBe(first!.id);
    const created = await call('POST', COMMANDS, { name: 'resume', description: 'Go on' });
    expect(created.status).toBe(201);
    const edited = await call('PATCH', `${COMMANDS}/${first!.id}`, { description: 'Stop now' });
    expect(edited.body).toMatchObject({ id: first!.id, name: 'halt', description: 'Stop now' });
    expect((await call('DELETE', `${COMMANDS}/${first!.id}`)).status).toBe(204);
    expect((await call('GET', COMMANDS)).body).toMatchObject([{ name: 'resume' }]);
  });

  const contents = async (query: string) =>
    ((await call('GET', `${MESSAGES}?${query}`)).body as unknown as { content: string }[])
      .map(({ content }) => content)
      .join('');

  describe('pages', () => {
    let ids: string[];
    beforeAll(async () => {
      ids = [];
      for (const content of ['a', 'b', 'c', 'd', 'e']) {
        const { body } = await call('POST', MESSAGES, { content });
        ids.push((body as unknown as { id: string }).id);
      }
    });

    it.each([
      ['the newest first', () => 'limit=3', 'edc'],
      ['those before one', () => `limit=2&before=${ids[3]}`, 'cb'],
      ['those after one, newest first', () => `limit=2&after=${ids[1]}`, 'dc'],
      ['those around one', () => `limit=3&around=${ids[2]}`, 'dcb'],
    ])('gives %s', async (_name, query, expected) => {
      expect(await contents(query())).toBe(expected);
    });

    it('sends ids that only grow', () => {
      expect(ids).toEqual(ids.toSorted((a, b) => Number(BigInt(a) - BigInt(b))));
      expect(ids.every((id) => /^\d{17,19}$/.test(id))).toBe(true);
    });
  });
});

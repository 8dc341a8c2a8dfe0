import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import { listenDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import type { ListeningDiscordStandIn } from '#sandbox/discord/stand-in.ts';

const { channelId, applicationId, guildId, token } = SANDBOX_DISCORD;

describe("the people's side", () => {
  let standIn: ListeningDiscordStandIn;
  beforeAll(async () => {
    standIn = await listenDiscordStandIn();
  });
  afterAll(() => standIn.stop());

  const request = (path: string, init: { method?: string; headers?: object; body?: string } = {}) =>
    standIn.app.request(`${standIn.url}${path}`, init);
  const post = async (content: string) => {
    const answer = await fetch(`${standIn.url}/api/v10/channels/${channelId}/messages`, {
      method: 'POST',
      headers: { Authorization: `Bot ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ content }),
    });
    return (await answer.json()) as { id: string };
  };

  const act = (body: string) =>
    request('/sandbox/act', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
  const read = async (query: string) =>
    (await (await request(`/sandbox/messages?as=viewer${query}`)).json()) as {
      messages: { id: string; content: string }[];
      hasMore: boolean;
    };

  it.each(['/', '/sandbox/state', '/page/main.js', '/api/v10/gateway'])(
    'answers %s to no foreign host name, so that nobody can point theirs here',
    async (path) => {
      expect((await request(path, { headers: { Host: 'rebound.example' } })).status).toBe(403);
      expect((await request(path, { headers: { Host: 'localhost:8420' } })).status).toBe(200);
    },
  );

  it('takes orders from its own page alone', async () => {
    const body = JSON.stringify({ kind: 'say', as: 'admin', content: 'hello' });
    const { host } = new URL(standIn.url);
    const send = (headers: object) =>
      request('/sandbox/act', { method: 'POST', headers: { Host: host, ...headers }, body });
    const json = { 'Content-Type': 'application/json' };
    expect((await send({ ...json, Origin: 'http://127.0.0.1:1' })).status).toBe(403);
    expect((await send({ ...json, Origin: 'https://evil.example' })).status).toBe(403);
    expect((await send({ ...json, Origin: 'null' })).status).toBe(403);
    expect((await send({ 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await send({ ...json, Origin: standIn.url })).status).toBe(200);
  });

  it('serves no file but its own, and none that could run', async () => {
    expect((await request('/page/..%2Fstand-in.ts')).status).toBe(404);
    const form = new FormData();
    form.append('payload_json', '{}');
    form.append('files[0]', new Blob(['<script>alert(1)</script>']), 'x.html');
    const answer = await fetch(`${standIn.url}/api/v10/channels/${channelId}/messages`, {
      method: 'POST',
      headers: { Authorization: `Bot ${token}` },
      body: form,
    });
    const { attachments } = (await answer.json()) as { attachments: { url: string }[] };
    const file = await fetch(attachments[0]!.url);
    expect(file.headers.get('content-disposition')).toContain('attachment');
    expect(file.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('says what is wrong with an order', async () => {
    expect((await act('{')).status).toBe(400);
    expect((await act('{"kind":"dance","as":"admin"}')).status).toBe(400);
    const unknown = await act('{"kind":"slash","as":"admin","command":"rm"}');
    expect(unknown.status).toBe(422);
    expect(await unknown.json()).toMatchObject({ error: { code: 'unknown-command' } });
  });

  it('pages back from the latest hundred', async () => {
    for (let index = 0; index < 130; index += 1) await post(`${index}`);
    const latest = await read('');
    expect(latest).toMatchObject({ hasMore: true });
    expect(latest.messages).toHaveLength(100);
    expect(latest.messages.at(-1)!.content).toBe('129');
    const older = await read(`&before=${latest.messages[0]!.id}`);
    expect(older.messages.at(-1)!.content).toBe('29');
    expect(older.hasMore).toBe(false);
  });

  it('tells of single changes as they happen', async () => {
    const abort = new AbortController();
    const answer = await fetch(`${standIn.url}/sandbox/events?as=viewer`, {
      signal: abort.signal,
    });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const next = async (name: string) => {
      let text = '';
      while (!text.includes(`event: ${name}\n`)) text += (await reader.read()).value ?? '';
      return text;
    };
    await next('opened');
    const { id } = await post('live');
    expect(await next('message-posted')).toContain(`"id":"${id}"`);
    await fetch(`${standIn.url}/api/v10/channels/${channelId}/messages/${id}`, {
      method: 'DELETE',
      headers: { Authorization: `Bot ${token}` },
    });
    expect(await next('message-deleted')).toContain(id);
    await fetch(`${standIn.url}/api/v10/applications/${applicationId}/guilds/${guildId}/commands`, {
      method: 'PUT',
      headers: { Authorization: `Bot ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify([{ name: 'halt', description: 'Stop' }]),
    });
    expect(await next('commands-registered')).toContain('"path":"halt"');
    abort.abort();
  });
});

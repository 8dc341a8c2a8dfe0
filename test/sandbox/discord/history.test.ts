import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import { compareSnowflakes, createSnowflakes, snowflakeTime } from '#sandbox/discord/snowflake.ts';
import { createDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import type { DiscordStandIn } from '#sandbox/discord/stand-in.ts';
import { KEPT_MESSAGES } from '#sandbox/discord/store.ts';

const { channelId, applicationId, guildId, token } = SANDBOX_DISCORD;
const PATH = `/channels/${channelId}/messages`;

const send = async (standIn: DiscordStandIn, method: string, path: string, body: unknown = {}) => {
  const isForm = body instanceof FormData;
  const answer = await standIn.app.request(`/api/v10${path}`, {
    method,
    headers: {
      Authorization: `Bot ${token}`,
      ...(isForm ? {} : { 'Content-Type': 'application/json' }),
    },
    body: isForm ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return (text === '' ? {} : JSON.parse(text)) as { id: string; url?: string };
};
const contents = (standIn: DiscordStandIn) =>
  standIn.messages(channelId).map(({ content }) => content);

describe("the channel's history", () => {
  let folder: string;
  let dataFile: string;
  let opened: DiscordStandIn[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'channel-'));
    dataFile = join(folder, 'channel.ndjson');
    opened = [];
  });
  afterEach(() => {
    for (const standIn of opened) standIn.close();
    rmSync(folder, { recursive: true });
  });

  const start = (now = Date.now) => {
    const standIn = createDiscordStandIn({ dataFile, now });
    opened.push(standIn);
    return standIn;
  };
  const restart = (standIn: DiscordStandIn) => {
    standIn.close();
    opened = opened.filter((other) => other !== standIn);
    return start();
  };

  it('outlives a restart, with edits and deletions', async () => {
    const standIn = start();
    const first = await send(standIn, 'POST', PATH, { content: 'one' });
    const second = await send(standIn, 'POST', PATH, { content: 'two' });
    await send(standIn, 'POST', PATH, { content: 'three' });
    await send(standIn, 'PATCH', `${PATH}/${first.id}`, { content: 'one, filled' });
    await send(standIn, 'POST', `${PATH}/${first.id}/threads`, { name: 'NVDA #1' });
    await send(standIn, 'POST', `/channels/${first.id}/messages`, { content: 'stop moved' });
    await send(standIn, 'DELETE', `${PATH}/${second.id}`);
    const again = restart(standIn);
    expect(contents(again)).toEqual(['one, filled', 'three']);
    expect(again.messages(channelId)[0]?.thread?.name).toBe('NVDA #1');
    expect(again.messages(first.id).map(({ content }) => content)).toEqual(['stop moved']);
  });

  it('keeps the commands, so that the list is there before the bot is', async () => {
    const standIn = start();
    await send(standIn, 'PUT', `/applications/${applicationId}/guilds/${guildId}/commands`, [
      { name: 'halt', description: 'Stop' },
    ]);
    const answer = await restart(standIn).app.request('/sandbox/state?as=viewer');
    expect(await answer.json()).toMatchObject({ commands: [{ path: 'halt' }] });
  });

  it('keeps files, and forgets them with their message', async () => {
    const standIn = start();
    const form = new FormData();
    form.append('payload_json', JSON.stringify({ content: 'report' }));
    form.append('files[0]', new Blob(['a,b']), 'my trades.csv');
    const message = await send(standIn, 'POST', PATH, form);
    const again = restart(standIn);
    const [attachment] = again.messages(channelId)[0]!.attachments;
    expect(attachment).toMatchObject({ filename: 'my_trades.csv', size: 3 });
    const file = await again.app.request(attachment!.url);
    expect(await file.text()).toBe('a,b');
    await send(again, 'DELETE', `${PATH}/${message.id}`);
    expect(readdirSync(`${dataFile}.attachments`)).toEqual([]);
  });

  it('remembers nonces over a restart', async () => {
    const standIn = start();
    const body = { content: 'once', nonce: 'event-1', enforce_nonce: true };
    const first = await send(standIn, 'POST', PATH, body);
    const again = restart(standIn);
    expect((await send(again, 'POST', PATH, body)).id).toBe(first.id);
    expect(contents(again)).toEqual(['once']);
  });

  it('forgets a nonce after some minutes', async () => {
    let time = Date.now();
    const standIn = start(() => time);
    const body = { content: 'once', nonce: 'event-1', enforce_nonce: true };
    const first = await send(standIn, 'POST', PATH, body);
    time += 5 * 60_000;
    expect((await send(standIn, 'POST', PATH, body)).id).not.toBe(first.id);
  });

  it('drops a last line that was torn by a crash, and goes on', async () => {
    const standIn = start();
    await send(standIn, 'POST', PATH, { content: 'one' });
    appendFileSync(dataFile, '{"type":"message","mess');
    const again = restart(standIn);
    await send(again, 'POST', PATH, { content: 'two' });
    expect(contents(restart(again))).toEqual(['one', 'two']);
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['a record of no known kind', '{"type":"letter"}'],
    ['a message without an id', '{"type":"message","message":{"wire":{},"files":[]}}'],
  ])('names the file and the cure when a line is %s', (_name, line) => {
    writeFileSync(dataFile, `${line}\n`);
    expect(() => start()).toThrow(
      `The sandbox channel's history ${dataFile} is damaged in line 1. ` +
        'Delete that line to keep the rest, or move the file away to start with an empty channel.',
    );
  });

  it('keeps the last messages of very many, and writes a short file at the next start', async () => {
    const standIn = start();
    const count = KEPT_MESSAGES * 1.1 + 1;
    for (let index = 1; index <= count; index += 1) {
      await send(standIn, 'POST', PATH, { content: `${index}` });
    }
    const kept = contents(standIn);
    expect(kept).toHaveLength(KEPT_MESSAGES);
    expect(kept.at(-1)).toBe(`${count}`);
    for (let index = 0; index < 600; index += 1) {
      await send(standIn, 'PATCH', `${PATH}/${standIn.messages(channelId).at(-1)!.id}`, {
        content: `edit ${index}`,
      });
    }
    const before = readFileSync(dataFile, 'utf8').split('\n').length;
    expect(contents(restart(standIn)).at(-1)).toBe('edit 599');
    expect(readFileSync(dataFile, 'utf8').split('\n').length).toBeLessThan(before - 1_000);
  });

  it('gives ids after those on file, also when the clock was set back', async () => {
    const standIn = start();
    const first = await send(standIn, 'POST', PATH, { content: 'one' });
    standIn.close();
    opened = [];
    const again = start(() => Date.now() - 86_400_000);
    const second = await send(again, 'POST', PATH, { content: 'two' });
    expect(compareSnowflakes(first.id, second.id)).toBe(-1);
  });
});

describe('snowflakes', () => {
  it('carry their time and only ever grow, whatever the clock does', () => {
    const times = fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(times, (instants) => {
        let at = 0;
        const ids = createSnowflakes(() => instants[at]!);
        const made = instants.map((_, index) => {
          at = index;
          return ids.next();
        });
        const isGrowing = made.every(
          (id, index) => index === 0 || compareSnowflakes(made[index - 1]!, id) < 0,
        );
        const highest = Math.max(...instants);
        return (
          isGrowing &&
          snowflakeTime(made[0]!) === instants[0] &&
          snowflakeTime(made.at(-1)!) <= highest
        );
      }),
    );
  });
});

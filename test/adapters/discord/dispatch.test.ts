import { REST, Routes } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';

import { UserError } from '#app/command.ts';
import type { Command, CommandCall } from '#app/command.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import { AT } from './facts.ts';
import {
  channelMessages,
  closeDesks,
  command,
  openDesk,
  say,
  until,
  whispersTo,
} from './harness.ts';

const { people } = SANDBOX_DISCORD;

/** The desk's commands, and what they were called with. */
function commands(): { readonly list: readonly Command[]; readonly calls: CommandCall[] } {
  const calls: CommandCall[] = [];
  const note = async (text: string, call: CommandCall) => {
    calls.push(call);
    return { kind: 'text', text } as const;
  };
  const list = [
    command({
      name: 'look',
      options: [
        { name: 'symbol', description: 'a symbol', type: 'string', required: true },
        { name: 'days', description: 'days', type: 'integer', required: false },
        { name: 'all', description: 'all', type: 'boolean', required: false },
      ],
      run: (_, call) => note(`looking at ${call.options['symbol']}`, call),
    }),
    command({ name: 'whisper', isPrivate: true, run: (_, call) => note('psst', call) }),
    command({ name: 'stop', role: 'trader', run: (_, call) => note('stopped', call) }),
    command({
      name: 'sorry',
      role: 'trader',
      run: async () => {
        throw new UserError('There is no *open* position.');
      },
    }),
    command({
      name: 'break',
      run: async () => {
        throw new Error('password=hunter2 at 10.0.0.7');
      },
    }),
    command({
      name: 'pick',
      role: 'trader',
      options: [
        {
          name: 'symbol',
          description: 'a symbol',
          type: 'string',
          required: true,
          autocomplete: true,
        },
      ],
      run: (_, call) => note('picked', call),
      async complete(_, option, typed) {
        if (typed === 'X') throw new Error('the ledger is away');
        if (typed === 'SLOW') await new Promise((done) => setTimeout(done, 3_500));
        return Array.from({ length: 30 }, (_unused, at) => ({
          name: `${option} ${typed}${at} ${'long '.repeat(30)}`,
          value: `${typed}${at}`,
        }));
      },
    }),
  ];
  return { list, calls };
}

const open = async (...[changes, options]: Parameters<typeof openDesk>) => {
  const { list, calls } = commands();
  return Object.assign(await openDesk({ commands: list, ...changes }, options), { calls });
};

describe('a slash command', () => {
  afterEach(closeDesks);

  it('runs with its options and is answered in the channel', async () => {
    const desk = await open();
    const answer = await say(desk, 'viewer', 'look', { symbol: 'NVDA', days: 3, all: true });
    expect(answer).toEqual({ content: 'looking at NVDA', isPrivate: false });
    expect(desk.calls).toEqual([
      {
        actor: { id: people.viewer, name: expect.any(String), role: 'viewer' },
        message: channelMessages(desk)[0]?.id,
        options: { symbol: 'NVDA', days: 3, all: true },
      },
    ]);
    expect(channelMessages(desk).map(({ content }) => content)).toEqual(['looking at NVDA']);
  });

  it('leaves one audit row: who, what, when by the exchange’s clock, and what came of it', async () => {
    const desk = await open();
    await say(desk, 'trader', 'look', { symbol: 'NVDA' });
    await until(() => desk.audits.length > 0);
    expect(desk.audits).toEqual([
      {
        at: AT,
        actor: people.trader,
        action: 'look',
        outcome: 'done',
        details: {
          'option.symbol': 'NVDA',
          name: expect.any(String),
          channel: expect.stringMatching(/^\d{17,19}$/),
          interaction: expect.stringMatching(/^\d{17,19}$/),
        },
      },
    ]);
    expect(desk.outcomes).toEqual(['look done']);
  });

  it('is answered to the asker alone where it is private', async () => {
    const desk = await open();
    expect(await say(desk, 'viewer', 'whisper')).toEqual({ content: 'psst', isPrivate: true });
    expect(channelMessages(desk)).toEqual([]);
  });

  it('is denied without the role for it, in private, and the attempt is on record', async () => {
    const desk = await open();
    expect(await say(desk, 'viewer', 'stop')).toEqual({
      content:
        'Not allowed: /stop needs the role trader, and you have viewer. Nothing was changed.',
      isPrivate: true,
    });
    await until(() => desk.audits.length > 0);
    expect(desk.calls).toEqual([]);
    expect(desk.audits).toMatchObject([
      {
        actor: people.viewer,
        action: 'stop',
        outcome: 'denied',
        details: { reason: 'not-allowed' },
      },
    ]);
    expect(desk.outcomes).toEqual(['stop denied']);
  });

  it.each(['trader', 'admin'] as const)('that a trader may run is run for the %s', async (as) => {
    const desk = await open();
    expect(await say(desk, as, 'stop')).toEqual({ content: 'stopped', isPrivate: false });
    expect(desk.calls[0]?.actor).toMatchObject({ id: people[as], role: as });
  });

  it('is denied to everybody while no role is configured, also to a server’s admin', async () => {
    const desk = await open({ access: { viewer: [], trader: [], admin: [] } });
    const answer = await say(desk, 'admin', 'look', { symbol: 'NVDA' });
    expect(answer.content).toContain('you have none');
    expect(desk.calls).toEqual([]);
  });

  it('that arrives half a minute late is not carried out', async () => {
    const desk = await open({ now: () => Date.now() + 31_000 });
    const answer = await say(desk, 'admin', 'stop');
    expect(answer.content).toMatch(
      /^This command reached the bot 31 s late and was not carried out\./,
    );
    await until(() => desk.audits.length > 0);
    expect(desk.calls).toEqual([]);
    expect(desk.audits).toMatchObject([{ outcome: 'denied', details: { reason: 'too-old' } }]);
  });

  it('that cannot be done as asked says so in its own words', async () => {
    const desk = await open();
    const answer = await say(desk, 'trader', 'sorry');
    expect(answer.content).toBe(String.raw`There is no \*open\* position.`);
    expect(desk.audits).toMatchObject([
      { outcome: 'failed', details: { reason: 'There is no *open* position.' } },
    ]);
    expect(desk.lines.filter((line) => line.level === 'error')).toEqual([]);
  });

  it('that breaks tells an id and nothing of the inside, which the log has', async () => {
    const desk = await open();
    const { content } = await say(desk, 'viewer', 'break');
    const id = /\(id ([0-9a-f]{8})\)/.exec(content)?.[1];
    expect(content).toBe(
      `Something went wrong (id ${id}). Nothing was changed by this command unless it says so; ` +
        'positions stay protected by their brackets at the broker.',
    );
    expect(desk.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        id,
        command: 'break',
        error: 'Error: password=hunter2 at 10.0.0.7',
      }),
    );
  });

  it('that only looks is answered although the audit log is away', async () => {
    const desk = await open();
    desk.isLedgerDown = true;
    const answer = await say(desk, 'viewer', 'look', { symbol: 'NVDA' });
    expect(answer.content).toBe('looking at NVDA');
    await until(() => desk.lines.some((line) => line.message.includes('audit log')));
    expect(desk.lines).toContainEqual(
      expect.objectContaining({ level: 'error', command: 'look', outcome: 'done' }),
    );
  });

  it('that changes something says so when it could not be written to the audit log', async () => {
    const desk = await open();
    desk.isLedgerDown = true;
    const answer = await say(desk, 'trader', 'stop');
    expect(answer.content).toBe('⚠ This could not be written to the audit log.\nstopped');
  });

  it('does not run when Discord could not be told that it was received', async () => {
    const desk = await open();
    desk.standIn.faults.failNext({ kind: 'status', status: 500 }, 3, /callback$/);
    await expect(say(desk, 'trader', 'stop')).rejects.toThrow('did not respond');
    await until(() => desk.audits.length > 0);
    expect(desk.calls).toEqual([]);
    expect(desk.audits).toMatchObject([
      { outcome: 'failed', details: { reason: 'not acknowledged' } },
    ]);
    expect(desk.lines.at(-1)).toMatchObject({
      level: 'warn',
      message: 'an interaction could not be answered',
    });
  });

  it.each([
    ['', 0],
    [', also where that is found out by the next attempt alone', 1],
  ])('runs once where Discord has heard it and answers with an error%s', async (_, unseen) => {
    const desk = await open();
    desk.standIn.faults.failNext({ kind: 'status-after', status: 502 }, 1, /callback$/);
    desk.standIn.faults.failNext({ kind: 'status', status: 503 }, unseen, /^GET .*webhooks/);
    expect(await say(desk, 'trader', 'stop')).toMatchObject({ content: 'stopped' });
    expect(desk.calls).toHaveLength(1);
  });

  it('that is over before it could be answered is only noted', async () => {
    let shiftMs = 0;
    const desk = await open({}, { now: () => Date.now() + shiftMs });
    const asked = say(desk, 'trader', 'stop');
    shiftMs = 3_500;
    await expect(asked).rejects.toThrow('did not respond');
    expect(desk.calls).toEqual([]);
    expect(desk.lines.at(-1)).toMatchObject({
      level: 'info',
      message: 'an interaction was over before it was answered',
    });
  });

  it('is still answered after the connection was lost and resumed', async () => {
    const desk = await open();
    desk.standIn.gateway.drop();
    await until(() => desk.bot.state() === 'connecting');
    await until(() => desk.bot.state() === 'ready');
    expect(await say(desk, 'trader', 'stop')).toMatchObject({ content: 'stopped' });
  });
});

const suggest = async (as: 'viewer' | 'trader', typed: string) => {
  const desk = await open();
  const { reaction } = await desk.standIn.act({
    kind: 'autocomplete',
    as,
    command: 'pick',
    options: { symbol: typed },
    focused: 'symbol',
  });
  return reaction.kind === 'suggested' ? reaction.choices : reaction;
};

describe('suggestions', () => {
  afterEach(closeDesks);

  it('are at most 25, each within Discord’s length', async () => {
    const choices = await suggest('trader', 'NV');
    expect(choices).toHaveLength(25);
    expect(choices).toContainEqual({
      name: expect.stringMatching(/^symbol NV7 .{85,}…$/),
      value: 'NV7',
    });
  });

  it('are none for who may not run the command', async () => {
    expect(await suggest('viewer', 'NV')).toEqual([]);
  });

  it('are none when finding them takes longer than Discord waits', async () => {
    expect(await suggest('trader', 'SLOW')).toEqual([]);
  });

  it('are none when finding them fails', async () => {
    expect(await suggest('trader', 'X')).toEqual([]);
  });
});

describe('a button of an earlier time', () => {
  afterEach(closeDesks);

  it('answers the person who pressed it that it is no longer active', async () => {
    const desk = await open();
    const rest = new REST({ api: `${desk.standIn.url}/api` }).setToken(SANDBOX_DISCORD.token);
    const components = [
      { type: 1, components: [{ type: 2, style: 1, label: 'Yes', custom_id: 'confirm:1:yes' }] },
    ];
    const body = { content: 'Sure?', components };
    const route = Routes.channelMessages(SANDBOX_DISCORD.channelId);
    const { id } = (await rest.post(route, { body })) as { id: string };
    await desk.standIn.act({
      kind: 'click',
      as: 'admin',
      messageId: id,
      customId: 'confirm:1:yes',
    });
    await expect
      .poll(() => whispersTo(desk, 'admin'))
      .toEqual(['This button is no longer active. Nothing was changed.']);
  });
});

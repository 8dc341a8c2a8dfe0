import { afterEach, describe, expect, it } from 'vitest';

import { createDiscordBot } from '#adapters/discord/bot.ts';
import { freePort } from '#adapters/postgres/free-port.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import { ALL_ON } from '#test/support/channel.ts';

import { alarm, control } from './facts.ts';
import {
  channelMessages,
  closeDesks,
  command,
  makeBot,
  openDesk,
  say,
  startStandIn,
  until,
  untilLogged,
} from './harness.ts';
import type { LogLine } from './harness.ts';
import { startSmallGateway } from './small-gateway.ts';

const ping = command({ name: 'ping', run: async () => ({ kind: 'text', text: 'pong' }) });
const states = (lines: readonly LogLine[]) =>
  lines.flatMap(({ discord }) => (typeof discord === 'string' ? [discord] : []));

describe('the connection to Discord', () => {
  afterEach(closeDesks);

  it('is ready when the bot is, and says so once', async () => {
    const desk = await openDesk();
    expect(desk.bot.state()).toBe('ready');
    expect(desk.bot.notifier.state()).toBe('ready');
    expect(states(desk.lines)).toEqual(['ready']);
  });

  it('is down before the start and after the end', async () => {
    const standIn = await startStandIn();
    const { bot, lines } = makeBot(`${standIn.url}/api`);
    expect(bot.state()).toBe('down');
    await bot.start();
    await bot.stop();
    expect(bot.state()).toBe('down');
    expect(states(lines), 'an end on purpose is no news').toEqual(['ready']);
  });

  it('does not hold up the start while Discord is away, and comes when Discord does', async () => {
    const port = await freePort();
    const desk = makeBot(`http://127.0.0.1:${port}/api`, { commands: [ping] });
    await desk.bot.start();
    expect(desk.bot.state()).toBe('connecting');

    const standIn = await startStandIn({ port });
    await untilLogged(desk.lines, 'the slash commands are registered');
    expect(desk.bot.state()).toBe('ready');
    expect(await say({ standIn }, 'viewer', 'ping')).toMatchObject({ content: 'pong' });
    expect(states(desk.lines), 'one line for each change, not for each try').toEqual([
      'connecting',
      'ready',
    ]);
  });

  it('can be ended while it is still being tried', async () => {
    const desk = makeBot(`http://127.0.0.1:${await freePort()}/api`);
    await desk.bot.start();
    await desk.bot.stop();
    expect(desk.bot.state()).toBe('down');
  });

  it('can be ended in the middle of a login', async () => {
    const gateway = await startSmallGateway({ isSilent: true });
    const desk = makeBot(gateway.apiUrl);
    const starting = desk.bot.start();
    await until(() => gateway.said.length > 0);
    await desk.bot.stop();
    await starting;
    expect(desk.bot.state()).toBe('down');
  });

  it('comes back after a lost socket', async () => {
    const desk = await openDesk();
    desk.standIn.gateway.drop();
    await until(() => desk.bot.state() === 'connecting');
    await until(() => desk.bot.state() === 'ready');
    expect(states(desk.lines)).toEqual(['ready', 'connecting', 'ready']);
  });

  it('comes back when Discord has forgotten the session, with its presence', async () => {
    const desk = await openDesk();
    desk.standIn.gateway.forgetSessions();
    desk.standIn.gateway.drop();
    await until(() => desk.bot.state() === 'connecting');
    await until(() => desk.standIn.gateway.presence().activity === '🟢 trading · SANDBOX');
    expect(desk.bot.state()).toBe('ready');
  });

  it('is made once, however often the gateway refused it at first', async () => {
    const gateway = await startSmallGateway();
    gateway.refusals = 2;
    const desk = makeBot(gateway.apiUrl);
    await desk.bot.start();
    expect(desk.bot.state()).toBe('connecting');
    await untilLogged(desk.lines, 'the slash commands are registered');
    expect(gateway.said).toEqual([2]);
    expect(gateway.requests.filter((line) => line.endsWith('/gateway/bot'))).toHaveLength(1);
  });

  it('is given up with a wrong token, and says what to do', async () => {
    const standIn = await startStandIn();
    const desk = makeBot(`${standIn.url}/api`, { token: 'wrong' });
    await desk.bot.start();
    expect(desk.bot.state()).toBe('down');
    expect(desk.lines).toEqual([
      {
        level: 'error',
        discord: 'down',
        reason: 'Discord does not accept the token',
        message: expect.stringContaining('until the settings are corrected'),
      },
    ]);
  });

  it('is given up when the gateway closes it for good; cards still go out', async () => {
    const desk = await openDesk();
    desk.standIn.gateway.drop(4014);
    await until(() => desk.bot.state() === 'down');
    expect(desk.lines.at(-1)).toMatchObject({
      level: 'error',
      reason: 'the gateway closed the connection for good: DisallowedIntents',
    });
    await desk.bot.notifier.post(alarm, 'alarm-1');
    expect(channelMessages(desk)).toHaveLength(1);
  });

  it('shows mode and control state beside the bot’s name, and follows a command', async () => {
    const halt = command({
      name: 'halt',
      role: 'trader',
      run: async (_, { actor }) => {
        desk.control = { ...desk.control, status: 'halted', by: actor.name };
        return { kind: 'text', text: 'halted' };
      },
    });
    const desk = await openDesk({ commands: [halt] });
    const shown = () => desk.standIn.gateway.presence().activity;
    await until(() => shown() === '🟢 trading · SANDBOX');
    await say(desk, 'trader', 'halt');
    await until(() => shown() === '⏸ halted · SANDBOX');
    expect(desk.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('shows after it came back what has changed while it was lost', async () => {
    const desk = await openDesk();
    const shown = () => desk.standIn.gateway.presence().activity;
    await until(() => shown() === '🟢 trading · SANDBOX');
    desk.standIn.gateway.drop();
    await until(() => desk.bot.state() === 'connecting');
    desk.control = { ...desk.control, status: 'halted' };
    await desk.bot.notifier.post(control, 'control:1');
    await expect.poll(shown).toBe('⏸ halted · SANDBOX');
  });

  it('ends only when what was typed before is answered and on record', async () => {
    const { promise: isGoing, resolve: go } = Promise.withResolvers<void>();
    const halt = command({
      name: 'halt',
      role: 'trader',
      run: async () => {
        await isGoing;
        return { kind: 'text', text: 'halted' };
      },
    });
    const desk = await openDesk({ commands: [halt] });
    await desk.standIn.act({ kind: 'slash', as: 'trader', command: 'halt', options: {} });
    const stopped = desk.bot
      .stop()
      .then(() => [desk.audits.length, channelMessages(desk)[0]?.content]);
    await until(() => !desk.standIn.gateway.presence().isOnline);
    go();
    expect(await stopped).toEqual([1, 'halted']);
  });
});

describe('the slash commands of the guild', () => {
  afterEach(closeDesks);

  const pick = command({
    name: 'pick',
    role: 'admin',
    options: [
      {
        name: 'symbol',
        description: 'which one',
        type: 'string',
        required: true,
        choices: [{ name: 'Nvidia', value: 'NVDA' }],
      },
    ],
    run: async () => ({ kind: 'text', text: 'picked' }),
  });

  it('are registered at the first start and left alone at the next', async () => {
    const desk = await openDesk({ commands: [ping, pick] });
    expect(desk.lines.at(-1)).toMatchObject({ changed: true, commands: 2 });
    await desk.bot.stop();

    desk.standIn.faults.failNext({ kind: 'status', status: 500 }, 99, /^PUT /);
    const next = makeBot(`${desk.standIn.url}/api`, { commands: [pick, ping] });
    await next.bot.start();
    await untilLogged(next.lines, 'the slash commands are registered');
    expect(next.lines.at(-1)).toMatchObject({ changed: false });
  });

  it('are registered anew when one of them has changed', async () => {
    const desk = await openDesk({ commands: [ping] });
    await desk.bot.stop();
    const changed = { ...ping, description: 'something else' };
    const next = makeBot(`${desk.standIn.url}/api`, { commands: [changed] });
    await next.bot.start();
    await untilLogged(next.lines, 'the slash commands are registered');
    expect(next.lines.at(-1)).toMatchObject({ changed: true });
  });

  it('show an admin’s command to a server’s admin alone', async () => {
    const desk = await openDesk({ commands: [ping, pick] });
    await expect(say(desk, 'trader', 'pick', { symbol: 'NVDA' })).rejects.toThrow('no command');
    expect(await say(desk, 'admin', 'pick', { symbol: 'NVDA' })).toMatchObject({
      content: 'picked',
    });
  });

  it('are tried again while Discord fails', async () => {
    const standIn = await startStandIn();
    standIn.faults.failNext({ kind: 'status', status: 502 }, 3, /^GET .*commands$/);
    const desk = makeBot(`${standIn.url}/api`, { commands: [ping] });
    await desk.bot.start();
    await untilLogged(desk.lines, 'the slash commands could not be registered');
    await untilLogged(desk.lines, 'the slash commands are registered');
    expect(await say({ standIn }, 'viewer', 'ping')).toMatchObject({ content: 'pong' });
  });

  it('are given up when Discord refuses them; cards still go out', async () => {
    const standIn = await startStandIn();
    const desk = makeBot(`${standIn.url}/api`, { guildId: '1100000000000009999' });
    await desk.bot.start();
    await untilLogged(desk.lines, 'the slash commands could not be registered');
    await desk.bot.notifier.post(alarm, 'alarm-1');
    expect(channelMessages({ standIn })).toHaveLength(1);
    expect(desk.bot.state()).toBe('ready');
  });
});

describe('with an address on this machine', () => {
  afterEach(closeDesks);

  it.each([
    'https://discord.com/api',
    'http://10.0.0.7:4000/api',
    'http://127.0.0.1.example.com/api',
    'http://localhost.example.com/api',
  ])('%s is refused from the start', (apiUrl) => {
    expect(() => makeBot(apiUrl)).toThrow('is not on this machine');
  });

  it.each(['http://127.0.0.1:1/api', 'http://localhost:1/api', 'http://[::1]:1/api'])(
    '%s is accepted',
    (apiUrl) => {
      expect(() => makeBot(apiUrl)).not.toThrow();
    },
  );

  it('a gateway elsewhere is never called', async () => {
    const gateway = await startSmallGateway({ gatewayUrl: 'wss://gateway.invalid' });
    const desk = makeBot(gateway.apiUrl);
    await desk.bot.start();
    expect(desk.bot.state()).toBe('down');
    expect(desk.lines).toMatchObject([
      {
        level: 'error',
        reason:
          'ForeignHostError: wss://gateway.invalid is not on this machine, and nothing may leave it',
      },
    ]);
  });

  it('a session to be resumed elsewhere begins anew here', async () => {
    const gateway = await startSmallGateway({ resumeUrl: 'wss://gateway.invalid' });
    const desk = makeBot(gateway.apiUrl);
    await desk.bot.start();
    expect(gateway.said).toEqual([2]);
    gateway.drop();
    await until(() => gateway.said.length > 1);
    expect(gateway.said, 'identify, and no resume').toEqual([2, 2]);
  });
});

it('without an address the bot is made for Discord itself, and calls nobody before its start', () => {
  const bot = createDiscordBot({
    token: 'a.b.c',
    guildId: SANDBOX_DISCORD.guildId,
    channelId: SANDBOX_DISCORD.channelId,
    apiUrl: null,
    access: { viewer: [], trader: [], admin: [] },
    commands: [],
    cards: ALL_ON,
    mentions: { warning: null, critical: null },
    mode: 'LIVE',
    context: () => {
      throw new Error('not asked for');
    },
    log: { info() {}, warn() {}, error() {} },
  });
  expect(bot.state()).toBe('down');
});

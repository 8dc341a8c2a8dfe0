import { afterEach, describe, expect, it } from 'vitest';

import { healthReport } from '#app/reports/health.ts';
import config from '#commands/config.ts';
import halt from '#commands/halt.ts';
import health from '#commands/health.ts';
import help from '#commands/help.ts';
import { commands } from '#commands/index.ts';
import ping from '#commands/ping.ts';
import resume from '#commands/resume.ts';
import { BrokerError } from '#ports/broker.ts';
import { LeaseLostError } from '#ports/lease.ts';
import { ABOUT } from '#test/support/about.ts';

import { closeDesks, say, seenBy } from '../adapters/discord/harness.ts';
import type { Person } from '../adapters/discord/harness.ts';
import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';
import { openChannel, textOf } from './a-trading-channel.ts';

afterEach(closeDesks);

const BARS = [[100, 100.1, 99.9, 100]] as const;
const UP = { state: 'up', since: 0, lastMessageAt: null, reconnects: 0, lastError: null } as const;
const never = () => new Promise<never>(() => {});
const lost = () => {
  throw new LeaseLostError('another process');
};

/** A desk whose streams are up, as those of a running bot are. */
async function listening(): Promise<Desk> {
  const desk = await openDesk(BARS);
  const { broker, marketData } = desk.context;
  const context = desk.with({
    broker: { ...broker, streamHealth: () => UP },
    marketData: { ...marketData, streamHealth: () => UP },
  });
  return { ...desk, context, with: (changes) => ({ ...context, ...changes }) };
}

describe('/health', () => {
  it('is for viewers, as /config, /help and /ping are', () => {
    expect([health, config, help, ping].map(({ role }) => role)).toEqual(Array(4).fill('viewer'));
  });

  it('tells how quickly each part answers', async () => {
    const channel = await openChannel(await listening(), [health]);
    const text = textOf(await channel.type('viewer', 'health'))
      .replaceAll(/\d+ ms/g, 'n ms')
      .replaceAll(/<t:\d+:f>/g, '<t>')
      .replaceAll(/for \d+ .*? ·/g, 'for a while ·');
    expect(text).toMatchInlineSnapshot(`
      "🧪 SANDBOX · 💚 all parts answer
      ✅ **Database (PostgreSQL of the tests)**: n ms
      ✅ **Queue (no queue)**: n ms · 0 jobs waiting, 0 failed
      ✅ **Broker**: n ms
      ✅ **Order stream**: up for a while · nothing heard yet
      ✅ **Bar stream (test)**: up for a while · nothing heard yet
      ✅ **Chat**: ready · 0 messages on the way
      ✅ **Last cycle**: none yet
      ✅ **Broker against ledger**: they agree, <t>
      ✅ **Lease**: this process trades the account

      No error since the start.
      Bracketeer 0.0.0, Node of the tests"
    `);
  });

  it('tells what is in trouble, and of all the rest all the same', async () => {
    const desk = await listening();
    const { broker, ledger, queue } = desk.context;
    const context = desk.with({
      broker: {
        ...broker,
        streamHealth: () => ({ ...UP, state: 'down', reconnects: 2, lastError: 'ECONNRESET' }),
        urgent: {
          ...broker.urgent,
          clock: () => Promise.reject(new BrokerError('away', { retryable: true })),
        },
      },
      queue: { ...queue, state: () => Promise.reject(new Error('away')) },
      ledger: { ...ledger, lastReconciliation: async () => null },
      lease: { token: 1, assertHeld: lost },
      about: {
        ...ABOUT,
        recentErrors: () => [
          { at: desk.context.systemClock.now() - 60_000, message: 'a *job* failed', times: 3 },
        ],
      },
    });
    const channel = await openChannel(
      { ...desk, with: (changes) => ({ ...context, ...changes }) },
      [health],
    );
    const text = textOf(await channel.type('viewer', 'health'));
    expect(text).toContain('🩺 5 parts of 9 in trouble');
    expect(text).toContain('✅ **Database (PostgreSQL of the tests)**: ');
    expect(text).toContain('⚠ **Queue (no queue)**: does not answer\n');
    expect(text).toContain('⚠ **Broker**: does not answer\n');
    expect(text).toMatch(
      /⚠ \*\*Order stream\*\*: down .* connected anew 2 times · last error: ECONNRESET/,
    );
    expect(text).toContain('⚠ **Broker against ledger**: not compared yet');
    expect(text).toContain('⚠ **Lease**: this process may not trade just now');
    expect(text).toContain('1 min ago: a \\*job\\* failed (3 times)');
  });

  it('does not wait for what hangs', async () => {
    const desk = await listening();
    const context = desk.with({ queue: { ...desk.context.queue, state: never } });
    expect(await healthReport(context)).toMatchObject({ queue: { lagMs: null, waiting: null } });
  });
});

describe('/config', () => {
  it('shows the settings to the one who asks', async () => {
    const channel = await openChannel(await openDesk(BARS), [config]);
    await say(channel, 'viewer', 'config');
    const [answer] = (await seenBy(channel, 'viewer')).slice(-1);
    expect(textOf(answer!)).toContain('**rules.emaFast** 9');
    expect(answer?.flags).toBe(64);
  });
});

const helpFor = async (as: Person): Promise<string> => {
  const channel = await openChannel(await openDesk(BARS), [halt, help, resume]);
  await say(channel, as, 'help');
  return textOf((await seenBy(channel, as)).at(-1)!);
};

describe('/help', () => {
  it('shows a viewer first what viewers may do, and what others may', async () => {
    expect(await helpFor('viewer')).toBe(
      [
        '❔ What you can ask, as viewer',
        '**Everyone**',
        `\`/help\` ${help.description}`,
        '',
        '*Not with your role:*',
        '**Traders**',
        `\`/halt [mode] [until] [reason]\` ${halt.description}`,
        '',
        '**Admins**',
        `\`/resume [reason]\` ${resume.description}`,
      ].join('\n'),
    );
  });

  it('shows an admin everything as allowed', async () => {
    const text = await helpFor('admin');
    expect(text).toContain('as admin');
    expect(text).not.toContain('Not with your role');
  });

  it('names every command of the bot', async () => {
    const channel = await openChannel(await openDesk(BARS), commands);
    await say(channel, 'admin', 'help');
    const answer = (await seenBy(channel, 'admin')).at(-1)!;
    const pages = await channel.context.ledger.pageSet(
      /pages:show:([\w-]+)/.exec(JSON.stringify(answer.components))?.[1] ?? '',
    );
    const text = pages === null ? textOf(answer) : JSON.stringify(pages.pages);
    for (const { name } of commands) expect(text).toMatch(new RegExp(`\`/${name}[ \`]`));
  });
});

describe('/ping', () => {
  it('tells how long the way to the answer took', async () => {
    const channel = await openChannel(await openDesk(BARS), [ping]);
    const { content } = await say(channel, 'viewer', 'ping');
    expect(content).toMatch(
      /^🏓 Pong: \d+ ms from your command to this answer · ledger \d+ ms · (no heartbeat measured yet|Discord’s gateway \d+ ms)$/,
    );
  });

  it('answers also when the ledger does not', async () => {
    const desk = await openDesk(BARS);
    const ledger = {
      ...desk.context.ledger,
      controlState: () => Promise.reject(new Error('away')),
    };
    const channel = await openChannel(desk, [ping], { ledger });
    expect((await say(channel, 'viewer', 'ping')).content).toContain('the ledger does not answer');
  });
});

import { afterEach, describe, expect, it } from 'vitest';

import { UserError } from '#app/command.ts';
import type { CommandCall, ConfirmReply, Reply, Role } from '#app/command.ts';
import { halt as haltBy } from '#app/control.ts';
import { watchDrawdown } from '#app/drawdown.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import halt from '#commands/halt.ts';
import resume from '#commands/resume.ts';
import { asSessionDate, newYorkInstant } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import { closeDesks, openDesk as openDiscord, say } from '../adapters/discord/harness.ts';
import { BARS as MOVES, byHand, deskWithPosition, sharesAt } from '../app/behaviours/a-desk.ts';
import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';
import { FIRST, HALF_DAY, SECOND } from '../sandbox/alpaca-market.ts';
import { openChannel, textOf } from './a-trading-channel.ts';

const SOME_DAY = asSessionDate('2026-03-02');
const BARS = [[100, 100.1, 99.9, 100]] as const;

const call = (role: Role, options: CommandCall['options'] = {}): CommandCall => ({
  actor: { id: '1', name: 'Ada', role },
  options,
});

type Steering = typeof halt | typeof resume;

const reply = ({ context }: Desk, command: Steering, by: CommandCall): Promise<Reply> =>
  command.run(context, by);

function wordsOf(answer: Reply): string {
  if (answer.kind !== 'text') throw new Error(`not a text: ${answer.kind}`);
  return answer.text;
}

const run = async (desk: Desk, command: Steering, by: CommandCall): Promise<string> =>
  wordsOf(await reply(desk, command, by));

/** The question that the command asks before it does anything. */
async function asked(desk: Desk, command: Steering, by: CommandCall): Promise<ConfirmReply> {
  const answer = await reply(desk, command, by);
  if (answer.kind !== 'confirm') throw new Error(`not a question: ${answer.kind}`);
  return answer;
}

const confirm = async (
  { context }: Desk,
  command: Steering,
  { action }: ConfirmReply,
  role: Role = 'admin',
): Promise<string> => {
  const actor = { id: '1', name: 'Ada', role } as const;
  return wordsOf(
    await command.confirmed(context, { actor, action, confirmation: 'c1', message: null }),
  );
};

const flatten = call('admin', { mode: 'flatten' });
const controlOf = ({ context }: Desk) => context.ledger.controlState();

describe('/halt', () => {
  it('needs a trader, /resume an admin', () => {
    expect([halt.role, resume.role]).toEqual(['trader', 'admin']);
  });

  it('opens nothing any more until somebody resumes, in the name of the person, and asks nothing', async () => {
    const desk = await openDesk(BARS);
    const text = await run(desk, halt, call('trader', { reason: ' news ' }));
    expect(text).toBe(
      'No new entries until somebody resumes; entries that still work are cancelled. ' +
        'Exits and protection go on. /resume (admins) opens it again.',
    );
    expect(await controlOf(desk)).toMatchObject({
      status: 'halted',
      by: 'Ada',
      reason: 'news',
      until: null,
    });
  });

  it.each([[{}], [{ reason: ' ' }], [{ mode: 'entries' }]])(
    'with %o says that no reason was given',
    async (options: CommandCall['options']) => {
      const desk = await openDesk(BARS);
      await run(desk, halt, call('trader', options));
      expect(await controlOf(desk)).toMatchObject({ status: 'halted', reason: 'no reason given' });
    },
  );

  it('twice says since when and by whom', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('trader'));
    expect(await run(desk, halt, call('trader'))).toBe(
      'Halted already, since 2025-11-25 09:30 New York time by Ada, until somebody resumes.',
    );
  });

  it('on top of somebody else’s says that it was added', async () => {
    const desk = await openDesk(BARS);
    await haltBy(desk.context, { by: 'Bob', reason: 'news', until: null, flatten: false });
    expect(await run(desk, halt, call('trader', { reason: 'the feed' }))).toBe(
      'Halted already, since 2025-11-25 09:30 New York time by Bob; yours is added, and the channel hears of it. ' +
        'No new entries until somebody resumes. Exits and protection go on. /resume (admins) opens it again.',
    );
    expect(await controlOf(desk)).toMatchObject({
      by: 'Bob',
      reason: 'news · also Ada: the feed',
    });
  });

  it('with another mode says what there is, and changes nothing', async () => {
    const desk = await openDesk(BARS);
    await expect(run(desk, halt, call('admin', { mode: 'all' }))).rejects.toMatchObject({
      message: 'The mode is one of: entries, flatten.',
      outcome: 'failed',
    });
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
  });
});

describe('/halt until', () => {
  it.each([
    ['session', SECOND.open, 'the next session’s open'],
    ['Session', SECOND.open, 'the same, as a phone writes it'],
    ['15:30', newYorkInstant(FIRST.date, '15:30'), 'a time of today, in New York'],
    ['9:31', newYorkInstant(FIRST.date, '09:31'), 'a time of today, in New York'],
    ['2025-11-26', SECOND.open, 'that day’s open'],
    ['2025-11-27', HALF_DAY.open, 'the first open after a holiday'],
    ['2026-03-02', newYorkInstant(SOME_DAY, '09:30'), 'the open of a day that is far away'],
  ])('%s ends it at %i: %s', async (until, at) => {
    const desk = await openDesk(BARS);
    expect(await run(desk, halt, call('trader', { until }))).toContain('No new entries until 202');
    expect(await controlOf(desk)).toMatchObject({ status: 'halted', until: at });
  });

  it.each([
    ['9:30', 'has passed: in New York it is 2025-11-25 09:30'],
    ['2025-11-25', 'has passed'],
    ['2025-11-24', 'has passed'],
    ['24:00', 'is no end'],
    ['12:60', 'is no end'],
    ['2025-02-30', 'is no end'],
    ['soon', 'is no end'],
  ])('%s is refused, and changes nothing', async (until, words) => {
    const desk = await openDesk(BARS);
    const asking = run(desk, halt, call('trader', { until }));
    await expect(asking).rejects.toThrow(UserError);
    await expect(asking).rejects.toThrow(words);
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
  });

  it('of a day that the calendar does not know is its midnight', async () => {
    const desk = await openDesk(BARS);
    const calendar = { ...desk.context.calendar, currentOrNext: async () => null };
    await run(
      { ...desk, context: desk.with({ calendar }) },
      halt,
      call('trader', { until: '2026-03-02' }),
    );
    expect(await controlOf(desk)).toMatchObject({ until: newYorkInstant(SOME_DAY, '00:00') });
  });

  it('tells the end in words', async () => {
    const desk = await openDesk(BARS);
    expect(await run(desk, halt, call('trader', { until: 'session' }))).toContain(
      'No new entries until 2025-11-26 09:30 New York time; entries that still work are cancelled.',
    );
  });

  it('suggests the session and the next sessions’ dates', async () => {
    const { context } = await openDesk(BARS);
    expect((await halt.complete(context, 'until', '')).map(({ value }) => value)).toEqual([
      'session',
      '2025-11-26',
      '2025-11-28',
      '2025-12-01',
      '2025-12-02',
    ]);
    expect(await halt.complete(context, 'until', 'se')).toHaveLength(1);
    expect(await halt.complete(context, 'until', 'Se')).toHaveLength(1);
  });
});

const away = () => Promise.reject(new BrokerError('away', { retryable: true }));

describe('/halt mode:flatten', () => {
  it('asks first, with every position and its P/L, and does nothing', async () => {
    const desk = await deskWithPosition([[102, 102, 102, 102]]);
    desk.nextBar();
    expect(
      await asked(desk, halt, call('admin', { mode: 'flatten', until: 'session' })),
    ).toMatchObject({
      title: 'halt and close every position',
      preview: {
        kind: 'flatten',
        until: SECOND.open,
        open: {
          lines: [{ symbol: 'NVDA', quantity: 10, keep: 0, pnl: 20_000_000 }],
          left: [],
          market: { isOpen: true },
        },
      },
    });
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
  });

  it('asks about all shares that leave, somebody’s beside the trade’s included', async () => {
    const desk = await deskWithPosition([MOVES.quiet, MOVES.quiet]);
    const buy = { symbol: 'NVDA', qty: '5', side: 'buy', type: 'market', time_in_force: 'day' };
    await byHand(desk, 'POST', '/orders', buy);
    desk.nextBar();
    await reconcile(desk.context);
    const question = await asked(desk, halt, flatten);
    expect(question).toMatchObject({ preview: { open: { lines: [{ quantity: 15 }], left: [] } } });
    await confirm(desk, halt, question);
    desk.elapse(1_000);
    await desk.settle();
    expect(sharesAt(desk)).toBe(0);
  });

  it('closes everything once it is confirmed', async () => {
    const desk = await deskWithPosition([MOVES.quiet]);
    const question = await asked(desk, halt, call('admin', { mode: 'flatten', reason: 'news' }));
    expect(await confirm(desk, halt, question)).toContain(
      'every position of the bot is being closed',
    );
    expect(await controlOf(desk)).toMatchObject({
      status: 'flattening',
      by: 'Ada',
      reason: 'news',
    });
    await desk.settle();
    expect(sharesAt(desk)).toBe(0);
  });

  it('asks also when nothing is open, since it halts', async () => {
    const desk = await openDesk(BARS);
    expect(await asked(desk, halt, flatten)).toMatchObject({ preview: { open: { lines: [] } } });
  });

  it('asks also when the broker does not answer: whoever wants out need not wait for a list', async () => {
    const desk = await openDesk(BARS);
    const { broker } = desk.context;
    const context = desk.with({
      broker: { ...broker, urgent: { ...broker.urgent, positions: away } },
    });
    expect(await asked({ ...desk, context }, halt, flatten)).toMatchObject({
      preview: { kind: 'flatten', open: null },
    });
  });

  it('asks nothing while everything is being closed already', async () => {
    const desk = await openDesk(BARS);
    await confirm(desk, halt, await asked(desk, halt, flatten));
    expect(await run(desk, halt, flatten)).toBe(
      'Every position is being closed already, since 2025-11-25 09:30 New York time by Ada.',
    );
  });

  it('does not close everything for a trader, and changes nothing', async () => {
    const desk = await openDesk(BARS);
    const asking = run(desk, halt, call('trader', { mode: 'flatten' }));
    await expect(asking).rejects.toThrow(UserError);
    await expect(asking).rejects.toMatchObject({ outcome: 'denied' });
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
  });

  it('is not confirmed by someone who is no admin any more', async () => {
    const desk = await openDesk(BARS);
    const confirming = confirm(desk, halt, await asked(desk, halt, flatten), 'trader');
    await expect(confirming).rejects.toMatchObject({ outcome: 'denied' });
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
  });
});

describe('/resume', () => {
  it('asks first: why it was halted, and what has happened since', async () => {
    const desk = await deskWithPosition([MOVES.quiet]);
    await run(desk, halt, call('trader', { reason: 'news', until: 'session' }));
    expect(await asked(desk, resume, call('admin'))).toMatchObject({
      title: 'resume: allow entries again',
      preview: {
        kind: 'resume',
        status: {
          control: { status: 'halted', by: 'Ada', reason: 'news', until: SECOND.open },
          positions: [{ symbol: 'NVDA', quantity: 10 }],
          protectedPositions: 1,
        },
        closedSince: { count: 0, pnl: 0 },
        letsDayBe: false,
        newPeak: null,
      },
    });
    expect(await controlOf(desk)).toMatchObject({ status: 'halted' });
  });

  it('counts the trades that were closed since', async () => {
    const desk = await deskWithPosition([MOVES.stop]);
    await run(desk, halt, call('trader'));
    desk.nextBar();
    await desk.settle();
    const { preview } = await asked(desk, resume, call('admin'));
    expect(preview).toMatchObject({ closedSince: { count: 1 }, status: { positions: [] } });
  });

  it('opens it again once it is confirmed', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('trader'));
    const question = await asked(desk, resume, call('admin', { reason: ' all clear ' }));
    expect(await confirm(desk, resume, question)).toBe('Entries are allowed again.');
    expect(await controlOf(desk)).toMatchObject({ status: 'active', reason: 'all clear' });
  });

  it('says when there is nothing to resume', async () => {
    const desk = await openDesk(BARS);
    expect(await run(desk, resume, call('admin'))).toBe('Nothing is halted. Nothing was changed.');
  });

  it('says when somebody else has resumed meanwhile', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('trader'));
    const [one, other] = [
      await asked(desk, resume, call('admin')),
      await asked(desk, resume, call('admin')),
    ];
    await confirm(desk, resume, one);
    expect(await confirm(desk, resume, other)).toBe('Nothing is halted. Nothing was changed.');
  });

  it('says that it has to wait while everything is being closed', async () => {
    const desk = await openDesk(BARS);
    await confirm(desk, halt, await asked(desk, halt, flatten));
    await expect(run(desk, resume, call('admin'))).rejects.toThrow(
      'resume once the channel says that all is flat',
    );
    expect(await controlOf(desk)).toMatchObject({ status: 'flattening' });
  });

  it('changes nothing when everything is being closed by the time it is confirmed', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('trader'));
    const question = await asked(desk, resume, call('admin'));
    await confirm(desk, halt, await asked(desk, halt, flatten));
    await expect(confirm(desk, resume, question)).rejects.toThrow(
      'Not resumed: since you were asked, every position is being closed, by Ada: no reason given. Nothing was changed: ask again with /resume once the channel says that all is flat.',
    );
    expect(await controlOf(desk)).toMatchObject({ status: 'flattening' });
  });

  const BOB = { by: 'Bob', reason: 'more news', until: null, flatten: false } as const;
  const HALTED_TOO =
    'Not resumed: since you were asked, it was halted too by Bob: more news. Nothing was changed: ask again with /resume.';

  it.each([
    ['as long', undefined, null],
    ['for longer', 'session', null],
    ['for longer, with an end', '9:31', 'session'],
  ] as const)(
    'changes nothing when somebody else has halted it too since, %s',
    async (_title, until, longer) => {
      const desk = await openDesk(BARS);
      await run(desk, halt, call('trader', until === undefined ? {} : { until }));
      const question = await asked(desk, resume, call('admin'));
      await haltBy(desk.context, { ...BOB, until: longer });
      await expect(confirm(desk, resume, question)).rejects.toThrow(HALTED_TOO);
      expect(await controlOf(desk)).toMatchObject({ status: 'halted' });
      await confirm(desk, resume, await asked(desk, resume, call('admin')));
      expect(await controlOf(desk)).toMatchObject({ status: 'active' });
    },
  );

  it('changes nothing when the same halt ends later by now', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('trader', { until: '9:31' }));
    const question = await asked(desk, resume, call('admin'));
    await run(desk, halt, call('trader'));
    await expect(confirm(desk, resume, question)).rejects.toThrow(
      'Not resumed: since you were asked, its end has moved: it is halted until somebody resumes. Nothing was changed: ask again with /resume.',
    );
  });

  it('changes nothing when the same person has halted again since, with the same words', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('trader', { reason: 'news' }));
    const question = await asked(desk, resume, call('admin'));
    await run(desk, halt, call('trader', { reason: 'news' }));
    await expect(confirm(desk, resume, question)).rejects.toThrow(
      'Not resumed: since you were asked, it was halted again for a reason that you have seen. Nothing was changed: ask again with /resume.',
    );
    expect(await controlOf(desk)).toMatchObject({ status: 'halted', reason: 'news' });
    await confirm(desk, resume, await asked(desk, resume, call('admin')));
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
  });

  it('changes nothing when it was resumed and halted anew since', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('trader'));
    const question = await asked(desk, resume, call('admin'));
    await confirm(desk, resume, await asked(desk, resume, call('admin')));
    desk.nextBar();
    await haltBy(desk.context, BOB);
    await expect(confirm(desk, resume, question)).rejects.toThrow(
      'Not resumed: since you were asked, it was halted anew by Bob: more news. Nothing was changed: ask again with /resume.',
    );
    expect(await controlOf(desk)).toMatchObject({ status: 'halted', by: 'Bob' });
  });

  it('shows the reasons of all who halted', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('trader', { reason: 'news' }));
    await haltBy(desk.context, BOB);
    expect((await asked(desk, resume, call('admin'))).preview).toMatchObject({
      status: { control: { by: 'Ada', reason: 'news · also Bob: more news' } },
    });
  });

  it('tells what it does to the limits of the drawdown, and does nothing else than that', async () => {
    const desk = await openDesk(BARS);
    desk.nextBar();
    await run(desk, halt, call('trader'));
    const before = await asked(desk, resume, call('admin'));
    const { broker } = desk.context;
    const account = await broker.account();
    for (const dollars of [100_000, 94_000, 94_000]) {
      const poor = { ...account, equity: (dollars * 1_000_000) as typeof account.equity };
      await watchDrawdown(desk.with({ broker: { ...broker, account: async () => poor } }));
      desk.nextBar();
    }
    const after = await asked(desk, resume, call('admin'));
    expect(after.preview).toMatchObject({ letsDayBe: true, newPeak: 94_000_000_000 });
    await expect(confirm(desk, resume, before)).rejects.toThrow(
      /^Not resumed: since you were asked, it was halted too by drawdown watch: equity fell 6\.00 % .*\. Nothing was changed: ask again with \/resume\.$/,
    );
    expect(await confirm(desk, resume, after)).toBe('Entries are allowed again.');
  });
});

describe('in the channel', () => {
  afterEach(closeDesks);

  it('a trader who asks to flatten is denied, and it is on record', async () => {
    const desk = await openDesk(BARS);
    const discord = await openDiscord({ commands: [halt, resume], context: () => desk.context });
    const answer = await say(discord, 'trader', 'halt', { mode: 'flatten' });
    expect(answer.content).toContain('needs the role admin');
    expect(await desk.query('SELECT action, outcome, details FROM audit_log')).toMatchObject([
      { action: 'halt', outcome: 'denied', details: { 'option.mode': 'flatten' } },
    ]);
  });

  it('a halt and a resume each leave rows of who asked and one of what it did', async () => {
    const desk = await openDesk(BARS);
    const channel = await openChannel(desk, [halt, resume]);
    await channel.type('trader', 'halt', { reason: 'news' });
    await channel.press('admin', await channel.type('admin', 'resume'), 'Yes, resume');
    const rows = await desk.query<{ actor: string; action: string; outcome: string }>(
      'SELECT actor, action, outcome FROM audit_log ORDER BY sequence',
    );
    expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'control halt done',
      'halt done',
      'resume done',
      'control resume done',
      'resume confirmed done',
    ]);
    expect(rows[1]?.actor).toBe(SANDBOX_DISCORD.people.trader);
  });

  it('a late yes to a resume is refused with who halted meanwhile and why, and it is on record', async () => {
    const desk = await openDesk(BARS);
    const channel = await openChannel(desk, [halt, resume]);
    await channel.type('trader', 'halt', { reason: 'news' });
    const question = await channel.type('admin', 'resume');
    await haltBy(channel.context, { by: 'Bob', reason: 'the feed', until: null, flatten: false });
    await channel.press('admin', question, 'Yes, resume');
    const words =
      'Not resumed: since you were asked, it was halted too by Bob: the feed. Nothing was changed: ask again with /resume.';
    expect(textOf(await channel.settled(question))).toBe(`✖ resume: allow entries again: ${words}`);
    const rows = await desk.query(
      'SELECT action, outcome, details FROM audit_log ORDER BY sequence',
    );
    expect(rows.at(-1)).toMatchObject({
      action: 'resume confirmed',
      outcome: 'failed',
      details: { reason: words },
    });
    expect(await controlOf(desk)).toMatchObject({ status: 'halted' });
  });

  it('the question about a flattening names the positions', async () => {
    const desk = await deskWithPosition([[102, 102, 102, 102]]);
    desk.nextBar();
    const channel = await openChannel(desk, [halt, resume]);
    const message = await channel.type('admin', 'halt', { mode: 'flatten', until: 'session' });
    expect(textOf(message).replace(/Only .* can/, 'Only Ada can')).toBe(
      [
        '🧪 SANDBOX · halt and close every position? · P/L +$20.00',
        `**No new entries until <t:${SECOND.open / 1000}:f>**; entries that still work are cancelled.`,
        '**NVDA** long 10 · +$20.00 · 🛡 $98.00',
        '',
        'Of each: its live orders are cancelled, then a limit order goes out 0.1 % through the price, re-priced, at last a market order. What is opened until then is closed as well.',
        'The market is open.',
        '',
        'Only Ada can answer, within 1 min. No answer is a no. **Nothing has been done yet.**',
      ].join('\n'),
    );
  });

  it('the question about a resume names the halt, the money and the positions', async () => {
    const desk = await deskWithPosition([[102, 102, 102, 102]]);
    desk.nextBar();
    const channel = await openChannel(desk, [halt, resume]);
    await channel.type('trader', 'halt', { reason: 'news' });
    const text = textOf(await channel.type('admin', 'resume'));
    expect(text).toMatch(/^⛔ Halted by .* at <t:\d+:f>, until someone resumes: news$/m);
    expect(text).toMatch(/^0 trades closed: \$0\.00$/m);
    expect(text).toMatch(/^Equity \$100,020\.00 · day \+\$20\.00/m);
    expect(text).toMatch(/^Drawdown: day – of −3 % · peak – of −5 % · not measured yet$/m);
    expect(text).toMatch(/^Positions: 🛡 1 of 1 position protected$/m);
    expect(text).toMatch(/^\*\*NVDA\*\* long 10 · \+\$20\.00 · \+1\.0 R$/m);
  });
});

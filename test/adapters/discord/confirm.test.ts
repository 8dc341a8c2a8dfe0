import { afterEach, describe, expect, it } from 'vitest';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import { auditOf, lastMessage, openAskingDesk } from './asking-desk.ts';
import type { AskingDesk } from './asking-desk.ts';
import { access, buttonsOf, closeDesks, press, say, seenBy, until, whispersTo } from './harness.ts';
import type { Person } from './harness.ts';

const { people, roles } = SANDBOX_DISCORD;

/** A question in the channel. */
async function ask(desk: AskingDesk, name = 'resume', as: Person = 'trader') {
  await say(desk, as, name);
  return lastMessage(desk);
}

const textOf = (desk: AskingDesk): string => {
  const { content, embeds } = lastMessage(desk);
  return [content, ...embeds.flatMap(({ title, description }) => [title, description])].join('\n');
};

describe('a question', () => {
  afterEach(closeDesks);

  it('tells what will be done, who can answer and until when, and does nothing yet', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    expect(message.embeds).toMatchObject([
      {
        title: '🧪 SANDBOX · resume entries?',
        description: expect.stringMatching(
          /^Halted by .*\.\n\nOnly .* can answer, within 1 min\. No answer is a no\. \*\*Nothing has been done yet\.\*\*$/,
        ),
      },
    ]);
    expect(buttonsOf(message)).toMatchObject([{ label: 'Yes, resume entries' }, { label: 'No' }]);
    expect(desk.done).toEqual([]);
  });

  it('is promised in time although the ledger takes longer than Discord waits', async () => {
    const desk = await openAskingDesk();
    desk.slowLedger(3_300);
    const message = await ask(desk);
    expect(buttonsOf(message)).toHaveLength(2);
  });

  it('is shown a moment later when Discord cannot show it at once', async () => {
    const desk = await openAskingDesk();
    desk.standIn.faults.failNext({ kind: 'status', status: 502 }, 3, /^PATCH .*webhooks/);
    expect(buttonsOf(await ask(desk))).toHaveLength(2);
  });

  it('carries nothing but an opaque id in its buttons', async () => {
    const desk = await openAskingDesk();
    const ids = buttonsOf(await ask(desk)).map((button) => button.custom_id);
    expect(ids).toEqual([
      expect.stringMatching(/^confirm:yes:[0-9a-f-]{36}$/),
      expect.stringMatching(/^confirm:no:[0-9a-f-]{36}$/),
    ]);
  });

  it('is done when it is confirmed: once, as it was described, and its message says so', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    await press(desk, 'trader', message, 'Yes');
    await until(() => lastMessage(desk).content === 'Entries are on again.');
    expect(desk.done).toMatchObject([
      {
        actor: { id: people.trader, role: 'trader' },
        action: { what: 'entries', shares: 3 },
        message: message.id,
      },
    ]);
    expect(lastMessage(desk)).toMatchObject({ id: message.id, components: [], embeds: [] });
  });

  it('that is declined is not done', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    await press(desk, 'trader', message, 'No');
    await until(() => lastMessage(desk).content !== '');
    expect(textOf(desk)).toMatch(/^✖ resume entries: No, said .*\. Nothing was done\.$/);
    expect(lastMessage(desk)).toMatchObject({ id: message.id, components: [], embeds: [] });
    expect(desk.done).toEqual([]);
  });

  it('is on record with its answer, linked by its id', async () => {
    const desk = await openAskingDesk();
    await press(desk, 'trader', await ask(desk), 'Yes');
    await desk.bot.idle();
    const [{ id } = { id: '' }] = await desk.rows<{ id: string }>('SELECT id FROM confirmations');
    await expect
      .poll(() => auditOf(desk))
      .toMatchObject([
        { actor: people.trader, action: 'resume', outcome: 'done', details: { confirmation: id } },
        {
          actor: people.trader,
          action: 'resume confirmed',
          outcome: 'done',
          details: { confirmation: id, what: 'resume entries' },
        },
      ]);
    expect(
      await desk.rows('SELECT state, finished_at IS NOT NULL AS over FROM confirmations'),
    ).toEqual([{ state: 'confirmed', over: true }]);
  });

  it('is done once when it is confirmed twice, and the second press is told so', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    await Promise.all([
      press(desk, 'trader', message, 'Yes'),
      press(desk, 'trader', message, 'Yes'),
    ]);
    await expect.poll(() => whispersTo(desk, 'trader')).toHaveLength(1);
    expect((await whispersTo(desk, 'trader'))[0]).toMatch(/confirmed/);
    expect(desk.done).toHaveLength(1);
    await expect
      .poll(async () => (await auditOf(desk)).map(({ action, outcome }) => `${action} ${outcome}`))
      .toEqual(expect.arrayContaining(['resume confirmed done', 'resume answer denied']));
  });

  it('can be answered by nobody but who asked, and stays open for them', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    await press(desk, 'admin', message, 'Yes');
    await expect
      .poll(() => whispersTo(desk, 'admin'))
      .toEqual([
        expect.stringMatching(/^Only .*, who asked, can answer this\. Nothing was changed\.$/),
      ]);
    expect(desk.done).toEqual([]);
    await desk.bot.idle();
    expect((await auditOf(desk)).at(-1)).toMatchObject({
      actor: people.admin,
      action: 'resume answer',
      outcome: 'denied',
      details: { reason: 'not the one who asked' },
    });
    await press(desk, 'trader', message, 'Yes');
    await until(() => desk.done.length === 1);
  });

  it('is refused to who has lost the role since it was asked', async () => {
    const rights = { ...access, trader: [roles.trader] };
    const desk = await openAskingDesk({ access: rights });
    const message = await ask(desk);
    rights.trader = [];
    await press(desk, 'trader', message, 'Yes');
    await expect
      .poll(() => whispersTo(desk, 'trader'))
      .toEqual([expect.stringMatching(/^Not allowed: \/resume needs the role trader/)]);
    expect(desk.done).toEqual([]);
  });

  it('that nobody answers in time is a no, and its message says so without buttons', async () => {
    const desk = await openAskingDesk({ confirmWithinMs: 300 });
    const message = await ask(desk);
    await until(() => lastMessage(desk).components.length === 0);
    expect(textOf(desk)).toContain('Expired: resume entries');
    expect(textOf(desk)).toContain('nothing was done');
    expect(lastMessage(desk).id).toBe(message.id);
    expect((await auditOf(desk)).at(-1)).toMatchObject({
      actor: people.trader,
      action: 'resume expired',
      outcome: 'done',
    });
    expect(desk.done).toEqual([]);
  });

  it('is a no at the end of its time, to the millisecond, also where its buttons are still there', async () => {
    let shiftMs = 0;
    const desk = await openAskingDesk({ now: () => Date.now() + shiftMs, commandMaxAgeMs: 90_000 });
    const message = await ask(desk);
    shiftMs = 60_000;
    await press(desk, 'trader', message, 'Yes');
    await expect
      .poll(() => whispersTo(desk, 'trader'))
      .toEqual(['Expired: resume entries. Nothing was done. Ask again if you still want it.']);
    await until(() => lastMessage(desk).components.length === 0);
    expect(desk.done).toEqual([]);
  });

  it('that is still open when the bot restarts is a no', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    await desk.restart();
    await until(() => lastMessage(desk).components.length === 0);
    expect(textOf(desk)).toContain('restarted before it was confirmed: nothing was done');
    expect(lastMessage(desk).id).toBe(message.id);
    expect((await auditOf(desk)).at(-1)).toMatchObject({
      action: 'resume expired',
      details: { reason: 'restart' },
    });
    expect(desk.done).toEqual([]);
  });

  it('that was being carried out when the bot ended is told as interrupted', async () => {
    const desk = await openAskingDesk();
    await ask(desk);
    await desk.rows("UPDATE confirmations SET state = 'confirmed', settled_at = now()");
    await desk.restart();
    await until(() => lastMessage(desk).components.length === 0);
    expect(textOf(desk)).toContain('Interrupted: resume entries');
    expect((await auditOf(desk)).at(-1)).toMatchObject({
      action: 'resume confirmed',
      outcome: 'failed',
      details: { reason: 'interrupted' },
    });
  });

  it('whose thing cannot be done says why, and that it was not', async () => {
    const desk = await openAskingDesk();
    await press(desk, 'trader', await ask(desk, 'fail'), 'Yes');
    await until(() => lastMessage(desk).content !== '');
    expect(textOf(desk)).toBe('✖ try it: There is nothing left.');
    await desk.bot.idle();
    expect((await auditOf(desk)).at(-1)).toMatchObject({
      action: 'fail confirmed',
      outcome: 'failed',
      details: { reason: 'There is nothing left.' },
    });
  });

  it('in private is answered in private, by its own message', async () => {
    const desk = await openAskingDesk();
    await say(desk, 'trader', 'hush');
    const [message] = await seenBy(desk, 'trader');
    await press(desk, 'trader', message!, 'Yes');
    await expect.poll(() => whispersTo(desk, 'trader')).toEqual(['Done in private.']);
    expect(desk.done).toMatchObject([{ message: null }]);
  });

  it('in private expires in its own message, too', async () => {
    const desk = await openAskingDesk({ confirmWithinMs: 300 });
    await say(desk, 'trader', 'hush');
    await expect
      .poll(() => whispersTo(desk, 'trader'))
      .toEqual(['✖ do it in private: expired. Nothing was done.']);
  });
});

describe('an answer', () => {
  afterEach(closeDesks);

  it('is acknowledged in time although the ledger takes longer than Discord waits', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    desk.slowLedger(3_300);
    const { reaction } = await press(desk, 'trader', message, 'Yes');
    expect(reaction.kind).toBe('noted');
    await until(() => desk.done.length === 1);
    desk.slowLedger(0);
    await until(() => lastMessage(desk).content === 'Entries are on again.');
  });

  it('has no effect when Discord could not be told that it was received', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    desk.standIn.faults.failNext({ kind: 'status', status: 500 }, 3, /callback$/);
    const { reaction } = await press(desk, 'trader', message, 'Yes');
    expect(reaction.kind).toBe('failed');
    expect(desk.done).toEqual([]);
    await expect
      .poll(async () => (await auditOf(desk)).at(-1))
      .toMatchObject({ action: 'confirm button', outcome: 'failed' });
  });

  it('that Discord cannot show at once is shown a moment later', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    desk.standIn.faults.failNext({ kind: 'status', status: 503 }, 3, /^PATCH .*webhooks/);
    await press(desk, 'trader', message, 'Yes');
    await until(() => lastMessage(desk).content === 'Entries are on again.');
    expect(desk.done).toHaveLength(1);
  });

  it('waits as long as Discord asks when there are too many requests', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    const tooMany = { kind: 'status', status: 429, retryAfterMs: 400 } as const;
    desk.standIn.faults.failNext(tooMany, 1, /^PATCH .*webhooks/);
    await press(desk, 'trader', message, 'Yes');
    await until(() => lastMessage(desk).content === 'Entries are on again.');
    expect(desk.done).toHaveLength(1);
  });

  it.each([
    ['was lost and resumed', (desk: AskingDesk) => desk.standIn.gateway.drop()],
    [
      'came back with a new session',
      (desk: AskingDesk) => {
        desk.standIn.gateway.forgetSessions();
        desk.standIn.gateway.drop();
      },
    ],
  ])('is taken after the connection %s', async (_, interrupt) => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    interrupt(desk);
    await until(() => desk.bot.state() !== 'ready');
    await until(() => desk.bot.state() === 'ready');
    await press(desk, 'trader', message, 'Yes');
    await expect.poll(() => lastMessage(desk).content).toBe('Entries are on again.');
  });

  it('changes nothing while the ledger is away, and says so', async () => {
    const desk = await openAskingDesk();
    const message = await ask(desk);
    desk.context.ledger.confirmation = async () => {
      throw new Error('the ledger is away');
    };
    await press(desk, 'trader', message, 'Yes');
    await expect
      .poll(() => whispersTo(desk, 'trader'))
      .toEqual([expect.stringMatching(/^Something went wrong \(id [0-9a-f]{8}\)\./)]);
    expect(desk.done).toEqual([]);
    expect(buttonsOf(lastMessage(desk))).toHaveLength(2);
  });
});

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import type { AlarmCard, Card } from '#ports/cards.ts';
import { DeliveryError } from '#ports/notifier.ts';
import type { MessageId, Notifier } from '#ports/notifier.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import { channelMessages, closeDesks, makeBot, startStandIn } from '../adapters/discord/harness.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const alarm = (title: string): AlarmCard => ({
  kind: 'alarm',
  title,
  text: 'text',
  repeat: 0,
  at: 0,
});

const queueUp = (desk: Desk, key: string, title: string) =>
  desk.context.ledger.transaction((tx) => tx.enqueueCard(key, alarm(title)));

const titles = ({ told }: Desk) =>
  told
    .filter(({ card }) => card.kind !== 'channel-outage')
    .map(({ kind, card }) => `${kind} ${card.kind === 'alarm' ? card.title : card.kind}`);

/** The desk's channel, which fails as told before it does its work. */
const channelThat = (desk: Desk, failure: () => Error | null): Notifier => ({
  ...desk.context.notifier,
  post: async (card, key) => {
    const error = failure();
    if (error !== null) throw error;
    return desk.context.notifier.post(card, key);
  },
});

describe('delivering the cards', () => {
  it('posts them in the order in which they were written', async () => {
    const desk = await openDesk([]);
    for (const name of ['one', 'two', 'three']) await queueUp(desk, name, name);
    await deliverOutbox(desk.context);
    expect(titles(desk)).toEqual(['posted one', 'posted two', 'posted three']);
  });

  it('also delivers one that somebody asks for while the last look is already behind', async () => {
    const desk = await openDesk([]);
    const { ledger } = desk.context;
    await queueUp(desk, 'one', 'one');
    const others: string[] = ['two', 'three'];
    const exclusively = (work: () => Promise<void>): Promise<boolean> =>
      ledger.outbox.exclusively(async () => {
        await work();
        const next = others.shift();
        if (next === undefined) return;
        await queueUp(desk, next, next);
        // The lock is still held: whoever asks now leaves the card to the one who holds it.
        await deliverOutbox(desk.context);
      });
    const outbox = { ...ledger.outbox, exclusively };
    await deliverOutbox(desk.with({ ledger: { ...ledger, outbox } }));
    expect(titles(desk)).toEqual(['posted one', 'posted two', 'posted three']);
  });

  it('edits the message that the first card of a key was posted as', async () => {
    const desk = await openDesk([]);
    await queueUp(desk, 'trade', 'submitted');
    await deliverOutbox(desk.context);
    await queueUp(desk, 'trade', 'filled');
    await deliverOutbox(desk.context);
    expect(titles(desk)).toEqual(['posted submitted', 'edited filled']);
  });

  it('leaves out a kind that is off, and goes on', async () => {
    const desk = await openDesk([]);
    const cardSettings = { ...desk.context.cardSettings, alarm: 'off' as const };
    await queueUp(desk, 'one', 'one');
    await desk.context.ledger.transaction((tx) =>
      tx.enqueueCard('two', { ...alarm('two'), kind: 'notice', tone: 'good' }),
    );
    await deliverOutbox(desk.with({ cardSettings }));
    expect(titles(desk)).toEqual(['posted notice']);
    expect(await desk.context.ledger.outbox.backlog()).toBe(0);
    const outcomes = await desk.query<{ outcome: string }>(
      'SELECT outcome FROM outbox ORDER BY sequence',
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['left_out', 'delivered']);
  });

  it('still edits the message of a kind that is off by now: nothing old is left standing', async () => {
    const desk = await openDesk([]);
    const cardSettings = { ...desk.context.cardSettings, alarm: 'off' as const };
    await queueUp(desk, 'trade', 'submitted');
    await deliverOutbox(desk.context);
    await queueUp(desk, 'trade', 'filled');
    await deliverOutbox(desk.with({ cardSettings }));
    expect(titles(desk)).toEqual(['posted submitted', 'edited filled']);
  });

  it('posts anew when the message was deleted by hand', async () => {
    const desk = await openDesk([]);
    await queueUp(desk, 'trade', 'submitted');
    await deliverOutbox(desk.context);
    await queueUp(desk, 'trade', 'filled');
    const ids: MessageId[] = [];
    const notifier: Notifier = {
      ...desk.context.notifier,
      post: async (card, key) => {
        ids.push(await desk.context.notifier.post(card, key));
        return ids.at(-1)!;
      },
      edit: async (message) => (ids.includes(message) ? 'edited' : 'message-gone'),
    };
    await deliverOutbox(desk.with({ notifier }));
    expect(titles(desk)).toEqual(['posted submitted', 'posted filled']);
    expect(new Set([...ids, 'message of trade']).size, 'under a new nonce').toBe(2);
    expect(await desk.context.ledger.outbox.messageOf('trade')).toBe(ids[0]);
    expect(await desk.context.ledger.outbox.backlog()).toBe(0);
  });

  it('keeps everything, in order, while the channel is away', async () => {
    const desk = await openDesk([]);
    let isAway = true;
    const time = { now: 0 };
    const context = desk.with({
      notifier: channelThat(desk, () =>
        isAway ? new DeliveryError('away', { permanent: false }) : null,
      ),
      systemClock: { now: () => time.now },
    });
    await queueUp(desk, 'one', 'one');
    await queueUp(desk, 'two', 'two');
    await deliverOutbox(context);
    expect(await desk.context.ledger.outbox.backlog()).toBe(2);
    isAway = false;
    time.now = 120_000;
    await deliverOutbox(context);
    expect(titles(desk)).toEqual(['posted one', 'edited one', 'posted two']);
    expect(await desk.context.ledger.outbox.backlog()).toBe(0);
  });

  it('goes on after a card that can never be delivered', async () => {
    const desk = await openDesk([]);
    let count = 0;
    const notifier = channelThat(desk, () => {
      count += 1;
      return count === 1 ? new DeliveryError('refused', { permanent: true }) : null;
    });
    await queueUp(desk, 'bad', 'bad');
    await queueUp(desk, 'good', 'good');
    await deliverOutbox(desk.with({ notifier }));
    expect(titles(desk)).toEqual(['posted good']);
    expect(await desk.context.ledger.outbox.backlog()).toBe(0);
  });

  it('loses no card when something unexpected breaks', async () => {
    const desk = await openDesk([]);
    let isBroken = true;
    const notifier = channelThat(desk, () => (isBroken ? new Error('a bug') : null));
    await queueUp(desk, 'one', 'one');
    await expect(deliverOutbox(desk.with({ notifier }))).rejects.toThrow('a bug');
    isBroken = false;
    await deliverOutbox(desk.with({ notifier }));
    expect(titles(desk)).toEqual(['posted one', 'edited one']);
  });
});

const away = () => new DeliveryError('away', { permanent: false });

describe('the order of the cards', () => {
  it('is kept while the first one waits for its next attempt', async () => {
    const desk = await openDesk([]);
    const time = { now: 0 };
    let isAway = true;
    const context = desk.with({
      notifier: channelThat(desk, () => (isAway ? away() : null)),
      systemClock: { now: () => time.now },
    });
    await queueUp(desk, 'one', 'one');
    await queueUp(desk, 'two', 'two');
    await deliverOutbox(context);
    isAway = false;
    time.now = 500;
    await deliverOutbox(context);
    expect(titles(desk), 'one is not due yet').toEqual([]);
    time.now = 1_000;
    await deliverOutbox(context);
    expect(titles(desk)).toEqual(['posted one', 'edited one', 'posted two']);
  });

  it('is that of each message’s oldest waiting card, whatever fails and whenever it is woken', async () => {
    const desk = await openDesk([]);
    const time = { now: 0 };
    let queue = modelQueue();
    const context = desk.with({
      notifier: {
        startThread: async () => {},
        pinned: async () => [],
        setPinned: async () => {},
        state: () => 'ready',
        post: async (card, key) => {
          if (card.kind !== 'channel-outage') queue.attempt(card, key);
          return key as MessageId;
        },
        find: async () => null,
        edit: async (message, card) => {
          if (card.kind !== 'channel-outage') queue.attempt(card, message);
          return 'edited';
        },
      },
      systemClock: { now: () => time.now },
    });
    let run = 0;
    const step = fc.oneof(
      fc.record({ enqueue: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ deliver: fc.array(fc.boolean(), { maxLength: 4 }) }),
      fc.record({ wait: fc.constantFrom(500, 1_000, 5_000) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20, size: 'max' }), async (steps) => {
        queue = modelQueue();
        run += 1;
        const deliver = async (failures: readonly boolean[]) => {
          queue.fail(failures);
          await deliverOutbox(context);
          queue.settle();
        };
        for (const [index, one] of steps.entries()) {
          if ('wait' in one) time.now += one.wait;
          else if ('deliver' in one) await deliver(one.deliver);
          else {
            const key = `${run}${one.enqueue}`;
            queue.add(key, `card ${index}`);
            await queueUp(desk, key, `card ${index}`);
          }
        }
        time.now += 600_000;
        await deliver([]);
        expect(queue.outOfTurn).toEqual([]);
        expect(queue.waiting()).toEqual([]);
        expect(queue.shown).toEqual(queue.latest);
      }),
      { numRuns: 40 },
    );
  });
});

/** What the channel may be told, and when: only of the message whose card waits longest. */
function modelQueue() {
  const waiting: string[] = [];
  const failures: boolean[] = [];
  const outOfTurn: string[] = [];
  const latest = new Map<string, string>();
  const shown = new Map<string, string>();
  let succeeded: string | null = null;
  const settle = () => {
    if (succeeded === waiting[0]) waiting.shift();
    succeeded = null;
  };
  return {
    outOfTurn,
    latest,
    shown,
    settle,
    waiting: () => waiting,
    fail: (next: readonly boolean[]) => failures.splice(0, failures.length, ...next),
    add(key: string, title: string) {
      latest.set(key, title);
      if (!waiting.includes(key)) waiting.push(key);
    },
    attempt(card: Card, key: string) {
      if (waiting[0] !== key) settle();
      if (waiting[0] !== key) outOfTurn.push(`${key} before ${waiting[0]}`);
      succeeded = null;
      if (failures.shift() === true) throw away();
      shown.set(key, 'title' in card ? card.title : card.kind);
      succeeded = key;
    },
  };
}

/** The desk's application with Discord's stand-in as its channel, and a clock of the test's own. */
async function openDiscordDesk() {
  const desk = await openDesk([]);
  const standIn = await startStandIn();
  const { bot } = makeBot(`${standIn.url}/api`);
  const time = { now: 0 };
  const context = desk.with({ notifier: bot.notifier, systemClock: { now: () => time.now } });
  const shown = () => channelMessages({ standIn }).map(({ embeds }) => embeds[0]?.title);
  return { desk, standIn, context, time, shown };
}

const POST = /^POST .*messages$/;
const PATCH = /^PATCH .*messages/;

describe('the channel in Discord', () => {
  afterEach(closeDesks);

  it('ends with the newest card when the reply to an older one was lost', async () => {
    const { desk, standIn, context, time, shown } = await openDiscordDesk();
    standIn.faults.failNext({ kind: 'drop-after' }, 1, POST);
    await queueUp(desk, 'trade', 'submitted');
    await deliverOutbox(context);
    await queueUp(desk, 'trade', 'filled');
    time.now = 1_000;
    await deliverOutbox(context);
    expect(shown()).toEqual(['🚨 ALARM: filled']);
    expect(await desk.context.ledger.outbox.backlog()).toBe(0);
  });

  it('ends with the newest card when the process died before it wrote down that one was posted', async () => {
    const { desk, context, shown } = await openDiscordDesk();
    await queueUp(desk, 'trade', 'submitted');
    await context.notifier.post(alarm('submitted'), 'trade');
    await queueUp(desk, 'trade', 'filled');
    await deliverOutbox(context);
    expect(shown()).toEqual(['🚨 ALARM: filled']);
  });

  it('has one message also when the edit after the post has to wait', async () => {
    const { desk, standIn, context, time, shown } = await openDiscordDesk();
    await queueUp(desk, 'trade', 'submitted');
    await queueUp(desk, 'trade', 'filled');
    standIn.faults.failNext({ kind: 'status', status: 500 }, 1, PATCH);
    await deliverOutbox(context);
    // Longer than Discord remembers a nonce: only the ledger can know of the message.
    expect(await desk.context.ledger.outbox.messageOf('trade')).not.toBeNull();
    expect(await desk.context.ledger.outbox.backlog()).toBe(2);
    time.now = 1_000;
    await deliverOutbox(context);
    expect(shown()).toEqual(['🚨 ALARM: filled']);
    expect(await desk.context.ledger.outbox.backlog()).toBe(0);
  });

  it('gets a new message for one that was deleted by hand a moment ago', async () => {
    const { desk, standIn, context, shown } = await openDiscordDesk();
    await queueUp(desk, 'trade', 'submitted');
    await deliverOutbox(context);
    const [message] = channelMessages({ standIn });
    await fetch(
      `${standIn.url}/api/v10/channels/${SANDBOX_DISCORD.channelId}/messages/${message!.id}`,
      { method: 'DELETE', headers: { authorization: `Bot ${SANDBOX_DISCORD.token}` } },
    );
    expect(shown()).toEqual([]);
    await queueUp(desk, 'trade', 'filled');
    await deliverOutbox(context);
    expect(shown()).toEqual(['🚨 ALARM: filled']);
  });

  it.each([401, 403, 404])(
    'gets every card, in order, once the cause of a %d is mended',
    async (status) => {
      const { desk, standIn, context, time, shown } = await openDiscordDesk();
      standIn.faults.failNext({ kind: 'status', status }, 4, POST);
      await queueUp(desk, 'one', 'one');
      await queueUp(desk, 'two', 'two');
      for (let attempt = 0; attempt < 4; attempt += 1) {
        await deliverOutbox(context);
        time.now += 300_000;
      }
      expect(await desk.context.ledger.outbox.backlog(), 'and the word of the outage').toBe(3);
      // A wrong token is mended by a restart.
      const { bot } = makeBot(`${standIn.url}/api`);
      standIn.faults.clear();
      await deliverOutbox({ ...context, ...(status === 401 ? { notifier: bot.notifier } : {}) });
      expect(shown()).toEqual([
        expect.stringMatching(/^📡 Discord was unreachable .*: 2 messages follow$/),
        '🚨 ALARM: one',
        '🚨 ALARM: two',
      ]);
    },
  );

  it('is asked again after pauses that grow to five minutes while a person has to mend it', async () => {
    const { desk, standIn, context, time } = await openDiscordDesk();
    standIn.faults.failNext({ kind: 'status', status: 403 }, 100, POST);
    await queueUp(desk, 'one', 'one');
    const pauses: number[] = [];
    const warnings: object[] = [];
    const log = { ...context.log, warn: (fields: object) => void warnings.push(fields) };
    for (let attempt = 0; attempt < 11; attempt += 1) {
      await deliverOutbox({ ...context, log });
      const [card] = await desk.context.ledger.outbox.pending(1);
      pauses.push((card!.retryAt! - time.now) / 1_000);
      time.now = card!.retryAt!;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(warnings).toHaveLength(pauses.length);
    expect(warnings[0]).toMatchObject({
      error: expect.stringMatching(/^403 .*Give the bot View Channel, Send Messages/),
      permanent: false,
    });
  });
});

import { afterEach, describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import { tradeId } from '#core/ids.ts';
import type { CardSettings } from '#ports/card-settings.ts';
import type { Card } from '#ports/cards.ts';
import { DeliveryError } from '#ports/notifier.ts';
import type { MessageId } from '#ports/notifier.ts';

import { alarm, AT, entry, notice, stopMoved } from '../adapters/discord/facts.ts';
import { closeDesks } from '../adapters/discord/harness.ts';
import { openDesk } from './desk.ts';

const sent = entry({ status: 'submitted', at: AT });

/** A desk whose channel can be away, with a system clock of the test's own. */
async function openChannel(settings: Partial<CardSettings> = {}) {
  const desk = await openDesk([]);
  const channel = {
    isAway: false,
    refuses: '',
    onPost: (_key: string): Promise<void> => Promise.resolve(),
  };
  const time = { now: Date.parse('2025-11-28T19:02:00Z') };
  const attempts: string[] = [];
  const threads: (string | undefined)[] = [];
  const { notifier } = desk.context;
  const context = desk.with({
    cardSettings: { ...desk.context.cardSettings, ...settings },
    systemClock: { now: () => time.now },
    notifier: {
      ...notifier,
      post: async (card, key, posting) => {
        attempts.push(key);
        threads.push(posting?.thread?.on);
        if (channel.isAway) throw new DeliveryError('away', { permanent: false });
        if (channel.refuses === key) throw new DeliveryError('refused', { permanent: true });
        await channel.onPost(key);
        return notifier.post(card, key);
      },
    },
  });
  return {
    desk,
    channel,
    time,
    attempts,
    threads,
    told: () => desk.told.map(({ kind, key }) => `${kind} ${key}`),
    deliver: () => deliverOutbox(context),
    write: (key: string, card: Card) =>
      desk.context.ledger.transaction((tx) => tx.enqueueCard(key, card)),
    /** As if all that waits had waited for so long. */
    age: (seconds: number) =>
      desk.query(`UPDATE outbox SET queued_at = queued_at - interval '${seconds} seconds'`),
  };
}

describe('a channel that is away', () => {
  afterEach(closeDesks);

  it.each([
    ['two minutes', 120_000, true],
    ['not quite two minutes', 119_999, false],
  ])('for %s says so first, once: %s', async (_, forMs, isTold) => {
    const { channel, time, deliver, write, told, desk } = await openChannel();
    const since = time.now;
    channel.isAway = true;
    await write('one', notice);
    await deliver();
    await write('two', alarm);
    channel.isAway = false;
    time.now += forMs;
    await deliver();
    await deliver();
    const posts = told().filter((line) => line.startsWith('posted'));
    const word = `posted channel-outage:${since}`;
    expect(posts).toEqual([...(isTold ? [word] : []), 'posted two', 'posted one']);
    const outages = desk.told.filter(({ card }) => card.kind === 'channel-outage');
    for (const { card } of outages) {
      expect(card).toMatchObject({ since, until: since + forMs, events: 2 });
    }
  });

  it('counts no card of a kind that is off, unless its message is there', async () => {
    const { channel, time, deliver, write, desk } = await openChannel({ entry: 'off' });
    await desk.context.ledger.outbox.posted('shown', 'message of shown' as MessageId, 0);
    channel.isAway = true;
    await write('one', alarm);
    await deliver();
    await write('entry:T', sent);
    await write('shown', sent);
    channel.isAway = false;
    time.now += 120_000;
    await deliver();
    expect(desk.told[0]?.card).toMatchObject({ kind: 'channel-outage', events: 2 });
    expect(desk.told.filter(({ card }) => card.kind === 'entry')).toHaveLength(1);
  });

  it('is asked by the word of its return alone, with pauses that go on growing', async () => {
    const { channel, time, deliver, write, attempts, desk } = await openChannel();
    const since = time.now;
    channel.isAway = true;
    await write('one', notice);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      await deliver();
      const [next] = await desk.context.ledger.outbox.pending(1);
      pauses.push((next!.retryAt! - time.now) / 1_000);
      time.now = next!.retryAt!;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(attempts.slice(-2)).toEqual([`channel-outage:${since}`, `channel-outage:${since}`]);
  });

  it('is over with the first card that gets through: the next outage is another', async () => {
    const { channel, time, deliver, write, told } = await openChannel();
    channel.isAway = true;
    await write('one', notice);
    await deliver();
    channel.isAway = false;
    time.now += 5_000;
    await deliver();
    time.now += 3_600_000;
    await write('two', notice);
    await deliver();
    expect(told().filter((line) => line.includes('channel-outage'))).toEqual([]);
  });

  it('is not away when it refuses one card for what it is', async () => {
    const { channel, time, deliver, write, told } = await openChannel();
    channel.isAway = true;
    await write('bad', notice);
    await deliver();
    Object.assign(channel, { isAway: false, refuses: 'bad' });
    time.now += 1_000;
    await deliver();
    time.now += 3_600_000;
    await write('good', notice);
    await deliver();
    expect(told()).toEqual(['posted good']);
  });
});

describe('a card', () => {
  it.each([
    [121, true],
    [118, false],
  ])('that waited %d seconds is told as late: %s', async (seconds, isLate) => {
    const { deliver, write, age, desk } = await openChannel();
    await write('one', notice);
    await age(seconds);
    await deliver();
    expect(desk.told.map(({ card }) => 'waitedMs' in card)).toEqual([isLate]);
  });

  it('about risk is tried although a less urgent one waits for its next attempt', async () => {
    const { channel, time, deliver, write, told } = await openChannel();
    channel.isAway = true;
    await write('info', notice);
    await deliver();
    channel.isAway = false;
    time.now += 100;
    await write('risk', alarm);
    await deliver();
    expect(told()).toEqual(['posted risk']);
  });

  it('about risk goes next, although others are being delivered', async () => {
    const { channel, deliver, write, told } = await openChannel();
    for (const key of ['a', 'b', 'c']) await write(key, notice);
    channel.onPost = async (key) => {
      if (key === 'a') await write('risk', alarm);
    };
    await deliver();
    expect(told()).toEqual(['posted a', 'posted risk', 'posted b', 'posted c']);
  });
});

const moved = (trade: string) => ({ ...stopMoved, tradeId: trade as typeof stopMoved.tradeId });

describe('a flood', () => {
  it.each([
    [8, 8],
    [9, 1],
  ])('of %d notices is told in %d messages', async (cards, messages) => {
    const { deliver, write, told, desk } = await openChannel();
    for (let n = 0; n < cards; n += 1) await write(`n${n}`, { ...notice, title: `note ${n}` });
    await deliver();
    expect(told()).toHaveLength(messages);
    expect(await desk.context.ledger.outbox.backlog()).toBe(0);
    const titles = desk.told.flatMap(({ card }) => {
      if (card.kind === 'batch') return card.members.map((member) => member.key);
      return [];
    });
    expect(titles).toEqual(messages === 1 ? Array.from({ length: 9 }, (_, n) => `n${n}`) : []);
  });

  it('of a kind that is off is not told at all', async () => {
    const { deliver, write, told, desk } = await openChannel({ notice: 'off' });
    for (let n = 0; n < 12; n += 1) await write(`n${n}`, notice);
    await deliver();
    expect(told()).toEqual([]);
    expect(await desk.context.ledger.outbox.backlog()).toBe(0);
  });

  it.each([
    ['of one trade is told in its thread', ['T', 'T'], 'message of entry:T'],
    ['of several trades is told in the channel', ['T', 'U'], undefined],
  ])('%s', async (_, [first = '', other = ''], thread) => {
    const { deliver, write, threads } = await openChannel();
    await write('entry:T', { ...sent, intent: { ...sent.intent, tradeId: tradeId('T') } });
    await write('entry:U', { ...sent, intent: { ...sent.intent, tradeId: tradeId('U') } });
    for (let n = 0; n < 9; n += 1) await write(`m${n}`, moved(n === 0 ? other : first));
    await deliver();
    expect(threads).toEqual([undefined, undefined, thread]);
  });

  it('of more than a message holds is told in several, and what is left singly', async () => {
    const { deliver, write, desk } = await openChannel();
    for (let n = 0; n < 60; n += 1) await write(`m${n}`, moved(`t${n}`));
    await deliver();
    const sizes = desk.told.map(({ card }) => (card.kind === 'batch' ? card.members.length : 1));
    expect(sizes).toEqual([25, 25, 10]);
  });

  it('with much to say is told in as many messages as hold all of it', async () => {
    const { deliver, write, desk } = await openChannel();
    const text = 'x'.repeat(220);
    for (let n = 0; n < 11; n += 1) await write(`n${n}`, { ...notice, title: '', text });
    await deliver();
    const sizes = desk.told.map(({ card }) => (card.kind === 'batch' ? card.members.length : 1));
    expect(sizes).toEqual([10, 1]);
  });

  it('of what is about risk is told one by one', async () => {
    const { deliver, write, told } = await openChannel();
    for (let n = 0; n < 12; n += 1) await write(`a${n}`, alarm);
    await deliver();
    expect(told()).toHaveLength(12);
  });

  it('leaves each of another kind, each that may be in the channel, and each that others wait for', async () => {
    const { deliver, write, told, desk, channel, time } = await openChannel();
    channel.isAway = true;
    await write('tried', notice);
    await deliver();
    channel.isAway = false;
    time.now += 1_000;
    for (let n = 0; n < 9; n += 1) await write(`m${n}`, moved(n === 4 ? 'T' : `t${n}`));
    for (let n = 0; n < 9; n += 1) await write(`n${n}`, notice);
    await write('alarm', { ...alarm, tradeId: 'T' as typeof stopMoved.tradeId });
    await deliver();
    expect(told()).toEqual([
      'posted m4',
      'posted alarm',
      'posted tried',
      'edited tried',
      ...[0, 1, 2, 3, 5, 6, 7, 8].map((n) => `posted m${n}`),
      expect.stringMatching(/^posted batch:/),
    ]);
    expect(await desk.context.ledger.outbox.backlog()).toBe(0);
  });

  it('stays before what is told later of a trade in it, whatever is more urgent', async () => {
    const { deliver, write, told, channel, time } = await openChannel();
    for (let n = 0; n < 9; n += 1) await write(`m${n}`, moved(`t${n}`));
    channel.isAway = true;
    await deliver();
    channel.isAway = false;
    time.now += 1_000;
    await write('other', alarm);
    await write('alarm', { ...alarm, tradeId: 't3' as typeof stopMoved.tradeId });
    await deliver();
    expect(told().filter((line) => line.startsWith('posted'))).toEqual([
      expect.stringMatching(/^posted batch:/),
      'posted other',
      'posted alarm',
    ]);
  });

  it('is over for a message that goes on: it is posted on its own', async () => {
    const { deliver, write, told } = await openChannel();
    for (let n = 0; n < 9; n += 1) await write(`n${n}`, notice);
    await deliver();
    await write('n3', { ...notice, title: 'more' });
    await deliver();
    expect(told()).toEqual([expect.stringMatching(/^posted batch:/), 'posted n3', 'edited n3']);
  });
});

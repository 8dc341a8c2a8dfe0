import { describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import type { AlarmCard } from '#ports/cards.ts';
import { DeliveryError } from '#ports/notifier.ts';
import type { Notifier } from '#ports/notifier.ts';

import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const alarm = (title: string): AlarmCard => ({ kind: 'alarm', title, text: 'text', at: 0 });

const queueUp = (desk: Desk, key: string, title: string) =>
  desk.context.ledger.transaction((tx) => tx.enqueueCard(key, alarm(title)));

const titles = ({ told }: Desk) =>
  told.map(({ kind, card }) => `${kind} ${card.kind === 'alarm' ? card.title : card.kind}`);

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

  it('edits the message that the first card of a key was posted as', async () => {
    const desk = await openDesk([]);
    await queueUp(desk, 'trade', 'submitted');
    await deliverOutbox(desk.context);
    await queueUp(desk, 'trade', 'filled');
    await deliverOutbox(desk.context);
    expect(titles(desk)).toEqual(['posted submitted', 'edited filled']);
  });

  it('posts anew when the message was deleted by hand', async () => {
    const desk = await openDesk([]);
    await queueUp(desk, 'trade', 'submitted');
    await deliverOutbox(desk.context);
    await queueUp(desk, 'trade', 'filled');
    const notifier: Notifier = { ...desk.context.notifier, edit: async () => 'message-gone' };
    await deliverOutbox(desk.with({ notifier }));
    expect(titles(desk)).toEqual(['posted submitted', 'posted filled']);
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
    expect(titles(desk)).toEqual(['posted one', 'posted two']);
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
    expect(titles(desk)).toEqual(['posted one']);
  });
});

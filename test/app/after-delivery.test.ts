import { describe, expect, it } from 'vitest';

import { threadName, threadOf } from '#app/card-thread.ts';
import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { createPinMemory } from '#app/pins.ts';
import { tradeId } from '#core/ids.ts';
import type { Card } from '#ports/cards.ts';
import type { MessageId, Notifier, Posting, Thread } from '#ports/notifier.ts';

import {
  AT,
  control,
  digest,
  entry,
  exit,
  intent,
  repaired,
  scaledOut,
  stopMoved,
  summary,
} from '../adapters/discord/facts.ts';
import { openDesk } from './desk.ts';

const ENTRY_KEY = `entry:${intent.tradeId}`;
const NAME = 'NVDA long · 2025-11-28 #1030';
const filled = entry({
  status: 'filled',
  at: AT,
  averagePrice: intent.decisionPrice,
  quantity: 120,
  slippageBps: 0,
});

/** A desk whose channel remembers threads and pins. */
async function openChannel(changes: Partial<Notifier> = {}) {
  const desk = await openDesk([]);
  const threads: Thread[] = [];
  const postings: (Posting | undefined)[] = [];
  const pins = new Set<MessageId>();
  const { notifier } = desk.context;
  const context = desk.with({
    notifier: {
      ...notifier,
      post: (card, key, posting) => {
        postings.push(posting);
        return notifier.post(card, key, posting);
      },
      startThread: async (thread) => void threads.push(thread),
      pinned: async () => [...pins],
      setPinned: async (message, isPinned) => {
        if (isPinned) pins.add(message);
        else pins.delete(message);
      },
      ...changes,
    },
  });
  const tell = async (key: string, card: Card) => {
    await context.ledger.transaction((tx) => tx.enqueueCard(key, card));
    await deliverOutbox(context);
  };
  return { desk, context, threads, postings, pins, tell };
}

describe('the thread of a trade', () => {
  it('is started under its entry’s message when that has filled', async () => {
    const { threads, tell } = await openChannel();
    await tell(ENTRY_KEY, entry({ status: 'submitted', at: AT }));
    expect(threads).toEqual([]);
    await tell(ENTRY_KEY, filled);
    expect(threads).toEqual([{ on: `message of ${ENTRY_KEY}`, name: NAME }]);
  });

  it.each<[string, Card]>([
    ['a moved stop', stopMoved],
    ['its sum', summary],
  ])('is told %s', async (_, card) => {
    const { postings, tell } = await openChannel();
    await tell(ENTRY_KEY, filled);
    await tell('key', card);
    expect(postings.at(-1)?.thread).toEqual({ on: `message of ${ENTRY_KEY}`, name: NAME });
  });

  it.each<[string, Card]>([
    ['its exit', exit()],
    ['a part that has left', scaledOut],
    ['the stop of a partly filled entry', { ...repaired, cause: 'part-filled-entry' }],
    ['a stop that was gone', repaired],
    ['a stop that stands looser', { ...stopMoved, from: stopMoved.to, to: stopMoved.from }],
    ['the day', digest],
  ])('is not told %s: that is for the channel', async (_, card) => {
    const { postings, tell } = await openChannel();
    await tell(ENTRY_KEY, filled);
    await tell('key', card);
    expect(postings.at(-1)?.thread).toBeNull();
  });

  it('is none where the entry has no message', async () => {
    const { context } = await openChannel();
    expect(await threadOf(context, stopMoved)).toBeNull();
  });

  it('has the whole id in its name where that is of another kind', () => {
    const subject = { tradeId: tradeId('adopted-7'), symbol: 'NVDA', side: 'short' } as const;
    expect(threadName(subject)).toBe('NVDA short · adopted-7');
  });
});

const active = { ...control.control, status: 'active' } as const;
const flattening = { ...control.control, status: 'flattening' } as const;
const pinnedKeys = (pins: ReadonlySet<MessageId>) => [...pins];

describe('the pin of a halt', () => {
  it('is on the newest control card until entries are allowed', async () => {
    const { pins, tell } = await openChannel();
    await tell('control:1', control);
    expect(pinnedKeys(pins)).toEqual(['message of control:1']);
    await tell('control:2', { ...control, change: 'flattening', control: flattening });
    expect(pinnedKeys(pins)).toEqual(['message of control:2']);
    await tell('control:3', { ...control, change: 'resumed', control: active });
    expect(pinnedKeys(pins)).toEqual([]);
  });

  it('leaves what people have pinned', async () => {
    const { pins, tell } = await openChannel();
    await tell('digest:1', digest);
    pins.add('message of digest:1' as MessageId).add('a word of Ada’s' as MessageId);
    await tell('control:1', { ...control, change: 'resumed', control: active });
    expect(pinnedKeys(pins)).toEqual(['message of digest:1', 'a word of Ada’s']);
  });

  it('that the chat refuses keeps no card back', async () => {
    const { desk, context, tell } = await openChannel({
      pinned: () => Promise.reject(new Error('Missing Permissions')),
    });
    await tell('control:1', control);
    expect(desk.told).toHaveLength(1);
    expect(await context.ledger.outbox.backlog()).toBe(0);
  });
});

/** A channel in which nothing can be pinned until it is mended, at a time of one's own. */
async function openRefusing() {
  let now = 0;
  let asked = 0;
  let isMended = false;
  const pins = new Set<MessageId>();
  const channel = await openChannel({
    pinned: async () => {
      asked += 1;
      if (!isMended) throw new Error('Missing Permissions');
      return [...pins];
    },
    setPinned: async (message, isPinned) => {
      if (isPinned) pins.add(message);
      else pins.delete(message);
    },
  });
  const context = { ...channel.context, systemClock: { now: () => now } };
  return {
    context,
    pins,
    asked: () => asked,
    mend: () => {
      isMended = true;
    },
    tell: async (key: string, card: Card) => {
      await context.ledger.transaction((tx) => tx.enqueueCard(key, card));
      await deliverOutbox(context);
    },
    /** The delivery looks every five seconds. */
    pass: async (minutes: number, by: AppContext = context) => {
      for (const end = now + minutes * 60_000; now < end; now += 5_000) await deliverOutbox(by);
    },
  };
}

describe('a pin that the chat has refused', () => {
  it('is tried again by itself, once it can be had', async () => {
    const { pins, tell, mend, pass } = await openRefusing();
    await tell('control:1', control);
    mend();
    await pass(0.9);
    expect(pinnedKeys(pins)).toEqual([]);
    await pass(0.2);
    expect(pinnedKeys(pins)).toEqual(['message of control:1']);
  });

  it('is not asked for again once it is there', async () => {
    const { tell, mend, pass, asked } = await openRefusing();
    await tell('control:1', control);
    mend();
    await pass(2);
    const before = asked();
    await pass(120);
    expect(asked()).toBe(before);
  });

  it('is tried ever more rarely, at last once an hour', async () => {
    const { tell, pass, asked } = await openRefusing();
    await tell('control:1', control);
    await pass(124);
    expect(asked()).toBe(8);
    await pass(60);
    expect(asked()).toBe(9);
  });

  it('is wanted as the channel was told last, whoever told it', async () => {
    const { context, pins, tell, mend, pass } = await openRefusing();
    await tell('control:1', control);
    mend();
    const other = { ...context, pins: createPinMemory() };
    await context.ledger.transaction((tx) =>
      tx.enqueueCard('control:2', { ...control, change: 'resumed', control: active }),
    );
    await deliverOutbox(other);
    await pass(2);
    expect(pinnedKeys(pins)).toEqual([]);
  });

  it('is put right by the next process, at once', async () => {
    const { context, pins, tell, mend } = await openRefusing();
    await tell('control:1', control);
    mend();
    await deliverOutbox({ ...context, pins: createPinMemory() });
    expect(pinnedKeys(pins)).toEqual(['message of control:1']);
  });
});

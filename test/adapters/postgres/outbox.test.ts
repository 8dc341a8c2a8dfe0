import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Ledger } from '#ports/ledger.ts';
import type { MessageId } from '#ports/notifier.ts';

import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';
import { alarm } from './facts.ts';

const NOW = 1_764_000_000_000;
const message = (text: string) => text as MessageId;

let desk: LedgerDesk;
let ledger: Ledger;

beforeAll(async () => {
  desk = await openDesk();
  ledger = desk.ledger;
});
beforeEach(() => desk.clear());
afterAll(() => desk.close());

const never = () => Promise.reject(new Error('two at once'));
const enqueue = (key: string, title: string) =>
  ledger.transaction((tx) => tx.enqueueCard(key, alarm(title)));
const titlesOf = async () =>
  (await ledger.outbox.pending(100)).map(({ card }) => 'title' in card && card.title);
const first = async () => (await ledger.outbox.pending(1))[0]!;

describe('cards on their way', () => {
  it('wait in the order in which they were queued', async () => {
    await ledger.transaction(async (tx) => {
      await tx.enqueueCard('a', alarm('1'));
      await tx.enqueueCard('b', alarm('2'));
    });
    await enqueue('c', '3');
    expect(await titlesOf()).toEqual(['1', '2', '3']);
    expect(await ledger.outbox.backlog()).toBe(3);
    expect(await ledger.outbox.pending(2)).toHaveLength(2);
  });

  it('of one message are the newest one only, at the place of the oldest', async () => {
    await enqueue('a', 'a1');
    await enqueue('b', 'b1');
    await enqueue('a', 'a2');
    expect(await titlesOf()).toEqual(['a2', 'b1']);
  });

  it('are done with once delivered, with those of the same message that they overtook', async () => {
    await enqueue('a', 'a1');
    await enqueue('a', 'a2');
    const { sequence } = await first();
    await enqueue('a', 'a3');
    await ledger.outbox.delivered(sequence, 'a', message('m1'), NOW);
    expect(await titlesOf()).toEqual(['a3']);
    expect(await desk.query('SELECT outcome FROM outbox ORDER BY sequence')).toEqual([
      { outcome: 'superseded' },
      { outcome: 'delivered' },
      { outcome: null },
    ]);
  });

  it('belong to the message that their key was posted as, also when that was posted anew', async () => {
    expect(await ledger.outbox.messageOf('a')).toBeNull();
    await enqueue('a', 'a1');
    await ledger.outbox.delivered((await first()).sequence, 'a', message('m1'), NOW);
    expect(await ledger.outbox.messageOf('a')).toBe('m1');
    await enqueue('a', 'a2');
    await ledger.outbox.delivered((await first()).sequence, 'a', message('m2'), NOW);
    expect(await ledger.outbox.messageOf('a')).toBe('m2');
  });

  it('keep their place when they failed, and tell until when all of their message waits', async () => {
    await enqueue('a', 'a1');
    await enqueue('b', 'b1');
    expect(await first()).toMatchObject({ retryAt: null });
    await ledger.outbox.failed((await first()).sequence, 'rate limited', NOW + 1000);
    await enqueue('a', 'a2');
    expect(await ledger.outbox.pending(10)).toMatchObject([
      { key: 'a', card: { title: 'a2' }, retryAt: NOW + 1000 },
      { key: 'b', card: { title: 'b1' }, retryAt: null },
    ]);
  });

  it('tell whether their message may be in the channel already', async () => {
    const mayExist = async () => (await first()).mayExist;
    await enqueue('a', 'a1');
    expect(await mayExist(), 'never tried').toBe(false);
    await ledger.outbox.trying((await first()).sequence);
    expect(await mayExist(), 'a post was begun').toBe(true);
    await desk.clear();
    await enqueue('a', 'a1');
    await ledger.outbox.failed((await first()).sequence, 'reply lost', NOW);
    expect(await mayExist(), 'tried before').toBe(true);
    await desk.clear();
    await enqueue('a', 'a1');
    await enqueue('a', 'a2');
    expect(await mayExist(), 'an older card of the message').toBe(true);
    await desk.clear();
    await enqueue('a', 'a1');
    await ledger.outbox.failed((await first()).sequence, 'invalid', null);
    await enqueue('a', 'a2');
    expect(await mayExist(), 'an older card that was given up').toBe(true);
  });

  it('are still to be delivered when their message was posted but does not show them yet', async () => {
    await enqueue('a', 'a1');
    await ledger.outbox.posted('a', message('m1'), NOW);
    expect(await ledger.outbox.messageOf('a')).toBe('m1');
    expect(await titlesOf()).toEqual(['a1']);
    await ledger.outbox.posted('a', message('m2'), NOW);
    expect(await ledger.outbox.messageOf('a')).toBe('m2');
  });

  it('count their attempts, a newer card of the message going on from there', async () => {
    await enqueue('a', 'a1');
    for (const attempt of [0, 1]) {
      const card = await first();
      expect(card.attempts).toBe(attempt);
      await ledger.outbox.failed(card.sequence, 'no', NOW);
    }
    await enqueue('a', 'a2');
    expect((await first()).attempts).toBe(2);
  });

  it('are given up for good, with those before them, when told so', async () => {
    await enqueue('a', 'a1');
    await enqueue('a', 'a2');
    await ledger.outbox.failed((await first()).sequence, 'no such channel\0', null);
    expect(await titlesOf()).toEqual([]);
    expect(await ledger.outbox.backlog()).toBe(0);
    expect(await desk.query('SELECT outcome, error FROM outbox ORDER BY sequence')).toEqual([
      { outcome: 'given_up', error: null },
      { outcome: 'given_up', error: 'no such channel' },
    ]);
  });

  it('are remembered by their key, delivered or not', async () => {
    expect(await ledger.outbox.has('a')).toBe(false);
    await enqueue('a', 'a1');
    expect(await ledger.outbox.has('a')).toBe(true);
    await ledger.outbox.delivered((await first()).sequence, 'a', message('m1'), NOW);
    expect(await ledger.outbox.has('a')).toBe(true);
  });

  it('are stored whatever characters a broker puts into them', async () => {
    await enqueue('a', 'bad \0 text \ud83d and 🚀');
    expect(await titlesOf()).toEqual(['bad  text \ufffd and 🚀']);
  });

  it('are numbered in the order of their commits', async () => {
    const started = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const slow = ledger.transaction(async (tx) => {
      await tx.enqueueCard('a', alarm('slow'));
      started.resolve();
      await mayEnd.promise;
    });
    await started.promise;
    await enqueue('a', 'quick');
    mayEnd.resolve();
    await slow;
    expect(await titlesOf()).toEqual(['slow']);
  });

  it('are found without a walk through those delivered before', async () => {
    await desk.query(
      `INSERT INTO outbox (key, card, settled_at, outcome)
       SELECT 'old' || n, '{}', now(), 'delivered' FROM generate_series(1, 100000) n`,
    );
    await desk.query('ANALYZE outbox');
    await enqueue('a', 'a1');
    expect(await titlesOf()).toEqual(['a1']);
    const plan = await desk.query<{ 'QUERY PLAN': string }>(
      'EXPLAIN SELECT key, max(sequence) FROM outbox WHERE settled_at IS NULL GROUP BY key',
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('outbox_pending_of_key');
  });
});

describe('delivery', () => {
  it('is done by one process at a time', async () => {
    const other = await desk.openAnother();
    const inside = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const running = ledger.outbox.exclusively(async () => {
      inside.resolve();
      await mayEnd.promise;
    });
    await inside.promise;
    expect(await other.ledger.outbox.exclusively(never)).toBe(false);
    expect(await ledger.outbox.exclusively(never)).toBe(false);
    mayEnd.resolve();
    expect(await running).toBe(true);
    expect(await other.ledger.outbox.exclusively(() => Promise.resolve())).toBe(true);
    await other.close();
  });

  it('frees the lock when the work throws', async () => {
    const failing = ledger.outbox.exclusively(() => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await ledger.outbox.exclusively(() => Promise.resolve())).toBe(true);
  });

  it('passes to another process when the one at work dies', async () => {
    const inside = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const dying = ledger.outbox.exclusively(async () => {
      inside.resolve();
      await mayEnd.promise;
    });
    await inside.promise;
    // What the server sees of a process that is killed: its connection is gone.
    await desk.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    const other = await desk.openAnother();
    let isTaken = false;
    while (!isTaken) isTaken = await other.ledger.outbox.exclusively(() => Promise.resolve());
    expect(isTaken).toBe(true);
    mayEnd.resolve();
    await dying;
    await other.close();
  });
});

describe('whatever happens', () => {
  type Step =
    | { readonly kind: 'enqueue'; readonly keys: readonly string[] }
    | { readonly kind: 'deliver'; readonly fails: readonly boolean[] }
    | { readonly kind: 'wait' };

  const key = fc.constantFrom('a', 'b', 'c');
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      kind: fc.constant('enqueue' as const),
      keys: fc.array(key, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('deliver' as const),
      fails: fc.array(fc.boolean(), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('wait' as const) }),
  );

  it('each message only moves forward, and ends with its latest card', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await desk.query('TRUNCATE outbox, card_messages');
        let now = NOW;
        let number = 0;
        const shown = new Map<string, number[]>();
        const latest = new Map<string, number>();

        const deliver = async (fails: readonly boolean[]) => {
          const cards = await ledger.outbox.pending(10);
          expect(new Set(cards.map((card) => card.key)).size).toBe(cards.length);
          for (const [index, { sequence, key: of, card, retryAt }] of cards.entries()) {
            if (retryAt !== null && retryAt > now) break;
            if (fails[index] === true) {
              await ledger.outbox.failed(sequence, 'no', now + 1000);
              continue;
            }
            const title = Number('title' in card ? card.title : Number.NaN);
            shown.set(of, [...(shown.get(of) ?? []), title]);
            await ledger.outbox.delivered(sequence, of, message(of), now);
          }
          return cards.length;
        };

        for (const one of steps) {
          if (one.kind === 'wait') now += 1000;
          if (one.kind === 'deliver') await deliver(one.fails);
          if (one.kind !== 'enqueue') continue;
          await ledger.transaction(async (tx) => {
            for (const of of one.keys) {
              latest.set(of, (number += 1));
              await tx.enqueueCard(of, alarm(String(number)));
            }
          });
        }
        now += 1000;
        while ((await deliver([])) > 0);

        for (const [of, titles] of shown) {
          expect(titles).toEqual([...new Set(titles)].toSorted((left, right) => left - right));
          expect(titles.at(-1)).toBe(latest.get(of));
        }
        expect(shown.size).toBe(latest.size);
        expect(await ledger.outbox.backlog()).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});

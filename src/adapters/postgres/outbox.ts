import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';

import { laneOf, streamsOf } from '#app/lanes.ts';
import type { EpochMs } from '#core/session.ts';
import type { BatchCard, Card } from '#ports/cards.ts';
import type { Logger } from '#ports/logger.ts';
import type { MessageId } from '#ports/notifier.ts';
import type { OutboxCard, OutboxStore } from '#ports/outbox.ts';

import { alertStore } from './alert-store.ts';
import { lockUntilCommit } from './database.ts';
import type { Database } from './database.ts';
import { exclusively } from './delivery-lock.ts';
import { and, desc, eq, exists, lte, notInArray, or, sql } from './drizzle.ts';
import { isPending, pendingCards } from './pending-cards.ts';
import { cardMessages, channelOutage, outbox } from './schema/outbox.ts';

export interface QueuedCard {
  readonly key: string;
  readonly card: Card;
}

/**
 * Writes a transaction's cards, as its last statement: the lock makes numbers follow the order of the
 * commits, so that no card ever turns up behind one that was read already, and nothing waits for
 * another lock while it is held.
 */
export async function writeCards(db: Database, cards: readonly QueuedCard[]): Promise<void> {
  if (cards.length === 0) return;
  await lockUntilCommit(db, 'outboxOrder');
  await db.insert(outbox).values(cards.map(rowOf));
}

const rowOf = ({ key, card }: QueuedCard) => ({
  key,
  card,
  lane: laneOf(card),
  streams: [...streamsOf(card)],
});

/** Settles a card and what its message had waiting before it. */
const settleUntil = (sequence: number) =>
  and(
    isPending,
    lte(outbox.sequence, sequence),
    eq(outbox.key, sql`(SELECT key FROM ${outbox} WHERE sequence = ${sequence})`),
  );

async function failed(
  db: NodePgDatabase,
  sequence: number,
  error: string,
  retryAt: number | null,
): Promise<void> {
  await db
    .update(outbox)
    .set({ attempts: sql`${outbox.attempts} + 1`, error, retryAt })
    .where(eq(outbox.sequence, sequence));
  if (retryAt !== null) return;
  await db
    .update(outbox)
    .set({ settledAt: sql`now()`, outcome: 'given_up' })
    .where(settleUntil(sequence));
}

async function leftOut(db: NodePgDatabase, sequence: number): Promise<void> {
  await db
    .update(outbox)
    .set({ settledAt: sql`now()`, outcome: 'left_out' })
    .where(settleUntil(sequence));
}

interface Shown {
  readonly messageId: MessageId;
  readonly deliveredAt: EpochMs;
}

async function posted(db: Database, key: string, shown: Shown): Promise<void> {
  await db
    .insert(cardMessages)
    .values({ key, ...shown })
    .onConflictDoUpdate({ target: cardMessages.key, set: shown });
}

/** The message shows the card: it and what its key had waiting before it are done with. */
async function delivered(
  db: NodePgDatabase,
  card: Pick<OutboxCard, 'sequence' | 'key'>,
  shown: Shown,
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx
      .update(outbox)
      .set({
        settledAt: shown.deliveredAt,
        outcome: sql`CASE ${outbox.sequence} WHEN ${card.sequence} THEN 'delivered' ELSE 'superseded' END`,
      })
      .where(settleUntil(card.sequence));
    await posted(tx, card.key, shown);
    // Within the same transaction: an outage that is over must never be taken for one that goes on.
    await tx.delete(channelOutage);
  });
}

/** One card in place of several. They are done with by it: from here on it is what may not be lost. */
async function gather(
  db: NodePgDatabase,
  members: readonly OutboxCard[],
  batch: QueuedCard & { readonly card: BatchCard },
): Promise<void> {
  await db.transaction(async (tx) => {
    for (const { sequence } of members) {
      await tx
        .update(outbox)
        .set({
          settledAt: sql`now()`,
          outcome: sql`CASE ${outbox.sequence} WHEN ${sequence} THEN 'batched' ELSE 'superseded' END`,
        })
        .where(settleUntil(sequence));
    }
    const place = Math.min(...members.map((member) => member.place));
    await lockUntilCommit(tx, 'outboxOrder');
    await tx.insert(outbox).values({ ...rowOf(batch), place });
  });
}

const outageStore = (
  db: NodePgDatabase,
): Pick<OutboxStore, 'outage' | 'setOutage' | 'announceOutage'> => ({
  async outage() {
    const [row] = await db.select().from(channelOutage);
    return row?.since ?? null;
  },

  async setOutage(since) {
    await (since === null
      ? db.delete(channelOutage)
      : db.insert(channelOutage).values({ since }).onConflictDoNothing());
  },

  announceOutage: (key, card, attempts) =>
    db.transaction(async (tx) => {
      if (await has(tx, key)) return false;
      await lockUntilCommit(tx, 'outboxOrder');
      await tx.insert(outbox).values({ ...rowOf({ key, card }), attempts });
      return true;
    }),
});

const kindOf = sql<string>`${outbox.card} ->> 'kind'`;

async function waitingMessages(
  db: NodePgDatabase,
  leftOutKinds: readonly string[],
): Promise<number> {
  const isThere = exists(db.select().from(cardMessages).where(eq(cardMessages.key, outbox.key)));
  const [row] = await db
    .select({ keys: sql<number>`count(DISTINCT ${outbox.key})`.mapWith(Number) })
    .from(outbox)
    .where(and(isPending, or(notInArray(kindOf, [...leftOutKinds]), isThere)));
  return row?.keys ?? 0;
}

async function has(db: Database, key: string): Promise<boolean> {
  const rows = await db
    .select({ key: outbox.key })
    .from(outbox)
    .where(eq(outbox.key, key))
    .limit(1);
  return rows.length > 0;
}

/** The store of cards. `pool` lends the connection on which the delivery lock is held. */
export const createOutbox = (db: NodePgDatabase, pool: Pool, log: Logger): OutboxStore => ({
  exclusively: (work) => exclusively(pool, log, work),
  pending: (limit) => pendingCards(db, limit),

  async messageOf(key) {
    const [row] = await db
      .select({ messageId: cardMessages.messageId })
      .from(cardMessages)
      .where(eq(cardMessages.key, key));
    return row?.messageId ?? null;
  },

  async trying(sequence) {
    await db.update(outbox).set({ tried: true }).where(eq(outbox.sequence, sequence));
  },

  async keyOf(message) {
    const [row] = await db
      .select({ key: cardMessages.key })
      .from(cardMessages)
      .where(eq(cardMessages.messageId, message));
    return row?.key ?? null;
  },

  posted: (key, messageId, deliveredAt) => posted(db, key, { messageId, deliveredAt }),
  delivered: (sequence, key, messageId, deliveredAt) =>
    delivered(db, { sequence, key }, { messageId, deliveredAt }),
  leftOut: (sequence) => leftOut(db, sequence),
  failed: (sequence, error, retryAt) => failed(db, sequence, error, retryAt),
  backlog: () => db.$count(outbox, isPending),
  waitingMessages: (kinds) => waitingMessages(db, kinds),

  async latest(kind) {
    const [row] = await db
      .select({ key: outbox.key, card: outbox.card })
      .from(outbox)
      .where(eq(kindOf, kind))
      .orderBy(desc(outbox.sequence))
      .limit(1);
    return row ?? null;
  },

  has: (key) => has(db, key),
  gather: (members, key, card) => gather(db, members, { key, card }),
  ...alertStore(db),
  ...outageStore(db),
});

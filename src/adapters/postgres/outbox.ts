import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';

import { laneOf, streamsOf } from '#app/lanes.ts';
import { deliveryOrder } from '#core/delivery-order.ts';
import type { Turn, WaitingCard } from '#core/delivery-order.ts';
import type { EpochMs } from '#core/session.ts';
import type { BatchCard, Card } from '#ports/cards.ts';
import type { Logger } from '#ports/logger.ts';
import type { MessageId } from '#ports/notifier.ts';
import type { OutboxCard, OutboxStore } from '#ports/outbox.ts';

import { alertStore } from './alert-store.ts';
import { lockArguments, lockUntilCommit } from './database.ts';
import type { Database } from './database.ts';
import { and, desc, eq, exists, inArray, isNull, lte, notInArray, or, sql } from './drizzle.ts';
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

const isPending = isNull(outbox.settledAt);

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

/** Runs the work on one process at a time: the lock lives on a connection, and goes with it. */
async function exclusively(pool: Pool, log: Logger, work: () => Promise<void>): Promise<boolean> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
    log.warn({ error: error.message }, 'the connection that holds the delivery lock is lost');
  };
  client.on('error', onError);
  try {
    const { rows } = await client.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_lock($1, $2) AS locked',
      lockArguments('delivery'),
    );
    if (rows[0]?.locked !== true) return false;
    try {
      await work();
    } finally {
      if (broken === undefined) {
        await client.query('SELECT pg_advisory_unlock($1, $2)', lockArguments('delivery'));
      }
    }
    return true;
  } finally {
    client.removeListener('error', onError);
    client.release(broken);
  }
}

/** What the order of delivery is made of, without the cards themselves. */
interface Header extends WaitingCard {
  readonly tried: boolean;
  readonly attempts: number;
  readonly retryAt: EpochMs | null;
}

const headers = (db: NodePgDatabase): Promise<readonly Header[]> =>
  db
    .select({
      sequence: outbox.sequence,
      place: sql<number>`coalesce(${outbox.place}, ${outbox.sequence})`.mapWith(Number),
      key: outbox.key,
      lane: outbox.lane,
      streams: outbox.streams,
      tried: outbox.tried,
      attempts: outbox.attempts,
      retryAt: outbox.retryAt,
    })
    .from(outbox)
    .where(isPending);

/** Whether the message had a card before this one, whatever became of it. */
const hasOlder = sql<boolean>`EXISTS (
  SELECT FROM ${outbox} older WHERE older.key = outbox.key AND older.sequence < outbox.sequence
)`;

const waitedMs = sql<number>`extract(epoch FROM clock_timestamp() - ${outbox.queuedAt}) * 1000`;

/** Of each key its newest card, in the order of delivery. */
async function pending(db: NodePgDatabase, limit: number): Promise<readonly OutboxCard[]> {
  const turns = deliveryOrder(await headers(db)).slice(0, limit);
  const newest = turns.flatMap(({ cards }) => cards.at(-1)?.sequence ?? []);
  if (newest.length === 0) return [];
  const found = await db
    .select({
      sequence: outbox.sequence,
      card: outbox.card,
      waitedMs: waitedMs.mapWith(Number),
      hasOlder,
    })
    .from(outbox)
    .where(inArray(outbox.sequence, newest));
  const bySequence = new Map(found.map((row) => [row.sequence, row]));
  return turns.flatMap((turn) => {
    const row = bySequence.get(turn.cards.at(-1)?.sequence ?? Number.NaN);
    return row === undefined ? [] : [outboxCard(turn, row)];
  });
}

function outboxCard(
  { key, lane, cards }: Turn<Header>,
  row: Pick<OutboxCard, 'sequence' | 'card' | 'waitedMs'> & { readonly hasOlder: boolean },
): OutboxCard {
  // Of the whole key: a newer card does not make the channel more patient.
  const attempts = Math.max(...cards.map((card) => card.attempts));
  const retryAt = Math.max(...cards.map((card) => card.retryAt ?? Number.NEGATIVE_INFINITY));
  return {
    sequence: row.sequence,
    key,
    card: row.card,
    lane,
    place: cards[0]?.place ?? row.sequence,
    streams: [...new Set(cards.flatMap(({ streams }) => streams))],
    waitedMs: row.waitedMs,
    attempts,
    retryAt: Number.isFinite(retryAt) ? retryAt : null,
    mayExist: cards.some(({ tried }) => tried) || attempts > 0 || row.hasOlder,
  };
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
  pending: (limit) => pending(db, limit),

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

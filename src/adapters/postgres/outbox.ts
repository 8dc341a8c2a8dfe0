import { and, asc, eq, isNull, lte, max, min, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';

import type { EpochMs } from '#core/session.ts';
import type { Card } from '#ports/cards.ts';
import type { OutboxCard, OutboxStore } from '#ports/ledger.ts';
import type { Logger } from '#ports/logger.ts';
import type { MessageId } from '#ports/notifier.ts';

import { lockArguments, lockUntilCommit } from './database.ts';
import type { Database } from './database.ts';
import { cardMessages, outbox } from './schema/outbox.ts';

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
  await db.insert(outbox).values([...cards]);
}

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

/** Whether the message had a card before this one, whatever became of it. */
const hasOlder = sql`EXISTS (
  SELECT FROM ${outbox} older WHERE older.key = ${outbox.key} AND older.sequence < ${outbox.sequence}
)`;

/** Of each key its newest card, keys in the order of their oldest. */
async function pending(db: NodePgDatabase, limit: number): Promise<readonly OutboxCard[]> {
  const keys = db
    .select({
      oldest: min(outbox.sequence).as('oldest'),
      newest: max(outbox.sequence).as('newest'),
      // Of the whole key: a newer card does not make the channel more patient.
      attempts: sql<number>`max(${outbox.attempts})`.as('key_attempts'),
      retryAt: max(outbox.retryAt).as('key_retry_at'),
    })
    .from(outbox)
    .where(isPending)
    .groupBy(outbox.key)
    .orderBy(sql`oldest`)
    .limit(limit)
    .as('keys');
  return await db
    .select({
      sequence: outbox.sequence,
      key: outbox.key,
      card: outbox.card,
      attempts: keys.attempts,
      retryAt: keys.retryAt,
      mayExist: sql<boolean>`${keys.attempts} > 0 OR ${hasOlder}`,
    })
    .from(keys)
    .innerJoin(outbox, eq(outbox.sequence, keys.newest))
    .orderBy(asc(keys.oldest));
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
  });
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

  posted: (key, messageId, deliveredAt) => posted(db, key, { messageId, deliveredAt }),
  delivered: (sequence, key, messageId, deliveredAt) =>
    delivered(db, { sequence, key }, { messageId, deliveredAt }),
  failed: (sequence, error, retryAt) => failed(db, sequence, error, retryAt),
  backlog: () => db.$count(outbox, isPending),
  has: async (key) => {
    const rows = await db
      .select({ key: outbox.key })
      .from(outbox)
      .where(eq(outbox.key, key))
      .limit(1);
    return rows.length > 0;
  },
});

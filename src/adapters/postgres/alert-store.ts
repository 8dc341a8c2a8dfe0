import type { NodePgDatabase } from 'drizzle-orm/node-postgres';

import type { OutboxStore, UndeliveredAlert } from '#ports/outbox.ts';

import { and, asc, eq, isNull, or, sql } from './drizzle.ts';
import { outbox } from './schema/outbox.ts';

type AlertStore = Pick<OutboxStore, 'undeliveredAlerts' | 'alerted' | 'alertFailed'>;

const waitedMs = sql<number>`extract(epoch FROM clock_timestamp() - outbox.queued_at) * 1000`;

const isUntold = and(
  eq(outbox.lane, 'risk'),
  isNull(outbox.alertedAt),
  or(isNull(outbox.settledAt), eq(outbox.outcome, 'given_up')),
  // What the message says by now may be about risk no more.
  sql`NOT EXISTS (SELECT FROM ${outbox} newer WHERE newer.key = outbox.key AND newer.sequence > outbox.sequence)`,
);

async function undelivered(
  db: NodePgDatabase,
  longestMs: number,
): Promise<readonly UndeliveredAlert[]> {
  return await db
    .select({
      sequence: outbox.sequence,
      key: outbox.key,
      card: outbox.card,
      waitedMs: waitedMs.mapWith(Number),
      attempts: outbox.alertAttempts,
      retryAt: outbox.alertRetryAt,
    })
    .from(outbox)
    .where(and(isUntold, or(sql`${waitedMs} >= ${longestMs}`, eq(outbox.outcome, 'given_up'))))
    .orderBy(asc(outbox.sequence));
}

/** What the second path is asked to tell, and what it has told. */
export const alertStore = (db: NodePgDatabase): AlertStore => ({
  undeliveredAlerts: (longestMs) => undelivered(db, longestMs),

  async alerted(sequence, at) {
    await db.update(outbox).set({ alertedAt: at }).where(eq(outbox.sequence, sequence));
  },

  async alertFailed(sequence, retryAt) {
    await db
      .update(outbox)
      .set({ alertAttempts: sql`${outbox.alertAttempts} + 1`, alertRetryAt: retryAt })
      .where(eq(outbox.sequence, sequence));
  },
});

import type { NodePgDatabase } from 'drizzle-orm/node-postgres';

import { deliveryOrder } from '#core/delivery-order.ts';
import type { Turn, WaitingCard } from '#core/delivery-order.ts';
import type { EpochMs } from '#core/session.ts';
import type { OutboxCard } from '#ports/outbox.ts';

import { inArray, isNull, sql } from './drizzle.ts';
import { outbox } from './schema/outbox.ts';

/** Cards that nobody is done with yet. */
export const isPending = isNull(outbox.settledAt);

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
export async function pendingCards(
  db: NodePgDatabase,
  limit: number,
): Promise<readonly OutboxCard[]> {
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

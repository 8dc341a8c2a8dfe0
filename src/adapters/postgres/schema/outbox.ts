import type { Lane } from '#core/delivery-order.ts';
import type { Card } from '#ports/cards.ts';
import type { MessageId } from '#ports/notifier.ts';

import { documentOf, instant, words } from '../columns.ts';
import {
  isNull,
  sql,
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  smallint,
  text,
} from '../drizzle.ts';

/**
 * superseded: a newer card of its message was delivered instead. batched: a card of its own tells it together
 * with others of its kind. given_up: it could not be delivered. left_out: the settings keep its kind out of the
 * channel.
 */
export type CardOutcome = 'delivered' | 'superseded' | 'batched' | 'given_up' | 'left_out';

/** Cards on their way to the channel, in the order in which their events were committed. */
export const outbox = pgTable(
  'outbox',
  {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** The message the card belongs to. */
    key: text('key').notNull(),
    card: documentOf<Card>('card'),
    /** How soon it has to be told, and what it must not be told before: see core/delivery-order.ts. */
    lane: text('lane').$type<Lane>().notNull().default('info'),
    streams: text('streams')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** Its place in the order of delivery where that is not its number: of a batch, its first member's. */
    place: bigint('place', { mode: 'number' }),
    /** By the database's clock. */
    queuedAt: instant('queued_at')
      .notNull()
      .default(sql`now()`),
    /** Whether a post of it was begun: from then on it may be in the channel. */
    tried: boolean('tried').notNull().default(false),
    attempts: integer('attempts').notNull().default(0),
    /** Not to be tried before; null: at once. */
    retryAt: instant('retry_at'),
    /** Of the last attempt that failed. */
    error: words('error'),
    /** When it was done with, and how; null: still to be delivered. */
    settledAt: instant('settled_at'),
    outcome: text('outcome').$type<CardOutcome>(),
    /** When it was told on the second path, which is for risk alone; null: it was not. */
    alertedAt: instant('alerted_at'),
    /** How often the second path has failed it, and until when it is let be. */
    alertAttempts: integer('alert_attempts').notNull().default(0),
    alertRetryAt: instant('alert_retry_at'),
  },
  (table) => [
    index('outbox_key').on(table.key),
    index('outbox_untold_risk')
      .on(table.key, table.sequence)
      .where(
        sql`lane = 'risk' AND alerted_at IS NULL AND (settled_at IS NULL OR outcome = 'given_up')`,
      ),
    index('outbox_pending_of_key').on(table.key, table.sequence).where(isNull(table.settledAt)),
  ],
);

/** The channel's messages, by key. */
export const cardMessages = pgTable('card_messages', {
  key: text('key').primaryKey(),
  messageId: text('message_id').$type<MessageId>().notNull(),
  /** When its latest card was delivered. */
  deliveredAt: instant('delivered_at').notNull(),
});

/** Since when the channel has taken no card: one row while it does not. By the system's clock. */
export const channelOutage = pgTable(
  'channel_outage',
  { id: smallint('id').primaryKey().default(1), since: instant('since').notNull() },
  (table) => [check('channel_outage_has_one_row', sql`${table.id} = 1`)],
);

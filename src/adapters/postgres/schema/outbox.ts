import { isNull } from 'drizzle-orm';
import { bigint, index, integer, pgTable, text } from 'drizzle-orm/pg-core';

import type { Card } from '#ports/cards.ts';
import type { MessageId } from '#ports/notifier.ts';

import { documentOf, instant, words } from '../columns.ts';

/** superseded: a newer card of its message was delivered instead. given_up: it could not be delivered. */
export type CardOutcome = 'delivered' | 'superseded' | 'given_up';

/** Cards on their way to the channel, in the order in which their events were committed. */
export const outbox = pgTable(
  'outbox',
  {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** The message the card belongs to. */
    key: text('key').notNull(),
    card: documentOf<Card>('card'),
    attempts: integer('attempts').notNull().default(0),
    /** Not to be tried before; null: at once. */
    retryAt: instant('retry_at'),
    /** Of the last attempt that failed. */
    error: words('error'),
    /** When it was done with, and how; null: still to be delivered. */
    settledAt: instant('settled_at'),
    outcome: text('outcome').$type<CardOutcome>(),
  },
  (table) => [
    index('outbox_key').on(table.key),
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

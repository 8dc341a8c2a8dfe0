import type { ConfirmationState } from '#ports/confirmations.ts';
import type { MessageId } from '#ports/notifier.ts';

import { document, documentOf, instant, words } from '../columns.ts';
import { index, pgTable, text } from '../drizzle.ts';

/** What people asked for and had to confirm. All instants are by the system's clock. */
export const confirmations = pgTable(
  'confirmations',
  {
    /** What the buttons carry. */
    id: text('id').primaryKey(),
    command: text('command').notNull(),
    /** The chat's id of who asked, and the name at that time. */
    person: text('person').notNull(),
    personName: words('person_name').notNull(),
    /** What is to be done: in words, and as the command wants it back. */
    title: words('title').notNull(),
    action: document('action').notNull(),
    /** Null for a message that only the asker sees. */
    messageId: text('message_id').$type<MessageId>(),
    askedAt: instant('asked_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    state: text('state').$type<ConfirmationState>().notNull(),
    /** When it left the state pending. */
    settledAt: instant('settled_at'),
    /** When what was confirmed had been done, or had failed. */
    finishedAt: instant('finished_at'),
  },
  (table) => [index('confirmations_state').on(table.state)],
);

/** Answers in pages, kept for a while so that their buttons go on working. */
export const replyPages = pgTable(
  'reply_pages',
  {
    id: text('id').primaryKey(),
    command: text('command').notNull(),
    /** The messages, one a page. */
    pages: documentOf<readonly unknown[]>('pages'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [index('reply_pages_created').on(table.createdAt)],
);

import type { Session } from '#core/session.ts';
import type { ToldTrouble } from '#core/watchdog.ts';

import { documentOf, instant, words } from '../columns.ts';
import { sql, check, integer, pgTable, smallint, text } from '../drizzle.ts';

/** The bot's last sign of life, with all that a watchdog needs to judge the silence after it: one row. */
export const heartbeat = pgTable(
  'heartbeat',
  {
    id: smallint('id').primaryKey().default(1),
    /** By the database's clock. */
    at: instant('at').notNull(),
    /** What the exchange's clock showed then. */
    exchangeAt: instant('exchange_at').notNull(),
    /** What the exchange's clock showed when the process had started. */
    upSince: instant('up_since').notNull(),
    version: words('version').notNull(),
    mode: text('mode').notNull(),
    /** Length of a bar, in minutes. */
    barMinutes: integer('bar_minutes').notNull(),
    /** The session that ran then, where one did, and those after it, as far as the broker's calendar was read. */
    sessions: documentOf<readonly Session[]>('sessions'),
  },
  (table) => [check('heartbeat_has_one_row', sql`${table.id} = 1`)],
);

/** The trouble that the watchdog has told, so that its own restart does not tell it again: a row while there is one. */
export const watchdog = pgTable(
  'watchdog',
  {
    id: smallint('id').primaryKey().default(1),
    state: documentOf<ToldTrouble>('state'),
  },
  (table) => [check('watchdog_has_one_row', sql`${table.id} = 1`)],
);

import type { ForeignItem } from '#ports/ledger.ts';

import { documentOf, instant, words } from '../columns.ts';
import { sql, boolean, check, integer, pgTable, smallint, text } from '../drizzle.ts';
import { symbol } from './common.ts';

/** Orders and positions at the broker that are none of ours, as long as they are there. */
export const foreignItems = pgTable('foreign_items', {
  /** The broker's order id, or the symbol of a position. */
  key: text('key').primaryKey(),
  kind: text('kind').$type<ForeignItem['kind']>().notNull(),
  symbol: symbol(),
  side: text('side').$type<ForeignItem['side']>().notNull(),
  quantity: integer('quantity').notNull(),
  firstSeenAt: instant('first_seen_at').notNull(),
  /** What an admin wants done with it; null while nobody has said. */
  decision: text('decision').$type<NonNullable<ForeignItem['decision']>>(),
  decidedBy: words('decided_by'),
});

/** How the last comparison of broker and ledger ended: one row, none before the first. */
export const reconciliation = pgTable(
  'reconciliation',
  {
    id: smallint('id').primaryKey().default(1),
    at: instant('at').notNull(),
    isClean: boolean('is_clean').notNull(),
    /** What is not clean, a sentence each. */
    findings: documentOf<readonly string[]>('findings'),
    /** How many fills were booked that nobody had told of. */
    lateFills: integer('late_fills').notNull(),
  },
  (table) => [check('reconciliation_has_one_row', sql`${table.id} = 1`)],
);

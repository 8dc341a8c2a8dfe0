import type { Contributor } from '#core/contributors.ts';
import type { DrawdownRung } from '#core/drawdown-ladder.ts';
import type { CashView } from '#core/unexplained-cash.ts';

import { documentOf, instant, usd } from '../columns.ts';
import { sql, check, doublePrecision, pgTable, smallint } from '../drizzle.ts';
import { sessionDate } from './common.ts';

/** Where the drawdown ladder stands: one row, none before the first reading. */
export const drawdownState = pgTable(
  'drawdown_state',
  {
    id: smallint('id').primaryKey().default(1),
    /** Of the last reading. */
    sessionDate: sessionDate(),
    /** What the day's fall and the one from the peak are measured from, in proportion with later flows. */
    openingEquity: usd('opening_equity').notNull(),
    peakEquity: usd('peak_equity').notNull(),
    peakAt: instant('peak_at').notNull(),
    /** Of the last reading; flows are deposits less withdrawals. */
    equity: usd('equity').notNull(),
    flows: usd('flows').notNull(),
    at: instant('at').notNull(),
    /** The session's deepest fall since its open, in per cent, never negative. */
    deepestPercent: doublePrecision('deepest_percent').notNull().default(0),
    /** What of the broker's cash the ledger cannot explain, in micro-dollars; since when, in epoch milliseconds. */
    cash: documentOf<CashView>('cash').default(
      sql`'{"unexplained": null, "assumed": 0, "movedSince": null}'::jsonb`,
    ),
    /** The level that was told, and since when a breach is suspected (epoch milliseconds). */
    day: documentOf<DrawdownRung>('day'),
    peak: documentOf<DrawdownRung>('peak'),
  },
  (table) => [check('drawdown_state_has_one_row', sql`${table.id} = 1`)],
);

/** What each session was measured from, written once. */
export const sessionOpens = pgTable('session_opens', {
  sessionDate: sessionDate().primaryKey(),
  equity: usd('equity').notNull(),
  /** Deposits less withdrawals that were known by then. */
  flows: usd('flows').notNull(),
  at: instant('at').notNull(),
  /** Symbol and micro-dollars of what was open then. */
  results: documentOf<readonly Contributor[]>('results'),
  /** Fall since the open, the session's deepest, in per cent, never negative. */
  deepestPercent: doublePrecision('deepest_percent').notNull().default(0),
});

import type { SessionDate } from '#core/session.ts';

import { instant, usd, words } from '../columns.ts';
import { date, index, pgTable, text } from '../drizzle.ts';
import { sessionDate } from './common.ts';

const bookingDate = () => date('date', { mode: 'string' }).$type<SessionDate>().notNull();

/** Fees that the broker charged, by the broker's id; positive amounts. */
export const fees = pgTable(
  'fees',
  {
    id: text('id').primaryKey(),
    date: bookingDate(),
    amount: usd('amount').notNull(),
    description: words('description').notNull(),
  },
  (table) => [index('fees_date').on(table.date)],
);

/** What moved cash without a trade, by the broker's id; negative amounts left the account. */
export const cashActivities = pgTable(
  'cash_activities',
  {
    id: text('id').primaryKey(),
    /** The broker's code: CSD, CSW, DIV, INT, FEE. A fee may be among the fees as well, under the same id. */
    type: words('type').notNull(),
    date: bookingDate(),
    amount: usd('amount').notNull(),
  },
  (table) => [index('cash_activities_date').on(table.date)],
);

/** The account's value over time. */
export const equitySnapshots = pgTable(
  'equity_snapshots',
  {
    at: instant('at').primaryKey(),
    sessionDate: sessionDate(),
    equity: usd('equity').notNull(),
    cash: usd('cash').notNull(),
    /** All deposits less withdrawals that were known by then; null: not recorded with it. */
    flows: usd('flows'),
  },
  (table) => [index('equity_snapshots_session').on(table.sessionDate, table.at)],
);

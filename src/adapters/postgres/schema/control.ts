import type { ControlStatus } from '#core/control.ts';
import type { AuditEntry } from '#ports/audit-log.ts';

import { documentOf, instant, words } from '../columns.ts';
import { sql, bigint, check, integer, pgTable, smallint, text, unique } from '../drizzle.ts';

/** Whether new positions may be opened: one row. How it came to be is in the audit log. */
export const controlState = pgTable(
  'control_state',
  {
    id: smallint('id').primaryKey().default(1),
    status: text('status').$type<ControlStatus>().notNull(),
    by: words('by').notNull(),
    reason: words('reason').notNull(),
    since: instant('since').notNull(),
    /** When the state ends by itself; null: when someone changes it. */
    until: instant('until'),
    /** How often it was written: a halt on top of one counts also where it changes nothing. */
    changes: integer('changes').notNull().default(0),
  },
  (table) => [check('control_state_has_one_row', sql`${table.id} = 1`)],
);

/** Every attempt to steer the bot. Each row's hash covers the row before it, so that none can be changed unseen. */
export const auditLog = pgTable('audit_log', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: instant('at').notNull(),
  actor: words('actor').notNull(),
  action: words('action').notNull(),
  outcome: text('outcome').$type<AuditEntry['outcome']>().notNull(),
  details: documentOf<AuditEntry['details']>('details'),
  /** SHA-256 of the previous row's hash and this row, in hexadecimal, see audit.ts. */
  hash: text('hash').notNull(),
});

/** Which process trades the account: one row from the first start on. Instants are the database's own. */
export const traderLease = pgTable(
  'trader_lease',
  {
    id: smallint('id').primaryKey().default(1),
    /** Grows each time the lease is taken. */
    token: bigint('token', { mode: 'number' }).notNull(),
    holder: words('holder').notNull(),
    /** Null when it was given back. */
    expiresAt: instant('expires_at'),
  },
  (table) => [
    check('trader_lease_has_one_row', sql`${table.id} = 1`),
    // A key to PostgreSQL, so that a transaction may hold the token still without stopping a renewal.
    unique('trader_lease_token').on(table.token),
  ],
);

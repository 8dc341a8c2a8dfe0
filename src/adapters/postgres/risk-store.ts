import { and, eq, inArray, lte, sql, sum } from 'drizzle-orm';

import type { ControlState } from '#core/control.ts';
import type { RiskReads, RiskWrites } from '#ports/risk-store.ts';

import type { Database } from './database.ts';
import { totalOf } from './mapping.ts';
import { cashActivities } from './schema/account.ts';
import { controlState } from './schema/control.ts';
import { drawdownState, sessionOpens } from './schema/drawdown.ts';

/**
 * The broker's codes for money that the account's owner brings or takes: deposits and withdrawals, cash
 * journaled between accounts, cash that comes with an account transfer. Dividends, interest and fees are
 * results of what is held.
 */
const FLOW_TYPES: readonly string[] = ['CSD', 'CSW', 'TRANS', 'JNL', 'JNLC', 'ACATC'];

export const riskReads = (db: Database): RiskReads => ({
  async drawdownState() {
    const [row] = await db.select().from(drawdownState);
    if (row === undefined) return null;
    const { id: _, ...state } = row;
    return state;
  },

  async sessionOpen(date) {
    const [row] = await db.select().from(sessionOpens).where(eq(sessionOpens.sessionDate, date));
    return row ?? null;
  },

  async cashFlows(until) {
    const [row] = await db
      .select({ total: sum(cashActivities.amount) })
      .from(cashActivities)
      .where(
        and(
          inArray(cashActivities.type, [...FLOW_TYPES]),
          until && lte(cashActivities.date, until),
        ),
      );
    return totalOf(row);
  },
});

const CONTROL = {
  status: controlState.status,
  by: controlState.by,
  reason: controlState.reason,
  since: controlState.since,
  until: controlState.until,
};

/** The only row of the control state as a query or a transaction finds it. */
export const selectControlState = (db: Database) => db.select(CONTROL).from(controlState);

export function theOnly([row]: readonly ControlState[]): ControlState {
  if (row === undefined) throw new Error('the ledger has lost its control state');
  return row;
}

export const riskWrites = (db: Database): RiskWrites => ({
  lockControl: async () => theOnly(await selectControlState(db).for('update')),

  async saveControl({ status, by, reason, since, until }) {
    const changes = sql`${controlState.changes} + 1`;
    const [row] = await db
      .update(controlState)
      .set({ status, by, reason, since, until, changes })
      .returning({ changes: controlState.changes });
    if (row === undefined) throw new Error('the ledger has lost its control state');
    return row.changes;
  },

  async saveDrawdown(state) {
    await db
      .insert(drawdownState)
      .values(state)
      .onConflictDoUpdate({ target: drawdownState.id, set: state });
  },

  async insertSessionOpen(open) {
    await db.insert(sessionOpens).values(open).onConflictDoNothing();
  },
});

import type { Usd } from '#core/money.ts';
import type { RiskReads, RiskWrites } from '#ports/risk-store.ts';

import type { Database } from './database.ts';
import { and, desc, eq, inArray, lt, lte, sql, sum } from './drizzle.ts';
import { totalOf } from './mapping.ts';
import { cashActivities, equitySnapshots, fees } from './schema/account.ts';
import { controlState } from './schema/control.ts';
import { drawdownState, sessionOpens } from './schema/drawdown.ts';
import { fills } from './schema/orders.ts';

/**
 * The broker's codes for money that the account's owner brings or takes: deposits and withdrawals, cash
 * journaled between accounts, cash that comes with an account transfer. Dividends, interest and fees are
 * results of what is held.
 */
const FLOW_TYPES: readonly string[] = ['CSD', 'CSW', 'TRANS', 'JNL', 'JNLC', 'ACATC'];

export const riskReads = (db: Database): RiskReads => ({
  controlWrites: () => controlWrites(db),

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

  cashBooked: () => cashBooked(db),

  async highestEquity() {
    const { at, equity, sessionDate } = equitySnapshots;
    const flows = sql`(
      SELECT coalesce(sum(${cashActivities.amount}), 0) FROM ${cashActivities}
      WHERE ${inArray(cashActivities.type, [...FLOW_TYPES])} AND ${cashActivities.date} <= ${sessionDate})`;
    const [row] = await db
      .select({ at, equity, flows: sql<string>`${flows}` })
      .from(equitySnapshots)
      .orderBy(desc(sql`${equity} - ${flows}`), at)
      .limit(1);
    return row === undefined ? null : { ...row, flows: totalOf({ total: row.flows }) };
  },
});

/** One statement, so that no booking falls between its parts. What is a fee and an activity counts once. */
async function cashBooked(db: Database): Promise<Usd> {
  const traded = sql`
    SELECT sum(${fills.price} * ${fills.quantity} * CASE ${fills.side} WHEN 'sell' THEN 1 ELSE -1 END)
    FROM ${fills}`;
  const charged = sql`SELECT -sum(${fees.amount}) FROM ${fees}`;
  const moved = sql`
    SELECT sum(${cashActivities.amount}) FROM ${cashActivities}
    WHERE NOT EXISTS (SELECT FROM ${fees} WHERE ${fees.id} = ${cashActivities.id})`;
  const { rows } = await db.execute<{ total: string }>(
    sql`SELECT coalesce((${traded}), 0) + coalesce((${charged}), 0) + coalesce((${moved}), 0) AS total`,
  );
  return totalOf(rows[0]);
}

const CONTROL = {
  status: controlState.status,
  by: controlState.by,
  reason: controlState.reason,
  since: controlState.since,
  until: controlState.until,
};

/** The only row of the control state as a query or a transaction finds it. */
export const selectControlState = (db: Database) => db.select(CONTROL).from(controlState);

const controlWrites = async (db: Database): Promise<number> =>
  theOnly(await db.select({ writes: controlState.changes }).from(controlState)).writes;

export function theOnly<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('the ledger has lost its control state');
  return row;
}

export const riskWrites = (db: Database): RiskWrites => ({
  controlWrites: () => controlWrites(db),

  lockControl: async () => theOnly(await selectControlState(db).for('update')),

  async saveControl({ status, by, reason, since, until }) {
    const changes = sql`${controlState.changes} + 1`;
    const rows = await db
      .update(controlState)
      .set({ status, by, reason, since, until, changes })
      .returning({ changes: controlState.changes });
    return theOnly(rows).changes;
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

  async noteDeepest(date, percent) {
    await db
      .update(sessionOpens)
      .set({ deepestPercent: percent })
      .where(and(eq(sessionOpens.sessionDate, date), lt(sessionOpens.deepestPercent, percent)));
  },
});

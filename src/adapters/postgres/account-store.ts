import type { Usd } from '#core/money.ts';
import { newYorkDate, toIso } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { Ledger, LedgerTransaction } from '#ports/ledger.ts';

import type { Database } from './database.ts';
import { asc, between, desc, eq, lt, sql, sum } from './drizzle.ts';
import { isAdoptedFill, totalOf } from './mapping.ts';
import { cashActivities, equitySnapshots, fees } from './schema/account.ts';
import { fills } from './schema/orders.ts';

type AccountReads = Pick<
  Ledger,
  'totalFees' | 'cashMoved' | 'equityPoints' | 'equityBefore' | 'firstEquity'
>;

const equityPoint = {
  at: equitySnapshots.at,
  sessionDate: equitySnapshots.sessionDate,
  equity: equitySnapshots.equity,
  cash: equitySnapshots.cash,
  flows: equitySnapshots.flows,
};

export const accountReads = (db: Database): AccountReads => ({
  async totalFees(range) {
    const [row] = await db
      .select({ total: sum(fees.amount) })
      .from(fees)
      .where(range && between(fees.date, range.from, range.until));
    return totalOf(row);
  },

  cashMoved: (since) => cashMoved(db, since),

  equityPoints: (date) =>
    db
      .select(equityPoint)
      .from(equitySnapshots)
      .where(eq(equitySnapshots.sessionDate, date))
      .orderBy(asc(equitySnapshots.at)),

  async equityBefore(date) {
    const [row] = await db
      .select(equityPoint)
      .from(equitySnapshots)
      .where(lt(equitySnapshots.sessionDate, date))
      .orderBy(desc(equitySnapshots.sessionDate), desc(equitySnapshots.at))
      .limit(1);
    return row ?? null;
  },

  async firstEquity() {
    const [row] = await db
      .select(equityPoint)
      .from(equitySnapshots)
      .orderBy(asc(equitySnapshots.at))
      .limit(1);
    return row ?? null;
  },
});

/** One statement, so that no booking falls between its parts. */
async function cashMoved(db: Database, since: EpochMs): Promise<Usd> {
  // The broker dates these by the day alone. What was charged on the instant's own day was charged at its
  // end, and counts; what was paid in on that day was there when the ledger began, and does not.
  const day = newYorkDate(since);
  const traded = sql`
    SELECT sum(${fills.price} * ${fills.quantity} * CASE ${fills.side} WHEN 'sell' THEN 1 ELSE -1 END)
    FROM ${fills}
    WHERE ${fills.at} > ${toIso(since)}::timestamptz AND NOT ${isAdoptedFill(fills)}`;
  const charged = sql`SELECT -sum(${fees.amount}) FROM ${fees} WHERE ${fees.date} >= ${day}::date`;
  const moved = sql`
    SELECT sum(${cashActivities.amount})
    FROM ${cashActivities}
    WHERE (${cashActivities.date} > ${day}::date
        OR ${cashActivities.type} = 'FEE' AND ${cashActivities.date} = ${day}::date)
      AND NOT EXISTS (SELECT FROM ${fees} WHERE ${fees.id} = ${cashActivities.id})`;
  const { rows } = await db.execute<{ total: string }>(
    sql`SELECT coalesce((${traded}), 0) + coalesce((${charged}), 0) + coalesce((${moved}), 0) AS total`,
  );
  return totalOf(rows[0]);
}

type AccountWrites = Pick<LedgerTransaction, 'insertFee' | 'insertCashActivity' | 'saveEquity'>;

export const accountWrites = (db: Database): AccountWrites => ({
  async insertFee(fee) {
    const { rowCount } = await db.insert(fees).values(fee).onConflictDoNothing();
    return rowCount === 1;
  },

  async insertCashActivity(activity) {
    const { rowCount } = await db.insert(cashActivities).values(activity).onConflictDoNothing();
    return rowCount === 1;
  },

  async saveEquity(point) {
    await db
      .insert(equitySnapshots)
      .values(point)
      .onConflictDoUpdate({ target: equitySnapshots.at, set: point });
  },
});

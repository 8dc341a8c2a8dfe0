import type { BrokerOrderId, TradeId } from '#core/ids.ts';
import type { Ledger, LedgerOrder, LedgerTransaction } from '#ports/ledger.ts';

import type { Database } from './database.ts';
import { asc, eq, inArray, or, sql } from './drizzle.ts';
import { fillRow, orderOf, orderRow } from './mapping.ts';
import { countShares, readNetQuantities } from './net-quantities.ts';
import type { BookedShares } from './net-quantities.ts';
import { fills, orders } from './schema/orders.ts';
import { trades } from './schema/trades.ts';
import { isUnfinished } from './trade-store.ts';

/** Oldest first. */
export const byAge = [asc(orders.createdAt), asc(orders.brokerOrderId)] as const;

/** The same words as in the partial index. */
const isUnsettled = sql`(${orders.isLive} or ${orders.bookedQuantity} < ${orders.filledQuantity})`;

const ofUnfinishedTrade = (db: Database) =>
  inArray(orders.tradeId, db.select({ id: trades.id }).from(trades).where(isUnfinished));

type OrderReads = Pick<
  Ledger,
  'unsettledOrders' | 'ordersOfTrade' | 'knownOrders' | 'netQuantities'
>;

export const orderReads = (db: Database): OrderReads => ({
  async unsettledOrders() {
    const rows = await db
      .select()
      .from(orders)
      .where(or(isUnsettled, ofUnfinishedTrade(db)))
      .orderBy(...byAge);
    return rows.map(orderOf);
  },

  ordersOfTrade: (id) => ordersOf(db, id),

  async knownOrders(ids) {
    const rows = await db
      .select({ id: orders.brokerOrderId })
      .from(orders)
      .where(inArray(orders.brokerOrderId, [...ids]));
    return new Set(rows.map(({ id }) => id));
  },

  netQuantities: () => readNetQuantities(db),
});

async function ordersOf(db: Database, id: TradeId): Promise<readonly LedgerOrder[]> {
  const rows = await db
    .select()
    .from(orders)
    .where(eq(orders.tradeId, id))
    .orderBy(...byAge);
  return rows.map(orderOf);
}

/** Σ shares of an order's fills; they may have come before the order itself. */
const bookedOf = (id: BrokerOrderId) =>
  sql<number>`(SELECT coalesce(sum(quantity), 0) FROM ${fills} WHERE broker_order_id = ${id})`;

/**
 * Reports may overtake one another. Two of the same millisecond are put in order by what can only grow:
 * an order that is over stays over, and a share that is filled stays filled.
 */
const isNews = sql`${orders.updatedAt} < excluded.updated_at or (
  ${orders.updatedAt} = excluded.updated_at
  and (${orders.isLive} or not excluded.is_live)
  and ${orders.filledQuantity} <= excluded.filled_quantity
)`;

/** A report that leaves them out does not take them away. */
const keptLinks = {
  parentId: sql`coalesce(excluded.parent_id, ${orders.parentId})`,
  replaces: sql`coalesce(excluded.replaces, ${orders.replaces})`,
};

/** Also an older report may be the first to tell what an order hangs on, or whose place it took. */
async function learnLinks(
  db: Database,
  { brokerOrderId, parentId = null, replaces = null }: ReturnType<typeof orderRow>,
): Promise<void> {
  if (parentId === null && replaces === null) return;
  await db
    .update(orders)
    .set({
      parentId: sql`coalesce(${orders.parentId}, ${parentId})`,
      replaces: sql`coalesce(${orders.replaces}, ${replaces})`,
    })
    .where(eq(orders.brokerOrderId, brokerOrderId));
}

type OrderWrites = Pick<LedgerTransaction, 'saveOrder' | 'findOrder' | 'ordersOf' | 'insertFill'>;

export const orderWrites = (db: Database, booked: BookedShares): OrderWrites => ({
  async saveOrder(order, belonging) {
    const row = orderRow(order, belonging);
    const { rowCount } = await db
      .insert(orders)
      .values({ ...row, bookedQuantity: bookedOf(order.id) })
      .onConflictDoUpdate({
        target: orders.brokerOrderId,
        set: { ...row, ...keptLinks },
        setWhere: isNews,
      });
    if (rowCount === 0) await learnLinks(db, row);
  },

  async findOrder(id) {
    const [row] = await db.select().from(orders).where(eq(orders.brokerOrderId, id));
    return row === undefined ? null : orderOf(row);
  },

  ordersOf: (id) => ordersOf(db, id),

  async insertFill(execution, tradeId) {
    const { rowCount } = await db
      .insert(fills)
      .values(fillRow(execution, tradeId))
      .onConflictDoNothing();
    if (rowCount === 0) return false;
    countShares(booked, execution);
    await db
      .update(orders)
      .set({ bookedQuantity: sql`${orders.bookedQuantity} + ${execution.quantity}` })
      .where(eq(orders.brokerOrderId, execution.orderId));
    return true;
  },
});

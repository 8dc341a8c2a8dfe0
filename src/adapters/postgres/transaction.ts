import { and, eq, gte, lt, sql, sum } from 'drizzle-orm';

import type { ControlState } from '#core/control.ts';
import type { BrokerOrderId } from '#core/ids.ts';
import { toIso } from '#core/session.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';

import { storableJson } from './columns.ts';
import type { Database } from './database.ts';
import {
  decisionRow,
  fillRow,
  orderOf,
  orderRow,
  plannedTradeRow,
  tradeChanges,
  totalOf,
  tradeOf,
} from './mapping.ts';
import type { QueuedCard } from './outbox.ts';
import {
  controlState,
  cycles,
  decisions,
  equitySnapshots,
  fees,
  fills,
  orders,
  trades,
} from './schema.ts';

const bySymbol = (left: { readonly symbol: string }, right: { readonly symbol: string }): number =>
  left.symbol < right.symbol ? -1 : 1;

const selectControlState = (db: Database) =>
  db
    .select({
      status: controlState.status,
      by: controlState.by,
      reason: controlState.reason,
      since: controlState.since,
      until: controlState.until,
    })
    .from(controlState);

const theOnly = ([row]: readonly ControlState[]): ControlState => {
  if (row === undefined) throw new Error('the ledger has lost its control state');
  return row;
};

export const readControlState = async (db: Database): Promise<ControlState> =>
  theOnly(await selectControlState(db));

type TradeWrites = Pick<
  LedgerTransaction,
  'insertTrade' | 'lockTrade' | 'saveTrade' | 'realizedPnl'
>;

const tradeWrites = (db: Database): TradeWrites => ({
  async insertTrade(intent) {
    await db.insert(trades).values(plannedTradeRow(intent)).onConflictDoNothing();
  },

  async lockTrade(id) {
    const [row] = await db.select().from(trades).where(eq(trades.id, id)).for('update');
    return row === undefined ? null : tradeOf(row);
  },

  async saveTrade(trade) {
    const { rowCount } = await db
      .update(trades)
      .set(tradeChanges(trade))
      .where(eq(trades.id, trade.id));
    if (rowCount === 0) throw new Error(`no such trade in the ledger: ${trade.id}`);
  },

  async realizedPnl({ from, until }) {
    const [row] = await db
      .select({ total: sum(trades.pnl) })
      .from(trades)
      .where(and(gte(trades.closedAt, from), lt(trades.closedAt, until)));
    return totalOf(row);
  },
});

/** Σ shares of an order's fills; they may have come before the order itself. */
const bookedOf = (id: BrokerOrderId) =>
  sql<number>`(SELECT coalesce(sum(quantity), 0) FROM ${fills} WHERE broker_order_id = ${id})`;

type BrokerWrites = Pick<
  LedgerTransaction,
  'saveOrder' | 'findOrder' | 'ordersOf' | 'insertFill' | 'insertFee' | 'saveEquity'
>;

/** What the broker reports. */
const brokerWrites = (db: Database): BrokerWrites => ({
  async saveOrder(order, tradeId, role) {
    const row = orderRow(order, tradeId, role);
    await db
      .insert(orders)
      .values({ ...row, bookedQuantity: bookedOf(order.id) })
      .onConflictDoUpdate({
        target: orders.brokerOrderId,
        set: row,
        // Reports may overtake one another: an older one never undoes a newer one.
        setWhere: sql`${orders.updatedAt} <= excluded.updated_at`,
      });
  },

  async findOrder(id) {
    const [row] = await db.select().from(orders).where(eq(orders.brokerOrderId, id));
    return row === undefined ? null : orderOf(row);
  },

  async ordersOf(id) {
    const rows = await db.select().from(orders).where(eq(orders.tradeId, id));
    return rows.map(orderOf);
  },

  async insertFill(execution, tradeId) {
    const { rowCount } = await db
      .insert(fills)
      .values(fillRow(execution, tradeId))
      .onConflictDoNothing();
    if (rowCount === 0) return false;
    await db
      .update(orders)
      .set({ bookedQuantity: sql`${orders.bookedQuantity} + ${execution.quantity}` })
      .where(eq(orders.brokerOrderId, execution.orderId));
    return true;
  },

  async insertFee(fee) {
    const { rowCount } = await db.insert(fees).values(fee).onConflictDoNothing();
    return rowCount === 1;
  },

  async saveEquity(point) {
    await db
      .insert(equitySnapshots)
      .values(point)
      .onConflictDoUpdate({ target: equitySnapshots.at, set: point });
  },
});

/** The writes of one transaction. Cards are collected in `cards` and written when the work is done. */
export const createTransaction = (db: Database, cards: QueuedCard[]): LedgerTransaction => ({
  ...tradeWrites(db),
  ...brokerWrites(db),

  controlState: async () => theOnly(await selectControlState(db).for('share')),

  async insertDecisions(key, made) {
    // In one order always: two cycles on one bar wait for each other instead of deadlocking.
    const rows = made.toSorted(bySymbol).map(decisionRow);
    const inserted = await db
      .insert(decisions)
      .select(
        // One parameter for all rows takes half the time of a list of values.
        sql`SELECT ${key.sessionDate}::date, ${toIso(key.barEnd)}::timestamptz, symbol, kind, refused_by, trade_id, record
            FROM jsonb_to_recordset(${storableJson(rows)}::jsonb)
            AS row (symbol text, kind text, refused_by text, trade_id text, record jsonb)`,
      )
      .onConflictDoNothing()
      .returning({ symbol: decisions.symbol });
    return new Set(inserted.map(({ symbol }) => symbol));
  },

  async finishCycle(cycle) {
    await db.insert(cycles).values(cycle).onConflictDoNothing();
  },

  enqueueCard(key, card) {
    cards.push({ key, card });
    return Promise.resolve();
  },
});

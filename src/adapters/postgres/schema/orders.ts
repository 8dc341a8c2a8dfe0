import type { AnyPgColumn } from 'drizzle-orm/pg-core';

import type { BrokerOrderId, ClientOrderId, TradeId } from '#core/ids.ts';
import type { OrderSide, OrderStatus, OrderType } from '#core/order.ts';
import type { LegRole } from '#core/trade.ts';
import type { LegIntervention } from '#ports/ledger.ts';

import { instant, usd } from '../columns.ts';
import { sql, boolean, index, integer, pgTable, primaryKey, text } from '../drizzle.ts';
import { sessionDate, symbol } from './common.ts';
import { trades } from './trades.ts';

/**
 * Whether an order is a leg that ended early and that nobody has explained. With literals: the index and
 * the query must say the same words.
 */
export const isUnexplained = (table: {
  readonly role: AnyPgColumn;
  readonly status: AnyPgColumn;
  readonly isExplained: AnyPgColumn;
}) =>
  sql`(${table.role} in ('take_profit', 'stop_loss') and ${table.status} in ('canceled', 'replaced') and not ${table.isExplained})`;

/** Orders as the broker last reported them. */
export const orders = pgTable(
  'orders',
  {
    brokerOrderId: text('broker_order_id').$type<BrokerOrderId>().primaryKey(),
    clientOrderId: text('client_order_id').$type<ClientOrderId>().notNull(),
    tradeId: text('trade_id')
      .$type<TradeId>()
      .notNull()
      .references(() => trades.id),
    role: text('role').$type<LegRole>().notNull(),
    symbol: symbol(),
    side: text('side').$type<OrderSide>().notNull(),
    type: text('type').$type<OrderType>().notNull(),
    /** In the broker's spelling; "unknown" for one that nobody documented, which counts as live. */
    status: text('status').$type<OrderStatus | 'unknown'>().notNull(),
    /** Whether it may still turn into a fill. */
    isLive: boolean('is_live').notNull(),
    quantity: integer('quantity').notNull(),
    /** As the broker said last. */
    filledQuantity: integer('filled_quantity').notNull(),
    /** Σ shares of its fills: fewer than filled until a missed execution has been fetched. */
    bookedQuantity: integer('booked_quantity').notNull(),
    limitPrice: usd('limit_price'),
    stopPrice: usd('stop_price'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    /** The order it hangs on, where it is a leg; null also when nobody has told yet. */
    parentId: text('parent_id').$type<BrokerOrderId>(),
    /** The order in whose place it was put. */
    replaces: text('replaces').$type<BrokerOrderId>(),
    /** Of a leg that was cancelled or replaced: whether its own bracket explains that. */
    isExplained: boolean('is_explained').notNull().default(false),
  },
  (table) => [
    index('orders_of_trade').on(table.tradeId),
    index('orders_unsettled')
      .on(table.createdAt)
      .where(sql`${table.isLive} or ${table.bookedQuantity} < ${table.filledQuantity}`),
    index('orders_unexplained').on(table.updatedAt).where(isUnexplained(table)),
  ],
);

/**
 * Executions. The key is the order's filled shares after it, which no report can give twice. An adopted
 * trade has one that never was, see mapping.ts, so that its shares are counted as well.
 */
export const fills = pgTable(
  'fills',
  {
    brokerOrderId: text('broker_order_id').$type<BrokerOrderId>().notNull(),
    cumulativeQuantity: integer('cumulative_quantity').notNull(),
    tradeId: text('trade_id')
      .$type<TradeId>()
      .notNull()
      .references(() => trades.id),
    symbol: symbol(),
    side: text('side').$type<OrderSide>().notNull(),
    quantity: integer('quantity').notNull(),
    price: usd('price').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.brokerOrderId, table.cumulativeQuantity] }),
    index('fills_of_trade').on(table.tradeId),
    index('fills_at').on(table.at),
  ],
);

/** Shares bought less shares sold of each symbol, by all fills: their sum, kept since they grow for ever. */
export const netQuantities = pgTable('net_quantities', {
  symbol: symbol().primaryKey(),
  quantity: integer('quantity').notNull(),
});

/** Legs that were cancelled or replaced before their time; without an intent, by nobody of ours. */
export const legInterventions = pgTable(
  'leg_interventions',
  {
    brokerOrderId: text('broker_order_id').$type<BrokerOrderId>().notNull(),
    action: text('action').$type<LegIntervention['action']>().notNull(),
    tradeId: text('trade_id')
      .$type<TradeId>()
      .notNull()
      .references(() => trades.id),
    /** The order intent that asked for it; null: interference. */
    intentId: text('intent_id'),
    at: instant('at').notNull(),
    sessionDate: sessionDate(),
  },
  (table) => [
    primaryKey({ columns: [table.brokerOrderId, table.action] }),
    index('leg_interventions_of_trade').on(table.tradeId),
    index('leg_interventions_unasked')
      .on(table.sessionDate)
      .where(sql`${table.intentId} is null`),
  ],
);

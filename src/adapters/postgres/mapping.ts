import { brokerOrderId } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import { micros, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { entrySideOf, isLive } from '#core/order.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { averagePrice } from '#core/trade-math.ts';
import type { Trade } from '#core/trade.ts';
import type { LedgerOrder, OrderBelonging } from '#ports/ledger.ts';

import { sql } from './drizzle.ts';
import type { fills, orders } from './schema/orders.ts';
import type { trades } from './schema/trades.ts';

/** What the order id of an adopted trade's fill begins with, before the trade's id. */
const ADOPTED = 'adopted-';

type TradeRow = typeof trades.$inferSelect;
type OrderRow = typeof orders.$inferSelect;

export const tradeRow = (trade: Trade): typeof trades.$inferInsert => ({
  id: trade.id,
  clientOrderId: trade.intent.clientOrderId,
  symbol: trade.intent.symbol,
  side: trade.intent.side,
  origin: trade.origin,
  intent: trade.intent,
  decidedAt: trade.intent.decidedAt,
  ...tradeChanges(trade),
});

/** What changes in the life of a trade. */
export const tradeChanges = (trade: Trade) => ({
  status: trade.status,
  scaleOut: trade.scaleOut,
  stopPrice: trade.stopPrice,
  bestPrice: trade.bestPrice,
  worstPrice: trade.worstPrice,
  entryQuantity: trade.entryQuantity,
  entryValue: trade.entryValue,
  exitQuantity: trade.exitQuantity,
  exitValue: trade.exitValue,
  exitReason: trade.exitReason,
  openedAt: trade.openedAt,
  closedAt: trade.closedAt,
  pnl: trade.pnl,
  rMultiple: trade.rMultiple,
});

export const tradeOf = (row: TradeRow): Trade => ({
  id: row.id,
  status: row.status,
  origin: row.origin,
  intent: row.intent,
  scaleOut: row.scaleOut,
  stopPrice: row.stopPrice,
  bestPrice: row.bestPrice,
  worstPrice: row.worstPrice,
  entryQuantity: row.entryQuantity,
  entryValue: row.entryValue,
  exitQuantity: row.exitQuantity,
  exitValue: row.exitValue,
  exitReason: row.exitReason,
  openedAt: row.openedAt,
  closedAt: row.closedAt,
  pnl: row.pnl,
  rMultiple: row.rMultiple,
});

export const orderRow = (
  order: BrokerOrder,
  { tradeId, role, parentId }: OrderBelonging,
): Omit<typeof orders.$inferInsert, 'bookedQuantity'> => ({
  brokerOrderId: order.id,
  clientOrderId: order.clientOrderId,
  tradeId,
  role,
  symbol: order.symbol,
  side: order.side,
  type: order.type,
  status: order.status,
  isLive: isLive(order.status),
  quantity: order.quantity,
  filledQuantity: order.filledQuantity,
  limitPrice: order.limitPrice,
  stopPrice: order.stopPrice,
  createdAt: order.createdAt,
  updatedAt: order.updatedAt,
  parentId,
  replaces: order.replaces,
});

export const orderOf = (row: OrderRow): LedgerOrder => ({
  brokerOrderId: row.brokerOrderId,
  clientOrderId: row.clientOrderId,
  tradeId: row.tradeId,
  role: row.role,
  symbol: row.symbol,
  status: row.status,
  isLive: row.isLive,
  quantity: row.quantity,
  filledQuantity: row.filledQuantity,
  bookedQuantity: row.bookedQuantity,
  limitPrice: row.limitPrice,
  stopPrice: row.stopPrice,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  parentId: row.parentId,
  replaces: row.replaces,
});

export const fillRow = (fill: Execution, tradeId: TradeId): typeof fills.$inferInsert => ({
  brokerOrderId: fill.orderId,
  cumulativeQuantity: fill.cumulativeQuantity,
  tradeId,
  symbol: fill.symbol,
  side: fill.side,
  quantity: fill.quantity,
  price: fill.price,
  at: fill.at,
});

/**
 * The shares of an adopted trade, as if an order of ours had bought them: one fill, of an order that the
 * broker does not know.
 */
export const adoptedFillRow = (trade: Trade): typeof fills.$inferInsert => ({
  brokerOrderId: brokerOrderId(`${ADOPTED}${trade.id}`),
  cumulativeQuantity: trade.entryQuantity,
  tradeId: trade.id,
  symbol: trade.intent.symbol,
  side: entrySideOf(trade.intent.side),
  quantity: trade.entryQuantity,
  price: averagePrice(trade.entryValue, trade.entryQuantity),
  at: trade.openedAt ?? trade.intent.decidedAt,
});

/** Whether a fill is the one that an adopted trade began with: no money of ours moved with it. */
export const isAdoptedFill = (table: typeof fills) =>
  sql`(${table.brokerOrderId} = ${ADOPTED} || ${table.tradeId})`;

/** The sum of a money column, which comes as text; of no rows at all it is null. */
export const totalOf = (row: { readonly total: string | null } | undefined): Usd =>
  row?.total == null ? ZERO_USD : micros(Number(row.total));

import type { Decision, EntryIntent } from '#core/decision.ts';
import type { TradeId } from '#core/ids.ts';
import { micros, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { isLive } from '#core/order.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import type { LegRole, Trade } from '#core/trade.ts';
import type { LedgerOrder } from '#ports/ledger.ts';

import { decisionRecord } from './decision-record.ts';
import type { fills, orders, trades } from './schema.ts';

type TradeRow = typeof trades.$inferSelect;
type OrderRow = typeof orders.$inferSelect;

/** A decision by the names of its columns, without the cycle's own. */
export const decisionRow = (decision: Decision) => ({
  symbol: decision.symbol,
  kind: decision.kind,
  refused_by: decision.kind === 'refused' ? decision.by : null,
  trade_id: decision.kind === 'enter' ? decision.intent.tradeId : null,
  record: decisionRecord(decision),
});

/** The row of a trade of which nothing has happened yet. */
export const plannedTradeRow = (intent: EntryIntent): typeof trades.$inferInsert => ({
  id: intent.tradeId,
  clientOrderId: intent.clientOrderId,
  symbol: intent.symbol,
  side: intent.side,
  status: 'planned',
  intent,
  decidedAt: intent.decidedAt,
  entryQuantity: 0,
  entryValue: micros(0),
  exitQuantity: 0,
  exitValue: micros(0),
});

/** What changes in the life of a trade. */
export const tradeChanges = (trade: Trade) => ({
  status: trade.status,
  entryQuantity: trade.entryQuantity,
  entryValue: trade.entryValue,
  exitQuantity: trade.exitQuantity,
  exitValue: trade.exitValue,
  exitLeg: trade.exitLeg,
  openedAt: trade.openedAt,
  closedAt: trade.closedAt,
  pnl: trade.pnl,
  rMultiple: trade.rMultiple,
});

export const tradeOf = (row: TradeRow): Trade => ({
  id: row.id,
  status: row.status,
  intent: row.intent,
  entryQuantity: row.entryQuantity,
  entryValue: row.entryValue,
  exitQuantity: row.exitQuantity,
  exitValue: row.exitValue,
  exitLeg: row.exitLeg,
  openedAt: row.openedAt,
  closedAt: row.closedAt,
  pnl: row.pnl,
  rMultiple: row.rMultiple,
});

export const orderRow = (
  order: BrokerOrder,
  tradeId: TradeId,
  role: LegRole,
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
});

export const orderOf = (row: OrderRow): LedgerOrder => ({
  brokerOrderId: row.brokerOrderId,
  clientOrderId: row.clientOrderId,
  tradeId: row.tradeId,
  role: row.role,
  symbol: row.symbol,
  status: row.status,
  quantity: row.quantity,
  filledQuantity: row.filledQuantity,
  bookedQuantity: row.bookedQuantity,
  limitPrice: row.limitPrice,
  stopPrice: row.stopPrice,
  createdAt: row.createdAt,
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

/** The sum of a money column, which comes as text; of no rows at all it is null. */
export const totalOf = (row: { readonly total: string | null } | undefined): Usd =>
  row?.total == null ? ZERO_USD : micros(Number(row.total));

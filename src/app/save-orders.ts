import { isEntryId, purposeOf } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import type { BrokerOrder } from '#core/order.ts';
import type { LegRole } from '#core/trade.ts';
import type { LedgerTransaction, OrderBelonging } from '#ports/ledger.ts';

const legRole = ({ type }: BrokerOrder): LegRole =>
  type === 'limit' ? 'take_profit' : 'stop_loss';

/** What an order is to its trade, by its own id and type. */
export function roleOf(order: BrokerOrder): LegRole {
  if (isEntryId(order.clientOrderId)) return 'entry';
  return purposeOf(order.clientOrderId)?.kind === 'exit' ? 'exit' : legRole(order);
}

/**
 * Which trade an order belongs to. One that the ledger has not stored yet tells by its client id, or by the
 * order it replaces.
 */
export async function belongingOf(
  tx: LedgerTransaction,
  order: BrokerOrder,
): Promise<OrderBelonging | null> {
  const known =
    (await tx.findOrder(order.id)) ?? (order.replaces && (await tx.findOrder(order.replaces)));
  if (known) return { tradeId: known.tradeId, role: known.role, parentId: known.parentId };
  const purpose = purposeOf(order.clientOrderId);
  return purpose && { tradeId: purpose.tradeId, role: roleOf(order), parentId: null };
}

/** Stores an order with its legs, all tied to the trade. */
export async function saveWithLegs(
  tx: LedgerTransaction,
  order: BrokerOrder,
  tradeId: TradeId,
  belonging: OrderBelonging | null = null,
): Promise<void> {
  await tx.saveOrder(order, belonging ?? { tradeId, role: roleOf(order), parentId: null });
  for (const leg of order.legs) {
    await tx.saveOrder(leg, { tradeId, role: legRole(leg), parentId: order.id });
  }
}

import { purposeOf } from '#core/ids.ts';
import type { BrokerOrder } from '#core/order.ts';
import type { EpochMs } from '#core/session.ts';
import type { LedgerTransaction, OrderIntent } from '#ports/ledger.ts';
import type { RepairedCard } from '#ports/trade-cards.ts';

import { settleOnRecord } from './order-audit.ts';
import type { AuditedIntent } from './order-audit.ts';
import { saveWithLegs } from './save-orders.ts';

/**
 * Writes down that the broker has an order, with all that follows from it, at once: so nothing of it is
 * missing or told twice, whether its sender hears the answer or another process finds the order later.
 */
export async function acceptOrder(
  tx: LedgerTransaction,
  wish: AuditedIntent,
  { order, at }: { readonly order: BrokerOrder; readonly at: EpochMs },
): Promise<void> {
  const { id, tradeId, request } = wish;
  if (tradeId === null) return;
  // News of the same order comes over the stream at the same moment: whoever is first has the trade.
  await tx.lockTrade(tradeId);
  await saveWithLegs(tx, order, tradeId);
  await settleOnRecord(tx, wish, { outcome: 'accepted', detail: null, order: order.id, at });
  if (purposeOf(id)?.kind !== 'guard' || request.kind !== 'protection') return;
  const card = repairedCard({ ...wish, tradeId }, request.order, at);
  await tx.enqueueCard(`repaired:${id}`, card);
}

const repairedCard = (
  { tradeId, reason }: Pick<AuditedIntent, 'reason'> & Pick<RepairedCard, 'tradeId'>,
  order: Extract<OrderIntent['request'], { kind: 'protection' }>['order'],
  at: EpochMs,
): RepairedCard => ({
  kind: 'repaired',
  tradeId,
  symbol: order.symbol,
  side: order.side === 'sell' ? 'long' : 'short',
  quantity: order.quantity,
  stopPrice: order.stopPrice,
  targetPrice: order.targetPrice,
  cause: reason === 'part_filled_entry' ? 'part-filled-entry' : 'no-live-stop',
  forTheDay: order.timeInForce === 'day',
  at,
});

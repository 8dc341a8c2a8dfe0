import { purposeOf } from '#core/ids.ts';
import type { BrokerOrder } from '#core/order.ts';
import type { EpochMs } from '#core/session.ts';
import type { RepairedCard } from '#ports/cards.ts';
import type { LedgerTransaction, OrderIntent } from '#ports/ledger.ts';

import { saveWithLegs } from './save-orders.ts';

/** A wish that the broker has carried out. */
type Wish = Pick<OrderIntent, 'tradeId' | 'reason' | 'request' | 'requestedBy'>;

/**
 * Writes down that the broker has an order, with all that follows from it, at once: so nothing of it is
 * missing or told twice, whether its sender hears the answer or another process finds the order later.
 */
export async function acceptOrder(
  tx: LedgerTransaction,
  wish: Wish & { readonly id: string },
  { order, at }: { readonly order: BrokerOrder; readonly at: EpochMs },
): Promise<void> {
  const { id, tradeId, request, requestedBy } = wish;
  if (tradeId === null) return;
  // News of the same order comes over the stream at the same moment: whoever is first has the trade.
  await tx.lockTrade(tradeId);
  await saveWithLegs(tx, order, tradeId);
  await tx.settleOrderIntent(id, 'accepted', null);
  if (purposeOf(id)?.kind !== 'guard' || request.kind !== 'protection') return;
  const card = repairedCard({ ...wish, tradeId }, request.order, at);
  await tx.enqueueCard(`repaired:${id}`, card);
  await tx.audit({
    at,
    actor: requestedBy,
    action: `protect ${card.symbol}`,
    outcome: 'done',
    details: { order: id, quantity: String(card.quantity), cause: card.cause },
  });
}

const repairedCard = (
  { tradeId, reason }: Wish & Pick<RepairedCard, 'tradeId'>,
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

import { withLegs } from '#core/order-tree.ts';
import type { BrokerOrder } from '#core/order.ts';
import type { Trade } from '#core/trade.ts';
import type { AlarmCard } from '#ports/cards.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';

/**
 * Tells of an order, or a leg of it, whose state the broker names by a word that the bot has no rule for, when it
 * is seen first. To be called before its new state is stored.
 *
 * @returns whether there is anything to tell.
 */
export async function tellUnknownStatus(
  tx: LedgerTransaction,
  trade: Trade,
  order: BrokerOrder,
): Promise<boolean> {
  const strange = withLegs([order]).filter(({ status }) => status === 'unknown');
  let told = 0;
  for (const one of strange) {
    if ((await tx.findOrder(one.id))?.status === 'unknown') continue;
    await tx.enqueueCard(`unknown-status:${one.id}`, unknownStatusCard(trade, one));
    told += 1;
  }
  return told > 0;
}

const unknownStatusCard = (
  { id }: Trade,
  { symbol, side, type, quantity, updatedAt, id: orderId }: BrokerOrder,
): AlarmCard => ({
  kind: 'alarm',
  title: `${symbol}: an order is in a state that the bot does not know`,
  text:
    `The broker names a state of the order to ${side} ${quantity} (${type}, ${orderId}) that this version of the bot ` +
    'has no rule for. Until it changes the order counts as live: a stop as protection, an entry as one that may ' +
    'fill. Look at it at the broker; if it does not work there, put a stop in by hand, or /close the position.',
  repeat: 0,
  tradeId: id,
  at: updatedAt,
});

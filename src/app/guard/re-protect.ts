import { clientOrderIdOf } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { exitSideOf } from '#core/order.ts';

import type { AppContext } from '../context.ts';
import { cancelGroups } from '../place-order.ts';
import { placeProtection } from '../place-protection.ts';
import { lookAgain } from './look.ts';
import { raiseNaked } from './naked-alarm.ts';

/**
 * Puts a stop, with the target, back in for shares that have none; each repair is a card and an audit row.
 * A closing of the symbol may have been at work until now, so the position is judged once more.
 */
export async function reProtect(
  context: AppContext,
  symbol: Ticker,
  reason: 'protection' | 'part_filled_entry',
): Promise<void> {
  await context.bySymbol.run(symbol, async () => {
    const now = await lookAgain(context, symbol);
    if (now === null) return undefined;
    const { position, trade, verdict } = now;
    // It has become another matter: the next look sees to that.
    if (verdict.kind !== 'protect' || trade === null) return context.wakeGuard();
    const why = { closeId: null, reason, requestedBy: 'position guard' } as const;
    await cancelGroups(context, verdict.inTheWay, why);
    const n = await context.ledger.transaction((tx) =>
      tx.countOrderIntents(trade.id, 'protection'),
    );
    const { placed } = await placeProtection(context, {
      ...why,
      tradeId: trade.id,
      order: {
        clientOrderId: clientOrderIdOf({ of: 'trade', tradeId: trade.id, kind: 'guard', n: n + 1 }),
        symbol,
        side: exitSideOf(position.side),
        quantity: verdict.quantity,
        stopPrice: verdict.stopPrice,
        targetPrice: verdict.targetPrice,
      },
    });
    if (placed.kind === 'working') return context.wakeOutbox();
    const words = 'message' in placed ? placed.message : placed.why;
    return raiseNaked(context, position, words);
  });
}

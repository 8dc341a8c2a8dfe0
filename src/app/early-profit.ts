import type { TradeId } from '#core/ids.ts';
import type { Trade } from '#core/trade.ts';

import type { AppContext } from './context.ts';

/** The early profit of a trade has no order of its own at the broker: the bot watches the price for it. */
export async function watchForEarlyProfit(context: AppContext, id: TradeId): Promise<Trade> {
  return context.ledger.transaction(async (tx) => {
    const trade = await tx.lockTrade(id);
    if (trade === null) throw new Error(`trade ${id} has vanished from the ledger`);
    const watched: Trade = { ...trade, scaleOut: 'watched' };
    await tx.saveTrade(watched);
    return watched;
  });
}

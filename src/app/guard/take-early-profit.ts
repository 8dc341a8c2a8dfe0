import type { Position } from '#core/account.ts';
import { signOf } from '#core/order.ts';
import { heldShares } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';

import { requestClose } from '../close/request-close.ts';
import type { AppContext } from '../context.ts';

/**
 * Where the broker took no second bracket for the part that leaves early, the bot closes it when price gets
 * there: the group is cancelled, the rest protected, then the part sold.
 */
export async function takeEarlyProfit(
  context: AppContext,
  trade: Trade,
  position: Position,
  isMarketOpen: boolean,
): Promise<void> {
  const { id, scaleOut, intent } = trade;
  if (scaleOut !== 'watched' || intent.scaleOut === null || !isMarketOpen) return;
  const gain = signOf(position.side) * (position.currentPrice - intent.scaleOut.targetPrice);
  // Of shares that somebody has added none is to leave.
  const own = Math.min(position.quantity, heldShares(trade));
  const quantity = Math.floor((own * intent.scaleOut.quantity) / intent.quantity);
  if (gain < 0 || quantity < 1) return;
  await requestClose(context, {
    tradeId: id,
    position,
    reason: 'scale_out',
    quantity,
    atMarket: false,
    requestedBy: 'strategy',
  });
}

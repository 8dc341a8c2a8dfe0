import type { CloseReason } from '#core/close.ts';
import type { Ticker, TradeId } from '#core/ids.ts';

import type { AppContext } from '../context.ts';
import { requestClose } from './request-close.ts';
import { startClose } from './run-close.ts';

interface RuleWish {
  readonly tradeId: TradeId;
  readonly symbol: Ticker;
  readonly reason: Extract<CloseReason, 'end_of_day' | 'time_exit'>;
}

/**
 * Closes a trade because an exit rule says so, all of it and beside everything else. A closing of the symbol
 * that is under way goes on instead, unless it is of a part and stuck; where the broker shows no position on
 * the trade's side, a leg has just ended it or its list lags, and whoever looks next knows more.
 */
export async function closeByRule(
  context: AppContext,
  { tradeId, symbol, reason }: RuleWish,
): Promise<void> {
  const trade = await context.ledger.trade(tradeId);
  const position = await context.broker.urgent.position(symbol);
  if (position === null || position.side !== trade?.intent.side) return;
  const request = await requestClose(context, {
    tradeId,
    position,
    reason,
    quantity: position.quantity,
    atMarket: false,
    requestedBy: 'strategy',
  });
  if (request.kind !== 'under-way') startClose(context, request.close);
}

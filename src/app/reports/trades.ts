import type { Usd } from '#core/money.ts';
import { averagePrice } from '#core/trade-math.ts';
import { closedTrade, isFlat } from '#core/trade.ts';
import type { ClosedTrade, Trade } from '#core/trade.ts';

import type { AppContext } from '../context.ts';

/** A trade in a list. */
export interface TradeLine {
  readonly trade: Trade;
  readonly entryPrice: Usd;
  /** Null until it is flat. */
  readonly closed: ClosedTrade | null;
}

/** What `/trades` tells: the newest first. */
export interface TradesReport {
  readonly kind: 'trades';
  readonly lines: readonly TradeLine[];
}

/** The newest trades that have shares, or had them. */
export async function tradesReport(
  { ledger }: Pick<AppContext, 'ledger'>,
  newest: number,
): Promise<TradesReport> {
  const trades = await ledger.lastTrades(newest);
  return { kind: 'trades', lines: trades.map(lineOf) };
}

const lineOf = (trade: Trade): TradeLine => ({
  trade,
  entryPrice: averagePrice(trade.entryValue, trade.entryQuantity),
  closed: trade.status === 'closed' && isFlat(trade) ? closedTrade(trade) : null,
});

import type { Close } from '#core/close.ts';
import { micros } from '#core/money.ts';
import { exitSideOf } from '#core/order.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { addDays, newYorkDate, startOfDay } from '#core/session.ts';
import { averagePrice, realizedPnl, rMultiple, slippageBps } from '#core/trade-math.ts';
import { tradeRange } from '#core/trade-range.ts';
import { closedTrade, heldShares, riskPerShareOf } from '#core/trade.ts';
import type { LegRole, Trade } from '#core/trade.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';
import type { SummaryCard } from '#ports/report-cards.ts';
import type { ExitCard, ScaledOutCard } from '#ports/trade-cards.ts';

/** What the broker told of an exit. */
export interface ExitNews {
  readonly role: LegRole;
  readonly order: BrokerOrder;
  /** The closing that the order is of. */
  readonly close: Close | null;
  readonly lateMs: number | null;
}

/** The trade's end, in the channel. */
export async function exitCard(
  tx: LedgerTransaction,
  trade: Trade,
  news: ExitNews,
): Promise<ExitCard> {
  const closed = closedTrade(trade);
  const { order, lateMs } = news;
  const date = newYorkDate(closed.closedAt);
  const range = tradeRange(trade);
  return {
    kind: 'exit',
    trade: closed,
    stopPrice: trade.stopPrice,
    targetPrice: trade.intent.bracket.targetPrice,
    // Of the order that ended the trade alone: an earlier part that left elsewhere is no slippage.
    slippageBps: slippageBps(
      exitSideOf(trade.intent.side),
      order.filledAveragePrice ?? closed.exitPrice,
      referencePrice(trade, news),
    ),
    ...(range === null ? {} : { range }),
    realizedToday: await tx.realizedPnl({
      from: startOfDay(date),
      until: startOfDay(addDays(date, 1)),
    }),
    lateMs,
  };
}

/** What an exit was meant to fill at. */
function referencePrice(trade: Trade, { role, order, close }: ExitNews) {
  if (role === 'take_profit') return order.limitPrice ?? trade.intent.bracket.targetPrice;
  if (role === 'stop_loss') return order.stopPrice ?? trade.stopPrice;
  // Of a sale past the bot nobody knows what it was meant to fill at.
  return close?.decisionPrice ?? order.limitPrice ?? order.filledAveragePrice ?? trade.stopPrice;
}

/** The trade's end, as the last word in its thread. */
export async function summaryCard(tx: LedgerTransaction, trade: Trade): Promise<SummaryCard> {
  const range = tradeRange(trade);
  return {
    kind: 'summary',
    trade: closedTrade(trade),
    ...(range === null ? {} : { range }),
    stopMoves: await tx.countOrderIntents(trade.id, 'move'),
  };
}

/**
 * Tells that the first part has taken its profit at its own bracket, while the rest runs on; null when the
 * news is of anything else. A part that a closing sold has that closing's card.
 */
export function scaledOutCard(
  trade: Trade,
  { role, order, lateMs }: ExitNews,
  booked: readonly Execution[],
): ScaledOutCard | null {
  const { intent, status, entryQuantity } = trade;
  const isPart = role === 'take_profit' && order.status === 'filled' && status === 'open';
  const at = booked.at(-1)?.at;
  if (!isPart || at === undefined || intent.scaleOut === null || entryQuantity === 0) return null;
  const quantity = order.filledQuantity;
  const entryPrice = averagePrice(trade.entryValue, entryQuantity);
  const exitPrice = order.filledAveragePrice ?? intent.scaleOut.targetPrice;
  const pnl = realizedPnl({
    side: intent.side,
    entryValue: micros(entryPrice * quantity),
    exitValue: micros(exitPrice * quantity),
  });
  return {
    kind: 'scaled-out',
    tradeId: trade.id,
    symbol: intent.symbol,
    side: intent.side,
    quantity,
    exitPrice,
    pnl,
    rMultiple: rMultiple(pnl, riskPerShareOf(intent), quantity),
    remaining: heldShares(trade),
    stopPrice: trade.stopPrice,
    targetPrice: intent.bracket.targetPrice,
    lateMs,
    at,
  };
}

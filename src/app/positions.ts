import type { Position } from '#core/account.ts';
import type { BrokerOrder } from '#core/order.ts';
import { protectionOf } from '#core/protection.ts';
import { rMultipleAt } from '#core/trade-math.ts';
import { riskPerShareOf } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';
import type { OpenPositionLine } from '#ports/report-cards.ts';

import type { AppContext } from './context.ts';
import { orderHorizon } from './order-horizon.ts';

/** Every position at the broker with its plan from the ledger and its protection as the broker has it now. */
export async function readPositions(context: AppContext): Promise<readonly OpenPositionLine[]> {
  const { broker, ledger } = context;
  const [positions, trades, unsettled] = await Promise.all([
    broker.positions(),
    ledger.unfinishedTrades(),
    ledger.unsettledOrders(),
  ]);
  const held = positions.map((position) => ({
    position,
    trade:
      trades.find(({ status, intent }) => status === 'open' && intent.symbol === position.symbol) ??
      null,
  }));
  // What protects adopted shares may hang on an order that the ledger does not have.
  const areOurs = held.every(({ trade }) => trade?.origin === 'strategy');
  const known = areOurs ? unsettled[0]?.createdAt : undefined;
  const since = known === undefined ? orderHorizon(context) : known - 1;
  const orders = held.length === 0 ? [] : await broker.ordersSince(since);
  return held.map(({ position, trade }) => lineOf(position, trade, orders));
}

function lineOf(
  position: Position,
  trade: Trade | null,
  orders: readonly BrokerOrder[],
): OpenPositionLine {
  const protection = protectionOf(position, orders);
  return {
    tradeId: trade?.id ?? null,
    symbol: position.symbol,
    side: position.side,
    quantity: position.quantity,
    entryPrice: position.averageEntryPrice,
    currentPrice: position.currentPrice,
    unrealizedPnl: position.unrealizedPnl,
    stopPrice: protection.stopPrice,
    targetPrice: protection.targetPrice,
    rNow: trade === null ? null : rNow(trade, position),
    isProtected: protection.isProtected,
    openedAt: trade?.openedAt ?? null,
  };
}

const rNow = ({ intent }: Trade, position: Position): number =>
  rMultipleAt(position.side, {
    entry: position.averageEntryPrice,
    now: position.currentPrice,
    riskPerShare: riskPerShareOf(intent),
  });

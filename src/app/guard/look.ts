import type { Position } from '#core/account.ts';
import type { Close } from '#core/close.ts';
import { judgePosition } from '#core/guard.ts';
import type { GuardVerdict } from '#core/guard.ts';
import type { Ticker } from '#core/ids.ts';
import type { BrokerOrder } from '#core/order.ts';
import type { Trade } from '#core/trade.ts';
import type { BrokerReads } from '#ports/broker.ts';

import type { AppContext } from '../context.ts';
import { orderHorizon } from '../order-horizon.ts';

/** One position and what is to be done about it. */
export interface Judged {
  readonly position: Position;
  readonly trade: Trade | null;
  readonly orders: readonly BrokerOrder[];
  readonly verdict: GuardVerdict;
  /** The closing of the symbol that is under way. */
  readonly close: Close | null;
}

/** Whether a verdict asks for something to be done. */
export const needsAction = ({ kind }: GuardVerdict): boolean =>
  kind === 'part-filled' ||
  kind === 'rest-dying' ||
  kind === 'protect' ||
  kind === 'emergency' ||
  kind === 'stray';

/** Looks at every position by one listing each of positions and orders. */
export async function lookAtAll(
  context: AppContext,
  broker: BrokerReads,
): Promise<readonly Judged[]> {
  const { ledger } = context;
  const positions = await broker.positions();
  if (positions.length === 0) return [];
  const [trades, unsettled] = await Promise.all([
    ledger.unfinishedTrades(),
    ledger.unsettledOrders(),
  ]);
  const tradeOf = ({ symbol }: Position) => {
    const own = trades.filter(
      ({ status, intent }) => status !== 'planned' && intent.symbol === symbol,
    );
    // One that was only submitted has fills that nobody has booked yet.
    return own.find(({ status }) => status === 'open') ?? own[0] ?? null;
  };
  // What protects adopted shares may hang on an order that the ledger does not have.
  const areOurs = positions.every((position) => tradeOf(position)?.origin === 'strategy');
  const oldest = unsettled[0]?.createdAt;
  const since = areOurs && oldest !== undefined ? oldest - 1 : orderHorizon(context);
  const all = await broker.ordersSince(since);
  // After the orders: a closing that has cancelled any of them is in the ledger by now.
  const [closes, net] = await Promise.all([ledger.openCloses(), ledger.netQuantities()]);
  return positions.map((position) => {
    const { symbol } = position;
    const trade = tradeOf(position);
    const orders = all.filter((order) => order.symbol === symbol);
    const ledgerQuantity = net.get(symbol) ?? 0;
    const close = closes.find((one) => one.symbol === symbol) ?? null;
    const isClosing = close !== null;
    const verdict = judgePosition({ position, orders, trade, ledgerQuantity, isClosing });
    return { position, trade, orders, verdict, close };
  });
}

/** One position once more, before all others when requests are scarce; null when it is gone. */
export async function lookAgain(context: AppContext, symbol: Ticker): Promise<Judged | null> {
  const all = await lookAtAll(context, context.broker.urgent);
  return all.find(({ position }) => position.symbol === symbol) ?? null;
}

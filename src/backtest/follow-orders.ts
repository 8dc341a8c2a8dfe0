import type { BrokerOrderId } from '#core/ids.ts';
import { executionFee } from '#core/matching/fees.ts';
import type { ExchangeEvent, SimulatedOrder } from '#core/matching/order.ts';
import { addUsd } from '#core/money.ts';
import { isTerminal } from '#core/order.ts';
import { tradeRange } from '#core/trade-range.ts';
import type { ExitReason } from '#core/trade.ts';
import {
  bookFill,
  closedTrade,
  closeTrade,
  entrySlippageBps,
  followEntries,
  isFlat,
} from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';

import type { Desk, LiveTrade } from './desk.ts';

/** Remembers what orders are to a trade; `exit` is the reason of one that stands alone. */
export function takeOrders(
  live: LiveTrade,
  orders: readonly SimulatedOrder[],
  exit: ExitReason | null,
): void {
  live.isStirred = true;
  // A halt may close what was calm: what was known of its next bars is not any more.
  live.calmUntil = -1;
  for (const order of orders) live.orders.push({ order, as: meaningOf(order, exit) });
}

/** One order has come in the place of another, on the same shares: of entries and protection nothing is new. */
export function takeMoved(live: LiveTrade, order: SimulatedOrder, as: ExitReason): void {
  live.calmUntil = -1;
  live.orders.push({ order, as });
}

function meaningOf({ role }: SimulatedOrder, exit: ExitReason | null): 'entry' | ExitReason {
  switch (role) {
    case 'entry':
      return 'entry';
    case 'take-profit':
      return 'take_profit';
    case 'stop-loss':
      return 'stop_loss';
    case 'single':
      return exit ?? 'other';
    default:
      return role satisfies never;
  }
}

/** The last that were sent are the first to fill. */
const meaningFor = ({ orders }: LiveTrade, id: BrokerOrderId): 'entry' | ExitReason =>
  orders.findLast(({ order }) => order.id === id)?.as ?? 'other';

/** Books the fills among the events, and ends the trade when it is over. */
export function followOrders(desk: Desk, live: LiveTrade, events: readonly ExchangeEvent[]): void {
  if (events.length === 0) return;
  live.isStirred = true;
  live.calmUntil = -1;
  let { trade } = live;
  for (const event of events) {
    if (event.type !== 'fill' && event.type !== 'partial_fill') continue;
    const { fill } = event;
    const as = meaningFor(live, fill.orderId);
    trade = bookFill(trade, as, fill);
    desk.observer?.onFill(trade.id, as, fill);
    live.fees = addUsd(live.fees, executionFee(desk.options.fills.fees, fill));
  }
  live.trade = trade;
  settle(desk, live);
}

/** Ends a trade that is flat, or whose entry is over without a share. */
export function settle(desk: Desk, live: LiveTrade): void {
  if (live.trade.status !== 'open') live.trade = followEntries(live.trade, entriesOf(live));
  const { trade } = live;
  if (trade.status === 'cancelled' || trade.status === 'rejected') {
    desk.live.delete(trade.intent.symbol);
    desk.entries.missed += 1;
    return;
  }
  const isOver = isFlat(trade) && entriesOf(live).every(({ status }) => isTerminal(status));
  if (isOver) close(desk, live, closeTrade(trade));
}

function entriesOf({ orders }: LiveTrade): readonly SimulatedOrder[] {
  const entries: SimulatedOrder[] = [];
  for (const { order, as } of orders) if (as === 'entry') entries.push(order);
  return entries;
}

function close(desk: Desk, live: LiveTrade, trade: Trade): void {
  const { intent } = trade;
  desk.live.delete(intent.symbol);
  desk.entries.filled += 1;
  const figures = closedTrade(trade);
  const { symbol, exitReason, closedAt, pnl } = figures;
  desk.past.push({ symbol, exitReason, closedAt, pnl });
  const range = tradeRange(trade);
  desk.closed.push({
    ...figures,
    fees: live.fees,
    slippageBps: entrySlippageBps(trade),
    confidence: intent.confidence,
    stopPrice: intent.bracket.stopPrice,
    targetPrice: intent.bracket.targetPrice,
    maeR: range?.worst.r ?? 0,
    mfeR: range?.best.r ?? 0,
    isAmbiguous: live.isAmbiguous,
  });
}

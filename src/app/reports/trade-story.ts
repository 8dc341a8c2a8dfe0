import type { Close } from '#core/close.ts';
import type { Usd } from '#core/money.ts';
import { addUsd, timesShares } from '#core/money.ts';
import { exitSideOf } from '#core/order.ts';
import { newYorkDate } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { averagePrice, slippageBps } from '#core/trade-math.ts';
import { tradeRange } from '#core/trade-range.ts';
import type { TradeRange } from '#core/trade-range.ts';
import { closedTrade, entrySlippageBps, isFlat } from '#core/trade.ts';
import type { ClosedTrade, LegRole, Trade } from '#core/trade.ts';
import { BrokerError } from '#ports/broker.ts';
import type { CandlesChart, StopStep } from '#ports/charts.ts';
import type { LedgerOrder } from '#ports/ledger.ts';
import type { BookedFill } from '#ports/trade-history.ts';

import type { AppContext } from '../context.ts';
import { candlesOf } from './candles.ts';

/** An execution, with what its order was to the trade. */
export interface StoryFill extends BookedFill {
  /** Null for shares that an admin took over: no order of ours bought them. */
  readonly role: LegRole | null;
}

/** One trade's whole story. */
export interface TradeReport {
  readonly kind: 'trade';
  readonly trade: Trade;
  /** Null until it is flat. */
  readonly closed: ClosedTrade | null;
  readonly range: TradeRange | null;
  /** Oldest first, as all that follows. */
  readonly orders: readonly LedgerOrder[];
  readonly fills: readonly StoryFill[];
  /** Where its stop was; the first is the plan's. */
  readonly stops: readonly StopStep[];
  readonly closes: readonly Close[];
  /** In hundredths of a per cent; null while nothing has filled. */
  readonly entrySlippageBps: number | null;
  /** Of the order that ended the trade, against what it was meant to fill at. */
  readonly exitSlippageBps: number | null;
}

/** All that the ledger has of a trade. */
export async function tradeStory(
  { ledger }: Pick<AppContext, 'ledger'>,
  trade: Trade,
): Promise<TradeReport> {
  const [orders, booked, closes] = await Promise.all([
    ledger.ordersOfTrade(trade.id),
    ledger.fillsOf(trade.id),
    ledger.closesOf(trade.id),
  ]);
  const roles = new Map(orders.map(({ brokerOrderId, role }) => [brokerOrderId, role]));
  const fills = booked.map((fill) => ({ ...fill, role: roles.get(fill.brokerOrderId) ?? null }));
  const hasShares = trade.entryQuantity > 0;
  const closed = trade.status === 'closed' && isFlat(trade) ? closedTrade(trade) : null;
  return {
    kind: 'trade',
    trade,
    closed,
    range: closed === null ? null : tradeRange(trade),
    orders,
    fills,
    stops: stopPath(trade, orders),
    closes,
    entrySlippageBps: hasShares && trade.origin === 'strategy' ? entrySlippageBps(trade) : null,
    exitSlippageBps: closed === null ? null : exitSlippage(trade, { orders, fills, closes }),
  };
}

/**
 * Where a trade's stop was, from its entry on: that of the plan, and then each new stop order with another
 * price. Two brackets whose stops are moved together make one step.
 */
function stopPath(trade: Trade, orders: readonly LedgerOrder[]): readonly StopStep[] {
  const { openedAt, intent } = trade;
  if (openedAt === null) return [];
  const path: StopStep[] = [{ at: openedAt, price: intent.bracket.stopPrice }];
  for (const { role, stopPrice, createdAt } of orders) {
    const isNew = role === 'stop_loss' && stopPrice !== path.at(-1)?.price;
    if (isNew && stopPrice !== null && createdAt > openedAt) {
      path.push({ at: createdAt, price: stopPrice });
    }
  }
  return path;
}

type Evidence = Pick<TradeReport, 'orders' | 'fills' | 'closes'>;

function exitSlippage(trade: Trade, { orders, fills, closes }: Evidence): number | null {
  const last = fills.findLast(({ role }) => role !== null && role !== 'entry');
  const order = orders.find(({ brokerOrderId }) => brokerOrderId === last?.brokerOrderId);
  if (last === undefined || order === undefined) return null;
  const own = fills.filter(({ brokerOrderId }) => brokerOrderId === last.brokerOrderId);
  const value = addUsd(...own.map(({ price, quantity }) => timesShares(price, quantity)));
  const quantity = own.reduce((sum, fill) => sum + fill.quantity, 0);
  const close = closes.findLast(({ requestedAt }) => requestedAt <= last.at);
  return slippageBps(
    exitSideOf(trade.intent.side),
    averagePrice(value, quantity),
    referenceOf(trade, order, close),
  );
}

/** What an exit was meant to fill at. */
function referenceOf(trade: Trade, order: LedgerOrder, close: Close | undefined): Usd {
  switch (order.role) {
    case 'take_profit':
      return order.limitPrice ?? trade.intent.bracket.targetPrice;
    case 'stop_loss':
      return order.stopPrice ?? trade.stopPrice;
    case 'exit':
    case 'entry':
      return close?.decisionPrice ?? order.limitPrice ?? trade.stopPrice;
    default:
      return order.role satisfies never;
  }
}

/** How much of the time after its end is shown, in bars. */
const BARS_AFTER = 12;

/** The trade in its bars; null where nothing was held, or the bars cannot be read. */
export async function tradeChart(
  context: AppContext,
  report: TradeReport,
): Promise<CandlesChart | null> {
  const { trade } = report;
  const { openedAt, closedAt, intent } = trade;
  if (openedAt === null || trade.entryQuantity === 0) return null;
  const { symbol, side } = intent;
  const session = await context.calendar.on(newYorkDate(openedAt));
  if (session === null) return null;
  try {
    return await candlesOf(context, {
      symbol,
      title: `${symbol} ${side}, ${trade.entryQuantity} shares`,
      session,
      until: closedAt === null ? context.clock.now() : afterEnd(context, closedAt),
      ...tradeMarks(report),
    });
  } catch (error) {
    if (error instanceof BrokerError) return null;
    throw error;
  }
}

const afterEnd = ({ parameters: { barMinutes } }: AppContext, closedAt: EpochMs): EpochMs =>
  closedAt + BARS_AFTER * barMinutes * 60_000;

/** What of a trade is to be seen in a chart. */
type Drawn = Pick<TradeReport, 'trade' | 'stops' | 'fills'>;

/** The same as it stood at an instant, with nothing that came after it. */
export function storyUntil({ trade, stops, fills }: Drawn, at: EpochMs): Drawn {
  const isLater = trade.closedAt !== null && trade.closedAt > at;
  return {
    trade: isLater ? { ...trade, status: 'open', closedAt: null } : trade,
    stops: stops.filter((step) => step.at <= at),
    fills: fills.filter((fill) => fill.at <= at),
  };
}

/** What a trade looks like in a chart of its symbol: its bracket from entry to exit, and its fills. */
export function tradeMarks({
  trade,
  stops,
  fills,
}: Drawn): Pick<CandlesChart, 'position' | 'fills'> {
  const { openedAt, status, intent } = trade;
  return {
    position:
      openedAt === null || trade.entryQuantity === 0
        ? null
        : {
            side: intent.side,
            openedAt,
            until: status === 'closed' ? trade.closedAt : null,
            entryPrice: averagePrice(trade.entryValue, trade.entryQuantity),
            stops,
            targetPrice: intent.bracket.targetPrice,
          },
    fills: fills.map(({ role, at, price, quantity }) => ({
      at,
      role: role === 'entry' || role === null ? 'entry' : 'exit',
      price,
      quantity,
    })),
  };
}

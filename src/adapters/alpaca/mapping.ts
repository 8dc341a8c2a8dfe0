import type { marketDataShapes, streaming, trading } from '@alpacahq/alpaca-trade-api';

import type { Account, Asset, Position } from '#core/account.ts';
import type { Bar } from '#core/bars.ts';
import { brokerOrderId, clientOrderId } from '#core/ids.ts';
import type { BrokerOrderId, Ticker } from '#core/ids.ts';
import { parseUsd, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { isOrderStatus } from '#core/order.ts';
import type { BrokerOrder, Execution, OrderClass, OrderSide, OrderType } from '#core/order.ts';
import { asSessionDate, newYorkInstant } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';
import type { BrokerClock, CashActivity, FeeActivity, TradeUpdate } from '#ports/broker.ts';

/** Taken as the broker spells it: an account may hold options or coins, and they must not stop us. */
const ticker = (symbol: string): Ticker => symbol as Ticker;

/** A reply lacks something that it must have: nothing sensible can be made of it. */
function required<T>(value: T | null | undefined, name: string): T {
  if (value === null || value === undefined) {
    throw new BrokerError(`Alpaca's reply has no ${name}`, { retryable: false });
  }
  return value;
}

const money = (text: string | null | undefined, name: string): Usd =>
  parseUsd(required(text, name));
const optionalMoney = (text: string | null | undefined): Usd | null =>
  text === null || text === undefined ? null : parseUsd(text);
const instant = (date: Date | null | undefined): EpochMs | null =>
  date === null || date === undefined ? null : date.getTime();

const shares = (text: string | null | undefined): number => Number(text ?? '0');

/**
 * The whole shares of a position, signed. What somebody holds of a fraction beside them is nothing that the bot trades,
 * and must not hide them. Of coins nobody can tell a share.
 */
function wholeShares({ qty, assetClass }: trading.Position): number {
  const count = shares(qty);
  const whole = assetClass === 'us_equity' ? Math.trunc(count) : count;
  if (!Number.isSafeInteger(whole)) {
    throw new BrokerError(`${qty} is no whole number of shares`, { retryable: false });
  }
  return whole;
}

const ORDER_TYPES: readonly string[] = [
  'market',
  'limit',
  'stop',
  'stop_limit',
  'trailing_stop',
] satisfies OrderType[];
const ORDER_CLASSES: readonly string[] = ['simple', 'bracket', 'oco', 'oto'] satisfies OrderClass[];
const isOrderType = (text: string): text is OrderType => ORDER_TYPES.includes(text);
const isOrderClass = (text: string): text is OrderClass => ORDER_CLASSES.includes(text);
const isSide = (text: string): text is OrderSide => text === 'buy' || text === 'sell';

export const toAccount = (account: trading.Account): Account => ({
  id: account.id,
  equity: money(account.equity, 'equity'),
  lastEquity: optionalMoney(account.lastEquity) ?? ZERO_USD,
  cash: money(account.cash, 'cash'),
  buyingPower: money(account.buyingPower, 'buying_power'),
  shortingEnabled: account.shortingEnabled ?? false,
  tradingBlocked:
    (account.tradingBlocked ?? false) ||
    (account.accountBlocked ?? false) ||
    (account.tradeSuspendedByUser ?? false),
});

export const toClock = (clock: trading.LegacyClock): BrokerClock => ({
  now: clock.timestamp.getTime(),
  isOpen: clock.isOpen,
  nextOpen: clock.nextOpen.getTime(),
  nextClose: clock.nextClose.getTime(),
});

/** The SDK reads the calendar's date as UTC midnight, so its UTC parts are the New York date. */
export function toSession(day: trading.LegacyCalendarDay): Session {
  const date = asSessionDate(day.date.toISOString().slice(0, 10));
  return { date, open: newYorkInstant(date, day.open), close: newYorkInstant(date, day.close) };
}

export const toAsset = (asset: trading.Assets): Asset => ({
  symbol: ticker(asset.symbol),
  tradable: asset.tradable && asset.status === 'active',
  // Nothing is sold short that may have to be bought back at once, or costs more than it brings.
  shortable: asset.shortable && !isHardToBorrow(asset),
  hardToBorrow: isHardToBorrow(asset),
});

/** Alpaca retires `easy_to_borrow` for `borrow_status`; either of them may be missing. */
const isHardToBorrow = ({ easyToBorrow, borrowStatus }: trading.Assets): boolean =>
  easyToBorrow === false || borrowStatus === 'hard_to_borrow';

/** Null of less than a share. */
export function toPosition(position: trading.Position): Position | null {
  const quantity = Math.abs(wholeShares(position));
  if (quantity === 0) return null;
  return {
    symbol: ticker(position.symbol),
    side: position.side === 'short' ? 'short' : 'long',
    quantity,
    // Where Alpaca does not say, all of it: it refuses to give what an order holds, while none would mean
    // that the position can never be closed.
    available: Math.floor(Math.abs(shares(position.qtyAvailable ?? position.qty))),
    averageEntryPrice: money(position.avgEntryPrice, 'avg_entry_price'),
    currentPrice:
      optionalMoney(position.currentPrice) ?? money(position.avgEntryPrice, 'avg_entry_price'),
    unrealizedPnl: optionalMoney(position.unrealizedPl) ?? ZERO_USD,
  };
}

type WireOrder = trading.Order | trading.OrderLeg;

/** What kind of order it is. The SDK types what it hopes for; what arrives is any text. */
function kindOf(order: WireOrder): Pick<BrokerOrder, 'side' | 'type' | 'orderClass' | 'status'> {
  const type: string = order.type;
  const orderClass: string = order.orderClass ?? '';
  const status: string = order.status ?? '';
  const side: string = order.side ?? '';
  return {
    side: isSide(side) ? side : 'sell',
    type: isOrderType(type) ? type : 'limit',
    // A simple order's class is the empty string on the wire.
    orderClass: isOrderClass(orderClass) ? orderClass : 'simple',
    status: isOrderStatus(status) ? status : 'unknown',
  };
}

const optionalId = (id: string | null | undefined): BrokerOrderId | null =>
  id === null || id === undefined ? null : brokerOrderId(id);

export function toOrder(order: WireOrder): BrokerOrder {
  const createdAt = required(instant(order.createdAt), 'created_at');
  return {
    ...kindOf(order),
    id: brokerOrderId(required(order.id, 'order id')),
    clientOrderId: clientOrderId(order.clientOrderId ?? ''),
    symbol: ticker(required(order.symbol, 'symbol')),
    timeInForce: order.timeInForce,
    quantity: shares(order.qty),
    filledQuantity: shares(order.filledQty),
    filledAveragePrice: optionalMoney(order.filledAvgPrice),
    limitPrice: optionalMoney(order.limitPrice),
    stopPrice: optionalMoney(order.stopPrice),
    createdAt,
    updatedAt: instant(order.updatedAt) ?? createdAt,
    replaces: optionalId(order.replaces),
    replacedBy: optionalId(order.replacedBy),
    legs: (order.legs ?? []).map((leg) => toOrder(leg as trading.OrderLeg)),
  };
}

export function toExecution(activity: trading.TradingActivities): Execution {
  return {
    orderId: brokerOrderId(required(activity.orderId, 'order_id')),
    symbol: ticker(required(activity.symbol, 'symbol')),
    // A short sale's fill says "sell_short".
    side: activity.side === 'buy' ? 'buy' : 'sell',
    quantity: shares(activity.qty),
    price: money(activity.price, 'price'),
    at: required(instant(activity.transactionTime), 'transaction_time'),
    cumulativeQuantity: shares(activity.cumQty),
  };
}

export function toFee(activity: trading.NonTradeActivities): FeeActivity {
  const date = required(activity.date, 'date');
  return {
    id: required(activity.id, 'activity id'),
    date: asSessionDate(date.toISOString().slice(0, 10)),
    amount: parseUsd(negated(required(activity.netAmount, 'net_amount'))),
    description: activity.activitySubType ?? activity.activityType ?? 'FEE',
  };
}

/** Whether an activity moved cash: splits and name changes do not, nor does what was taken back. */
export const movesCash = (activity: trading.NonTradeActivities): boolean =>
  activity.activityType !== 'FILL' &&
  activity.status !== 'canceled' &&
  activity.netAmount !== undefined &&
  Number(activity.netAmount) !== 0;

export function toCashActivity(activity: trading.NonTradeActivities): CashActivity {
  return {
    id: required(activity.id, 'activity id'),
    type: required(activity.activityType, 'activity_type'),
    date: asSessionDate(required(activity.date, 'date').toISOString().slice(0, 10)),
    amount: money(activity.netAmount, 'net_amount'),
  };
}

const negated = (amount: string): string =>
  amount.startsWith('-') ? amount.slice(1) : `-${amount}`;

const FILLS: readonly string[] = ['fill', 'partial_fill'];

/**
 * Whether the event tells of an execution. The order's filled quantity is taken as the cumulative one, which it
 * cannot be when it is less than the execution alone. Where it is ahead of it, only what is booked can tell.
 */
const hasExecution = (update: streaming.TradeUpdate, order: BrokerOrder): boolean =>
  FILLS.includes(update.event) &&
  update.price !== undefined &&
  update.qty !== undefined &&
  shares(update.qty) <= order.filledQuantity;

export function toTradeUpdate(update: streaming.TradeUpdate): TradeUpdate {
  const order = toOrder(update.order);
  const at = instant(update.timestamp) ?? order.updatedAt;
  return {
    event: update.event,
    order,
    at,
    execution: hasExecution(update, order)
      ? {
          orderId: order.id,
          symbol: order.symbol,
          side: order.side,
          quantity: shares(update.qty),
          price: money(update.price, 'price'),
          at,
          cumulativeQuantity: order.filledQuantity,
        }
      : null,
  };
}

export const toBar = (bar: marketDataShapes.Bar): Bar => ({
  start: bar.timestamp.getTime(),
  open: bar.open,
  high: bar.high,
  low: bar.low,
  close: bar.close,
  volume: bar.volume,
});

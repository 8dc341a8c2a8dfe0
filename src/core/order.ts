import type { BrokerOrderId, ClientOrderId, Ticker } from './ids.ts';
import type { Usd } from './money.ts';
import type { EpochMs } from './session.ts';

export type OrderSide = 'buy' | 'sell';
export type PositionSide = 'long' | 'short';
export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop';
export type OrderClass = 'simple' | 'bracket' | 'oco' | 'oto';
export type TimeInForce = 'day' | 'gtc' | 'opg' | 'cls' | 'ioc' | 'fok';

interface StatusTraits {
  /** The broker will do nothing more with the order. */
  readonly isTerminal: boolean;
  /** The order may still turn into a fill, now or when its parent fills. */
  readonly isLive: boolean;
}

const live: StatusTraits = { isTerminal: false, isLive: true };
const terminal: StatusTraits = { isTerminal: true, isLive: false };

/** Every order status of Alpaca's OpenAPI, in its own spelling. */
export const ORDER_STATUS = {
  pending_new: live,
  accepted: live,
  accepted_for_bidding: live,
  pending_review: live,
  new: live,
  // A leg that waits for its parent's complete fill, or a stop beside a working take-profit.
  held: live,
  partially_filled: live,
  // Still in force until the broker confirms the change.
  pending_cancel: live,
  pending_replace: live,
  stopped: live,
  suspended: live,
  calculated: live,
  // Done for today, alive again tomorrow when good-till-cancelled.
  done_for_day: live,
  filled: terminal,
  canceled: terminal,
  expired: terminal,
  replaced: terminal,
  rejected: terminal,
} as const satisfies Record<string, StatusTraits>;

export type OrderStatus = keyof typeof ORDER_STATUS;

export const isOrderStatus = (text: string): text is OrderStatus =>
  Object.hasOwn(ORDER_STATUS, text);

/** A status that nobody documented counts as live: better one order too many watched than one forgotten. */
export function isLive(status: OrderStatus | 'unknown'): boolean {
  // Asked so often that nothing is looked up for the usual ones.
  if (status === 'new' || status === 'held' || status === 'unknown') return true;
  if (status === 'filled' || status === 'canceled' || status === 'replaced') return false;
  if (status === 'pending_new' || status === 'partially_filled') return true;
  return ORDER_STATUS[status].isLive;
}

export const isTerminal = (status: OrderStatus | 'unknown'): boolean => !isLive(status);

/** An order as the broker reports it. */
export interface BrokerOrder {
  readonly id: BrokerOrderId;
  readonly clientOrderId: ClientOrderId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly orderClass: OrderClass;
  readonly timeInForce: TimeInForce;
  readonly status: OrderStatus | 'unknown';
  /** Whole shares. */
  readonly quantity: number;
  readonly filledQuantity: number;
  /** The broker's average, for display; the ledger adds up fills itself. */
  readonly filledAveragePrice: Usd | null;
  readonly limitPrice: Usd | null;
  readonly stopPrice: Usd | null;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly replaces: BrokerOrderId | null;
  readonly replacedBy: BrokerOrderId | null;
  readonly legs: readonly BrokerOrder[];
}

/** One execution. */
export interface Execution {
  readonly orderId: BrokerOrderId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  readonly quantity: number;
  readonly price: Usd;
  readonly at: EpochMs;
  /** Shares of the order filled with this execution included: with the order id, the key of the fill. */
  readonly cumulativeQuantity: number;
}

export const entrySideOf = (side: PositionSide): OrderSide => (side === 'long' ? 'buy' : 'sell');
export const exitSideOf = (side: PositionSide): OrderSide => (side === 'long' ? 'sell' : 'buy');

/** +1 for long, −1 for short. */
export const signOf = (side: PositionSide): 1 | -1 => (side === 'long' ? 1 : -1);

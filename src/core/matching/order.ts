import type { BrokerOrderId, ClientOrderId, Ticker } from '../ids.ts';
import type { Usd } from '../money.ts';
import type { OrderClass, OrderSide, OrderStatus, OrderType, TimeInForce } from '../order.ts';
import type { EpochMs } from '../session.ts';

/** The order types that the exchange knows. */
export type SimulatedOrderType = Exclude<OrderType, 'trailing_stop'>;

/**
 * What an order is to its group. In a bracket and an OTO the entry is the parent; in an OCO the take-profit
 * is the parent of the stop.
 */
export type OrderRole = 'single' | 'entry' | 'take-profit' | 'stop-loss';

export type PositionIntent = 'buy_to_open' | 'buy_to_close' | 'sell_to_open' | 'sell_to_close';

/** What a client asks for. Prices that the class or the type does not have are null. */
export interface SubmitRequest {
  /** Null lets the exchange choose one. */
  readonly clientOrderId: ClientOrderId | null;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  readonly type: SimulatedOrderType;
  readonly orderClass: OrderClass;
  readonly timeInForce: TimeInForce;
  readonly quantity: number;
  readonly limitPrice: Usd | null;
  readonly stopPrice: Usd | null;
  readonly takeProfitLimitPrice: Usd | null;
  readonly stopLossStopPrice: Usd | null;
  /** Turns the stop leg into a stop-limit order. */
  readonly stopLossLimitPrice: Usd | null;
  readonly extendedHours: boolean;
}

/** What a client wants changed; null leaves it as it is. */
export interface ReplaceRequest {
  readonly clientOrderId: ClientOrderId | null;
  readonly quantity: number | null;
  readonly limitPrice: Usd | null;
  readonly stopPrice: Usd | null;
  readonly timeInForce: TimeInForce | null;
}

/** An order as it stands. */
export interface SimulatedOrder {
  readonly id: BrokerOrderId;
  readonly clientOrderId: ClientOrderId;
  /** Counts up over all orders of the exchange: its place in the book's list. */
  readonly sequence: number;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  readonly intent: PositionIntent;
  readonly type: SimulatedOrderType;
  readonly orderClass: OrderClass;
  readonly role: OrderRole;
  readonly timeInForce: TimeInForce;
  readonly status: OrderStatus;
  /** Its status but for a cancel or a replacement that is pending; null while none is. */
  readonly statusBefore: OrderStatus | null;
  /** Whole shares. */
  readonly quantity: number;
  readonly filledQuantity: number;
  /** Sum of price times shares over all its fills. */
  readonly filledValue: Usd;
  readonly limitPrice: Usd | null;
  readonly stopPrice: Usd | null;
  /** A stop that was triggered; a stop-limit order works as a limit order from then on. */
  readonly isElected: boolean;
  /** Live, but nothing will ever fill it. */
  readonly isStuck: boolean;
  /** Buying power that each share still to be filled holds; zero for an exit. */
  readonly reservePrice: Usd;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly filledAt: EpochMs | null;
  readonly canceledAt: EpochMs | null;
  readonly expiredAt: EpochMs | null;
  readonly replacedAt: EpochMs | null;
  /** When it was rejected. */
  readonly failedAt: EpochMs | null;
  readonly replaces: BrokerOrderId | null;
  readonly replacedBy: BrokerOrderId | null;
  readonly parentId: BrokerOrderId | null;
  /** Also legs that were replaced, in the order in which they came. */
  readonly legIds: readonly BrokerOrderId[];
}

/** An order in the book. It changes in place as the exchange goes on, and knows its group. */
export interface BookOrder extends Changing<SimulatedOrder> {
  /** The order whose leg it is. */
  parent: BookOrder | null;
  /** Its legs, also those that were replaced, in the order in which they came. */
  legs: readonly BookOrder[];
  /** The one that it is to replace; null once it has. */
  predecessor: BookOrder | null;
  /** As it was given out since it has changed last; null when nobody has asked. */
  seen: SimulatedOrder | null;
}

/** Of an order without any. */
export const NO_LEGS: readonly BookOrder[] = [];
export const NO_LEG_IDS: readonly BrokerOrderId[] = [];

type Changing<Whole> = { -readonly [Key in keyof Whole]: Whole[Key] };

/** One execution. */
export interface Fill {
  readonly id: string;
  readonly orderId: BrokerOrderId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  readonly intent: PositionIntent;
  /** Whole shares of this execution. */
  readonly quantity: number;
  readonly price: Usd;
  /** The end of the bar that filled it. */
  readonly at: EpochMs;
  /** Shares of the order filled with this execution included. */
  readonly cumulativeQuantity: number;
  readonly leavesQuantity: number;
  /** Shares held afterwards, negative when short. */
  readonly positionQuantity: number;
  /** Profit or loss that this execution made final, fees not counted. */
  readonly realizedPnl: Usd;
}

/** Statuses that an order takes without a fill; each is announced under its own name. */
export type StatusEvent =
  | 'pending_new'
  | 'accepted'
  | 'new'
  | 'held'
  | 'canceled'
  | 'expired'
  | 'replaced'
  | 'pending_cancel'
  | 'pending_replace'
  | 'rejected';

/** News that leave the order's status as it is: what was asked for will not happen. */
export type NoticeEvent = 'order_cancel_rejected' | 'order_replace_rejected';

/** What happened, with the order as it stood right after. */
export type ExchangeEvent =
  | {
      readonly type: StatusEvent | NoticeEvent;
      readonly order: SimulatedOrder;
      readonly at: EpochMs;
    }
  | {
      readonly type: 'fill' | 'partial_fill';
      readonly order: SimulatedOrder;
      readonly fill: Fill;
      readonly at: EpochMs;
    };

export const leavesOf = ({ quantity, filledQuantity }: SimulatedOrder): number =>
  quantity - filledQuantity;

/** What the order does, whatever is pending about it. */
export const workingStatusOf = ({ status, statusBefore }: SimulatedOrder): OrderStatus =>
  statusBefore ?? status;

export const isExit = ({ intent }: Pick<SimulatedOrder, 'intent'>): boolean =>
  intent === 'buy_to_close' || intent === 'sell_to_close';

export const isStopType = (type: SimulatedOrderType): boolean =>
  type === 'stop' || type === 'stop_limit';

import type { Account, Asset, Position } from '#core/account.ts';
import type { BrokerOrderId, ClientOrderId, Ticker } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { BrokerOrder, Execution, OrderSide } from '#core/order.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';

export interface BrokerClock {
  readonly now: EpochMs;
  readonly isOpen: boolean;
  readonly nextOpen: EpochMs;
  readonly nextClose: EpochMs;
}

/**
 * A limit entry with its take-profit and stop leg. Prices are on their ticks. Good till cancelled; for the
 * day only where the broker takes nothing else (hard-to-borrow shares).
 */
export interface BracketOrder {
  readonly clientOrderId: ClientOrderId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  readonly quantity: number;
  readonly limitPrice: Usd;
  readonly targetPrice: Usd;
  readonly stopPrice: Usd;
  readonly timeInForce: 'gtc' | 'day';
}

/** Sells or buys back shares that are held, for the day: at a limit, or at the market where it is null. */
export interface ExitOrder {
  readonly clientOrderId: ClientOrderId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  readonly quantity: number;
  readonly limitPrice: Usd | null;
}

/** A stop for shares that are held, tied to a take-profit (OCO) where there is a target, else alone. */
export interface ProtectiveOrder {
  readonly clientOrderId: ClientOrderId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  readonly quantity: number;
  readonly stopPrice: Usd;
  readonly targetPrice: Usd | null;
  readonly timeInForce: 'gtc' | 'day';
}

/** Puts a stop order with another price in the place of a live one. */
export interface StopMove {
  readonly orderId: BrokerOrderId;
  readonly clientOrderId: ClientOrderId;
  readonly stopPrice: Usd;
}

export const REJECT_CODES = [
  'duplicate-client-order-id',
  'insufficient-buying-power',
  'insufficient-quantity',
  'sub-penny',
  'base-price',
  'not-an-entry',
  'not-an-exit',
  'opposite-pending',
  'not-shortable',
  'hard-to-borrow',
  'halted',
  'inactive-asset',
  'wash-trade',
  'rate-limited',
  'unauthorized',
  'not-found',
  // There is nothing left to cancel or replace: filled, canceled, expired …
  'already-final',
  // Of a replacement: the price stands already, the order is still on its way, or was replaced before.
  'unchanged',
  'not-replaceable',
  'already-replaced',
  'chain-not-settled',
  'quantity-fixed',
  'unknown',
] as const;
export type RejectCode = (typeof REJECT_CODES)[number];

/** The broker's no, classified; `message` is the broker's own text with secrets removed. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly code: RejectCode;
  readonly httpStatus: number;
  readonly message: string;
  /** Further keys of the error body (base_price, existing_order_id, held_for_orders …). */
  readonly details: Readonly<Record<string, string>>;
}

/** Nobody knows whether the broker has it: look it up by its client order id, never resend blindly. */
export interface OutcomeUnknown {
  readonly kind: 'unknown';
  readonly message: string;
}

export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly order: BrokerOrder }
  | Rejection
  | OutcomeUnknown;

export type CancelOutcome = { readonly kind: 'requested' } | Rejection | OutcomeUnknown;

/** What moved cash without a trade: deposits, withdrawals, dividends, interest, fees … */
export interface CashActivity {
  readonly id: string;
  /** The broker's code: CSD, CSW, DIV, FEE … */
  readonly type: string;
  readonly date: SessionDate;
  /** Negative when it left the account. */
  readonly amount: Usd;
}

/** A fee that the broker charged, as a positive amount. */
export interface FeeActivity {
  readonly id: string;
  readonly date: SessionDate;
  readonly amount: Usd;
  readonly description: string;
}

/** One event of the broker's order stream. The event's name is only a hint; the order tells. */
export interface TradeUpdate {
  readonly event: string;
  readonly order: BrokerOrder;
  /** Present on fills; its cumulative quantity is that of the order as it came along, which may be ahead of it. */
  readonly execution: Execution | null;
  readonly at: EpochMs;
}

export interface TradeUpdateListener {
  onUpdate(update: TradeUpdate): Promise<void>;
  /** The subscription was acknowledged, first or again: what happened before it must be fetched by REST. */
  onSubscribed(): Promise<void>;
  onDown(reason: string): void;
}

export interface Subscription {
  close(): Promise<void>;
}

export type StreamState = 'down' | 'connecting' | 'up';

/** How a supervised stream is; instants are the system's. */
export interface StreamHealth {
  /** up: subscribed, and the subscription was acknowledged. */
  readonly state: StreamState;
  readonly since: EpochMs;
  readonly lastMessageAt: EpochMs | null;
  /** How often it had to be connected anew. */
  readonly reconnects: number;
  readonly lastError: string | null;
}

/** Reads throw {@link BrokerError} when they fail. */
export interface BrokerReads {
  account(): Promise<Account>;
  clock(): Promise<BrokerClock>;
  /** Sessions from one date to another, both included. */
  calendar(from: SessionDate, to: SessionDate): Promise<readonly Session[]>;
  /** Null when the broker does not know the symbol. */
  asset(symbol: Ticker): Promise<Asset | null>;
  positions(): Promise<readonly Position[]>;
  /** Null without a position. */
  position(symbol: Ticker): Promise<Position | null>;
  /**
   * All orders, also closed ones, created after the instant, of these symbols or of all; legs nested under
   * their parents; oldest first.
   */
  ordersSince(after: EpochMs, symbols?: readonly Ticker[]): Promise<readonly BrokerOrder[]>;
  /** With its legs. Null when the broker does not know it. */
  order(id: BrokerOrderId): Promise<BrokerOrder | null>;
  orderByClientId(id: ClientOrderId): Promise<BrokerOrder | null>;
  /** All executions after the instant, oldest first. */
  executionsSince(after: EpochMs): Promise<readonly Execution[]>;
  feesSince(from: SessionDate): Promise<readonly FeeActivity[]>;
  /** Everything but fills that moved cash, from a date on. */
  cashActivitiesSince(from: SessionDate): Promise<readonly CashActivity[]>;
}

/** Writes return what came of them, since a broker's no is an expected answer. */
export interface BrokerWrites {
  submitBracket(order: BracketOrder): Promise<SubmitOutcome>;
  submitExit(order: ExitOrder): Promise<SubmitOutcome>;
  submitProtection(order: ProtectiveOrder): Promise<SubmitOutcome>;
  /** `accepted` names the new order; whether it takes the old one's place, only the orders tell. */
  moveStop(move: StopMove): Promise<SubmitOutcome>;
  cancelOrder(id: BrokerOrderId): Promise<CancelOutcome>;
}

/** The broker in our words. */
export interface Broker extends BrokerReads, BrokerWrites {
  /** The same reads, served before all others when requests are scarce: for what protects a position. */
  readonly urgent: BrokerReads;
  subscribeTradeUpdates(listener: TradeUpdateListener): Promise<Subscription>;
  streamHealth(): StreamHealth;
  /** Connects the order stream anew: it says it is up, and yet something happened that it did not tell. */
  restartTradeUpdates(reason: string): void;
}

/** A read failed. `retryable` says whether asking again may help. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly retryable: boolean;

  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
  }
}

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

/** A limit entry with its take-profit and stop leg, good till cancelled. Prices are on their ticks. */
export interface BracketOrder {
  readonly clientOrderId: ClientOrderId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  readonly quantity: number;
  readonly limitPrice: Usd;
  readonly targetPrice: Usd;
  readonly stopPrice: Usd;
}

export const REJECT_CODES = [
  'duplicate-client-order-id',
  'insufficient-buying-power',
  'insufficient-quantity',
  'sub-penny',
  'base-price',
  'not-an-entry',
  'not-shortable',
  'hard-to-borrow',
  'halted',
  'inactive-asset',
  'wash-trade',
  'rate-limited',
  'unauthorized',
  'not-found',
  'not-cancelable',
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
  /** Present on fills. */
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

/**
 * The broker in our words. Reads throw {@link BrokerError} when they fail; writes return what came of
 * them, since a broker's no is an expected answer.
 */
export interface Broker {
  account(): Promise<Account>;
  clock(): Promise<BrokerClock>;
  /** Sessions from one date to another, both included. */
  calendar(from: SessionDate, to: SessionDate): Promise<readonly Session[]>;
  /** Null when the broker does not know the symbol. */
  asset(symbol: Ticker): Promise<Asset | null>;
  positions(): Promise<readonly Position[]>;
  /** All orders, also closed ones, created after the instant; legs nested under their parents; oldest first. */
  ordersSince(after: EpochMs): Promise<readonly BrokerOrder[]>;
  /** With its legs. Null when the broker does not know it. */
  order(id: BrokerOrderId): Promise<BrokerOrder | null>;
  orderByClientId(id: ClientOrderId): Promise<BrokerOrder | null>;
  /** All executions after the instant, oldest first. */
  executionsSince(after: EpochMs): Promise<readonly Execution[]>;
  feesSince(from: SessionDate): Promise<readonly FeeActivity[]>;
  submitBracket(order: BracketOrder): Promise<SubmitOutcome>;
  cancelOrder(id: BrokerOrderId): Promise<CancelOutcome>;
  subscribeTradeUpdates(listener: TradeUpdateListener): Promise<Subscription>;
  streamState(): StreamState;
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

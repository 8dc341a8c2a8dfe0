import type { ControlState } from '#core/control.ts';
import type { Decision, EntryIntent } from '#core/decision.ts';
import type { BrokerOrderId, ClientOrderId, Ticker, TradeId } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { BrokerOrder, Execution, OrderStatus } from '#core/order.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { ClosedTrade, LegRole, Trade, TradeStatus } from '#core/trade.ts';

import type { FeeActivity } from './broker.ts';
import type { Card } from './cards.ts';
import type { MessageId } from './notifier.ts';

/** An order of a trade as the ledger last heard of it. */
export interface LedgerOrder {
  readonly brokerOrderId: BrokerOrderId;
  readonly clientOrderId: ClientOrderId;
  readonly tradeId: TradeId;
  readonly role: LegRole;
  readonly symbol: Ticker;
  readonly status: OrderStatus | 'unknown';
  readonly quantity: number;
  /** As the broker said last. */
  readonly filledQuantity: number;
  /** Σ shares of the fills booked for it: less than filled until a missed execution has been fetched. */
  readonly bookedQuantity: number;
  readonly limitPrice: Usd | null;
  readonly stopPrice: Usd | null;
  readonly createdAt: EpochMs;
}

export interface CycleKey {
  readonly sessionDate: SessionDate;
  readonly barEnd: EpochMs;
}

export interface CycleRecord extends CycleKey {
  readonly symbols: number;
  readonly entries: number;
  /** When the work was done, and how long it took. */
  readonly finishedAt: EpochMs;
  readonly tookMs: number;
}

export interface EquityPoint {
  readonly at: EpochMs;
  readonly sessionDate: SessionDate;
  readonly equity: Usd;
  readonly cash: Usd;
}

export interface OutboxCard {
  /** Order of delivery. */
  readonly sequence: number;
  /** The message it belongs to: the first card of a key is posted, later ones edit it. */
  readonly key: string;
  readonly card: Card;
  readonly attempts: number;
  /** Not to be tried before, because an attempt at its message has failed; null: at once. */
  readonly retryAt: EpochMs | null;
  /**
   * Whether the chat may have a message of this key although the ledger knows none: an earlier attempt,
   * or an older card, may have been posted without anyone hearing of it.
   */
  readonly mayExist: boolean;
}

export interface AuditEntry {
  readonly at: EpochMs;
  readonly actor: string;
  readonly action: string;
  readonly outcome: 'done' | 'denied' | 'failed';
  readonly details: Readonly<Record<string, string>>;
}

/** Writes that belong together. All or none of a transaction's writes hold. */
export interface LedgerTransaction {
  /** Locks the control state against change until the transaction ends. */
  controlState(): Promise<ControlState>;
  /** Records each decision once a symbol and bar; returns the symbols that had none before. */
  insertDecisions(key: CycleKey, decisions: readonly Decision[]): Promise<ReadonlySet<Ticker>>;
  /** Writes a planned trade; a trade that is already known stays as it is. */
  insertTrade(intent: EntryIntent): Promise<void>;
  /** The trade, locked until the transaction ends. */
  lockTrade(id: TradeId): Promise<Trade | null>;
  saveTrade(trade: Trade): Promise<void>;
  /** Inserts or updates by broker order id. */
  saveOrder(order: BrokerOrder, tradeId: TradeId, role: LegRole): Promise<void>;
  findOrder(id: BrokerOrderId): Promise<LedgerOrder | null>;
  /** The trade's orders, as far as the ledger knows them. */
  ordersOf(id: TradeId): Promise<readonly LedgerOrder[]>;
  /** Sum of the results of the trades closed within the interval. */
  realizedPnl(range: { readonly from: EpochMs; readonly until: EpochMs }): Promise<Usd>;
  /** False when the fill (order and cumulative quantity) was already booked. */
  insertFill(execution: Execution, tradeId: TradeId): Promise<boolean>;
  insertFee(fee: FeeActivity): Promise<boolean>;
  finishCycle(cycle: CycleRecord): Promise<void>;
  saveEquity(point: EquityPoint): Promise<void>;
  /** Queues a card for the channel. */
  enqueueCard(key: string, card: Card): Promise<void>;
}

export interface Ledger {
  transaction<T>(work: (tx: LedgerTransaction) => Promise<T>): Promise<T>;

  controlState(): Promise<ControlState>;
  hasFinishedCycle(key: CycleKey): Promise<boolean>;
  lastCycle(): Promise<CycleRecord | null>;
  cycleCount(date?: SessionDate): Promise<number>;
  /** Trades that are planned, submitted or open, oldest first. */
  unfinishedTrades(): Promise<readonly Trade[]>;
  trade(id: TradeId): Promise<Trade | null>;
  /** Of all trades, or of those closed within the interval, oldest first. */
  closedTrades(range?: {
    readonly from: EpochMs;
    readonly until: EpochMs;
  }): Promise<readonly ClosedTrade[]>;
  /** How many trades were decided within the interval, by status. */
  tradeCounts(range: {
    readonly from: EpochMs;
    readonly until: EpochMs;
  }): Promise<Readonly<Record<TradeStatus, number>>>;
  /** How many intents were ever recorded. */
  intentCount(): Promise<number>;
  /**
   * Orders that may still have news: live ones, those with fills that are not all booked, and all of
   * trades that are not finished. Oldest first.
   */
  unsettledOrders(): Promise<readonly LedgerOrder[]>;
  totalFees(range?: { readonly from: SessionDate; readonly until: SessionDate }): Promise<Usd>;
  equityPoints(date: SessionDate): Promise<readonly EquityPoint[]>;
  /** The last point before a session date; null when there is none. */
  equityBefore(date: SessionDate): Promise<EquityPoint | null>;
  /** The first point ever recorded. */
  firstEquity(): Promise<EquityPoint | null>;
  audit(entry: AuditEntry): Promise<void>;

  outbox: OutboxStore;
}

/** The cards on their way to the channel. */
export interface OutboxStore {
  /** Runs the work while no other process delivers; returns false at once when one does. */
  exclusively(work: () => Promise<void>): Promise<boolean>;
  /**
   * Undelivered cards in order; of one key only the newest, at the place of its oldest. Also those that
   * are not due yet: what follows them waits with them.
   */
  pending(limit: number): Promise<readonly OutboxCard[]>;
  messageOf(key: string): Promise<MessageId | null>;
  /** The key has this message, which need not show its newest card yet. */
  posted(key: string, message: MessageId, at: EpochMs): Promise<void>;
  /** The key's message shows the card. */
  delivered(sequence: number, key: string, message: MessageId, at: EpochMs): Promise<void>;
  /** Tried in vain: again not before the instant, or never (null). */
  failed(sequence: number, error: string, retryAt: EpochMs | null): Promise<void>;
  backlog(): Promise<number>;
  /** Whether a card of this key was ever queued. */
  has(key: string): Promise<boolean>;
}

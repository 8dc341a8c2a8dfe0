import type { Close } from '#core/close.ts';
import type { ControlState } from '#core/control.ts';
import type { EntryIntent, PastTrade } from '#core/decision.ts';
import type { BrokerOrderId, ClientOrderId, CloseId, Ticker, TradeId } from '#core/ids.ts';
import type { IntentRecord } from '#core/intent.ts';
import type { Usd } from '#core/money.ts';
import type { BrokerOrder, Execution, OrderStatus } from '#core/order.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { ClosedTrade, LegRole, Trade, TradeStatus } from '#core/trade.ts';

import type { AuditEntry, AuditReads } from './audit-log.ts';
import type { BacktestReads, BacktestWrites } from './backtests.ts';
import type {
  BracketOrder,
  CashActivity,
  ExitOrder,
  FeeActivity,
  ProtectiveOrder,
  StopMove,
} from './broker.ts';
import type { Card } from './cards.ts';
import type { ConfirmationReads, ConfirmationWrites } from './confirmations.ts';
import type { DecisionReads, DecisionWrites } from './decisions.ts';
import type { HeartbeatWrites } from './heartbeat.ts';
import type { LeaseStore } from './lease.ts';
import type { MetricsReads, MetricsWrites } from './metrics-ledger.ts';
import type { OutboxStore } from './outbox.ts';
import type { RiskReads, RiskWrites } from './risk-store.ts';
import type { ReadinessReads, ReadinessWrites, StudyReads, StudyWrites } from './studies.ts';
import type { TradeHistoryReads } from './trade-history.ts';

/** An order of a trade as the ledger last heard of it. */
export interface LedgerOrder {
  readonly brokerOrderId: BrokerOrderId;
  readonly clientOrderId: ClientOrderId;
  readonly tradeId: TradeId;
  readonly role: LegRole;
  readonly symbol: Ticker;
  readonly status: OrderStatus | 'unknown';
  /** Whether it may still turn into a fill. */
  readonly isLive: boolean;
  readonly quantity: number;
  /** As the broker said last. */
  readonly filledQuantity: number;
  /** Σ shares of the fills booked for it: less than filled until a missed execution has been fetched. */
  readonly bookedQuantity: number;
  readonly limitPrice: Usd | null;
  readonly stopPrice: Usd | null;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  /** The order it hangs on, where it is a leg. */
  readonly parentId: BrokerOrderId | null;
  readonly replaces: BrokerOrderId | null;
}

/** What is asked of the broker. */
export type OrderRequest =
  | { readonly kind: 'bracket'; readonly order: BracketOrder }
  | { readonly kind: 'exit'; readonly order: ExitOrder }
  | { readonly kind: 'protection'; readonly order: ProtectiveOrder }
  | { readonly kind: 'move'; readonly move: StopMove }
  | { readonly kind: 'cancel'; readonly orderId: BrokerOrderId };

export type OrderIntent = IntentRecord<OrderRequest>;

/** accepted: the broker has it. rejected: it said no. abandoned: given up before it was sent. */
export type IntentOutcome = 'accepted' | 'rejected' | 'abandoned';

/** A leg that was cancelled or replaced. Without an intent nobody here asked for it: that is interference. */
export interface LegIntervention {
  readonly brokerOrderId: BrokerOrderId;
  readonly tradeId: TradeId;
  readonly action: 'cancel' | 'replace';
  readonly intentId: string | null;
  readonly at: EpochMs;
  readonly sessionDate: SessionDate;
}

/** A leg that ended as cancelled or replaced, with what may explain it. */
export interface EndedLeg {
  readonly leg: LedgerOrder;
  /** All orders of its trade, itself included. */
  readonly orders: readonly LedgerOrder[];
  /** Of its trade. */
  readonly interventions: readonly LegIntervention[];
}

/** What an admin has decided about an order or a position that is none of ours. */
export type ForeignDecision = 'adopt' | 'ignore' | 'flatten';

/** Something at the broker that the ledger does not know: its key is the order's id, or the symbol. */
export interface ForeignItem {
  readonly kind: 'order' | 'position';
  readonly key: string;
  readonly symbol: Ticker;
  readonly side: 'buy' | 'sell' | 'long' | 'short';
  readonly quantity: number;
  readonly firstSeenAt: EpochMs;
  readonly decision: ForeignDecision | null;
  readonly decidedBy: string | null;
}

/** How the last comparison of broker and ledger ended. */
export interface ReconciliationRecord {
  readonly at: EpochMs;
  readonly isClean: boolean;
  /** What is not, a sentence each. */
  readonly findings: readonly string[];
  readonly lateFills: number;
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
  /** All deposits less withdrawals that were known by then; null where that was not recorded. */
  readonly flows: Usd | null;
}

/** What an order is to the ledger. */
export interface OrderBelonging {
  readonly tradeId: TradeId;
  readonly role: LegRole;
  readonly parentId: BrokerOrderId | null;
}

/** Writes that belong together. All or none of a transaction's writes hold. */
export interface LedgerTransaction
  extends
    MetricsWrites,
    DecisionWrites,
    RiskWrites,
    ConfirmationWrites,
    BacktestWrites,
    ReadinessWrites,
    StudyWrites {
  /** Throws LeaseLostError when another process trades the account by now; holds it off until the end. */
  assertFence(token: number): Promise<void>;
  /** Locks the control state against change until the transaction ends. */
  controlState(): Promise<ControlState>;
  /** Writes a planned trade; a trade that is already known stays as it is. */
  insertTrade(intent: EntryIntent): Promise<void>;
  /** A trade that did not begin with an entry of ours; its shares count as filled at the given value. */
  insertAdopted(trade: Trade): Promise<void>;
  /** Of a trade that the broker has not accepted yet: its bracket had to be moved. */
  saveIntent(intent: EntryIntent): Promise<void>;
  /** The trade, locked until the transaction ends. */
  lockTrade(id: TradeId): Promise<Trade | null>;
  saveTrade(trade: Trade): Promise<void>;
  /**
   * Inserts or updates by broker order id. An older report never undoes a newer one, and none of the same
   * instant brings an order that is over back to life or takes a fill away.
   */
  saveOrder(order: BrokerOrder, belonging: OrderBelonging): Promise<void>;
  findOrder(id: BrokerOrderId): Promise<LedgerOrder | null>;
  /** The trade's orders, as far as the ledger knows them. */
  ordersOf(id: TradeId): Promise<readonly LedgerOrder[]>;
  /** Sum of the results of the trades closed within the interval. */
  realizedPnl(range: { readonly from: EpochMs; readonly until: EpochMs }): Promise<Usd>;
  /** False when the fill (order and cumulative quantity) was already booked. */
  insertFill(execution: Execution, tradeId: TradeId): Promise<boolean>;
  insertFee(fee: FeeActivity): Promise<boolean>;
  insertCashActivity(activity: CashActivity): Promise<boolean>;
  /** False when it was written down before; one that was rejected is open again, with the new request. */
  insertOrderIntent(intent: OrderIntent): Promise<boolean>;
  /** What came of it; the first answer stays. Whether this was it. */
  settleOrderIntent(id: string, outcome: IntentOutcome, detail: string | null): Promise<boolean>;
  /** How many intents of this kind a trade has, or a closing of it. */
  countOrderIntents(of: TradeId | CloseId, kind: OrderRequest['kind']): Promise<number>;
  insertLegIntervention(intervention: LegIntervention): Promise<void>;
  /** A leg's end is explained: it is not looked at again. */
  explainLeg(id: BrokerOrderId): Promise<void>;
  /** False when a closing of the symbol is under way already. */
  insertClose(close: Close): Promise<boolean>;
  lockClose(id: CloseId): Promise<Close | null>;
  saveClose(close: Close): Promise<void>;
  countCloses(id: TradeId): Promise<number>;
  /** Remembers a foreign order or position; one that is known keeps its decision, with its newest size. */
  saveForeign(
    item: Omit<ForeignItem, 'decision' | 'decidedBy' | 'firstSeenAt'>,
    at: EpochMs,
  ): Promise<void>;
  decideForeign(key: string, decision: ForeignDecision, by: string): Promise<boolean>;
  forgetForeign(keys: readonly string[]): Promise<void>;
  saveReconciliation(record: ReconciliationRecord): Promise<void>;
  audit(entry: AuditEntry): Promise<void>;
  finishCycle(cycle: CycleRecord): Promise<void>;
  saveEquity(point: EquityPoint): Promise<void>;
  /** Queues a card for the channel. */
  enqueueCard(key: string, card: Card): Promise<void>;
}

export interface Ledger
  extends
    MetricsReads,
    DecisionReads,
    RiskReads,
    ConfirmationReads,
    AuditReads,
    TradeHistoryReads,
    ReadinessReads,
    StudyReads,
    BacktestReads,
    HeartbeatWrites {
  transaction<T>(work: (tx: LedgerTransaction) => Promise<T>): Promise<T>;

  controlState(): Promise<ControlState>;
  hasFinishedCycle(key: CycleKey): Promise<boolean>;
  lastCycle(): Promise<CycleRecord | null>;
  cycleCount(date?: SessionDate): Promise<number>;
  /** Trades that are planned, submitted or open, oldest first. */
  unfinishedTrades(): Promise<readonly Trade[]>;
  trade(id: TradeId): Promise<Trade | null>;
  /** The newest trade in a symbol that ever held shares. */
  lastTradeIn(symbol: Ticker): Promise<Trade | null>;
  /** Of all trades, or of those closed within the interval, oldest first. */
  closedTrades(range?: {
    readonly from: EpochMs;
    readonly until: EpochMs;
  }): Promise<readonly ClosedTrade[]>;
  /** Of the strategy's own: the last so many closed trades, and all closed since an instant; oldest first. */
  pastTrades(count: number, since: EpochMs): Promise<readonly PastTrade[]>;
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
  /** Intents of which nobody knows what came of them, oldest first. */
  openOrderIntents(): Promise<readonly OrderIntent[]>;
  /** Whether the broker has refused the second bracket of an entry since an instant (system time). */
  refusedSecondBracket(since: EpochMs): Promise<boolean>;
  /** Orders of a symbol that were asked to be cancelled since, and when last; by system time. */
  cancelsAsked(symbol: Ticker, since: EpochMs): Promise<ReadonlyMap<BrokerOrderId, EpochMs>>;
  /** Closings that are not done, oldest first. */
  openCloses(): Promise<readonly Close[]>;
  close(id: CloseId): Promise<Close | null>;
  /** Shares of each symbol by all booked fills, negative when short; symbols that are flat are left out. */
  netQuantities(): Promise<ReadonlyMap<Ticker, number>>;
  /** What fills, fees and other cash activities after an instant brought in or cost. */
  cashMoved(since: EpochMs): Promise<Usd>;
  /** All orders of a trade that the ledger knows, oldest first. */
  ordersOfTrade(id: TradeId): Promise<readonly LedgerOrder[]>;
  /** Whether it is one of ours: any status, any trade. */
  knownOrders(ids: readonly BrokerOrderId[]): Promise<ReadonlySet<BrokerOrderId>>;
  /** Legs that ended as cancelled or replaced before the instant, without such an intervention or explanation yet. */
  unexplainedLegs(before: EpochMs): Promise<readonly EndedLeg[]>;
  /**
   * How often somebody cancelled or replaced legs without a lawful reason, ever, in a session, or from one to
   * another; one cancel takes a whole group along.
   */
  interferenceCount(from?: SessionDate, until?: SessionDate): Promise<number>;
  foreignItems(): Promise<readonly ForeignItem[]>;
  lastReconciliation(): Promise<ReconciliationRecord | null>;
  totalFees(range?: { readonly from: SessionDate; readonly until: SessionDate }): Promise<Usd>;
  equityPoints(date: SessionDate): Promise<readonly EquityPoint[]>;
  /** The last point before a session date; null when there is none. */
  equityBefore(date: SessionDate): Promise<EquityPoint | null>;
  /** The first point ever recorded. */
  firstEquity(): Promise<EquityPoint | null>;
  audit(entry: AuditEntry): Promise<void>;

  lease: LeaseStore;
  outbox: OutboxStore;
}

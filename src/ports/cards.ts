import type { CloseProof, CloseReason } from '#core/close.ts';
import type { Contributor } from '#core/contributors.ts';
import type { ControlState } from '#core/control.ts';
import type { DailyMetrics } from '#core/daily-metrics.ts';
import type { EntryIntent } from '#core/decision.ts';
import type { DrawdownEvent } from '#core/drawdown-ladder.ts';
import type { Ticker, TradeId } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import type { SymbolResult } from '#core/performance-groups.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';
import type { SignalCounts } from '#core/signal-counts.ts';
import type { TradeRange } from '#core/trade-range.ts';
import type { ClosedTrade, ScaleOutMode } from '#core/trade.ts';

import type { BacktestCard } from './backtest-card.ts';
import type { ParityReport } from './parity.ts';
import type { StudyCard } from './study-card.ts';

export type Mode = 'SANDBOX' | 'PAPER' | 'LIVE';

/** What the bot says of itself when it starts. */
export interface StartedCard {
  readonly kind: 'started';
  readonly version: string;
  readonly mode: Mode;
  readonly feed: string;
  /** Without credentials: "embedded PostgreSQL", "PostgreSQL at db.example:5432". */
  readonly database: string;
  readonly queue: string;
  /** Address of the channel's page, in the sandbox. */
  readonly page: string | null;
  readonly watchlist: readonly Ticker[];
  readonly equity: Usd;
  readonly session: Session | null;
  readonly openPositions: number;
  readonly protectedPositions: number;
  /** Whether entries may be made, and who said so; missing on cards of earlier versions. */
  readonly control?: ControlState;
  /** What the comparison of broker and ledger found, a sentence each; entries wait while there is any. */
  readonly findings: readonly string[];
  /** How cash differs from what the ledger makes of it; null when it does not. No entry waits for that. */
  readonly cashNote: string | null;
  /** Symbols with too few daily bars for the rules: no entries in them yet. */
  readonly shortHistory: readonly Ticker[];
  /** Why these parameters could not trade real money; missing where they could, and where they are asked to. */
  readonly readinessNote?: string;
  /** Fills that happened while nobody listened, and are booked now. */
  readonly lateFills: number;
  /** Closings that an earlier run left unfinished, and that go on. */
  readonly resumedCloses: number;
  /** Whether an earlier run's ledger was found. */
  readonly continued: boolean;
  readonly at: EpochMs;
}

export type EntryProgress =
  | { readonly status: 'submitted'; readonly at: EpochMs }
  | {
      readonly status: 'filled';
      readonly at: EpochMs;
      readonly averagePrice: Usd;
      readonly quantity: number;
      /** Against the decision price, in hundredths of a per cent; positive is worse. */
      readonly slippageBps: number;
    }
  /** Not filled within one bar. */
  | { readonly status: 'cancelled'; readonly at: EpochMs; readonly reason: string }
  /** The broker said no: `code` is its class, `message` its words. */
  | {
      readonly status: 'rejected';
      readonly at: EpochMs;
      readonly code: string;
      readonly message: string;
    }
  /** Never sent: the bar it was decided on was over before it could be. */
  | { readonly status: 'abandoned'; readonly at: EpochMs; readonly reason: string };

/** One entry, posted when its bracket is submitted and edited as it goes on. */
export interface EntryCard {
  readonly kind: 'entry';
  readonly intent: EntryIntent;
  readonly progress: EntryProgress;
  /** Whether the early profit waits at the broker, or the bot has to watch for it; none: there is none. */
  readonly scaleOut: ScaleOutMode;
  /** How long after it happened the news came; null when it came in time. */
  readonly lateMs: number | null;
}

export interface ExitCard {
  readonly kind: 'exit';
  readonly trade: ClosedTrade;
  readonly stopPrice: Usd;
  readonly targetPrice: Usd;
  /** Against the leg's price, in hundredths of a per cent; positive is worse. */
  readonly slippageBps: number;
  /** Missing in cards that were written before it was measured. */
  readonly range?: TradeRange;
  /** Of all trades closed on this trade's day, this one included. */
  readonly realizedToday: Usd;
  /** How long after it happened the news came; null when it came in time. */
  readonly lateMs: number | null;
}

/** The first part of a position has taken its profit; the rest runs on. */
export interface ScaledOutCard {
  readonly kind: 'scaled-out';
  readonly tradeId: TradeId;
  readonly symbol: Ticker;
  readonly side: PositionSide;
  /** Shares that left, at which average. */
  readonly quantity: number;
  readonly exitPrice: Usd;
  /** Of them, before fees. */
  readonly pnl: Usd;
  readonly rMultiple: number;
  /** Shares that stay, and between what. */
  readonly remaining: number;
  readonly stopPrice: Usd;
  readonly targetPrice: Usd;
  /** How long after it happened the news came; null when it came in time. */
  readonly lateMs: number | null;
  readonly at: EpochMs;
}

/** How a trade went, at the end of its thread. */
export interface SummaryCard {
  readonly kind: 'summary';
  readonly trade: ClosedTrade;
  readonly range?: TradeRange;
  /** How often its stop was moved. */
  readonly stopMoves: number;
}

export type ClosingProgress =
  /** The market is closed; the bracket stays untouched until it opens. */
  | { readonly phase: 'queued'; readonly opensAt: EpochMs | null }
  /** The symbol's orders are being cancelled. */
  | { readonly phase: 'clearing'; readonly orders: number }
  /** An exit order works; a null limit is a market order. */
  | { readonly phase: 'exiting'; readonly attempt: number; readonly limitPrice: Usd | null }
  | {
      readonly phase: 'stuck';
      readonly why: string;
      /** Of the stop that protects the shares meanwhile; null when none could be placed. */
      readonly stopPrice: Usd | null;
      readonly retryInMs: number;
      readonly failures: number;
    }
  | { readonly phase: 'done'; readonly proof: CloseProof; readonly pnl: Usd | null };

/** A position that the bot closes itself; the same message is edited from the wish to the proof. */
export interface ClosingCard {
  readonly kind: 'closing';
  readonly tradeId: TradeId;
  readonly symbol: Ticker;
  readonly side: PositionSide;
  readonly reason: CloseReason;
  readonly requestedBy: string;
  /** Shares to leave, and those that stay. */
  readonly quantity: number;
  readonly keep: number;
  readonly progress: ClosingProgress;
  readonly at: EpochMs;
}

/** A position had no live stop, and has one again. */
export interface RepairedCard {
  readonly kind: 'repaired';
  readonly tradeId: TradeId;
  readonly symbol: Ticker;
  readonly side: PositionSide;
  readonly quantity: number;
  readonly stopPrice: Usd;
  /** Null for a stop alone. */
  readonly targetPrice: Usd | null;
  /** An entry that filled only in part, or legs that are gone. */
  readonly cause: 'part-filled-entry' | 'no-live-stop';
  /** For the day only: hard-to-borrow shares. It is placed anew each morning. */
  readonly forTheDay: boolean;
  readonly at: EpochMs;
}

/** The stop of a trade stands elsewhere. */
export interface StopMovedCard {
  readonly kind: 'stop-moved';
  readonly tradeId: TradeId;
  readonly symbol: Ticker;
  readonly side: PositionSide;
  readonly from: Usd;
  readonly to: Usd;
  readonly at: EpochMs;
}

/** Something people should know of that asks nothing of them, or that is over. */
export interface NoticeCard {
  readonly kind: 'notice';
  readonly tone: 'good' | 'warning';
  readonly title: string;
  readonly text: string;
  readonly at: EpochMs;
}

/** Something has gone wrong that a person should know of. */
export interface AlarmCard {
  readonly kind: 'alarm';
  readonly title: string;
  /** What happened, what protects the positions meanwhile, and what to do. */
  readonly text: string;
  /** How often it was told before: it is told again, louder, until it is solved. */
  readonly repeat: number;
  /** The trade it is about, where it is about one: the trade's cards stay in order. */
  readonly tradeId?: TradeId;
  readonly at: EpochMs;
}

/** One session in figures. */
export interface DigestCard {
  readonly kind: 'digest';
  readonly date: SessionDate;
  readonly mode: Mode;
  readonly openingEquity: Usd;
  readonly closingEquity: Usd;
  /** Realized and unrealized, without the fees that are not charged yet. */
  readonly dayPnl: Usd;
  readonly dayPnlPercent: number;
  /** Deposits less withdrawals of the day, which are no part of its result; an older card says nothing of them. */
  readonly flows?: Usd;
  /** Charged for the session; null while none are although shares were sold. */
  readonly fees: Usd | null;
  readonly closedTrades: readonly ClosedTrade[];
  readonly entriesFilled: number;
  readonly entriesNotFilled: number;
  readonly openPositions: readonly OpenPositionLine[];
  /** When the open positions are of a later day than the session, since the digest was late; else null. */
  readonly positionsAt: EpochMs | null;
  readonly cycles: number;
  readonly session: DailyMetrics;
  /** Over the whole ledger, so that a day's luck is seen in proportion. */
  readonly overall: DailyMetrics;
  /** What the entry filters did in the session. */
  readonly signals: SignalCounts;
  readonly nextSession: Session | null;
  readonly at: EpochMs;
}

export interface OpenPositionLine {
  readonly tradeId: TradeId | null;
  readonly symbol: Ticker;
  readonly side: PositionSide;
  readonly quantity: number;
  readonly entryPrice: Usd;
  readonly currentPrice: Usd;
  readonly unrealizedPnl: Usd;
  readonly stopPrice: Usd | null;
  readonly targetPrice: Usd | null;
  /** Null when the ledger knows no plan for the position. */
  readonly rNow: number | null;
  readonly isProtected: boolean;
  readonly openedAt: EpochMs | null;
}

/** A threshold of the drawdown was crossed, one way or the other. */
export interface DrawdownCard {
  readonly kind: 'drawdown';
  readonly event: DrawdownEvent;
  readonly equity: Usd;
  /** What the fall is measured from, with what was paid in or out since; of the peak, when it was. */
  readonly baseEquity: Usd;
  readonly baseAt: EpochMs | null;
  /** Of it, in per cent, zero or negative. */
  readonly percent: number;
  /** The limit and its warnings, in per cent, positive. */
  readonly limitPercent: number;
  /** Symbols that cost most since the open, the worst first. */
  readonly contributors: readonly Contributor[];
  /** What a breach does to open positions. */
  readonly policy: 'keep' | 'flatten';
  /** As it is after it. */
  readonly control: ControlState;
  readonly openPositions: number;
  readonly at: EpochMs;
}

/** The bot did not see what happens for a while: the order stream, the market data or the broker was away. */
export interface OutageCard {
  readonly kind: 'outage';
  /** What is away, in a sentence. */
  readonly why: string;
  readonly since: EpochMs;
  /** Null while it lasts. */
  readonly until: EpochMs | null;
  readonly at: EpochMs;
}

/** A day of the week with what it brought. */
export interface DayResult {
  readonly date: SessionDate;
  /** Change of equity in the session. */
  readonly pnl: Usd;
}

/** One week in figures, told after its last session. */
export interface WeeklyCard {
  readonly kind: 'weekly';
  readonly mode: Mode;
  /** Of its first and its last session with the bot in it. */
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly openingEquity: Usd;
  readonly closingEquity: Usd;
  /** From the one to the other. */
  readonly pnl: Usd;
  readonly pnlPercent: number;
  /** In order of date. */
  readonly days: readonly DayResult[];
  /** Of the week's sessions together. */
  readonly metrics: DailyMetrics;
  /** The best first. */
  readonly symbols: readonly SymbolResult[];
  readonly nextSession: Session | null;
  readonly at: EpochMs;
}

/** A session against what the backtest makes of it, told after its close. */
export interface ParityCard {
  readonly kind: 'parity';
  /** With the differences of this page only. */
  readonly report: ParityReport;
  /** From 1; more than one only where there are many differences. */
  readonly page: number;
  readonly pages: number;
  /** Differences in all, and those that no page has room for. */
  readonly total: number;
  readonly untold: number;
  readonly at: EpochMs;
}

/** What became of the right to open positions. */
export type ControlChange = 'halted' | 'prolonged' | 'flattening' | 'flat' | 'resumed' | 'expired';

/** Somebody halted or resumed, or a halt came to its end. */
export interface ControlCard {
  readonly kind: 'control';
  readonly change: ControlChange;
  /** Who asked for it, and why; of what comes by itself, the bot. */
  readonly by: string;
  readonly reason: string;
  /** As it is after it. */
  readonly control: ControlState;
  /** What a resume did to the drawdown: the day's breach is let be; the peak is measured anew from there. */
  readonly letsDayBe: boolean;
  readonly newPeak: Usd | null;
  /** Whether a session runs at the moment of it; an older card does not say. */
  readonly isSessionOpen?: boolean;
  readonly at: EpochMs;
}

/** The first word after a time in which the channel took no card. */
export interface ChannelOutageCard {
  readonly kind: 'channel-outage';
  /** From the first attempt that failed to the one that succeeded; by the system's clock. */
  readonly since: EpochMs;
  readonly until: EpochMs;
  /** How many messages have waited for it. */
  readonly events: number;
}

/** What is told in one message with others of its kind when there is a flood of them. */
export type BatchedCard = NoticeCard | StopMovedCard;

/** A flood of one kind in one message, oldest first. */
export interface BatchCard {
  readonly kind: 'batch';
  readonly members: readonly { readonly key: string; readonly card: BatchedCard }[];
}

/** Everything that the channel can show of itself: typed facts, rendered by the Discord adapter alone. */
export type Card =
  | StartedCard
  | EntryCard
  | ExitCard
  | ScaledOutCard
  | SummaryCard
  | ClosingCard
  | RepairedCard
  | StopMovedCard
  | AlarmCard
  | NoticeCard
  | DrawdownCard
  | ControlCard
  | OutageCard
  | WeeklyCard
  | DigestCard
  | ParityCard
  | ChannelOutageCard
  | BacktestCard
  | StudyCard
  | BatchCard;

/** A card as it is delivered. */
export type DeliveredCard = Card & {
  /** How long it had to wait for its delivery, where that was too long to pass over. */
  readonly waitedMs?: number;
};

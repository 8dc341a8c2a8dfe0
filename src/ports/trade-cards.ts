import type { CloseProof, CloseReason } from '#core/close.ts';
import type { EntryIntent } from '#core/decision.ts';
import type { Ticker, TradeId } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import type { EpochMs } from '#core/session.ts';
import type { TradeRange } from '#core/trade-range.ts';
import type { ClosedTrade, ScaleOutMode } from '#core/trade.ts';

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

/** What is known of the stop of a closing that is stuck, where there may be one or need not be. */
export type StopDoubt = 'unseen' | 'no-shares';

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
      /** Of the stop that protects the shares meanwhile; null when there is none, or when that is not so sure. */
      readonly stopPrice: Usd | null;
      /** Why no stop is named, where that does not mean that shares have none: nobody can see, or none are left. */
      readonly doubt?: StopDoubt;
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

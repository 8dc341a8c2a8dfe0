import type { EntryIntent } from '#core/decision.ts';
import type { Ticker, TradeId } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';
import type { TradeStatistics } from '#core/statistics.ts';
import type { ClosedTrade } from '#core/trade.ts';

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
}

export interface ExitCard {
  readonly kind: 'exit';
  readonly trade: ClosedTrade;
  readonly stopPrice: Usd;
  readonly targetPrice: Usd;
  /** Against the leg's price, in hundredths of a per cent; positive is worse. */
  readonly slippageBps: number;
  /** Of all trades closed on this trade's day, this one included. */
  readonly realizedToday: Usd;
}

/** Something has gone wrong that a person should know of. */
export interface AlarmCard {
  readonly kind: 'alarm';
  readonly title: string;
  /** What happened, what protects the positions meanwhile, and what to do. */
  readonly text: string;
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
  /** Charged for the session; null while none are although shares were sold. */
  readonly fees: Usd | null;
  /** Deepest fall of equity from the session's highest point, in per cent, zero or negative. */
  readonly maxDrawdownPercent: number;
  readonly closedTrades: readonly ClosedTrade[];
  readonly entriesFilled: number;
  readonly entriesNotFilled: number;
  readonly openPositions: readonly OpenPositionLine[];
  /** When the open positions are of a later day than the session, since the digest was late; else null. */
  readonly positionsAt: EpochMs | null;
  readonly cycles: number;
  /** Over the whole ledger, so that a day's luck is seen in proportion. */
  readonly overall: TradeStatistics;
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

/** Everything that the channel can show of itself: typed facts, rendered by the Discord adapter alone. */
export type Card = StartedCard | EntryCard | ExitCard | AlarmCard | DigestCard;

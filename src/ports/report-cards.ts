import type { DailyMetrics } from '#core/daily-metrics.ts';
import type { Ticker, TradeId } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import type { SymbolResult } from '#core/performance-groups.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';
import type { SignalCounts } from '#core/signal-counts.ts';
import type { TradeRange } from '#core/trade-range.ts';
import type { ClosedTrade } from '#core/trade.ts';

import type { Mode } from './cards.ts';
import type { ParityReport } from './parity.ts';

/** How a trade went, at the end of its thread. */
export interface SummaryCard {
  readonly kind: 'summary';
  readonly trade: ClosedTrade;
  readonly range?: TradeRange;
  /** How often its stop was moved. */
  readonly stopMoves: number;
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

/** A day of the week with what it brought. */
export interface DayResult {
  readonly date: SessionDate;
  /** Change of equity in the session, without what was paid in or out. */
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
  /** From the one to the other, without what was paid in or out. */
  readonly pnl: Usd;
  readonly pnlPercent: number;
  /** Deposits less withdrawals of the week, which are no part of its result; an older card says nothing of them. */
  readonly flows?: Usd;
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

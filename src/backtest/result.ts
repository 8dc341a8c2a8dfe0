import type { Usd } from '#core/money.ts';
import type { SessionDate } from '#core/session.ts';
import type { ClosedTrade } from '#core/trade.ts';

/** One closed trade of a backtest. */
export interface BacktestTrade extends ClosedTrade {
  /** Commissions, SEC and TAF fees, borrow; not negative. */
  readonly fees: Usd;
  /** How much worse than the decision price the entry was filled, in hundredths of a per cent. */
  readonly slippageBps: number;
  /** Of the signal that opened it, 0–100. */
  readonly confidence: number;
  /** The worst excursion while it was open, in multiples of R; zero or negative. */
  readonly maeR: number;
  /** The best one, likewise; zero or positive. */
  readonly mfeR: number;
  /** Whether stop and target lay in one bar, so that a rule decided which was first. */
  readonly isAmbiguous: boolean;
}

/** Equity after each bar's end, oldest first. */
export interface EquitySeries {
  /** Epoch milliseconds. */
  readonly at: Float64Array;
  /** Dollars. */
  readonly equity: Float64Array;
}

/** Equity at a session's close. */
export interface SessionEquity {
  readonly date: SessionDate;
  /** Dollars. */
  readonly equity: number;
}

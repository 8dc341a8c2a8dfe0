import type { EntryFilterName } from '#core/decision.ts';
import type { Usd } from '#core/money.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { ClosedTrade } from '#core/trade.ts';

/** One closed trade of a backtest. */
export interface BacktestTrade extends ClosedTrade {
  /** Commissions and regulatory fees of its fills; never negative. Borrowing is charged to the account. */
  readonly fees: Usd;
  /** Of the entry against the decision price, in hundredths of a per cent; negative is better. */
  readonly slippageBps: number;
  /** 0–100. */
  readonly confidence: number;
  /** Where its legs stood at first; the stop may have been moved since. */
  readonly stopPrice: Usd;
  readonly targetPrice: Usd;
  /** How far it went against the entry, never positive, and for it, never negative; in multiples of R. */
  readonly maeR: number;
  readonly mfeR: number;
  /** Stop and target lay in one bar, and a rule decided that the stop came first. */
  readonly isAmbiguous: boolean;
}

/** Equity in dollars at instants, oldest first; between two of them it did not change. */
export interface EquitySeries {
  readonly at: Float64Array;
  readonly equity: Float64Array;
}

/** Equity at a session's close, in dollars. */
export interface SessionEquity {
  readonly date: SessionDate;
  readonly equity: number;
}

/** Entries were halted by the drawdown ladder. */
export interface BacktestHalt {
  readonly at: EpochMs;
  readonly scope: 'day' | 'peak';
}

/** What became of the signals: how many each filter refused, and how many went on. */
export interface SignalTally {
  /** Decisions: a symbol and bar each. */
  readonly bars: number;
  readonly noSignal: number;
  readonly refused: Readonly<Record<EntryFilterName, number>>;
  readonly entered: number;
}

/** What became of the entries that were sent. */
export interface EntryTally {
  readonly filled: number;
  /** Not filled within one bar, and cancelled; or by the end of the data. */
  readonly missed: number;
  /** The exchange did not take them. */
  readonly rejected: number;
}

/** All that one run came to; a pure function of bars, parameters and options. */
export interface BacktestResult {
  readonly startingEquity: Usd;
  readonly endingEquity: Usd;
  /** In order of their closing. */
  readonly trades: readonly BacktestTrade[];
  /** Trades that were entered and are not over at the end; their P/L so far is in the equity. */
  readonly stillOpen: number;
  readonly equity: EquitySeries;
  readonly sessions: readonly SessionEquity[];
  readonly signals: SignalTally;
  readonly entries: EntryTally;
  readonly halts: readonly BacktestHalt[];
  readonly fees: Usd;
  readonly borrow: Usd;
  /** Bars of any symbol in which shares were held, of all bars. */
  readonly heldBars: number;
  readonly totalBars: number;
}

import type { ControlState } from '#core/control.ts';
import type { Decision, PastTrade } from '#core/decision.ts';
import type { DrawdownState } from '#core/drawdown.ts';
import type { Ticker, TradeId } from '#core/ids.ts';
import type { Fill } from '#core/matching/order.ts';
import type { Holding } from '#core/matching/portfolio.ts';
import type { Usd } from '#core/money.ts';
import type { EpochMs } from '#core/session.ts';
import type { ExitReason, Trade } from '#core/trade.ts';

/** How a run follows a day that was lived: where it begins, what people did meanwhile, and who listens. */
export interface Recording {
  readonly start: StartingState;
  /** Oldest first. */
  readonly byHand: readonly HandAct[];
  readonly observer: Observer;
}

/** The account and all that a trader would remember at an instant, which lies at the end of a bar. */
export interface StartingState {
  readonly at: EpochMs;
  readonly cash: Usd;
  /** Equity at the previous session's close. */
  readonly lastEquity: Usd;
  readonly control: ControlState;
  readonly drawdown: DrawdownState | null;
  /** Oldest first. */
  readonly past: readonly PastTrade[];
  /** Those that hold shares; at most one a symbol. */
  readonly trades: readonly StartingTrade[];
  /** Shares that belong to no trade. */
  readonly foreign: readonly Holding[];
}

export interface StartingTrade {
  readonly trade: Trade;
  /** The live exits of its shares. */
  readonly exits: readonly StartingExit[];
}

/** A stop with its target, or alone. */
export interface StartingExit {
  /** Shares. */
  readonly quantity: number;
  readonly stopPrice: Usd;
  readonly targetPrice: Usd | null;
}

/** What a person did, which no rule would have: it happens again, since what follows stands on it. */
export type HandAct =
  | {
      readonly kind: 'control';
      readonly at: EpochMs;
      readonly control: ControlState;
      /** Trades whose working entries went with it. */
      readonly cancels: readonly TradeId[];
    }
  | {
      readonly kind: 'close';
      readonly at: EpochMs;
      readonly tradeId: TradeId;
      readonly symbol: Ticker;
      /** Shares, and what each brought. */
      readonly quantity: number;
      readonly price: Usd;
      readonly reason: ExitReason;
    };

/** Hears of what a run decides and does, in order. */
export interface Observer {
  onDecisions(barEnd: EpochMs, decisions: readonly Decision[]): void;
  onFill(tradeId: TradeId, as: 'entry' | ExitReason, fill: Fill): void;
}

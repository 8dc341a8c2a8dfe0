import type { ControlState } from '#core/control.ts';
import type { EntryFilterName } from '#core/decision.ts';
import type { Ticker, TradeId } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { OrderSide } from '#core/order.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { ExitReason, TradeStatus } from '#core/trade.ts';

/** A recorded day against the same day played by the backtest. */
export interface Parity {
  /** Null for a session of which nothing is recorded. Throws BrokerError when its bars cannot be read. */
  of(date: SessionDate): Promise<ParityReport | null>;
}

/** What became of a symbol at a bar; no-cycle: nobody looked. */
export type SignalOutcome = 'entered' | 'no-signal' | 'no-cycle' | EntryFilterName;

/** All executions of one order, at their average. */
export interface DayFill {
  readonly tradeId: TradeId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  /** What the order was to its trade. */
  readonly as: 'entry' | ExitReason;
  /** Shares. */
  readonly quantity: number;
  readonly price: Usd;
  /** Of the last one. */
  readonly at: EpochMs;
}

/** A figure of an entry's plan in which both sides differ; prices in dollars. */
export interface NumberDifference {
  readonly name:
    | 'side'
    | 'shares'
    | 'price'
    | 'limit'
    | 'stop'
    | 'target'
    | 'scale-out'
    | 'confidence';
  readonly recorded: string;
  readonly replayed: string;
}

interface AtBar {
  readonly barEnd: EpochMs;
  readonly symbol: Ticker;
}

/**
 * Where the bot did something else than the backtest does. missed: the backtest does it, the bot did not;
 * extra: the bot did it, the backtest does not. Positive basis points and dollars were worse for the bot.
 */
export type ParityDifference =
  | (AtBar & { readonly kind: 'signal-missed'; readonly recorded: SignalOutcome })
  | (AtBar & { readonly kind: 'signal-extra'; readonly replayed: SignalOutcome })
  /** A signal that both refused, or one of them did not see, for other reasons. */
  | (AtBar & {
      readonly kind: 'signal-refused';
      readonly recorded: SignalOutcome;
      readonly replayed: SignalOutcome;
    })
  | (AtBar & { readonly kind: 'signal-numbers'; readonly numbers: readonly NumberDifference[] })
  | {
      readonly kind: 'fill-missed';
      readonly fill: DayFill;
      /** What became of the trade; null when the bot has no such trade. */
      readonly status: TradeStatus | null;
    }
  | { readonly kind: 'fill-extra'; readonly fill: DayFill }
  /** By so many bars; negative is early. */
  | { readonly kind: 'fill-late'; readonly fill: DayFill; readonly bars: number }
  | { readonly kind: 'fill-quantity'; readonly fill: DayFill; readonly replayed: number }
  | {
      readonly kind: 'fill-price';
      readonly fill: DayFill;
      readonly replayed: Usd;
      readonly bps: number;
      readonly usd: Usd;
    };

/** What a person did. The backtest does it too, or leaves it out: no difference of the engine. */
export type HandDeed =
  | { readonly kind: 'closed'; readonly fill: DayFill }
  /** A fill of a trade that no entry of the bot began, or of an order that was none of its own. */
  | { readonly kind: 'foreign'; readonly fill: DayFill }
  | { readonly kind: 'control'; readonly at: EpochMs; readonly control: ControlState };

export interface Slippage {
  /** Of the fills that both have, in hundredths of a per cent of their value; positive was worse. */
  readonly bps: number;
  readonly usd: Usd;
}

/**
 * identical: nothing differs. as-tested: nothing but prices, each by so little that it is slippage. different:
 * anything else.
 */
export type ParityVerdict = 'identical' | 'as-tested' | 'different';

export interface ParityReport {
  readonly date: SessionDate;
  readonly verdict: ParityVerdict;
  /** Signals that came to the same on both sides, with all their numbers. */
  readonly signals: number;
  /** Fills that both sides have. */
  readonly fills: number;
  readonly slippage: Slippage;
  /** Bars of the session without a recorded cycle. */
  readonly barsWithoutCycle: number;
  /** In order of time. */
  readonly differences: readonly ParityDifference[];
  readonly byHand: readonly HandDeed[];
}

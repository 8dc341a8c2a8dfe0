import type { Account, Asset, Position } from './account.ts';
import type { ControlState } from './control.ts';
import type { ClientOrderId, Ticker, TradeId } from './ids.ts';
import type { Usd } from './money.ts';
import type { PositionSide } from './order.ts';
import type { StrategyParameters } from './parameters.ts';
import type { EpochMs, Session } from './session.ts';

/** The features at one bar. Every field is a plain number; warm-up is over when none is NaN. */
export interface Features {
  readonly barEnd: EpochMs;
  readonly close: number;
  readonly emaFast: number;
  readonly emaSlow: number;
  /** Bars since EMA fast last crossed above (positive side) or below EMA slow; 0 at the crossing bar, Infinity when never. */
  readonly barsSinceCrossUp: number;
  readonly barsSinceCrossDown: number;
  readonly atr: number;
  /** Simple average of the ATR's last 20 values. */
  readonly atrAverage: number;
  readonly adx: number;
  readonly plusDi: number;
  readonly minusDi: number;
  /** Volume over the average volume of the 20 bars before. */
  readonly relativeVolume: number;
  /** Session VWAP. */
  readonly vwap: number;
  /** Of completed 15-minute bars only. */
  readonly trendEmaFast: number;
  readonly trendEmaSlow: number;
}

/** All that the core sees of one symbol. */
export interface SymbolSnapshot {
  readonly symbol: Ticker;
  /** Null when no settled bar was ever seen. */
  readonly features: Features | null;
  /** Null when the broker does not know the symbol. */
  readonly asset: Asset | null;
}

/** All that the core sees of the world in one trading cycle. */
export interface Snapshot {
  readonly barEnd: EpochMs;
  readonly session: Session;
  readonly account: Account;
  readonly control: ControlState;
  readonly positions: readonly Position[];
  /** Symbols with an entry that still works at the broker or waits to be sent there. */
  readonly pendingEntries: readonly PendingEntry[];
  readonly symbols: readonly SymbolSnapshot[];
  /** Why no entry may be made whatever the market says: the bot is blind, or its books are not clean. */
  readonly impediments: readonly string[];
  readonly parameters: StrategyParameters;
}

export interface PendingEntry {
  readonly symbol: Ticker;
  /** Quantity times limit price: what it will take from the buying power and add to the exposure. */
  readonly notional: Usd;
}

export type MarketRegime = 'trending' | 'choppy' | 'between';

/** Entry, take-profit leg and stop leg, each price on its tick. */
export interface BracketPlan {
  readonly limitPrice: Usd;
  readonly stopPrice: Usd;
  readonly targetPrice: Usd;
  readonly regime: MarketRegime;
  readonly isVolatile: boolean;
  /** Distance in ATRs, after all factors. */
  readonly stopAtrs: number;
  readonly targetAtrs: number;
}

export type SizeCap = 'notional' | 'exposure' | 'buying-power';

/** The arithmetic of the size, step by step, as the card shows it. */
export interface SizeArithmetic {
  readonly equity: Usd;
  readonly riskBps: number;
  /** Equity times risk. */
  readonly riskBudget: Usd;
  /** |entry − stop|: R, the initial risk a share. */
  readonly riskPerShare: Usd;
  /** Risk budget over risk a share, rounded down. */
  readonly sharesByRisk: number;
  /** The limit that made it fewer, if one did. */
  readonly cappedBy: SizeCap | null;
  readonly shares: number;
}

/** A part of the entry, with a bracket of its own, that takes its profit earlier. */
export interface ScaleOut {
  /** Of the intent's quantity. */
  readonly quantity: number;
  readonly targetPrice: Usd;
}

/** The core's wish to open a position. */
export interface EntryIntent {
  readonly tradeId: TradeId;
  readonly clientOrderId: ClientOrderId;
  readonly symbol: Ticker;
  readonly side: PositionSide;
  readonly quantity: number;
  /** The close of the bar it was decided on: what slippage is measured against. */
  readonly decisionPrice: Usd;
  readonly bracket: BracketPlan;
  /** Null where the whole position runs to the bracket's target. */
  readonly scaleOut: ScaleOut | null;
  readonly size: SizeArithmetic;
  /** 0–100. */
  readonly confidence: number;
  readonly decidedAt: EpochMs;
}

/** One entry filter's verdict with the numbers it stands on. */
export interface FilterResult {
  readonly filter: EntryFilterName;
  readonly passed: boolean;
  readonly numbers: Readonly<Record<string, number | string | boolean | null>>;
}

/** In the order in which they are asked. */
export const ENTRY_FILTERS = [
  'warm-up',
  'freshness',
  'entry-window',
  'confidence',
  'trend-15m',
  'one-position',
  'control',
  'readiness',
  'broker',
  'size',
] as const;
export type EntryFilterName = (typeof ENTRY_FILTERS)[number];

/** What was decided for one symbol at one bar, and why. */
export type Decision =
  | {
      readonly kind: 'enter';
      readonly symbol: Ticker;
      readonly intent: EntryIntent;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: 'refused';
      readonly symbol: Ticker;
      readonly by: EntryFilterName;
      readonly evidence: Evidence;
    }
  | { readonly kind: 'no-signal'; readonly symbol: Ticker; readonly evidence: Evidence };

/** What the decision stands on; stored, so that it can be told and recomputed later. */
export interface Evidence {
  readonly features: Features | null;
  readonly side: PositionSide | null;
  readonly confidence: number | null;
  /** All filters up to and including the one that refused. */
  readonly filters: readonly FilterResult[];
}

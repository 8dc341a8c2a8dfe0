import type { Account, Asset, Position } from './account.ts';
import type { ControlState } from './control.ts';
import type { ClientOrderId, Ticker, TradeId } from './ids.ts';
import type { Usd } from './money.ts';
import type { PositionSide } from './order.ts';
import type { StrategyParameters } from './parameters.ts';
import type { EpochMs, Session, SessionDate } from './session.ts';
import type { ExitReason } from './trade.ts';

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

/** A whole session of a symbol: its close in dollars, its volume in shares. */
export interface DailyBar {
  readonly date: SessionDate;
  readonly close: number;
  readonly volume: number;
}

/** What the entry rules need of a trade that is over. */
export interface PastTrade {
  readonly symbol: Ticker;
  readonly exitReason: ExitReason;
  readonly closedAt: EpochMs;
  /** Realized, before fees. */
  readonly pnl: Usd;
}

/** A trade that holds shares, as the exits need it. */
export interface OpenTrade {
  readonly id: TradeId;
  readonly symbol: Ticker;
  readonly side: PositionSide;
  readonly openedAt: EpochMs;
  /** Average of the entry's fills. */
  readonly entryPrice: Usd;
  /** R: what a share loses from the entry to the stop that was planned. */
  readonly riskPerShare: Usd;
  /** Where the stop belongs now. */
  readonly stopPrice: Usd;
  /** The best price since entry, by settled bars; the entry's own counts. */
  readonly bestPrice: Usd;
  /** The close of the settled bar that the snapshot is of; null where that bar is missing. */
  readonly lastClose: Usd | null;
}

/** Fall of equity as far as it is known from prices that can be believed; in per cent, zero or negative. */
export interface DrawdownView {
  /** Since the session's open; null before its first reading. */
  readonly dailyPercent: number | null;
  /** From the highest equity ever; null before the first reading. */
  readonly peakPercent: number | null;
  /** Whether the limit was reached and nobody has resumed since. */
  readonly isDailyBreached: boolean;
  readonly isPeakBreached: boolean;
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
  /** Of watched and held symbols: the sessions before this one, oldest first; missing where there are none. */
  readonly daily: ReadonlyMap<Ticker, readonly DailyBar[]>;
  /** Of watched and held symbols, where one is known. */
  readonly sectors: ReadonlyMap<Ticker, string>;
  /** The last closed trades, oldest first. */
  readonly pastTrades: readonly PastTrade[];
  readonly openTrades: readonly OpenTrade[];
  readonly drawdown: DrawdownView;
  /** Why no entry may be made whatever the market says: the bot is blind, or its books are not clean. */
  readonly impediments: readonly string[];
  readonly parameters: StrategyParameters;
}

/** What the entry rules see of it: days they ask for, symbol by symbol, and nothing that is for the exits alone. */
export type RuleView = Omit<Snapshot, 'daily' | 'openTrades'> & { readonly daily: DaysBySymbol };
export type DaysBySymbol = Pick<ReadonlyMap<Ticker, readonly DailyBar[]>, 'get'>;

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

/**
 * Which tier set the risk of a trade. fixed: none, by the parameters. few: too few trades for a win rate.
 * base: a win rate that belongs to none of the other tiers.
 */
export interface RiskTier {
  readonly name: 'fixed' | 'few' | 'poor' | 'base' | 'good' | 'top';
  /** The last closed trades, as many as were looked at, and those of them with a profit. */
  readonly trades: number;
  readonly wins: number;
}

/** The arithmetic of the size, step by step, as the card shows it. */
export interface SizeArithmetic {
  readonly equity: Usd;
  readonly riskBps: number;
  /** What the risk comes from; missing in trades from before there were tiers, and in adopted ones. */
  readonly tier?: RiskTier;
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
  'volume-profile',
  'one-position',
  'cooldown',
  'control',
  'readiness',
  'drawdown',
  'position-cap',
  'sector',
  'correlation',
  'size',
  'broker',
] as const;
export type EntryFilterName = (typeof ENTRY_FILTERS)[number];

/** What was decided for one symbol at one bar. */
export type Outcome =
  | { readonly kind: 'enter'; readonly symbol: Ticker; readonly intent: EntryIntent }
  | { readonly kind: 'refused'; readonly symbol: Ticker; readonly by: EntryFilterName }
  | { readonly kind: 'no-signal'; readonly symbol: Ticker };

/** The same, and why. */
export type Decision = Outcome & { readonly evidence: Evidence };

/** What the decision stands on; stored, so that it can be told and recomputed later. */
export interface Evidence {
  readonly features: Features | null;
  readonly side: PositionSide | null;
  readonly confidence: number | null;
  /** All filters up to and including the one that refused. */
  readonly filters: readonly FilterResult[];
}

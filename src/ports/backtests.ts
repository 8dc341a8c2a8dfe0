import type { BarColumns } from '#core/bars.ts';
import type { DailyMetrics } from '#core/daily-metrics.ts';
import type { Ticker } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { SymbolResult } from '#core/performance-groups.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';

import type { EquityPoint } from './charts.ts';

declare const backtestId: unique symbol;
/** One backtest that somebody has asked for. */
export type BacktestId = string & { readonly [backtestId]: true };

/** What a person wants to have tested. */
export interface BacktestRequest {
  /** In the order in which they are decided about. */
  readonly symbols: readonly Ticker[];
  /** Sessions from the one date to the other, both included. */
  readonly from: SessionDate;
  readonly to: SessionDate;
  /** The figures of the strategy that differ from the defaults, and no others. */
  readonly changes: Partial<StrategyParameters>;
}

/** queued and running are not over; each run is over once. */
export type BacktestStatus = 'queued' | 'running' | 'done' | 'cancelled' | 'failed';

/** A backtest as the ledger has it. Instants are the system's. */
export interface BacktestRun {
  readonly id: BacktestId;
  /** The chat's id of who asked, and the name at that time. */
  readonly person: string;
  readonly personName: string;
  readonly requestedAt: EpochMs;
  readonly request: BacktestRequest;
  /** Whether the message that tells of it stands; until then it is not begun, unless nobody sees to it any more. */
  readonly isShown: boolean;
  readonly status: BacktestStatus;
  /** How often it was begun, but for those that a planned stop has interrupted. */
  readonly attempts: number;
  /** How much of it is done, 0 to 1. */
  readonly share: number;
  /** Of the last attempt. */
  readonly startedAt: EpochMs | null;
  readonly finishedAt: EpochMs | null;
  /** Of code version, parameters and data: equal ids stand for equal results. */
  readonly runId: string | null;
  readonly report: BacktestReport | null;
  /** Why it failed, a sentence. */
  readonly failure: string | null;
}

/** A backtest in figures. */
export interface BacktestSummary {
  readonly startingEquity: Usd;
  /** With fees and borrowing paid, and what is still open at its last price. */
  readonly endingEquity: Usd;
  readonly sessions: number;
  readonly metrics: DailyMetrics;
  /** The deepest fall of equity from the highest value before it, in per cent, never negative. */
  readonly maxDrawdownPercent: number;
  /** Of a year, from the returns of the sessions; null of too few, or where nothing has moved. */
  readonly sharpe: number | null;
  /** Better than luck, or not, in one sentence. */
  readonly verdict: string;
  /** Trades with stop and target in one bar, of which the rule decided that the stop came first. */
  readonly ambiguous: number;
  /** How often the drawdown rule stopped entries. */
  readonly halts: { readonly day: number; readonly peak: number };
  /** Trades that still hold shares at the end. */
  readonly stillOpen: number;
  readonly fees: Usd;
  readonly borrow: Usd;
  /** Entries that were sent and not filled within their bar, or not taken. */
  readonly missed: number;
  readonly rejected: number;
  /** The best first; those without a trade are left out. */
  readonly symbols: readonly SymbolResult[];
}

/** What is told of one that is done. */
export interface BacktestReport extends BacktestSummary {
  /** Symbols that were asked for and have no bars. */
  readonly withoutBars: readonly Ticker[];
  /** What is to be known about the bars, a line each; missing where there is nothing. */
  readonly notes?: readonly string[];
}

/** What hangs on the message of one that is done. */
export interface BacktestFiles {
  /** Equity over time, thinned out to what a picture can show. */
  readonly curve: readonly EquityPoint[];
  /** Every trade, as comma-separated values. */
  readonly trades: string;
}

/** History to test on: within the sessions, in order. */
export interface BacktestBars {
  readonly barMinutes: 5 | 15;
  /** A symbol without bars is missing. */
  readonly bars: ReadonlyMap<Ticker, BarColumns>;
  /** From the first bar to the last, those that only warm the features up included; oldest first. */
  readonly sessions: readonly Session[];
}

export interface BarsWanted {
  readonly symbols: readonly Ticker[];
  readonly barMinutes: 5 | 15;
  /** Sessions from the one date to the other, both included … */
  readonly from: SessionDate;
  readonly to: SessionDate;
  /** … and so many before them, as far as they are there. */
  readonly warmUp: number;
}

export type SourcedBars =
  /** It may be without a bar. */
  | {
      readonly kind: 'bars';
      readonly market: BacktestBars;
      /** What is to be known about them, a line each. */
      readonly notes: readonly string[];
    }
  /** A sentence for the person who asked. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It was aborted. */
  | { readonly kind: 'stopped' };

/** Where a backtest's bars come from. Tells how much is there, 0 to 1. Throws BrokerError. */
export type BarSource = (
  wanted: BarsWanted,
  watch: { readonly progress: (share: number) => void; readonly signal: AbortSignal },
) => Promise<SourcedBars>;

export interface BacktestTask {
  /** The engine takes the columns over: they are gone afterwards. */
  readonly market: BacktestBars;
  readonly parameters: StrategyParameters;
  /** The sessions before it only warm the features up. */
  readonly tradeFrom: SessionDate;
  readonly sectors: ReadonlyMap<Ticker, string>;
}

export type BacktestOutcome =
  | {
      readonly kind: 'done';
      readonly runId: string;
      readonly summary: BacktestSummary;
      readonly files: BacktestFiles;
    }
  /** A sentence for the person who asked. */
  | { readonly kind: 'failed'; readonly why: string }
  /** It was aborted, or the engine was closed. */
  | { readonly kind: 'stopped' };

/** Plays history. */
export interface BacktestEngine {
  /**
   * Plays one, beside everything else, and tells now and then how much is done, 0 to 1. Never rejects.
   */
  run(
    task: BacktestTask,
    watch: { readonly progress: (share: number) => void; readonly signal: AbortSignal },
  ): Promise<BacktestOutcome>;
}

export type BacktestEnd =
  | {
      readonly status: 'done';
      readonly runId: string;
      readonly report: BacktestReport;
      readonly files: BacktestFiles;
    }
  | { readonly status: 'failed'; readonly failure: string }
  | { readonly status: 'cancelled' };

export interface BacktestReads {
  backtest(id: BacktestId): Promise<BacktestRun | null>;
  /** Null unless it is done. */
  backtestFiles(id: BacktestId): Promise<BacktestFiles | null>;
}

export interface BacktestWrites {
  /** Those that are not over, the oldest first; nobody else changes which they are until the transaction ends. */
  lockBacktests(): Promise<readonly BacktestRun[]>;
  insertBacktest(run: BacktestRun): Promise<void>;
  /** Its message stands: it may be begun. Null when there is no such run. */
  showBacktest(id: BacktestId): Promise<BacktestRun | null>;
  /**
   * The oldest that waits, or whose process has not been heard of since an instant, is running from now on. Null:
   * there is none.
   */
  beginBacktest(at: EpochMs, silentSince: EpochMs): Promise<BacktestRun | null>;
  /** So much is done, and its process lives. False when it is not running any more. */
  noteBacktest(id: BacktestId, share: number, at: EpochMs): Promise<boolean>;
  /** A planned stop has interrupted it: it waits again, as if not begun. False when it is not running. */
  requeueBacktest(id: BacktestId): Promise<boolean>;
  /** False when it was over before. */
  endBacktest(id: BacktestId, end: BacktestEnd, at: EpochMs): Promise<boolean>;
}

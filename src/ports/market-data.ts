import type { Bar } from '#core/bars.ts';
import type { DailyBar } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';

import type { StreamHealth, Subscription } from './broker.ts';

export interface BarQuery {
  readonly symbols: readonly Ticker[];
  readonly barMinutes: number;
  /** Bars that start at or after this instant … */
  readonly from: EpochMs;
  /** … and before this one. */
  readonly until: EpochMs;
}

export interface DailyBarQuery {
  readonly symbols: readonly Ticker[];
  /** Sessions from this date on … */
  readonly from: SessionDate;
  /** … and before this one. */
  readonly until: SessionDate;
}

export interface BarListener {
  onBar(symbol: Ticker, bar: Bar): void;
  /** The subscription was acknowledged, first or again. */
  onSubscribed(): void;
  onDown(reason: string): void;
}

export interface MarketData {
  /** Name of the data feed, for the channel: iex, sip, replay … */
  readonly feed: string;
  /** Completed bars of each symbol, oldest first; a symbol without bars is missing or empty. Throws BrokerError. */
  bars(query: BarQuery): Promise<ReadonlyMap<Ticker, readonly Bar[]>>;
  /** Whole sessions of each symbol, oldest first; a symbol without any is missing or empty. Throws BrokerError. */
  dailyBars(query: DailyBarQuery): Promise<ReadonlyMap<Ticker, readonly DailyBar[]>>;
  /** Tells of each bar that the stream brings. A hint only: bars are always read by `bars`. */
  subscribeBars(symbols: readonly Ticker[], listener: BarListener): Promise<Subscription>;
  streamHealth(): StreamHealth;
  /** Connects the bar stream anew: it says it is up, and yet brings nothing. */
  restartBars(reason: string): void;
}

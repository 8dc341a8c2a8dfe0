import type { DailyMetrics } from '#core/daily-metrics.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { SignalCounts } from '#core/signal-counts.ts';
import type { EnteredTrade } from '#core/trade.ts';

/** The metrics of one session, as they are kept. */
export interface SessionMetrics {
  readonly sessionDate: SessionDate;
  readonly metrics: DailyMetrics;
  /** By the exchange's time. */
  readonly computedAt: EpochMs;
}

/** What the strategy is measured by. */
export interface MetricsReads {
  /** The newest sessions first: all of them, or so many. */
  sessionMetrics(newest?: number): Promise<readonly SessionMetrics[]>;
  /**
   * Trades of ours whose entry has filled, at least in part: of all, or of those decided within the
   * interval. What an admin adopted was entered by somebody else.
   */
  enteredTrades(range?: {
    readonly from: EpochMs;
    readonly until: EpochMs;
  }): Promise<readonly EnteredTrade[]>;
  /** What became of all signals, or of those of the sessions from one date to another, both included. */
  signalCounts(range?: {
    readonly from: SessionDate;
    readonly until: SessionDate;
  }): Promise<SignalCounts>;
}

export interface MetricsWrites {
  /**
   * Keeps a session's metrics. Those that are kept already stay as they are, unless its trades have changed
   * since: a fill that was booked late, or an interference that was found late. Then all but the drawdown
   * follow, which is known only from the readings of the day itself.
   */
  saveSessionMetrics(record: SessionMetrics): Promise<void>;
}

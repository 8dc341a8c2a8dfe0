import type { EpochMs } from '#core/session.ts';

import type { BacktestId, BacktestReport, BacktestRequest } from './backtests.ts';

/** loading: the bars are being fetched. playing: history is. */
export type BacktestPhase = 'loading' | 'playing';

export type BacktestProgress =
  | {
      readonly status: 'queued';
      /** How many come first. */
      readonly ahead: number;
      /** A stop of the bot has interrupted it: it begins anew. */
      readonly isAgain: boolean;
    }
  | {
      readonly status: 'running';
      readonly phase: BacktestPhase;
      /** Of the phase, 0 to 1. */
      readonly share: number;
      /** Until the phase ends, by how it went so far; null while nobody can say. */
      readonly leftMs: number | null;
      /** It was interrupted, and has begun anew. */
      readonly isAgain: boolean;
    }
  | {
      readonly status: 'done';
      readonly runId: string;
      readonly report: BacktestReport;
      readonly tookMs: number;
    }
  | { readonly status: 'failed'; readonly why: string }
  | { readonly status: 'cancelled'; readonly by: string };

/** A backtest that somebody has asked for; the same message is edited from the wish to the result. */
export interface BacktestCard {
  readonly kind: 'backtest';
  readonly id: BacktestId;
  readonly requestedBy: string;
  readonly request: BacktestRequest;
  readonly progress: BacktestProgress;
  readonly at: EpochMs;
}

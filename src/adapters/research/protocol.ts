import type { BacktestMarket } from '#backtest/market.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import type { SessionDate } from '#core/session.ts';
import type { PointOutcome } from '#research/outcome.ts';
import type { StudyReport } from '#research/report.ts';
import type { StudyPlan, Task } from '#research/study.ts';

/** What a thread is started with: it keeps what its tasks share. */
export interface Bench {
  /** Its columns are shared, not copied, where they lie in shared memory. */
  readonly market: BacktestMarket;
  readonly options: BacktestOptions;
}

/** By key. */
export type OutcomeList = readonly (readonly [string, PointOutcome])[];

/** To a thread, one at a time. */
export type Order =
  | { readonly type: 'tasks'; readonly tasks: readonly Task[] }
  | {
      readonly type: 'report';
      readonly study: StudyPlan;
      /** The sessions that are studied, oldest first. */
      readonly dates: readonly SessionDate[];
      readonly outcomes: OutcomeList;
    };

/** From a thread, one for each order. */
export type Answer =
  | { readonly type: 'outcomes'; readonly outcomes: OutcomeList }
  | { readonly type: 'report'; readonly report: StudyReport }
  | { readonly type: 'failed'; readonly error: string };

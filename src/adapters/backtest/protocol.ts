import type { BacktestOptions } from '#backtest/options.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { BacktestBars, BacktestOutcome } from '#ports/backtests.ts';

/** What the thread is started with. */
export interface EngineTask {
  readonly codeVersion: string;
  readonly market: BacktestBars;
  readonly parameters: StrategyParameters;
  readonly options: BacktestOptions;
}

/** From the thread. */
export type EngineMessage =
  /** 0 to 1. */
  | { readonly type: 'progress'; readonly share: number }
  | { readonly type: 'done'; readonly outcome: BacktestOutcome };

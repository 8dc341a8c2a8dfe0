import type { StrategyParameters } from '#core/parameters.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { BacktestCard, BacktestProgress } from '#ports/backtest-card.ts';
import type { BacktestId, BacktestRequest, BacktestRun } from '#ports/backtests.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';

import type { AppContext } from '../context.ts';

/** The message that tells of a backtest, through all its states. */
export const backtestCardKey = (id: BacktestId): string => `backtest:${id}`;

export const backtestCard = (
  { clock }: Pick<AppContext, 'clock'>,
  { id, personName, request }: Pick<BacktestRun, 'id' | 'personName' | 'request'>,
  progress: BacktestProgress,
): BacktestCard => ({
  kind: 'backtest',
  id,
  requestedBy: personName,
  request,
  progress,
  at: clock.now(),
});

/** The figures that a backtest is made with. */
export const parametersOf = ({ changes }: BacktestRequest): StrategyParameters => ({
  ...DEFAULT_PARAMETERS,
  ...changes,
});

/** One is over: those that wait behind it are told where they stand now. */
export async function tellPlaces(context: AppContext, tx: LedgerTransaction): Promise<void> {
  const open = await tx.lockBacktests();
  for (const [ahead, run] of open.entries()) {
    if (run.status !== 'queued' || !run.isShown) continue;
    const card = backtestCard(context, run, { status: 'queued', ahead, isAgain: false });
    await tx.enqueueCard(backtestCardKey(run.id), card);
  }
}

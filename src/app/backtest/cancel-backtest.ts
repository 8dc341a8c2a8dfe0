import type { BacktestId } from '#ports/backtests.ts';

import { UserError } from '../command.ts';
import type { Actor } from '../command.ts';
import type { AppContext } from '../context.ts';
import { backtestCard, backtestCardKey, tellPlaces } from './backtest-card.ts';

/**
 * Ends a backtest that waits or runs; whoever runs it notices within a second. Returns what the person is told.
 *
 * @throws UserError when it is somebody else's, or over.
 */
export async function cancelBacktest(
  context: AppContext,
  { actor, id }: { readonly actor: Actor; readonly id: string },
): Promise<string> {
  const { ledger, systemClock } = context;
  const run = await ledger.backtest(id as BacktestId);
  if (run === null) throw new UserError('This backtest is not known. Nothing was changed.');
  if (run.person !== actor.id && actor.role !== 'admin') {
    throw new UserError(
      `Only ${run.personName}, who asked for it, or an admin can cancel this backtest. It goes on.`,
      'denied',
    );
  }
  const isCancelled = await ledger.transaction(async (tx) => {
    const at = systemClock.now();
    if (!(await tx.endBacktest(run.id, { status: 'cancelled' }, at))) return false;
    const card = backtestCard(context, run, { status: 'cancelled', by: actor.name });
    await tx.enqueueCard(backtestCardKey(run.id), card);
    await tellPlaces(context, tx);
    return true;
  });
  if (!isCancelled) throw new UserError('This backtest is over already. Nothing was changed.');
  await context.wakeOutbox();
  return 'The backtest is cancelled.';
}

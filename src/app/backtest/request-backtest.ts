import { randomUUID } from 'node:crypto';

import type { BacktestCard } from '#ports/backtest-card.ts';
import type { BacktestId, BacktestRun } from '#ports/backtests.ts';
import type { MessageId } from '#ports/notifier.ts';

import { UserError } from '../command.ts';
import type { Actor, CommandCall, Reply } from '../command.ts';
import type { AppContext } from '../context.ts';
import { askedBacktest } from './asked-backtest.ts';
import { backtestCard, backtestCardKey } from './backtest-card.ts';

/** One that runs and two that wait. */
const MOST_A_PERSON = 3;
const MOST_IN_ALL = 10;

/**
 * Puts a backtest on the queue. It is not begun before its message stands.
 *
 * @throws UserError when the request is wrong, or too many wait already.
 */
export async function requestBacktest(
  context: AppContext,
  { actor, options, message = null }: CommandCall,
): Promise<Reply> {
  const request = await askedBacktest(context, options);
  const run: BacktestRun = {
    id: randomUUID() as BacktestId,
    person: actor.id,
    personName: actor.name,
    requestedAt: context.systemClock.now(),
    request,
    isShown: false,
    status: 'queued',
    attempts: 0,
    share: 0,
    startedAt: null,
    finishedAt: null,
    runId: null,
    report: null,
    failure: null,
  };
  const ahead = await context.ledger.transaction(async (tx) => {
    const open = await tx.lockBacktests();
    refuseTooMany(open, actor);
    await tx.insertBacktest(run);
    if (message !== null) {
      await tx.claimMessage(backtestCardKey(run.id), message, context.clock.now());
    }
    return open.length;
  });
  const first = backtestCard(context, run, { status: 'queued', ahead, isAgain: false });
  return { kind: 'card', key: backtestCardKey(run.id), first };
}

function refuseTooMany(open: readonly BacktestRun[], actor: Actor): void {
  const own = open.filter(({ person }) => person === actor.id).length;
  if (own >= MOST_A_PERSON) {
    throw new UserError(
      `You have ${own} backtests running or waiting, and nobody may have more. Cancel one, or wait until one is done.`,
    );
  }
  if (open.length >= MOST_IN_ALL) {
    throw new UserError(
      `${open.length} backtests are running or waiting, and no more are taken. Ask again when one is done.`,
    );
  }
}

/** The first card of a backtest stands: it may begin, and what comes later edits the message. */
export async function backtestShown(
  context: AppContext,
  card: BacktestCard,
  message: MessageId | null,
): Promise<void> {
  await context.ledger.transaction(async (tx) => {
    const run = await tx.showBacktest(card.id);
    if (run === null) return;
    // Where no card can take the message over, one of its own follows it in the channel.
    if (message === null) await tx.enqueueCard(backtestCardKey(run.id), card);
  });
  await context.wakeOutbox();
  await context.wakeBacktests();
}

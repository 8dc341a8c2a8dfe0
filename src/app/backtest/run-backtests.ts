import type { StrategyParameters } from '#core/parameters.ts';
import { warmUpSessions } from '#core/warm-up.ts';
import type {
  BacktestEnd,
  BacktestOutcome,
  BacktestRequest,
  BacktestRun,
  SourcedBars,
} from '#ports/backtests.ts';
import { BrokerError } from '#ports/broker.ts';

import type { AppContext } from '../context.ts';
import { backtestCard, backtestCardKey, parametersOf, tellPlaces } from './backtest-card.ts';
import { followBacktest } from './follow-backtest.ts';
import type { BacktestWatch } from './follow-backtest.ts';

/** A run that was not heard of for so long has nobody any more who carries it out. */
const SILENT_MS = 10_000;
/** A run that was interrupted is begun once more, and not again: it may be what ends the process. */
const MOST_ATTEMPTS = 2;

/** Carries out the backtests that wait, one after the other, until none is left or the bot stops. */
export async function runBacktests(context: AppContext): Promise<void> {
  for (;;) {
    const run = await begin(context);
    if (run === null || (await carryOut(context, run)) === 'stopped') return;
  }
}

async function begin(context: AppContext): Promise<BacktestRun | null> {
  const now = context.systemClock.now();
  const run = await context.ledger.transaction((tx) => tx.beginBacktest(now, now - SILENT_MS));
  if (run === null || run.attempts <= MOST_ATTEMPTS) return run;
  const failure = `The bot was interrupted ${MOST_ATTEMPTS} times while it ran. It is not begun again by itself: ask for a smaller one.`;
  await end(context, run, { status: 'failed', failure });
  return begin(context);
}

/** stopped: the bot ends, and so it waits again. */
async function carryOut(context: AppContext, run: BacktestRun): Promise<'over' | 'stopped'> {
  const watch = followBacktest(context, run);
  const { outcome, ...about } = await outcomeOf(context, run.request, watch).finally(() =>
    watch.stop(),
  );
  switch (outcome.kind) {
    case 'done': {
      const { runId, summary, files } = outcome;
      const report = { ...summary, ...about };
      await end(context, run, { status: 'done', runId, report, files });
      return 'over';
    }
    case 'failed':
      await end(context, run, { status: 'failed', failure: outcome.why });
      return 'over';
    case 'stopped':
      // What was cancelled is over already, and was told.
      if (watch.signal.aborted) return 'over';
      await requeue(context, run);
      return 'stopped';
    default:
      return outcome satisfies never;
  }
}

interface Played {
  readonly outcome: BacktestOutcome;
  readonly withoutBars: BacktestRequest['symbols'];
  /** Missing where there is nothing to be known about the bars. */
  readonly notes?: readonly string[];
}

async function outcomeOf(
  context: AppContext,
  request: BacktestRequest,
  watch: BacktestWatch,
): Promise<Played> {
  const parameters = parametersOf(request);
  const { signal } = watch;
  const sourced = await load(context, request, { parameters, watch });
  if (sourced.kind === 'refused') return failed(sourced.why);
  if (sourced.kind === 'stopped') return { outcome: sourced, withoutBars: [] };
  const { market, notes } = sourced;
  const { symbols, from } = request;
  const withoutBars = symbols.filter((symbol) => !market.bars.has(symbol));
  if (market.bars.size === 0) {
    return failed(`There are no bars of ${symbols.join(', ')} from ${from} to ${request.to}.`);
  }
  const task = { market, parameters, tradeFrom: from, sectors: context.sectors };
  const progress = (share: number): void => watch.progress('playing', share);
  return {
    outcome: await context.backtests.run(task, { progress, signal }),
    withoutBars,
    ...(notes.length === 0 ? {} : { notes }),
  };
}

const failed = (why: string): Played => ({ outcome: { kind: 'failed', why }, withoutBars: [] });

interface Loading {
  readonly parameters: StrategyParameters;
  readonly watch: BacktestWatch;
}

async function load(
  context: AppContext,
  { symbols, from, to }: BacktestRequest,
  { parameters, watch }: Loading,
): Promise<SourcedBars> {
  const { barMinutes } = parameters;
  const wanted = { symbols, barMinutes, from, to, warmUp: warmUpSessions(parameters) };
  const progress = (share: number): void => watch.progress('loading', share);
  try {
    return await context.backtestBars(wanted, { progress, signal: watch.signal });
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    context.log.warn({ error: error.message }, 'the bars of a backtest could not be read');
    const why = 'The market data could not be read just now. Ask again in a moment.';
    return { kind: 'refused', why };
  }
}

async function end(
  context: AppContext,
  run: BacktestRun,
  how: Exclude<BacktestEnd, { status: 'cancelled' }>,
): Promise<void> {
  const { ledger, systemClock, clock } = context;
  const now = systemClock.now();
  await ledger.transaction(async (tx) => {
    if (!(await tx.endBacktest(run.id, how, now))) return;
    const progress =
      how.status === 'failed'
        ? ({ status: 'failed', why: how.failure } as const)
        : ({
            status: 'done',
            runId: how.runId,
            report: how.report,
            tookMs: now - (run.startedAt ?? now),
          } as const);
    await tx.audit({
      at: clock.now(),
      actor: run.person,
      action: 'backtest finished',
      outcome: how.status,
      details: {
        name: run.personName,
        backtest: run.id,
        ...(how.status === 'failed' ? { reason: how.failure } : { run: how.runId }),
      },
    });
    await tx.enqueueCard(backtestCardKey(run.id), backtestCard(context, run, progress));
    await tellPlaces(context, tx);
  });
  await context.wakeOutbox();
}

/** The bot is about to end: the message says so, and the next start goes on with it. */
async function requeue(context: AppContext, run: BacktestRun): Promise<void> {
  await context.ledger.transaction(async (tx) => {
    if (!(await tx.requeueBacktest(run.id))) return;
    const progress = { status: 'queued', ahead: 0, isAgain: true } as const;
    await tx.enqueueCard(backtestCardKey(run.id), backtestCard(context, run, progress));
  });
  await context.wakeOutbox();
}

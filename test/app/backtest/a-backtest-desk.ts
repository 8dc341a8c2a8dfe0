import { barsOf } from '#app/backtest/load-bars.ts';
import { requestBacktest, backtestShown } from '#app/backtest/request-backtest.ts';
import { runBacktests } from '#app/backtest/run-backtests.ts';
import type { Actor } from '#app/command.ts';
import type { AppContext } from '#app/context.ts';
import { sessionsBetween } from '#core/exchange-calendar.ts';
import { ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';
import type { BacktestCard, BacktestProgress } from '#ports/backtest-card.ts';
import type {
  BacktestEngine,
  BacktestId,
  BacktestOutcome,
  BacktestTask,
} from '#ports/backtests.ts';
import { aReport, FILES } from '#test/support/backtests.ts';

import { openDesk } from '../desk.ts';
import type { Desk } from '../desk.ts';

export const THEO: Actor = { id: 'theo', name: 'Theo', role: 'trader' };
export const BEA: Actor = { id: 'bea', name: 'Bea', role: 'trader' };
export const ADMIN: Actor = { id: 'ann', name: 'Ann', role: 'admin' };

/** Forty sessions, of which the last two are not over when a test begins. */
export const SESSIONS = sessionsBetween(asSessionDate('2025-10-01'), asSessionDate('2025-11-26'));
export const LAST_OVER = SESSIONS.at(-3)!;

const { withoutBars: _, ...summary } = aReport();
export const DONE: BacktestOutcome = {
  kind: 'done',
  runId: 'f00d'.repeat(4),
  summary,
  files: FILES,
};

/** A run that an engine was asked for. */
interface HeldRun {
  readonly task: BacktestTask;
  readonly progress: (share: number) => void;
  readonly signal: AbortSignal;
  readonly finish: (outcome: BacktestOutcome) => void;
}

/** An engine that plays nothing: the test says what comes of each run. One that is aborted has stopped. */
interface HeldEngine extends BacktestEngine {
  readonly runs: readonly HeldRun[];
  /** The n-th run, from 1, once it was asked for. */
  run1(n?: number): Promise<HeldRun>;
}

function heldEngine(): HeldEngine {
  const runs: HeldRun[] = [];
  return {
    runs,
    run: (task, { progress, signal }) => {
      const { promise, resolve: finish } = Promise.withResolvers<BacktestOutcome>();
      signal.addEventListener('abort', () => finish({ kind: 'stopped' }));
      runs.push({ task, progress, signal, finish });
      return promise;
    },
    run1: async (n = 1) => {
      while (runs.length < n) await new Promise((resolve) => setTimeout(resolve, 5));
      return runs[n - 1]!;
    },
  };
}

export interface BacktestDesk extends Desk {
  readonly engine: HeldEngine;
  /** Somebody asks, and the message stands. */
  ask(actor?: Actor, options?: Readonly<Record<string, string>>): Promise<BacktestId>;
  /** The job: carries out what waits. */
  work(context?: AppContext): Promise<void>;
  /** What the cards of one have told, in order. */
  told1(id: BacktestId): Promise<readonly BacktestProgress[]>;
  /** Once it was told that it runs, which is written down beside the reading of its bars. */
  toldRunning(id: BacktestId): Promise<void>;
}

/** A desk whose market has a history that can be played. */
export async function openBacktestDesk(): Promise<BacktestDesk> {
  const desk = await openDesk([], { sessions: SESSIONS, others: { AAPL: [] } });
  desk.standIn.advanceTo(LAST_OVER.close);
  const engine = heldEngine();
  const context = desk.with({
    backtests: engine,
    backtestBars: barsOf(desk.context.marketData),
    // Of another time than is asked for: its market has none of it. A sandbox would not take it.
    mode: 'PAPER',
    keptBars: async () => new Set([ticker('XYZ')]),
  });
  const told1 = async (id: BacktestId): Promise<readonly BacktestProgress[]> => {
    const rows = await desk.query<{ card: BacktestCard }>(
      `SELECT card FROM outbox WHERE key = 'backtest:${id}' ORDER BY sequence`,
    );
    return rows.map(({ card }) => card.progress);
  };
  return {
    ...desk,
    context,
    engine,
    with: (changes) => ({ ...context, ...changes }),
    ask: async (actor = THEO, options = {}) => {
      const reply = await requestBacktest(context, { actor, options });
      const card = reply.kind === 'card' ? (reply.first as BacktestCard) : null;
      if (card === null) throw new Error('no card was answered');
      await backtestShown(context, card, null);
      return card.id;
    },
    work: (of = context) => runBacktests(of),
    told1,
    toldRunning: async (id) => {
      while ((await told1(id)).at(-1)?.status !== 'running');
    },
  };
}

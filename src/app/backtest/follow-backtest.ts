import type { BacktestPhase } from '#ports/backtest-card.ts';
import type { BacktestRun } from '#ports/backtests.ts';

import type { AppContext } from '../context.ts';
import { backtestCard, backtestCardKey } from './backtest-card.ts';

/** A message is edited no more often. */
const TELL_EVERY_MS = 2_000;
/** So often the ledger is told that somebody still carries it out, and asked whether it is still wanted. */
const BEAT_MS = 250;
/** Of less nobody can say how long the rest will take. */
const TELLING_SHARE = 0.02;

/** Tells how far a backtest is, and hears of it when somebody cancels it. */
export interface BacktestWatch {
  /** So much of a phase is done. May be called as often as one likes. */
  readonly progress: (phase: BacktestPhase, share: number) => void;
  /** Aborted once it is not to run any more. */
  readonly signal: AbortSignal;
  /** Ends the watch; resolves when nothing more is on its way to the ledger. */
  stop(): Promise<void>;
}

/** Where a run stands. */
interface Stand {
  readonly phase: BacktestPhase;
  readonly share: number;
  /** When the phase began. */
  readonly since: number;
}

export function followBacktest(context: AppContext, run: BacktestRun): BacktestWatch {
  const { systemClock, log } = context;
  const over = new AbortController();
  let stand: Stand = { phase: 'loading', share: 0, since: systemClock.now() };
  let toldAt = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | null = null;

  const note = async (): Promise<void> => {
    const now = systemClock.now();
    const isDue = now - toldAt >= TELL_EVERY_MS;
    if (!(await write(context, run, { stand, isDue }))) return over.abort();
    if (!isDue) return undefined;
    toldAt = now;
    return context.wakeOutbox();
  };
  const beat = (): void => {
    writing ??= note()
      .catch((error: unknown) =>
        log.warn({ backtest: run.id, error: String(error) }, 'a backtest could not be followed'),
      )
      .finally(() => {
        writing = null;
      });
  };
  const timer = setInterval(beat, BEAT_MS).unref();
  beat();

  return {
    progress(phase, share) {
      const since = phase === stand.phase ? stand.since : systemClock.now();
      stand = { phase, share, since };
      if (systemClock.now() - toldAt >= TELL_EVERY_MS) beat();
    },
    signal: over.signal,
    async stop() {
      clearInterval(timer);
      await writing;
    },
  };
}

/** False when the run is not to go on. */
function write(
  context: AppContext,
  run: BacktestRun,
  { stand: { phase, share, since }, isDue }: { readonly stand: Stand; readonly isDue: boolean },
): Promise<boolean> {
  const now = context.systemClock.now();
  return context.ledger.transaction(async (tx) => {
    if (!(await tx.noteBacktest(run.id, shareOf(phase, share), now))) return false;
    if (!isDue) return true;
    const leftMs = timeLeft(now - since, share);
    const isAgain = run.attempts > 1;
    const card = backtestCard(context, run, { status: 'running', phase, share, leftMs, isAgain });
    await tx.enqueueCard(backtestCardKey(run.id), card);
    return true;
  });
}

/** Both phases count alike: which one takes longer depends on the broker. */
const shareOf = (phase: BacktestPhase, share: number): number =>
  phase === 'loading' ? share / 2 : (1 + share) / 2;

const timeLeft = (tookMs: number, share: number): number | null =>
  share < TELLING_SHARE || tookMs <= 0 ? null : (tookMs * (1 - share)) / share;

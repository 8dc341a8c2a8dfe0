import { watchCalmly } from '#core/drawdown-calm.ts';
import type { CalmWatch } from '#core/drawdown-calm.ts';
import type { DrawdownEvent } from '#core/drawdown-ladder.ts';
import { followDrawdown } from '#core/drawdown.ts';
import type { DrawdownState } from '#core/drawdown.ts';
import { ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';
import { NO_CASH_VIEW } from '#core/unexplained-cash.ts';

/** The drawdown ladder, told of equity once a bar. */
export interface Ladder {
  state(): DrawdownState | null;
  /** Of the last reading. */
  sessionDate(): SessionDate | null;
  /** Somebody has changed it. */
  set(state: DrawdownState): void;
  /** Takes a reading in; `lastEquity` is that of the session before at its close. */
  read(reading: EquityReading): readonly DrawdownEvent[];
  /** While it rests, a reading of the session moves no rung; null where any may. */
  calm(session: Session): CalmWatch | null;
  /** Whether this equity is what it has seen last, and no second reading is awaited. */
  hasSeen(equity: Usd): boolean;
}

export interface EquityReading {
  readonly at: EpochMs;
  readonly session: Session;
  readonly equity: Usd;
  readonly lastEquity: Usd;
}

const NO_EVENTS: readonly DrawdownEvent[] = [];

export function createLadder(start: DrawdownState | null, limits: StrategyParameters): Ladder {
  let last = start;
  /** What has followed the last state since, where nothing else could come of it. */
  let watch: CalmWatch | null = null;
  const state = (): DrawdownState | null => watch?.state() ?? last;
  const set = (changed: DrawdownState | null): void => {
    last = changed;
    watch = changed && watchCalmly(changed, limits);
  };
  const calm = (session: Session): CalmWatch | null =>
    last?.sessionDate === session.date ? watch : null;
  return {
    state,
    sessionDate: () => last?.sessionDate ?? null,
    set,
    calm,
    read({ at, session, equity, lastEquity }) {
      const calmly = calm(session);
      if (calmly !== null && calmly.rests(equity)) {
        calmly.read(equity, at);
        return NO_EVENTS;
      }
      const step = followDrawdown(
        state(),
        {
          at,
          sessionDate: session.date,
          sessionOpen: session.open,
          isTrusted: true,
          equity,
          flows: ZERO_USD,
          lastEquity,
          lastFlows: ZERO_USD,
          cash: NO_CASH_VIEW,
          recorded: null,
        },
        limits,
      );
      set(step.state);
      return step.events;
    },
    hasSeen(equity) {
      if (watch !== null) return watch.equity() === equity;
      if (last === null) return true;
      const isAwaited = last.day.suspectedAt !== null || last.peak.suspectedAt !== null;
      return !isAwaited && last.equity === equity;
    },
  };
}

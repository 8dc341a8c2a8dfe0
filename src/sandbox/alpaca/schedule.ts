import type { Timers } from './timers.ts';

/** Effects that are still to come: of cancels, replacements and trades that take their time. */
export interface Schedule {
  /** Runs an effect after a delay; without one, within this very call. */
  after(ms: number, run: () => void): void;
  /**
   * Lets the length of a bar pass at once, however fast the replay is: what is due within it runs, in
   * order, and what is not has as much less to wait.
   */
  elapse(ms: number): void;
  /** How many effects are still to come. */
  count(): number;
  /** Forgets them. */
  close(): void;
}

interface Effect {
  readonly due: number;
  readonly run: () => void;
}

/** In order of their moments; those of the same moment in the order in which they came. */
function withEffect(effects: readonly Effect[], effect: Effect): readonly Effect[] {
  const place = effects.findIndex(({ due }) => due > effect.due);
  return effects.toSpliced(place === -1 ? effects.length : place, 0, effect);
}

/** The longest that a timer of the machine can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createSchedule(timers: Timers): Schedule {
  let effects: readonly Effect[] = [];
  /** What the bars have taken away of the timers' time. */
  let skipped = 0;
  /** While an effect runs, the moment at which it was due: its own delays count from there. */
  let moment: number | null = null;
  let disarm: (() => void) | null = null;
  const clock = (): number => moment ?? timers.now() + skipped;

  function runUntil(end: number): void {
    for (let [next] = effects; next !== undefined && next.due <= end; [next] = effects) {
      effects = effects.slice(1);
      moment = next.due;
      try {
        next.run();
      } finally {
        moment = null;
      }
    }
  }
  function arm(): void {
    disarm?.();
    disarm = null;
    const [next] = effects;
    if (next === undefined) return;
    const wait = Math.min(Math.max(0, next.due - timers.now() - skipped), LONGEST_TIMER_MS);
    disarm = timers.after(wait, () => {
      runUntil(timers.now() + skipped);
      arm();
    });
  }
  return {
    after(ms, run) {
      if (ms <= 0) {
        run();
        return;
      }
      effects = withEffect(effects, { due: clock() + ms, run });
      if (moment === null) arm();
    },
    elapse(ms) {
      const end = clock() + ms;
      runUntil(end);
      skipped += ms;
      arm();
    },
    count: () => effects.length,
    close() {
      disarm?.();
      effects = [];
    },
  };
}

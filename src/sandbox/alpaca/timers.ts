/** Time in which the broker's own slowness passes; the market's time goes by bars. */
export interface Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs something later; the function that comes back calls it off. */
  after(ms: number, run: () => void): () => void;
}

/** How long the broker takes for what it has accepted; nothing of it takes time unless told otherwise. */
export interface Delays {
  /** From `pending_cancel` to `canceled`. */
  readonly cancelMs: number;
  /** From `canceled` until the shares are free. */
  readonly releaseMs: number;
  /** From `pending_replace` to `replaced`. */
  readonly replaceMs: number;
  /** From the acceptance of a marketable exit to its execution. */
  readonly tradeMs: number;
}

export const NO_DELAYS: Delays = { cancelMs: 0, releaseMs: 0, replaceMs: 0, tradeMs: 0 };

/** As they were measured on paper trading. */
export const REALISTIC_DELAYS: Delays = { cancelMs: 15, releaseMs: 60, replaceMs: 15, tradeMs: 5 };

/** The machine's own; none of them keeps the process alive. */
export const realTimers: Timers = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface VirtualTimers extends Timers {
  /** Lets time pass: what is due runs at once, in the order in which it is due. */
  elapse(ms: number): void;
}

interface Task {
  readonly due: number;
  readonly run: () => void;
}

/** Timers for tests, whose time passes only when it is told to. They begin at the machine's time. */
export function createVirtualTimers(start: number = Date.now()): VirtualTimers {
  let now = start;
  const tasks = new Set<Task>();
  /** Of those due at the same time, the one that was set first. */
  const nextBy = (end: number): Task | undefined => {
    let next: Task | undefined;
    for (const task of tasks) {
      if (task.due <= end && (next === undefined || task.due < next.due)) next = task;
    }
    return next;
  };
  return {
    now: () => now,
    after(ms, run) {
      const task = { due: now + Math.max(0, ms), run };
      tasks.add(task);
      return () => {
        tasks.delete(task);
      };
    },
    elapse(ms) {
      const end = now + ms;
      for (let task = nextBy(end); task !== undefined; task = nextBy(end)) {
        tasks.delete(task);
        now = Math.max(now, task.due);
        task.run();
      }
      now = end;
    },
  };
}

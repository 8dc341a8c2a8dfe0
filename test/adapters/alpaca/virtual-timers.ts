import type { Timers } from '#adapters/alpaca/timers.ts';
import type { EpochMs } from '#core/session.ts';

interface Alarm {
  readonly at: EpochMs;
  readonly run: () => void;
}

export interface VirtualTimers extends Timers {
  /** Lives through so much time, alarm by alarm. */
  pass(ms: number): Promise<void>;
}

/** Lets everything go on that waits for nothing but its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

export function virtualTimers(start: EpochMs): VirtualTimers {
  let now = start;
  let alarms: readonly Alarm[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const alarm = { at: now + ms, run };
      alarms = [...alarms, alarm].toSorted((left, right) => left.at - right.at);
      return () => {
        alarms = alarms.filter((other) => other !== alarm);
      };
    },
    async pass(ms) {
      const end = now + ms;
      await turn();
      for (let next = alarms[0]; next !== undefined && next.at <= end; next = alarms[0]) {
        alarms = alarms.slice(1);
        now = Math.max(now, next.at);
        next.run();
        await turn();
      }
      now = end;
    },
  };
}

/** Time that flies: an alarm goes off at once, and the clock shows its time. */
export function hurriedTimers(start: EpochMs): Timers {
  let now = start;
  return {
    now: () => now,
    after(ms, run) {
      const alarm = setImmediate(() => {
        now += ms;
        run();
      });
      return () => clearImmediate(alarm);
    },
  };
}

import { describe, expect, it } from 'vitest';

import { createSchedule } from '#sandbox/alpaca/schedule.ts';
import { createVirtualTimers, realTimers } from '#sandbox/alpaca/timers.ts';

const MINUTE_MS = 60_000;

describe('virtual timers', () => {
  it('run what is due in order of its time, and of its setting within the same time', () => {
    const timers = createVirtualTimers(0);
    const log: string[] = [];
    for (const [name, ms] of [
      ['late', 20],
      ['soon', 10],
      ['soon too', 10],
    ] as const) {
      timers.after(ms, () => log.push(`${name} at ${timers.now()}`));
    }
    timers.elapse(9);
    expect(log).toEqual([]);
    timers.elapse(11);
    expect(log).toEqual(['soon at 10', 'soon too at 10', 'late at 20']);
    expect(timers.now()).toBe(20);
  });

  it('run what an effect sets within the same span, from the time of that effect', () => {
    const timers = createVirtualTimers(0);
    const log: number[] = [];
    timers.after(10, () => timers.after(5, () => log.push(timers.now())));
    timers.elapse(100);
    expect(log).toEqual([15]);
  });

  it('forget what was called off', () => {
    const timers = createVirtualTimers(0);
    const log: string[] = [];
    const callOff = timers.after(10, () => log.push('never'));
    callOff();
    timers.elapse(10);
    expect(log).toEqual([]);
  });

  it('begin at the time of the machine, which clients compare with', () => {
    expect(Math.abs(createVirtualTimers().now() - Date.now())).toBeLessThan(MINUTE_MS);
  });
});

describe('the timers of the machine', () => {
  it('run later, unless called off', async () => {
    const log: string[] = [];
    realTimers.after(1, () => log.push('never'))();
    await new Promise<void>((resolve) => {
      realTimers.after(2, resolve);
    });
    expect(log).toEqual([]);
  });
});

const aSchedule = () => {
  const timers = createVirtualTimers(0);
  return { timers, schedule: createSchedule(timers), log: [] as string[] };
};

describe('the schedule', () => {
  it('runs what has no delay within the call', () => {
    const { schedule, log } = aSchedule();
    schedule.after(0, () => log.push('now'));
    expect(log).toEqual(['now']);
  });

  it('has the same effects in the same order whether time passes or bars do', () => {
    const plan = ({ schedule, log }: ReturnType<typeof aSchedule>) => {
      schedule.after(60, () => log.push('second'));
      schedule.after(15, () => {
        log.push('first');
        schedule.after(60, () => log.push('third'));
      });
    };
    const [waited, jumped] = [aSchedule(), aSchedule()];
    plan(waited);
    plan(jumped);
    waited.timers.elapse(75);
    jumped.schedule.elapse(75);
    expect(waited.log).toEqual(['first', 'second', 'third']);
    expect(jumped.log).toEqual(waited.log);
  });

  it('takes a bar off what is still to wait', () => {
    const { schedule, timers, log } = aSchedule();
    schedule.after(10 * MINUTE_MS, () => log.push('done'));
    schedule.elapse(5 * MINUTE_MS);
    timers.elapse(4 * MINUTE_MS);
    expect([log, schedule.count()]).toEqual([[], 1]);
    timers.elapse(MINUTE_MS);
    expect([log, schedule.count()]).toEqual([['done'], 0]);
  });

  it('can wait for longer than a timer of the machine, or for ever', () => {
    const { schedule, timers, log } = aSchedule();
    schedule.after(Number.POSITIVE_INFINITY, () => log.push('never'));
    schedule.after(2 ** 31 + 10, () => log.push('late'));
    timers.elapse(2 ** 31);
    expect(log).toEqual([]);
    timers.elapse(10);
    expect(log).toEqual(['late']);
    timers.elapse(2 ** 40);
    expect([log, schedule.count()]).toEqual([['late'], 1]);
  });

  it('does nothing more once it is closed', () => {
    const { schedule, timers, log } = aSchedule();
    schedule.after(10, () => log.push('never'));
    schedule.close();
    timers.elapse(10);
    expect(log).toEqual([]);
  });
});

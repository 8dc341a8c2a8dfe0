import { describe, expect, it } from 'vitest';

import { silentLog } from '#test/support/log.ts';

import { createJobWaker } from '../../src/compose/job-waker.ts';

/** Deliveries that end when they are told to. */
function heldDeliveries() {
  const running: PromiseWithResolvers<void>[] = [];
  const waker = createJobWaker({
    job: 'deliver-outbox',
    run: () => {
      const delivery = Promise.withResolvers<void>();
      running.push(delivery);
      return delivery.promise;
    },
    log: silentLog,
  });
  return { running, waker };
}

describe('waking a job', () => {
  it('starts one run for several calls, and one more for those that came meanwhile', async () => {
    const { running, waker } = heldDeliveries();
    await waker.wake();
    await waker.wake();
    await waker.wake();
    expect(running).toHaveLength(1);
    running[0]!.resolve();
    await expect.poll(() => running.length).toBe(2);
    running[1]!.resolve();
    await waker.idle();
    expect(running).toHaveLength(2);
  });

  it('is idle at once when nothing was asked for', async () => {
    const { waker, running } = heldDeliveries();
    await waker.idle();
    expect(running).toHaveLength(0);
  });

  it('says that the queue was away, and can be woken again', async () => {
    const warnings: unknown[] = [];
    const log = { ...silentLog, warn: (fields: object) => warnings.push(fields) };
    let deliveries = 0;
    const waker = createJobWaker({
      job: 'deliver-outbox',
      run: async () => {
        deliveries += 1;
        if (deliveries === 1) throw new Error('connection refused');
      },
      log,
    });
    await waker.wake();
    await waker.idle();
    expect(warnings).toEqual([{ job: 'deliver-outbox', error: 'Error: connection refused' }]);
    await waker.wake();
    await waker.idle();
    expect(deliveries).toBe(2);
  });

  it('can be woken again after it was idle', async () => {
    const { waker, running } = heldDeliveries();
    await waker.wake();
    running[0]!.resolve();
    await waker.idle();
    await waker.wake();
    expect(running).toHaveLength(2);
  });

  it('rests between two runs for as long as it is told to', async () => {
    const rests: number[] = [];
    let runs = 0;
    const waker = createJobWaker({
      job: 'position-guard',
      run: async () => {
        runs += 1;
        if (runs === 1) await waker.wake();
      },
      restMs: 2_000,
      pause: async (ms) => {
        rests.push(ms);
      },
      log: silentLog,
    });
    await waker.wake();
    await waker.idle();
    expect([runs, rests]).toEqual([2, [2_000, 2_000]]);
  });
});

import { describe, expect, it } from 'vitest';

import { silentLog } from '#test/support/log.ts';

import { createOutboxWaker } from '../../src/compose/outbox-waker.ts';

/** Deliveries that end when they are told to. */
function heldDeliveries() {
  const running: PromiseWithResolvers<void>[] = [];
  const waker = createOutboxWaker(() => {
    const delivery = Promise.withResolvers<void>();
    running.push(delivery);
    return delivery.promise;
  }, silentLog);
  return { running, waker };
}

describe('waking the outbox', () => {
  it('starts one delivery for several calls, and one more for those that came meanwhile', async () => {
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
    const waker = createOutboxWaker(async () => {
      deliveries += 1;
      if (deliveries === 1) throw new Error('connection refused');
    }, log);
    await waker.wake();
    await waker.idle();
    expect(warnings).toEqual([{ error: 'Error: connection refused' }]);
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
});

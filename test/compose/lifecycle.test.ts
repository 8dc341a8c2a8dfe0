import { describe, expect, it } from 'vitest';

import { silentLog } from '#test/support/log.ts';

import { createLifecycle } from '../../src/compose/lifecycle.ts';

describe('the lifecycle', () => {
  it('closes what was started last first, and all of it once', async () => {
    const closed: string[] = [];
    const lifecycle = createLifecycle(() => silentLog);
    for (const name of ['database', 'queue', 'bot']) {
      lifecycle.onClose(name, () => {
        closed.push(name);
      });
    }
    await Promise.all([lifecycle.close(), lifecycle.close()]);
    expect(closed).toEqual(['bot', 'queue', 'database']);
  });

  it('goes on closing after a part that fails, and names it', async () => {
    const errors: unknown[] = [];
    const closed: string[] = [];
    const log = { ...silentLog, error: (fields: object) => errors.push(fields) };
    const lifecycle = createLifecycle(() => log);
    lifecycle.onClose('database', () => {
      closed.push('database');
    });
    lifecycle.onClose('queue', () => Promise.reject(new Error('stuck')));
    await lifecycle.close();
    expect(closed).toEqual(['database']);
    expect(errors).toMatchObject([{ part: 'queue' }]);
  });

  it('tells each part how much of the time is its, which gets less from one to the next', async () => {
    const told: number[] = [];
    const lifecycle = createLifecycle(() => silentLog);
    for (const name of ['database', 'queue']) {
      lifecycle.onClose(name, async (withinMs) => {
        told.push(withinMs);
        await new Promise((resolve) => setTimeout(resolve, 20));
      });
    }
    await lifecycle.close();
    const [queue = 0, database = 0] = told;
    expect(database).toBeGreaterThan(0);
    expect(database).toBeLessThan(queue);
  });
});

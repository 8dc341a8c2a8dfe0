import { describe, expect, it } from 'vitest';

import { silentLog } from '#test/support/log.ts';

import { whileDatabaseLives } from '../../src/compose/database-watch.ts';
import { createLifecycle } from '../../src/compose/lifecycle.ts';

const ENDLESS = new Promise<void>(() => {});
const GONE = 'the embedded PostgreSQL has ended';

const refused = () => Promise.reject(new Error('connect ECONNREFUSED'));

/** A database that answers as told, then always does. */
function watched(answers: boolean[], work = ENDLESS) {
  const lifecycle = createLifecycle(() => silentLog);
  const ping = () => Promise.resolve(answers.shift() ?? true);
  return { lifecycle, ended: whileDatabaseLives(work, { ping, lifecycle, pauseMs: 1 }) };
}

describe('work on the embedded database', () => {
  it('is over when the database misses three answers in a row, not before', async () => {
    const answers = [true, false, false, true, false, false, false];
    const { ended } = watched(answers);
    await expect(ended).rejects.toThrow(GONE);
    expect(answers).toEqual([]);
  });

  it('is over when it ends by itself', async () => {
    const { ended, lifecycle } = watched([], Promise.resolve());
    await expect(ended).resolves.toBeUndefined();
    await lifecycle.close();
  });

  it('names the database when that is what it failed of, and its own reason otherwise', async () => {
    await expect(watched([false], refused()).ended).rejects.toThrow(GONE);
    const other = watched([true], refused());
    await expect(other.ended).rejects.toThrow('ECONNREFUSED');
    await other.lifecycle.close();
  });

  it('is not missed once everything closes', async () => {
    const { ended, lifecycle } = watched(Array.from({ length: 100 }, () => false));
    await lifecycle.close();
    const quiet = new Promise((resolve) => setTimeout(resolve, 20, 'quiet'));
    expect(await Promise.race([ended, quiet])).toBe('quiet');
  });
});

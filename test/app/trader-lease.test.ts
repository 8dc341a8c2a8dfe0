import { describe, expect, it } from 'vitest';

import { acquireLease, LEASE_MS } from '#app/trader-lease.ts';
import type { KeptLease } from '#app/trader-lease.ts';
import { LeaseLostError } from '#ports/lease.ts';
import type { LeaseStore } from '#ports/lease.ts';
import { createVirtualTimers } from '#sandbox/alpaca/timers.ts';
import { silentLog } from '#test/support/log.ts';

/** Lets everything go on that waits for nothing but its turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const STEP_MS = 100;

/** A store and processes that live by one virtual clock. */
function aWorld() {
  const timers = createVirtualTimers(0);
  let row: { token: number; holder: string; expiresAt: number } | null = null;
  let renewals = 0;
  const store: LeaseStore = {
    async acquire(holder, forMs) {
      const now = timers.now();
      if (row !== null && row.holder !== holder && row.expiresAt > now) {
        return { kind: 'taken', holder: row.holder, expiresInMs: row.expiresAt - now };
      }
      row = { token: (row?.token ?? 0) + 1, holder, expiresAt: now + forMs };
      return { kind: 'held', token: row.token };
    },
    async renew(token, forMs) {
      renewals += 1;
      if (row?.token !== token || row.expiresAt === 0) return false;
      row = { ...row, expiresAt: timers.now() + forMs };
      return true;
    },
    async release(token) {
      if (row?.token === token) row = { ...row, expiresAt: 0 };
    },
  };

  /** One process: it may fall asleep, and may lose its line to the store. */
  function aProcess(holder: string, to: LeaseStore = store) {
    const warnings: string[] = [];
    const waitedFor: string[] = [];
    let isStopped = false;
    let asleep: (() => void)[] | null = null;
    let isCutOff = false;
    const line = async <T>(ask: () => Promise<T>): Promise<T> => {
      if (isCutOff) throw new Error('the store is away');
      return ask();
    };
    const taking = acquireLease({
      store: {
        acquire: (...of) => line(() => to.acquire(...of)),
        renew: (...of) => line(() => to.renew(...of)),
        release: (...of) => line(() => to.release(...of)),
      },
      holder,
      clock: timers,
      pause: (ms) =>
        new Promise((resolve) => {
          timers.after(ms, () => (asleep === null ? resolve() : asleep.push(resolve)));
        }),
      log: { ...silentLog, warn: (_, message) => warnings.push(message) },
      onWaiting: (other) => waitedFor.push(other),
      isStopped: () => isStopped,
    });
    const process = {
      taking,
      lease: null as KeptLease | null,
      lostWith: null as unknown,
      warnings,
      waitedFor,
      stop: () => (isStopped = true),
      cutOff: (is: boolean) => (isCutOff = is),
      fallAsleep: () => (asleep = []),
      wake() {
        for (const resolve of asleep ?? []) resolve();
        asleep = null;
      },
      /** Whether it would trade now, if it were awake. */
      holds(): boolean {
        try {
          process.lease?.assertHeld();
          return process.lease !== null;
        } catch (error) {
          expect(error).toBeInstanceOf(LeaseLostError);
          return false;
        }
      },
    };
    const follow = async (): Promise<void> => {
      process.lease = await taking;
      process.lease?.lost.catch((error: unknown) => {
        process.lostWith = error;
      });
    };
    void follow();
    return process;
  }

  async function elapse(ms: number, check: () => void = () => {}): Promise<void> {
    await breathe();
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      timers.elapse(STEP_MS);
      await breathe();
      check();
    }
  }
  return { store, aProcess, elapse, renewals: () => renewals };
}

/** One that trades, and one that waits for it. */
async function aPair() {
  const world = aWorld();
  const first = world.aProcess('first');
  await breathe();
  const second = world.aProcess('second');
  await world.elapse(1_000);
  return { ...world, first, second };
}

describe('a trader that is alone', () => {
  it('has the lease at once, and says nothing', async () => {
    const world = aWorld();
    const one = world.aProcess('one');
    await breathe();
    expect(one.holds()).toBe(true);
    expect([one.warnings, one.waitedFor]).toEqual([[], []]);
  });

  it('keeps it for hours', async () => {
    const world = aWorld();
    const one = world.aProcess('one');
    await world.elapse(600_000, () => expect(one.holds()).toBe(true));
    expect(one.lostWith).toBeNull();
  });

  it('gives it back for good', async () => {
    const world = aWorld();
    const one = world.aProcess('one');
    await breathe();
    await one.lease?.release();
    expect(one.holds()).toBe(false);
    const before = world.renewals();
    await world.elapse(60_000);
    expect(world.renewals()).toBe(before);
    expect(one.lostWith, 'that is no loss').toBeNull();
  });
});

describe('a second trader', () => {
  it('waits, and says once in the log for whom', async () => {
    const { second, elapse } = await aPair();
    await elapse(60_000, () => expect(second.lease).toBeNull());
    expect(second.warnings).toEqual([
      'another process trades this account: this one waits until it ends or is lost',
    ]);
  });

  it('tells at each look whom it waits for', async () => {
    const { second, elapse } = await aPair();
    await elapse(5_000);
    expect(second.waitedFor.length).toBeGreaterThanOrEqual(5);
    expect(new Set(second.waitedFor)).toEqual(new Set(['first']));
  });

  it('takes over within a second when the first one ends', async () => {
    const { first, second, elapse } = await aPair();
    await first.lease?.release();
    await elapse(1_000);
    expect(second.holds()).toBe(true);
    expect(first.holds()).toBe(false);
  });

  it('takes over when the first one is lost, and not before its time is over', async () => {
    const { first, second, elapse } = await aPair();
    first.fallAsleep();
    await elapse(LEASE_MS - 6_000, () => expect(second.lease).toBeNull());
    await elapse(7_000);
    expect(second.holds()).toBe(true);
  });

  it('is stopped while it waits', async () => {
    const { second, elapse } = await aPair();
    second.stop();
    await elapse(1_100);
    expect(await second.taking).toBeNull();
  });
});

describe('a trader that was only asleep', () => {
  it('may not trade when it wakes, before it has asked anybody', async () => {
    const { first, second, elapse } = await aPair();
    first.fallAsleep();
    await elapse(LEASE_MS * 2);
    expect(second.holds()).toBe(true);
    expect(first.holds()).toBe(false);
    expect(first.lostWith).toBeNull();
  });

  it('hears at its next renewal that it has lost the account, and ends', async () => {
    const { first, elapse } = await aPair();
    first.fallAsleep();
    await elapse(LEASE_MS * 2);
    first.wake();
    await elapse(100);
    expect(first.lostWith).toEqual(new LeaseLostError('another process trades this account now'));
    expect(first.holds()).toBe(false);
  });

  it('goes on when nobody has taken the account meanwhile', async () => {
    const world = aWorld();
    const one = world.aProcess('one');
    await world.elapse(1_000);
    one.fallAsleep();
    await world.elapse(LEASE_MS * 2);
    expect(one.holds()).toBe(false);
    one.wake();
    await world.elapse(100);
    expect(one.holds()).toBe(true);
    expect(one.lostWith).toBeNull();
  });

  it('and the one that took over never hold the account at the same time', async () => {
    const { first, second, elapse } = await aPair();
    const notBoth = (): void => expect([first.holds(), second.holds()]).not.toEqual([true, true]);
    first.cutOff(true);
    await elapse(LEASE_MS * 2, notBoth);
    expect(second.holds()).toBe(true);
  });
});

describe('a renewal that fails', () => {
  it('is tried again, and the account is kept when that succeeds in time', async () => {
    const world = aWorld();
    const one = world.aProcess('one');
    await world.elapse(1_000);
    one.cutOff(true);
    await world.elapse(8_000, () => expect(one.holds()).toBe(true));
    one.cutOff(false);
    await world.elapse(60_000);
    expect(one.holds()).toBe(true);
    expect(one.warnings).toContain('the trader lease could not be renewed; trying again');
  });

  it('for longer than the lease is sure is the loss of it', async () => {
    const world = aWorld();
    const one = world.aProcess('one');
    await world.elapse(1_000);
    one.cutOff(true);
    await world.elapse(LEASE_MS);
    expect(one.holds()).toBe(false);
    expect(one.lostWith).toEqual(
      new LeaseLostError(
        'the database has not answered for so long that another process may trade this account',
      ),
    );
  });
});

describe('a process that comes back to its data folder', () => {
  it('takes its own lease over at once, and the one before it is fenced off', async () => {
    const world = aWorld();
    const before = world.aProcess('host:/data');
    await world.elapse(1_000);
    const after = world.aProcess('host:/data');
    await breathe();
    expect(after.holds()).toBe(true);
    expect(after.waitedFor).toEqual([]);
    expect(after.lease?.token).toBeGreaterThan(before.lease?.token ?? 0);
    await world.elapse(5_000);
    expect(before.lostWith).toBeInstanceOf(LeaseLostError);
  });
});

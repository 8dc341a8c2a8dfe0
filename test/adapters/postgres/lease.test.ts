import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { OpenLedger } from '#adapters/postgres/ledger.ts';
import { LeaseLostError } from '#ports/lease.ts';
import type { LeaseStore } from '#ports/lease.ts';

import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';
import { alarm, intentOf } from './facts.ts';

const LONG = 60_000;

let desk: LedgerDesk;
let lease: LeaseStore;
let other: OpenLedger;

beforeAll(async () => {
  desk = await openDesk();
  ({ lease } = desk.ledger);
  other = await desk.openAnother();
});
beforeEach(() => desk.clear());
afterAll(async () => {
  await other.close();
  await desk.close();
});

describe('the lease', () => {
  it('is held by the first who asks, and taken for all others, who hear by whom and how long', async () => {
    expect(await lease.acquire('one', LONG)).toEqual({ kind: 'held', token: 1 });
    const answer = await other.ledger.lease.acquire('two', LONG);
    expect(answer).toMatchObject({ kind: 'taken', holder: 'one' });
    const { expiresInMs } = answer as Extract<typeof answer, { kind: 'taken' }>;
    expect(expiresInMs).toBeGreaterThan(LONG / 2);
    expect(expiresInMs).toBeLessThanOrEqual(LONG);
  });

  it('is had by exactly one of those who ask at once, free or run out', async () => {
    for (const round of ['new', 'run out', 'given back']) {
      const answers = await Promise.all(
        ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) =>
          (index % 2 === 0 ? desk : other).ledger.lease.acquire(name, LONG),
        ),
      );
      const held = answers.filter(({ kind }) => kind === 'held');
      expect({ round, held: held.length }).toEqual({ round, held: 1 });
      if (round === 'new') {
        await desk.query("UPDATE trader_lease SET expires_at = now() - interval '1 ms'");
      } else {
        await Promise.all([1, 2, 3].map((token) => lease.release(token)));
      }
    }
  });

  it('is had by exactly one of those who ask at once for the very first time', async () => {
    for (let round = 0; round < 100; round += 1) {
      await desk.query('DELETE FROM trader_lease');
      const answers = await Promise.all(
        ['a', 'b', 'c', 'd'].map((name, index) =>
          (index % 2 === 0 ? desk : other).ledger.lease.acquire(name, LONG),
        ),
      );
      expect(answers.filter(({ kind }) => kind === 'held')).toHaveLength(1);
    }
    await desk.query('DELETE FROM trader_lease');
  });

  it('has a greater token each time it is taken, also by its own holder', async () => {
    await lease.acquire('one', LONG);
    expect(await lease.acquire('one', LONG)).toEqual({ kind: 'held', token: 2 });
    await lease.release(2);
    expect(await other.ledger.lease.acquire('two', LONG)).toEqual({ kind: 'held', token: 3 });
  });

  it('runs out by the clock of the database', async () => {
    await lease.acquire('one', 30);
    await delay(60);
    expect(await other.ledger.lease.acquire('two', LONG)).toEqual({ kind: 'held', token: 2 });
  });

  it('is renewed by its token alone, also late, as long as nobody else has taken it', async () => {
    await lease.acquire('one', 20);
    await delay(40);
    expect(await lease.renew(1, LONG)).toBe(true);
    expect((await other.ledger.lease.acquire('two', LONG)).kind).toBe('taken');
    expect(await lease.renew(2, LONG)).toBe(false);
    await lease.acquire('one', LONG);
    expect(await lease.renew(1, LONG), 'a token of an earlier time').toBe(false);
  });

  it('that was given back is free at once, and no late renewal takes it again', async () => {
    await lease.acquire('one', LONG);
    await lease.release(1);
    expect(await lease.renew(1, LONG)).toBe(false);
    expect(await other.ledger.lease.acquire('two', LONG)).toEqual({ kind: 'held', token: 2 });
    await lease.release(1);
    expect(await other.ledger.lease.renew(2, LONG), 'not given back by an old token').toBe(true);
  });
});

describe('a transaction under the lease', () => {
  it('that is fenced off by a newer token leaves nothing behind', async () => {
    await lease.acquire('one', 1);
    await delay(20);
    await other.ledger.lease.acquire('two', LONG);
    const late = desk.ledger.transaction(async (tx) => {
      await tx.insertTrade(intentOf('t1'));
      await tx.enqueueCard('card', alarm('never'));
      await tx.assertFence(1);
    });
    await expect(late).rejects.toThrow(LeaseLostError);
    await expect(late).rejects.toThrow('the account is traded by two now');
    expect(await desk.ledger.intentCount()).toBe(0);
    expect(await desk.ledger.outbox.backlog()).toBe(0);
  });

  it('is refused when nobody ever had the lease', async () => {
    const early = desk.ledger.transaction((tx) => tx.assertFence(1));
    await expect(early).rejects.toThrow(LeaseLostError);
  });

  it('holds off whoever would take the lease until it ends, but not a renewal', async () => {
    await lease.acquire('one', 1);
    await delay(20);
    const order: string[] = [];
    let taking: Promise<unknown> = Promise.resolve();
    let writtenAt = 0;
    await desk.ledger.transaction(async (tx) => {
      await tx.assertFence(1);
      taking = other.ledger.lease.acquire('two', LONG).then(() => order.push('taken'));
      await delay(100);
      await tx.insertTrade(intentOf('t1'));
      const [clock] = await desk.query<{ now: Date }>('SELECT clock_timestamp() AS now');
      writtenAt = clock!.now.getTime();
      order.push('written');
    });
    await taking;
    expect(order).toEqual(['written', 'taken']);
    const [row] = await desk.query<{ since: Date }>(
      `SELECT expires_at - interval '${LONG} ms' AS since FROM trader_lease`,
    );
    expect(row!.since.getTime(), 'its time begins when it is had').toBeGreaterThanOrEqual(
      writtenAt,
    );
    await desk.ledger.transaction(async (tx) => {
      await tx.assertFence(2);
      expect(await other.ledger.lease.renew(2, LONG)).toBe(true);
    });
    await expect(desk.ledger.transaction((tx) => tx.assertFence(1))).rejects.toThrow(
      LeaseLostError,
    );
  });

  it('stands the process off for good when the lease was taken during its wait', async () => {
    await lease.acquire('one', LONG);
    const isTaken = Promise.withResolvers<void>();
    const work = desk.ledger.transaction(async (tx) => {
      await isTaken.promise;
      await tx.assertFence(1);
    });
    await lease.acquire('one', LONG);
    isTaken.resolve();
    await expect(work).rejects.toThrow(LeaseLostError);
  });
});

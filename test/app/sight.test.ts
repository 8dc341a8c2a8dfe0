import { describe, expect, it } from 'vitest';

import { createSight } from '#app/sight.ts';
import { MINUTE_MS, asSessionDate, newYorkInstant } from '#core/session.ts';
import type { StreamHealth } from '#ports/broker.ts';
import { silentLog } from '#test/support/log.ts';

const DATE = asSessionDate('2025-11-25');
const OPEN = newYorkInstant(DATE, '09:30');
const SESSION = { date: DATE, open: OPEN, close: newYorkInstant(DATE, '16:00') };

const UP: StreamHealth = {
  state: 'up',
  since: 1_000,
  lastMessageAt: null,
  reconnects: 0,
  lastError: null,
};

/** A sight whose streams and clock are set by hand; the order stream is up and reconciled. */
async function aSight() {
  const world = { now: OPEN, orders: UP, bars: UP };
  const restarts: string[] = [];
  const sight = createSight({
    broker: { streamHealth: () => world.orders },
    marketData: {
      streamHealth: () => world.bars,
      restartBars: (reason) => {
        restarts.push(reason);
      },
    },
    calendar: { currentOrNext: async (now) => (now < SESSION.close ? SESSION : null) },
    clock: { now: () => world.now },
    barMinutes: 5,
    log: silentLog,
  });
  sight.reconciled(UP.since);
  // The session is looked up in the background.
  await new Promise(setImmediate);
  const minutes = (count: number) => {
    world.now = OPEN + count * MINUTE_MS;
  };
  return { sight, world, restarts, minutes };
}

describe('sight', () => {
  it('is there while the order stream is up and reconciled, and bars are heard', async () => {
    const { sight } = await aSight();
    expect(sight.blindness()).toBeNull();
  });

  it.each<[Partial<StreamHealth>, string]>([
    [{ state: 'down', lastError: 'auth failed' }, 'The order stream is down (auth failed).'],
    [{ state: 'connecting' }, 'The order stream is connecting.'],
  ])('is lost while the order stream is %o', async (health, sentence) => {
    const { sight, world } = await aSight();
    world.orders = { ...UP, ...health };
    expect(sight.blindness()).toBe(sentence);
  });

  it('comes back after an outage only with a reconcile that began afterwards', async () => {
    const { sight, world } = await aSight();
    world.orders = { ...UP, since: 5_000, reconnects: 1 };
    expect(sight.blindness()).toContain('have not been compared');
    sight.reconciled(4_999);
    expect(sight.blindness(), 'what it missed may have come after it looked').not.toBeNull();
    sight.reconciled(5_000);
    expect(sight.blindness()).toBeNull();
  });

  it('is not taken away again by a reconcile that ends late', async () => {
    const { sight, world } = await aSight();
    world.orders = { ...UP, since: 5_000 };
    sight.reconciled(6_000);
    sight.reconciled(4_000);
    expect(sight.blindness()).toBeNull();
  });

  it('is lost when no bar is heard, and comes back with the next one', async () => {
    const { sight, minutes } = await aSight();
    minutes(10);
    sight.barHeard();
    minutes(21);
    expect(sight.blindness()).toBeNull();
    minutes(22);
    expect(sight.blindness()).toBe('No bar was heard for 12 minutes.');
    sight.barHeard();
    expect(sight.blindness()).toBeNull();
  });

  it('has a mute bar stream connected anew, at most every five minutes', async () => {
    const { sight, restarts, minutes } = await aSight();
    for (let minute = 0; minute <= 21; minute += 1) {
      minutes(minute);
      sight.blindness();
      sight.blindness();
    }
    expect(restarts).toEqual([
      'No bar was heard for 12 minutes.',
      'No bar was heard for 17 minutes.',
    ]);
  });

  it('tells why nothing is heard where the bar stream knows', async () => {
    const { sight, world, minutes } = await aSight();
    world.bars = { ...UP, state: 'down', lastError: 'connection limit exceeded' };
    minutes(12);
    expect(sight.blindness()).toBe(
      'No bar was heard for 12 minutes. The bar stream is down (connection limit exceeded).',
    );
  });

  it('does not depend on bars while the exchange is closed, or on a clock that stands still', async () => {
    const { sight, world, minutes } = await aSight();
    for (let look = 0; look < 100; look += 1) expect(sight.blindness()).toBeNull();
    minutes(12);
    sight.barHeard();
    world.now = SESSION.close + MINUTE_MS;
    expect(sight.blindness()).toBeNull();
  });
});

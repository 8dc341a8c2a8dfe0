import { describe, expect, it } from 'vitest';

import { createBrokerClock } from '#app/broker-clock.ts';
import { MINUTE_MS, parseInstant } from '#core/session.ts';
import { silentLog } from '#test/support/log.ts';

const TEN = parseInstant('2025-11-26T15:00:00Z');

async function clockAt(start: number) {
  const server = { now: start };
  const closed: number[] = [];
  const clock = await createBrokerClock({
    broker: {
      clock: async () => ({ now: server.now, isOpen: true, nextOpen: 0, nextClose: 0 }),
    },
    barMinutes: 5,
    pollMs: 1_000,
    onBarClose: async (barEnd) => {
      closed.push(barEnd);
    },
    log: silentLog,
  });
  return { server, closed, clock };
}

describe("time by the broker's clock", () => {
  it('closes the bar that has ended at the first look', async () => {
    const { clock, closed } = await clockAt(TEN + MINUTE_MS);
    await clock.look();
    expect(closed).toEqual([TEN]);
  });

  it('closes each bar once, however often it looks', async () => {
    const { clock, closed, server } = await clockAt(TEN);
    await clock.look();
    await clock.look();
    server.now = TEN + 5 * MINUTE_MS;
    await clock.look();
    await clock.look();
    expect(closed).toEqual([TEN, TEN + 5 * MINUTE_MS]);
  });

  it('closes only the newest bar after a jump', async () => {
    const { clock, closed, server } = await clockAt(TEN);
    await clock.look();
    server.now = TEN + 47 * MINUTE_MS;
    await clock.look();
    expect(closed.at(-1)).toBe(TEN + 45 * MINUTE_MS);
    expect(closed).toHaveLength(2);
    expect(clock.now()).toBe(server.now);
  });

  it('goes on looking after the broker did not answer', async () => {
    let isAway = false;
    const closed: number[] = [];
    const clock = await createBrokerClock({
      broker: {
        clock: () =>
          isAway
            ? Promise.reject(new Error('away'))
            : Promise.resolve({ now: TEN, isOpen: true, nextOpen: 0, nextClose: 0 }),
      },
      barMinutes: 5,
      pollMs: 1_000,
      onBarClose: async (barEnd) => {
        closed.push(barEnd);
      },
      log: silentLog,
    });
    isAway = true;
    await clock.look();
    expect(closed).toEqual([]);
    isAway = false;
    await clock.look();
    expect(closed).toEqual([TEN]);
  });
});

import { describe, expect, it } from 'vitest';

import { MINUTE_MS } from '#core/session.ts';
import type { Heartbeat, WatchState } from '#core/watchdog.ts';
import { silentLog } from '#test/support/log.ts';

import { createWatch } from '../../src/compose/watch.ts';

const minutes = (count: number): number => count * MINUTE_MS;

/** A watchdog between a ledger and a channel that can each be away. */
function aWatch() {
  const world = {
    now: minutes(100),
    beatAt: minutes(100),
    isDatabaseAway: false,
    isChannelAway: false,
    cannotSave: false,
  };
  const told: string[] = [];
  const texts: string[] = [];
  let saved: WatchState = null;
  const heartbeat = (): Heartbeat => ({
    at: world.beatAt,
    exchangeAt: world.beatAt,
    upSince: 0,
    version: '1',
    mode: 'PAPER',
    barMinutes: 5,
    sessions: [
      { date: '2025-11-25' as Heartbeat['sessions'][number]['date'], open: 0, close: minutes(390) },
    ],
  });
  const restart = () =>
    createWatch({
      store: {
        read: async () => {
          if (world.isDatabaseAway) throw new Error('away');
          return { now: world.now, heartbeat: heartbeat(), lastBarEnd: world.beatAt, state: saved };
        },
        save: async (state) => {
          if (world.cannotSave) throw new Error('away again');
          saved = state;
        },
        close: async () => {},
      },
      post: async (text) => {
        if (world.isChannelAway) throw new Error('away');
        texts.push(text);
        told.push(text.split('**')[1] ?? text);
      },
      clock: { now: () => world.now },
      log: silentLog,
    });
  return { world, told, texts, restart, saved: () => saved };
}

const SILENT = 'THE BOT IS SILENT';
const BACK = 'The bot is back';

describe('the watch', () => {
  it('tells what it could not tell as soon as it can', async () => {
    const { world, told, restart } = aWatch();
    const look = restart();
    Object.assign(world, { now: minutes(120), isChannelAway: true });
    await look();
    await look();
    world.isChannelAway = false;
    await look();
    await look();
    expect(told).toEqual([SILENT]);
  });

  it('goes on after its own restart where it stopped', async () => {
    const { world, told, restart } = aWatch();
    world.now = minutes(120);
    await restart()();
    await restart()();
    world.beatAt = minutes(121);
    await restart()();
    await restart()();
    expect(told).toEqual([SILENT, BACK]);
  });

  it('remembers by itself what it told while the database was away', async () => {
    const { world, told, texts, restart, saved } = aWatch();
    const look = restart();
    await look();
    world.isDatabaseAway = true;
    for (const now of [101, 116, 117, 118]) {
      world.now = minutes(now);
      await look();
    }
    expect(told).toEqual(["THE BOT'S DATABASE DOES NOT ANSWER"]);
    // A bot that cannot renew its lease ends within seconds, and does not come back by itself.
    expect(texts[0]).toContain('once the database is back, see that it is started again');
    Object.assign(world, { isDatabaseAway: false, beatAt: minutes(118) });
    await look();
    await look();
    expect(told.slice(1)).toEqual(["The bot's database answers again"]);
    expect(saved()).toBeNull();
  });

  it('does not forget what it could not write down', async () => {
    const { world, told, restart, saved } = aWatch();
    const look = restart();
    Object.assign(world, { now: minutes(120), cannotSave: true });
    await look();
    await look();
    world.cannotSave = false;
    await look();
    expect(told).toEqual([SILENT]);
    expect(saved()).toMatchObject({ kind: 'silent', tellings: 1 });
  });
});

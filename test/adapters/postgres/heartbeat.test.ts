import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { openWatchStore } from '#adapters/postgres/heartbeat-store.ts';
import { asSessionDate } from '#core/session.ts';
import type { WatchStore } from '#ports/heartbeat.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';

import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';

const AT = Date.parse('2025-11-25T15:00:00Z');
const session = { date: asSessionDate('2025-11-25'), open: AT - 1, close: AT + 1 };
const beat = {
  exchangeAt: AT,
  upSince: AT - 5,
  version: '1',
  mode: 'PAPER',
  barMinutes: 5,
  sessions: [session],
} as const;

let desk: LedgerDesk;
let store: WatchStore;

beforeAll(async () => {
  desk = await openDesk();
  store = openWatchStore(desk.url, silentLog);
});
beforeEach(() => desk.clear());
afterAll(async () => {
  await store.close();
  await desk.close();
});

describe('a heartbeat', () => {
  it('is read with the database’s time of it', async () => {
    await desk.ledger.beat(beat);
    const { now, heartbeat, lastBarEnd, state } = await store.read();
    expect(heartbeat).toEqual({ ...beat, at: expect.any(Number) });
    expect(now - heartbeat!.at).toBeGreaterThanOrEqual(0);
    expect(now - heartbeat!.at).toBeLessThan(10_000);
    expect({ lastBarEnd, state }).toEqual({ lastBarEnd: null, state: null });
  });

  it('takes the place of the one before, and keeps its sessions when it knows none', async () => {
    await desk.ledger.beat({ ...beat, sessions: null });
    expect((await store.read()).heartbeat?.sessions).toEqual([]);
    await desk.ledger.beat(beat);
    const first = (await store.read()).heartbeat!.at;
    await desk.ledger.beat({ ...beat, exchangeAt: AT + 9, sessions: null });
    const { heartbeat } = await store.read();
    expect(heartbeat).toMatchObject({ exchangeAt: AT + 9, sessions: [session] });
    expect(heartbeat!.at).toBeGreaterThanOrEqual(first);
  });

  it('is read beside the bar of the last cycle', async () => {
    const cycle = { sessionDate: session.date, symbols: 1, entries: 0, finishedAt: AT, tookMs: 1 };
    for (const barEnd of [AT, AT - 300_000]) {
      await desk.ledger.transaction((tx) => tx.finishCycle({ ...cycle, barEnd }));
    }
    expect((await store.read()).lastBarEnd).toBe(AT);
  });

  it('is none where no bot has ever been', async () => {
    const { url, drop } = await freshDatabase();
    const empty = openWatchStore(url, silentLog);
    onTestFinished(async () => {
      await empty.close();
      await drop();
    });
    expect(await empty.read()).toMatchObject({ heartbeat: null, lastBarEnd: null, state: null });
  });
});

describe('what the watchdog has told', () => {
  it('is kept until it is over', async () => {
    const state = { kind: 'silent', since: AT, tellings: 2, toldAt: AT + 1 } as const;
    await store.save({ ...state, tellings: 1 });
    await store.save(state);
    expect((await store.read()).state).toEqual(state);
    await store.save(null);
    expect((await store.read()).state).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';

import type { AppContext } from '#app/context.ts';
import type { StatusReport } from '#app/reports/status.ts';
import { ZERO_USD } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { asSessionDate, newYorkInstant } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import { readinessOf } from '../../src/compose/readiness.ts';

const DATE = asSessionDate('2025-11-26');
const at = (time: string): EpochMs => newYorkInstant(DATE, time);
const SESSION = { date: DATE, open: at('09:30'), close: at('16:00') };

interface Given {
  readonly now: string;
  readonly lastCycle: string | null;
  /** Since when the timetable runs; null when the exchange's own time drives the cycles. */
  readonly since?: string | null;
  readonly isDatabaseUp?: boolean;
}

function readinessAt({ now, lastCycle, since = '08:00', isDatabaseUp = true }: Given) {
  const context = {
    mode: 'PAPER',
    clock: { now: () => at(now) },
    parameters: DEFAULT_PARAMETERS,
    broker: {
      streamHealth: () => ({
        state: 'up',
        since: 0,
        lastMessageAt: null,
        reconnects: 0,
        lastError: null,
      }),
    },
    notifier: { state: () => 'ready' },
  } as unknown as AppContext;
  const cycle = { sessionDate: DATE, symbols: 1, entries: 0, finishedAt: 0, tookMs: 1 };
  const report = {
    control: { status: 'active' },
    impediments: [],
    closes: [],
    interferenceToday: 0,
    session: SESSION,
    isOpen: at(now) >= SESSION.open && at(now) < SESSION.close,
    equity: ZERO_USD,
    positions: [],
    lastCycle: lastCycle === null ? null : { ...cycle, barEnd: at(lastCycle) },
  } as unknown as StatusReport;
  const parts = {
    context,
    database: { description: 'a database', ping: () => Promise.resolve(isDatabaseUp) },
    queue: {
      description: 'a queue',
      state: () => Promise.resolve({ waiting: 0, failed: 0 }),
      runDue: () => Promise.resolve(),
    },
    timetable: since === null ? null : { since: at(since) },
  };
  return readinessOf(parts, () => Promise.resolve(report));
}

const ASLEEP = 'no cycle has finished for the last 2 bars';

describe('readiness', () => {
  it.each<[string, Given]>([
    ['while each bar has its cycle', { now: '11:03', lastCycle: '11:00' }],
    ['while the cycle of the last bar is still running', { now: '11:04', lastCycle: '10:55' }],
    ['before the second bar of the session', { now: '09:39', lastCycle: null }],
    ['outside of a session', { now: '16:30', lastCycle: null }],
    ['right after a start within a session', { now: '11:04', lastCycle: null, since: '10:56' }],
    ['when the exchange’s own time drives it', { now: '11:04', lastCycle: null, since: null }],
  ])('is there %s', async (_, given) => {
    const { ready, body } = await readinessAt(given);
    expect(ready).toBe(true);
    expect(body).not.toHaveProperty('reason');
  });

  it.each<[string, Given]>([
    ['when the last two bars have no cycle', { now: '11:00', lastCycle: '10:50' }],
    ['when the first two bars of the session have none', { now: '09:40', lastCycle: null }],
    ['when there was none since the start', { now: '11:05', lastCycle: null, since: '10:56' }],
  ])('is lost %s', async (_, given) => {
    expect(await readinessAt(given)).toMatchObject({ ready: false, body: { reason: ASLEEP } });
  });

  it('says when it is the database that is missing', async () => {
    const given = { now: '11:03', lastCycle: '11:00', isDatabaseUp: false };
    expect(await readinessAt(given)).toMatchObject({
      ready: false,
      body: { reason: 'the database does not answer' },
    });
  });
});

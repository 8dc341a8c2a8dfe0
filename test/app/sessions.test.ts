import { describe, expect, it } from 'vitest';

import type { AppContext } from '#app/context.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { sessionsFrom } from '#core/exchange-calendar.ts';
import { asSessionDate, MINUTE_MS, newYorkInstant, newYorkTime, toIso } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import dailyDigest from '#jobs/daily-digest.ts';
import positionGuard from '#jobs/position-guard.ts';
import tradingCycle from '#jobs/trading-cycle.ts';

import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const QUIET: Ohlc = [100, 100.5, 99.5, 100];
/** How often the jobs look, and how long the bars of these days are. */
const LOOK_MS = 5 * MINUTE_MS;
const BAR_MS = 15 * MINUTE_MS;

/** The session of a date between that before it and that after it, with another close if one is given. */
function around(date: string, close?: string): readonly [Session, Session, Session] {
  const day = asSessionDate(date);
  const [before] = sessionsFrom(day, -1);
  const [session, after] = sessionsFrom(day, 2);
  const end = close === undefined ? session!.close : newYorkInstant(day, close);
  return [before!, { ...session!, close: end }, after!];
}

interface Day {
  readonly desk: Desk;
  readonly context: AppContext;
  /** Sets the exchange's clock, which goes on also when no bar ends. */
  readonly setClock: (at: EpochMs) => void;
  readonly sessions: readonly [Session, Session, Session];
}

/** A desk that holds ten shares since the second bar of a session, by 15-minute bars and without signals. */
async function aDay(date: string, close?: string): Promise<Day> {
  const sessions = around(date, close);
  const parameters = { barMinutes: 15, timeExitMinutes: 0 } as const;
  const desk = await openDesk([QUIET, QUIET], { sessions, parameters });
  const barEnd = desk.nextBar();
  await desk.plan();
  await submitPlannedEntries(desk.context, barEnd);
  desk.nextBar();
  await desk.settle();
  let now = desk.standIn.now();
  const context = desk.with({
    clock: { now: () => now },
    features: { at: async () => new Map(), barsSince: () => [] },
  });
  const setClock = (at: EpochMs) => {
    now = at;
  };
  return { desk, context, setClock, sessions };
}

/** Runs the jobs as the timetable does from one instant to another, while the machine is awake. */
async function live(
  { desk, context, setClock, sessions: [, ...days] }: Day,
  from: EpochMs,
  until: EpochMs,
): Promise<void> {
  for (let at = from; at <= until; at += LOOK_MS) {
    const isBarEnd = days.some(({ open, close }) => at > open && at <= close);
    if (isBarEnd && at > desk.standIn.now()) desk.standIn.advanceTo(at);
    setClock(at);
    if (at % BAR_MS === 0) await tradingCycle.run(context, { dueAt: at });
    await dailyDigest.run(context, { dueAt: at });
    await context.background.idle();
  }
}

const sharesAt = ({ desk }: Day): number =>
  desk.standIn.inspect().positions.reduce((sum, { quantity }) => sum + quantity, 0);

/** Ends of the bars whose cycles ran, in New York. */
async function cyclesOf({ desk }: Day): Promise<readonly string[]> {
  const rows = await desk.query<{ bar_end: Date }>('SELECT bar_end FROM cycles ORDER BY bar_end');
  return rows.map(({ bar_end: barEnd }) => newYorkTime(barEnd.getTime()));
}

const digestsOf = async ({ desk }: Day): Promise<readonly string[]> =>
  (await desk.query<{ key: string }>("SELECT key FROM outbox WHERE key LIKE 'digest:%'")).map(
    ({ key }) => key,
  );

describe('a session', () => {
  it.each([
    // date, close, bars, the last bar end before all is flat, its UTC time
    ['an ordinary day', '2025-11-25', undefined, 26, '15:45', '20:45'],
    ['a half-day', '2025-11-28', undefined, 14, '12:45', '17:45'],
    ['a day that ends at an hour of its own', '2025-11-25', '12:30', 12, '12:15', '17:15'],
    ['the Friday before the clocks go forward', '2026-03-06', undefined, 26, '15:45', '20:45'],
    ['the Monday after', '2026-03-09', undefined, 26, '15:45', '19:45'],
    ['the Friday before they go back', '2026-10-30', undefined, 26, '15:45', '19:45'],
    ['the Monday after that', '2026-11-02', undefined, 26, '15:45', '20:45'],
  ])('%s (%s) has its cycles, ends flat, and has one digest', async (...row) => {
    const [, date, close, bars, flatAt, utc] = row;
    const day = await aDay(date, close);
    const [, session] = day.sessions;
    const due = newYorkInstant(session.date, flatAt);
    expect(toIso(due).slice(11, 16)).toBe(utc);
    await live(day, session.open, due - LOOK_MS);
    expect(sharesAt(day)).toBe(10);
    await live(day, due, due);
    expect(sharesAt(day)).toBe(0);
    await live(day, due + LOOK_MS, session.close - LOOK_MS);
    expect(await digestsOf(day)).toEqual([]);
    await live(day, session.close, session.close + 60 * MINUTE_MS);
    const cycles = await cyclesOf(day);
    expect([cycles.length, cycles[0]]).toEqual([bars, '09:45']);
    expect(cycles.at(-1)).toBe(newYorkTime(session.close));
    expect(await digestsOf(day)).toEqual([`digest:${date}`]);
  });
});

describe('outside of a session', () => {
  it.each([
    ['on a holiday', '2025-11-26', '2025-11-27'],
    ['on a Saturday', '2025-11-28', '2025-11-29'],
    ['on the Sunday on which the clocks go forward', '2026-03-06', '2026-03-08'],
    ['on the Sunday on which they go back', '2026-10-30', '2026-11-01'],
  ])('%s nothing runs, is asked for or written', async (_title, date, free) => {
    const requests: string[] = [];
    const sessions = around(date);
    const onRequest = ({ path }: { readonly path: string }) =>
      requests.push(path.replace(/\?.*/, ''));
    const desk = await openDesk([QUIET], { sessions, onRequest });
    const logged: string[] = [];
    const write = (_fields: object, message: string) => logged.push(message);
    const context = desk.with({ log: { info: write, warn: write, error: write } });
    const tables = ['cycles', 'outbox', 'decisions', 'equity_snapshots', 'fees', 'audit_log'];
    const count = () =>
      desk.query(
        `SELECT ${tables.map((table) => `(SELECT count(*) FROM ${table}) ${table}`).join(', ')}`,
      );
    const before = await count();
    requests.length = 0;
    const midnight = newYorkInstant(asSessionDate(free), '00:00');
    const next = newYorkInstant(asSessionDate(free), '23:55');
    for (let at = midnight; at <= next; at += LOOK_MS) {
      await tradingCycle.run(context, { dueAt: at });
      await dailyDigest.run(context, { dueAt: at });
    }
    expect(requests).toEqual(['/v2/calendar']);
    expect(logged).toEqual([]);
    expect(await count()).toEqual(before);
  });
});

describe('a machine', () => {
  it('that is started in the middle of a session takes it from there', async () => {
    const day = await aDay('2025-11-25');
    const [, session] = day.sessions;
    const noon = newYorkInstant(session.date, '12:00');
    await live(day, noon, session.close + 30 * MINUTE_MS);
    const cycles = await cyclesOf(day);
    expect([cycles.length, cycles[0], cycles.at(-1)]).toEqual([17, '12:00', '16:00']);
    expect(sharesAt(day)).toBe(0);
    expect(await digestsOf(day)).toEqual(['digest:2025-11-25']);
  });

  it('that slept from eleven to two trades on no bar of that time', async () => {
    const day = await aDay('2025-11-25');
    const [, session] = day.sessions;
    const at = (time: string) => newYorkInstant(session.date, time);
    await live(day, session.open, at('11:00'));
    day.desk.standIn.advanceTo(at('14:00'));
    day.setClock(at('14:00'));
    // The run that was due while it slept comes first, and late.
    await tradingCycle.run(day.context, { dueAt: at('11:15') });
    expect(await cyclesOf(day)).not.toContain('11:15');
    await live(day, at('14:00'), session.close + 30 * MINUTE_MS);
    const cycles = await cyclesOf(day);
    expect(cycles.filter((time) => time > '11:00' && time < '14:00')).toEqual([]);
    expect([cycles.length, cycles.includes('14:00')]).toEqual([15, true]);
    expect(sharesAt(day)).toBe(0);
    expect(await digestsOf(day)).toEqual(['digest:2025-11-25']);
  });

  it('that slept over the close tells of the day once, and is flat at the next open', async () => {
    const day = await aDay('2025-11-25');
    const [, session, next] = day.sessions;
    const at = (time: string) => newYorkInstant(session.date, time);
    await live(day, session.open, at('14:00'));
    day.desk.standIn.advanceTo(session.close);
    day.setClock(at('18:00'));
    await tradingCycle.run(day.context, { dueAt: at('14:15') });
    await positionGuard.run(day.context);
    await live(day, at('18:00'), at('19:00'));
    expect([sharesAt(day), await digestsOf(day)]).toEqual([10, ['digest:2025-11-25']]);
    expect(await day.context.ledger.openCloses()).toMatchObject([
      { reason: 'end_of_day', phase: 'queued' },
    ]);
    day.desk.standIn.advanceTo(next.open + LOOK_MS);
    day.setClock(next.open + LOOK_MS);
    await positionGuard.run(day.context);
    await day.context.background.idle();
    expect(sharesAt(day)).toBe(0);
    await live(day, next.open + LOOK_MS, next.open + 4 * LOOK_MS);
    expect(await digestsOf(day)).toEqual(['digest:2025-11-25']);
  });
});

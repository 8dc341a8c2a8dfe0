import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MINUTE_MS, asSessionDate, newYorkInstant } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { stalenessOf } from '#core/staleness.ts';

const DATE = asSessionDate('2025-11-25');
const at = (time: string): EpochMs => newYorkInstant(DATE, time);
const SESSION: Session = { date: DATE, open: at('09:30'), close: at('16:00') };

interface Row {
  readonly now: string;
  readonly heard?: string;
  readonly watched?: string;
  readonly restarted?: string;
  readonly session?: Session | null;
}

const ask = ({ now, heard, watched = '06:00', restarted, session = SESSION }: Row) =>
  stalenessOf({
    now: at(now),
    session,
    barMinutes: 5,
    watchedSince: at(watched),
    lastHeardAt: heard === undefined ? null : at(heard),
    lastRestartAt: restarted === undefined ? null : at(restarted),
    restartEveryMs: 5 * MINUTE_MS,
  });

/** `HH:MM` of a minute of the day. */
const clock = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');

describe('market data', () => {
  it.each<[string, boolean, boolean, Row]>([
    ['before the open', false, false, { now: '09:29' }],
    ['at the close', false, false, { now: '16:00' }],
    ['without a session', false, false, { now: '12:00', session: null }],
    ['with bars heard just now', false, false, { now: '12:00', heard: '11:55' }],
    ['at two bars and a minute of silence', false, false, { now: '12:00', heard: '11:49' }],
    ['beyond two bars and a minute of silence', true, true, { now: '12:01', heard: '11:49' }],
    ['at the open, last heard the evening before', false, false, { now: '09:31', heard: '06:00' }],
    ['in a session that brings nothing from its open', true, true, { now: '09:42' }],
    ['when the bot has come just now', false, false, { now: '12:00', watched: '11:55' }],
    ['when the bot came and heard nothing', true, true, { now: '12:07', watched: '11:55' }],
    ['soon after a restart', true, false, { now: '12:05', heard: '11:30', restarted: '12:01' }],
    ['long after a restart', true, true, { now: '12:06', heard: '11:30', restarted: '12:01' }],
    ['restarted at this moment', true, false, { now: '12:05', heard: '11:30', restarted: '12:05' }],
    ['heard a moment ahead of the clock', false, false, { now: '12:00', heard: '12:01' }],
    ['heard before the clock was set back', true, true, { now: '12:00', heard: '15:00' }],
    [
      'restarted before that, too',
      true,
      true,
      { now: '12:00', heard: '15:00', restarted: '15:01' },
    ],
  ])('%s is stale: %s, to be restarted: %s', (_, isStale, shouldRestart, row) => {
    expect(ask(row)).toMatchObject({ isStale, shouldRestart });
  });

  it.each<[string, number, Row]>([
    ['before the open', 0, { now: '09:29' }],
    ['without a session', 0, { now: '12:00', session: null }],
    ['whose last bar was heard then', 5, { now: '12:00', heard: '11:55' }],
    ['that brought nothing from the open on', 12, { now: '09:42' }],
    ['that brought nothing since the bot came', 7, { now: '12:02', watched: '11:55' }],
    ['with a bar heard ahead of the clock', 0, { now: '12:00', heard: '12:01' }],
    ['with one as far ahead as a silence may last', 0, { now: '12:00', heard: '12:11' }],
    [
      'with one farther ahead, from before the clock was set back,',
      150,
      { now: '12:00', heard: '12:12' },
    ],
    ['with one hours ahead', 150, { now: '12:00', heard: '15:00' }],
  ])('%s has been silent for %d minutes', (_, minutes, row) => {
    expect(ask(row).silentMs).toBe(minutes * MINUTE_MS);
  });

  it('is stale no earlier for having been restarted, and never restarted while fresh', () => {
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
    fc.assert(
      fc.property(minute, minute, minute, (now, heard, restarted) => {
        const row = { now: clock(now), heard: clock(heard) };
        const without = ask(row);
        const after = ask({ ...row, restarted: clock(restarted) });
        expect(after.isStale).toBe(without.isStale);
        expect(after.shouldRestart && !after.isStale).toBe(false);
      }),
    );
  });
});

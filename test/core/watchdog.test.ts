import { describe, expect, it } from 'vitest';

import { asSessionDate, MINUTE_MS } from '#core/session.ts';
import { watchdogStep } from '#core/watchdog.ts';
import type { Heartbeat, WatchFacts, WatchMessage, WatchState } from '#core/watchdog.ts';

/** Minutes after the open of a session from 9:30 to 16:00; the one after it opens a day later. */
const OPEN = Date.parse('2025-11-25T14:30:00Z');
const at = (minutes: number): number => OPEN + minutes * MINUTE_MS;
const DAY = 1_440;
const CLOSE = 390;
const SESSIONS = [0, DAY].map((minutes, index) => ({
  date: asSessionDate(`2025-11-2${5 + index}`),
  open: at(minutes),
  close: at(minutes + CLOSE),
}));

interface Seen {
  /** In minutes after the open; heartbeat and cycle null: never. */
  readonly now: number;
  readonly heartbeat: number | null;
  readonly cycle?: number | null;
  readonly upSince?: number;
  readonly barMinutes?: number;
  /** What the exchange's clock is ahead of the system's. */
  readonly aheadMs?: number;
  readonly databaseAwaySince?: number;
}

const beat = ({ heartbeat, upSince = -60, barMinutes = 5, aheadMs = 0 }: Seen): Heartbeat | null =>
  heartbeat === null
    ? null
    : {
        at: at(heartbeat) - aheadMs,
        exchangeAt: at(heartbeat),
        upSince: at(upSince),
        version: '1',
        mode: 'PAPER',
        barMinutes,
        sessions: SESSIONS,
      };

function factsOf(seen: Seen): WatchFacts {
  const { now, cycle = now, databaseAwaySince, aheadMs = 0 } = seen;
  const heartbeat = beat(seen);
  if (databaseAwaySince !== undefined) {
    return { kind: 'unreachable', now: at(now), since: at(databaseAwaySince), heartbeat };
  }
  const lastBarEnd = cycle === null ? null : at(cycle);
  return { kind: 'read', now: at(now) - aheadMs, heartbeat, lastBarEnd };
}

const words = (message: WatchMessage | null): string => {
  if (message === null) return '–';
  const since = Number(((message.since - OPEN) / MINUTE_MS).toFixed(2));
  return message.kind === 'over'
    ? `${message.trouble} over`
    : `${message.trouble} since ${since}${message.repeat === 0 ? '' : ` again ${message.repeat}`}`;
};

/** What is told of each look in turn. */
function told(...looks: readonly Seen[]): readonly string[] {
  let state: WatchState = null;
  return looks.map((seen) => {
    const step = watchdogStep(state, factsOf(seen));
    state = step.state;
    return words(step.message);
  });
}

const SECOND = 1 / 60;

const silent = (now: number): Seen => ({ now, heartbeat: 0 });

describe('the watchdog tells', () => {
  it.each<[string, Seen, string]>([
    ['nothing while the bot lives', { now: 100, heartbeat: 99.9 }, '–'],
    ['nothing of a silence of three bars', { now: 100, heartbeat: 85 }, '–'],
    ['of a longer one', { now: 100, heartbeat: 85 - SECOND }, 'silent since 84.98'],
    ['of one of longer bars later', { now: 100, heartbeat: 60, barMinutes: 15 }, '–'],
    ['nothing before the open', { now: -SECOND, heartbeat: -600 }, '–'],
    [
      'of a silence from before the open only three bars after it',
      { now: 15, heartbeat: -600 },
      '–',
    ],
    ['and then at once', { now: 15 + SECOND, heartbeat: -600 }, 'silent since -600'],
    [
      'of a silence in the last minute',
      { now: CLOSE - SECOND, heartbeat: 300 },
      'silent since 300',
    ],
    ['nothing after the close', { now: CLOSE, heartbeat: 300 }, '–'],
    ['of one that began sessions ago', { now: DAY + 16, heartbeat: 300 }, 'silent since 300'],
    [
      'nothing on a day that the calendar does not have',
      { now: 2 * DAY + 60, heartbeat: 300 },
      '–',
    ],
    ['nothing where no bot has ever been', { now: 100, heartbeat: null }, '–'],
    [
      'by the exchange’s clock, which may be ahead',
      { now: 10, heartbeat: -600, aheadMs: 3_600_000 },
      '–',
    ],
    ['nothing while cycles run', { now: 100, heartbeat: 100, cycle: 80 }, '–'],
    [
      'of three cycles that did not run',
      { now: 100 + SECOND, heartbeat: 100, cycle: 80 },
      'idle since 80',
    ],
    [
      'of a morning without a cycle',
      { now: 20 + SECOND, heartbeat: 20, cycle: null },
      'idle since 0',
    ],
    [
      'nothing of yesterday’s last cycle',
      { now: DAY + 20, heartbeat: DAY + 20, cycle: CLOSE },
      '–',
    ],
    [
      'nothing of a bot that has just come up',
      { now: 100, heartbeat: 100, cycle: 10, upSince: 80 },
      '–',
    ],
    [
      'of a database that is away for more than three bars',
      { now: 100, heartbeat: 84, databaseAwaySince: 85 - SECOND },
      'database since 84.98',
    ],
    ['nothing of a shorter one', { now: 100, heartbeat: 84, databaseAwaySince: 85 }, '–'],
    [
      'nothing of one that is away in the evening',
      { now: 500, heartbeat: 380, databaseAwaySince: 400 },
      '–',
    ],
    [
      'of one that was never there, whatever the hour',
      { now: 500, heartbeat: null, databaseAwaySince: 485 - SECOND },
      'database since 484.98',
    ],
    [
      'nothing of one that was never there for five minutes three times',
      { now: 500, heartbeat: null, databaseAwaySince: 485 },
      '–',
    ],
  ])('%s', (_, seen, message) => {
    expect(told(seen)).toEqual([message]);
  });

  it('a trouble once, again after 15, 30, 60 and then every 120 minutes, and once that it is over', () => {
    expect(
      told(
        silent(16),
        silent(17),
        silent(31 - SECOND),
        silent(31),
        silent(61 - SECOND),
        silent(61),
        silent(121 - SECOND),
        silent(121),
        silent(241 - SECOND),
        silent(241),
        silent(361 - SECOND),
        silent(361),
        { now: 362, heartbeat: 361, upSince: 361 },
        { now: 363, heartbeat: 362, upSince: 361 },
      ),
    ).toEqual([
      'silent since 0',
      '–',
      '–',
      'silent since 0 again 1',
      '–',
      'silent since 0 again 2',
      '–',
      'silent since 0 again 3',
      '–',
      'silent since 0 again 4',
      '–',
      'silent since 0 again 5',
      'silent over',
      '–',
    ]);
  });

  it('nothing more of it after the close, but that the bot is back, also in the night', () => {
    expect(
      told(
        { now: 380, heartbeat: 300 },
        { now: 395, heartbeat: 300 },
        { now: 900, heartbeat: 300 },
        { now: 901, heartbeat: 901 },
      ),
    ).toEqual(['silent since 300', '–', '–', 'silent over']);
  });

  it('of another trouble at once, in the place of the first', () => {
    expect(
      told(
        { now: 100, heartbeat: 50 },
        { now: 110, heartbeat: 50, databaseAwaySince: 101 },
        { now: 120, heartbeat: 50, databaseAwaySince: 101 },
        { now: 121, heartbeat: 50 },
        { now: 150, heartbeat: 150, cycle: 60, upSince: 122 },
        { now: 160, heartbeat: 160, cycle: 155, upSince: 122 },
      ),
    ).toEqual([
      'silent since 50',
      '–',
      'database since 101',
      'silent since 50',
      'idle since 60',
      'idle over',
    ]);
  });

  it('that the database is back when the bot lives', () => {
    expect(
      told({ now: 100, heartbeat: 50, databaseAwaySince: 60 }, { now: 101, heartbeat: 101 }),
    ).toEqual(['database since 60', 'database over']);
  });

  it('of idleness that it is over only when a cycle has run', () => {
    expect(
      told(
        { now: 385, heartbeat: 385, cycle: 300 },
        { now: 395, heartbeat: 395, cycle: 300 },
        { now: DAY + 6, heartbeat: DAY + 6, cycle: DAY + 5 },
      ),
    ).toEqual(['idle since 300', '–', 'idle over']);
  });
});

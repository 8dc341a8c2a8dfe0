import { addDays, newYorkDate } from '#core/session.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';
import type { Broker } from '#ports/broker.ts';

/** The exchange's sessions as the broker's calendar has them, holidays and half-days included. */
export interface SessionCalendar {
  /** The session of a date, or null on a day without one. */
  on(date: SessionDate): Promise<Session | null>;
  /** The session that is running or, failing that, comes next. */
  currentOrNext(at: EpochMs): Promise<Session | null>;
  /** Those that are not over, as far ahead as the calendar was read: more than a week. */
  upcoming(at: EpochMs): Promise<readonly Session[]>;
  /** The last session of a date earlier than this one. */
  before(date: SessionDate): Promise<Session | null>;
  /** The first session of a date later than this one. */
  after(date: SessionDate): Promise<Session | null>;
  /** Up to `count` sessions that end with the one of the date, oldest first. */
  endingWith(date: SessionDate, count: number): Promise<readonly Session[]>;
}

/** Calendar days asked for around a date: enough for some sessions back and any chain of holidays ahead. */
const DAYS_BACK = 30;
const DAYS_AHEAD = 12;
/** Of so many sessions back the days around a date tell, whatever holidays fall among them. */
const SESSIONS_BACK = 15;

/** Calendar days that hold so many sessions for certain, whatever holidays fall among them. */
export const calendarDays = (sessions: number): number => Math.ceil((sessions * 3) / 2) + 14;

/** Whether the sessions tell of a date, and of the session after it. */
const reaches = (sessions: readonly Session[], date: SessionDate): boolean =>
  sessions.some((session) => session.date <= date) &&
  sessions.some((session) => session.date > date);

/**
 * Reads the broker's calendar once for each date that is asked about. While it cannot be read, what was read
 * on an earlier day tells as much: it is known more than a week ahead.
 */
export function createSessionCalendar(broker: Pick<Broker, 'calendar'>): SessionCalendar {
  let cachedFor: SessionDate | null = null;
  let cached: Promise<readonly Session[]> = Promise.resolve([]);
  let known: readonly Session[] = [];

  async function read(date: SessionDate): Promise<readonly Session[]> {
    try {
      known = await broker.calendar(addDays(date, -DAYS_BACK), addDays(date, DAYS_AHEAD));
    } catch (error) {
      // A failed answer is not kept: the next question asks again.
      cachedFor = null;
      if (!reaches(known, date)) throw error;
    }
    return known;
  }

  const around = (date: SessionDate): Promise<readonly Session[]> => {
    if (cachedFor === date) return cached;
    cachedFor = date;
    cached = read(date);
    return cached;
  };

  return {
    on: async (date) => (await around(date)).find((session) => session.date === date) ?? null,
    currentOrNext: async (at) =>
      (await around(newYorkDate(at))).find((session) => session.close > at) ?? null,
    upcoming: async (at) => (await around(newYorkDate(at))).filter((session) => session.close > at),
    before: async (date) => (await around(date)).findLast((session) => session.date < date) ?? null,
    after: async (date) => (await around(date)).find((session) => session.date > date) ?? null,
    endingWith: async (date, count) => {
      const sessions =
        count <= SESSIONS_BACK
          ? await around(date)
          : await broker.calendar(addDays(date, -calendarDays(count)), date);
      return sessions.filter((session) => session.date <= date).slice(-count);
    },
  };
}

import { newYorkDate, newYorkTime } from '#core/session.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';

const named = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...options });

const SHORT = named({ month: 'short', day: 'numeric' });
const FULL = named({ weekday: 'short', month: 'short', day: 'numeric', year: 'numeric' });

/** A calendar day has no zone: it is written as the day that it names. */
const asUtc = (date: SessionDate): number => Date.parse(`${date}T00:00:00Z`);

/** `Feb 11`. */
export const shortDate = (date: SessionDate): string => SHORT.format(asUtc(date));

/** `Tue, Feb 11, 2025`. */
const fullDate = (date: SessionDate): string => FULL.format(asUtc(date));

/** `Tue, Feb 11, 2025, 09:30–14:20 New York time`, or from one day's time to another's. */
export function newYorkSpan(from: EpochMs, to: EpochMs): string {
  const [first, last] = [newYorkDate(from), newYorkDate(to)];
  if (from === to) return `${fullDate(first)}, ${newYorkTime(from)} New York time`;
  if (first === last) {
    return `${fullDate(first)}, ${newYorkTime(from)}–${newYorkTime(to)} New York time`;
  }
  return `${shortDate(first)}, ${newYorkTime(from)} – ${shortDate(last)}, ${newYorkTime(to)} New York time`;
}

/** `Feb 3 – Mar 3, 2025`. */
export function dateSpan(from: SessionDate, to: SessionDate): string {
  if (from === to) return fullDate(from);
  const start =
    yearOf(from) === yearOf(to) ? shortDate(from) : `${shortDate(from)}, ${yearOf(from)}`;
  return `${start} – ${shortDate(to)}, ${yearOf(to)}`;
}

const yearOf = (date: SessionDate): string => date.slice(0, 4);

import type { DailyBar } from '#core/decision.ts';
import { addDays, asSessionDate } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';

interface DailyBarsOptions {
  /** The session after the last bar; a weekday. */
  readonly before?: SessionDate;
  /** As many as the filters of the default strategy look at, unless told otherwise. */
  readonly days?: number;
}

/**
 * Daily bars, oldest first, with which an entry at a price in dollars passes the volume profile of the
 * default strategy: about half of them close at the price, with much volume, the others up to 6 per cent (or
 * 6 dollars) above it. On which of them depends on the symbol alone, so no two symbols are correlated.
 */
export function dailyBarsAround(
  symbol: string,
  price: number,
  { before = asSessionDate('2025-11-25'), days = 61 }: DailyBarsOptions = {},
): readonly DailyBar[] {
  const random = chanceOf(symbol);
  return weekdaysBefore(before, days).map((date) => {
    const isAway = random() < 0.5;
    const away = 2 + 4 * random();
    return isAway
      ? { date, close: cents(price + Math.max(away, (price * away) / 100)), volume: 1_000_000 }
      : { date, close: price, volume: 10_000_000 };
  });
}

const cents = (dollars: number): number => Math.round(dollars * 100) / 100;

const dates = new Map<string, readonly SessionDate[]>();

/** Oldest first; holidays are no matter here. */
function weekdaysBefore(date: SessionDate, count: number): readonly SessionDate[] {
  const key = `${date} ${count}`;
  const known = dates.get(key);
  if (known !== undefined) return known;
  const found: SessionDate[] = [];
  for (let day = addDays(date, -1); found.length < count; day = addDays(day, -1)) {
    if (![0, 6].includes(new Date(day).getUTCDay())) found.unshift(day);
  }
  dates.set(key, found);
  return found;
}

/** Numbers from 0 to 1, the same for the same text (FNV-1a into a linear congruential generator). */
function chanceOf(text: string): () => number {
  let state = 0x811c9dc5;
  for (const letter of text) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

import { readFileSync } from 'node:fs';

import type { Bar, BarColumns } from '#core/bars.ts';
import { MINUTE_MS, newYorkDate, newYorkInstant, parseInstant } from '#core/session.ts';
import type { Session } from '#core/session.ts';

/** A bar with the session it belongs to. */
export interface SessionBar {
  readonly bar: Bar;
  readonly session: Session;
}

/** Bars of a CSV file (timestamp,open,high,low,close,volume) with sessions that end with their last bar. */
export function readSessionBars(path: string, barMinutes: number): readonly SessionBar[] {
  const bars = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line): Bar => {
      const [timestamp = '', ...figures] = line.split(',');
      const [open = 0, high = 0, low = 0, close = 0, volume = 0] = figures.map(Number);
      return { start: parseInstant(timestamp), open, high, low, close, volume };
    });
  // A session's bars all lie on one day also in UTC, which is quicker to tell.
  const byDay = Map.groupBy(bars, ({ start }) => Math.floor(start / (24 * 60 * MINUTE_MS)));
  return [...byDay.values()].flatMap((day) => {
    const date = newYorkDate(day[0]!.start);
    const open = newYorkInstant(date, '09:30');
    const session = { date, open, close: day.at(-1)!.start + barMinutes * MINUTE_MS };
    return day.map((bar) => ({ bar, session }));
  });
}

/** The bars as columns. */
export function columnsOf(rows: readonly SessionBar[]): BarColumns {
  const column = (name: keyof Bar) => Float64Array.from(rows, ({ bar }) => bar[name]);
  return {
    start: column('start'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
}

/** The sessions that the bars lie in, each once. */
export const sessionsOf = (rows: readonly SessionBar[]): readonly Session[] => [
  ...new Set(rows.map(({ session }) => session)),
];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface WalkOptions {
  readonly seed: number;
  readonly sessions: number;
  readonly barMinutes?: 5 | 15;
  readonly price?: number;
  /** Share of the bars that is left out. */
  readonly missing?: number;
  /** Days that end at 13:00, counted from 0. */
  readonly halfDays?: readonly number[];
  /** Days without a session, counted from 0. */
  readonly holidays?: readonly number[];
}

const DAY_MS = 24 * 60 * MINUTE_MS;
const FIRST_OPEN = Date.UTC(2025, 10, 3, 14, 30);

const cents = (value: number): number => Math.max(0.05, Math.round(value * 100) / 100);

/** A random walk in cents through sessions of 6.5 hours on consecutive days, or 3.5 hours on half-days. */
export function walkBars(options: WalkOptions): readonly SessionBar[] {
  const { seed, sessions, barMinutes = 5, price = 100, missing = 0 } = options;
  const { halfDays = [], holidays = [] } = options;
  const random = randomNumbers(seed);
  const bars: SessionBar[] = [];
  let last = price;
  let drift = 0;
  for (let day = 0; day < sessions; day += 1) {
    if (holidays.includes(day)) continue;
    const open = FIRST_OPEN + day * DAY_MS;
    const minutes = halfDays.includes(day) ? 210 : 390;
    const session = { date: newYorkDate(open), open, close: open + minutes * MINUTE_MS };
    for (let start = open; start < session.close; start += barMinutes * MINUTE_MS) {
      if (random() < 0.05) drift = (random() - 0.5) * 0.002;
      const close = cents(last * (1 + drift + (random() - 0.5) * 0.004));
      const high = cents(Math.max(last, close) * (1 + random() * 0.001));
      const low = cents(Math.min(last, close) * (1 - random() * 0.001));
      const volume = Math.floor(1_000 + random() * 99_000);
      if (random() >= missing) {
        const bar = {
          start,
          open: last,
          high: Math.max(high, last, close),
          low: Math.min(low, last, close),
          close,
          volume,
        };
        bars.push({ bar, session });
      }
      last = close;
    }
  }
  return bars;
}

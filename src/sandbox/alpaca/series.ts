import type { Bar } from '#core/bars.ts';
import type { Ticker } from '#core/ids.ts';
import { MINUTE_MS, newYorkInstant } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import type { Market } from '../market/types.ts';

/** Length of a bar: minutes, or a whole session. */
export type Timeframe = { readonly minutes: number } | 'day';

const TIMEFRAME = /^(\d+)(Min|T|Hour|H|Day|D)$/;

/** Reads "5Min", "15T", "1Hour", "1Day"; null for what these bars cannot be made into. */
export function parseTimeframe(text: string, barMinutes: number): Timeframe | null {
  const [, count, unit = ''] = TIMEFRAME.exec(text) ?? [];
  const length = Number(count);
  if (unit.startsWith('D')) return length === 1 ? 'day' : null;
  const minutes = unit.startsWith('H') ? length * 60 : length;
  return minutes > 0 && minutes % barMinutes === 0 ? { minutes } : null;
}

/** Bars of any length, made of the market's own. */
export interface Series {
  /** Bars with from ≤ start < until that are complete at `now`, oldest first. */
  bars(
    symbol: Ticker,
    timeframe: Timeframe,
    span: { readonly from: EpochMs; readonly until: EpochMs; readonly now: EpochMs },
  ): readonly Bar[];
}

/** Longer bars are made once a symbol and length, of the whole market: its bars never change. */
export function createSeries(market: Market): Series {
  const cache = new Map<string, readonly LongBar[]>();

  function longBars(symbol: Ticker, timeframe: Timeframe): readonly LongBar[] {
    const key = `${symbol} ${timeframe === 'day' ? 'day' : timeframe.minutes}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const made =
      timeframe === 'day' ? dailyBars(market, symbol) : longer(market, symbol, timeframe.minutes);
    cache.set(key, made);
    return made;
  }

  return {
    bars(symbol, timeframe, { from, until, now }) {
      if (timeframe !== 'day' && timeframe.minutes === market.barMinutes) {
        return market.bars(symbol, from, Math.min(until, now - market.barMinutes * MINUTE_MS + 1));
      }
      const long = longBars(symbol, timeframe);
      const first = countBefore(long, from);
      const end = countBefore(long, until);
      return long
        .slice(first, end)
        .filter((bar) => bar.end <= now)
        .map(({ bar }) => bar);
    },
  };
}

interface LongBar {
  readonly bar: Bar;
  readonly end: EpochMs;
}

/** A day's bar starts at New York's midnight and is complete at the close. */
function dailyBars(market: Market, symbol: Ticker): readonly LongBar[] {
  return market.sessions.flatMap(({ date, open, close }) => {
    const bars = market.bars(symbol, open, close);
    return bars.length === 0
      ? []
      : [{ bar: merge(bars, newYorkInstant(date, '00:00')), end: close }];
  });
}

/** Intraday bars are aligned to the hour. */
function longer(market: Market, symbol: Ticker, minutes: number): readonly LongBar[] {
  const length = minutes * MINUTE_MS;
  return market.sessions.flatMap(({ open, close }) => {
    const made: LongBar[] = [];
    for (let start = Math.floor(open / length) * length; start < close; start += length) {
      const bars = market.bars(symbol, Math.max(start, open), Math.min(start + length, close));
      if (bars.length > 0) made.push({ bar: merge(bars, start), end: start + length });
    }
    return made;
  });
}

function merge(bars: readonly Bar[], start: EpochMs): Bar {
  const [first = EMPTY, last = first] = [bars[0], bars.at(-1)];
  let { high, low } = first;
  let volume = 0;
  for (const bar of bars) {
    if (bar.high > high) high = bar.high;
    if (bar.low < low) low = bar.low;
    volume += bar.volume;
  }
  return { start, open: first.open, high, low, close: last.close, volume };
}

const EMPTY: Bar = { start: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };

/** How many bars start before an instant. */
function countBefore(bars: readonly LongBar[], instant: EpochMs): number {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle]?.bar.start ?? 0) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

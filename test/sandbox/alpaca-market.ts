import { createColumns } from '#core/bar-columns.ts';
import type { BarColumns } from '#core/bars.ts';
import { sessionsBetween } from '#core/exchange-calendar.ts';
import { ticker } from '#core/ids.ts';
import { MINUTE_MS, asSessionDate } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { createMarket } from '#sandbox/market/create-market.ts';
import type { Market } from '#sandbox/market/types.ts';

/** Open, high, low, close. */
export type Ohlc = readonly [number, number, number, number];

const BAR_MS = 5 * MINUTE_MS;
/** Monday is history; the replay begins on Tuesday; Thursday is a holiday and Friday a half-day. */
const SESSIONS = sessionsBetween(asSessionDate('2025-11-24'), asSessionDate('2025-11-28'));

export const HISTORY = SESSIONS[0]!;
export const FIRST = SESSIONS[1]!;
export const SECOND = SESSIONS[2]!;
export const HALF_DAY = SESSIONS[3]!;

/**
 * A market of a few days. The bars of each symbol are those of the replay's start; before them the price
 * stands at the first open, after them at the last close. Of the sessions the first is history.
 */
export function aMarket(
  bars: Readonly<Record<string, readonly Ohlc[]>> = { AAPL: [], MSFT: [] },
  sessions: readonly Session[] = SESSIONS,
): Market {
  const first = sessions[1]!;
  return createMarket({
    name: 'hand-made',
    identity: `hand-made ${JSON.stringify(bars)}`,
    barMinutes: 5,
    start: first.open,
    sessions,
    columns: new Map(
      Object.entries(bars).map(
        ([symbol, own]) => [ticker(symbol), columnsOf(own, sessions)] as const,
      ),
    ),
  });
}

const startsOf = ({ open, close }: Session): readonly EpochMs[] =>
  Array.from({ length: (close - open) / BAR_MS }, (_, index) => open + index * BAR_MS);

function columnsOf(own: readonly Ohlc[], sessions: readonly Session[]): BarColumns {
  const starts = sessions.flatMap(startsOf);
  const history = startsOf(sessions[0]!).length;
  const before = own[0]?.[0] ?? 100;
  const after = own.at(-1)?.[3] ?? before;
  const columns = createColumns(starts.length);
  for (const [row, start] of starts.entries()) {
    const flat = row < history ? before : after;
    const [open, high, low, close] = own[row - history] ?? [flat, flat, flat, flat];
    columns.start[row] = start;
    columns.open[row] = open;
    columns.high[row] = high;
    columns.low[row] = low;
    columns.close[row] = close;
    columns.volume[row] = 10_000;
  }
  return columns;
}

/** End of the n-th bar of the replay, from 1. */
export const barEnd = (count: number): EpochMs => FIRST.open + count * BAR_MS;

import { holeNotes, timeNotes } from '#core/bar-notes.ts';
import type { Bar, BarColumns } from '#core/bars.ts';
import { sessionsBetween, sessionsFrom, sessionsOfBars } from '#core/exchange-calendar.ts';
import type { Ticker } from '#core/ids.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { Session } from '#core/session.ts';
import type { BarSource } from '#ports/backtests.ts';
import type { MarketData } from '#ports/market-data.ts';

/** Read at once: taking in a page of so many costs some 20 ms, for which everything else waits. */
const SESSIONS_AT_ONCE = 30;

/**
 * Bars from the market data, piece by piece, so that trading comes in between. Of a made-up market: nothing of it is
 * kept, where bars of the world could come to lie beside it.
 */
export const barsOf =
  (marketData: Pick<MarketData, 'bars'>): BarSource =>
  async ({ symbols, barMinutes, from, to, warmUp }, { progress, signal }) => {
    const sessions = [...sessionsFrom(from, -warmUp), ...sessionsBetween(from, to)];
    const pieces = piecesOf(sessions);
    const all = pieces.length * symbols.length;
    const bars = new Map<Ticker, BarColumns>();
    let read = 0;
    for (const symbol of symbols) {
      const rows = createRows(sessions, barMinutes);
      for (const piece of pieces) {
        if (signal.aborted) return { kind: 'stopped' };
        const span = { from: piece[0]?.open ?? 0, until: piece.at(-1)?.close ?? 0 };
        const found = await marketData.bars({ symbols: [symbol], barMinutes, ...span });
        rows.add(found.get(symbol) ?? []);
        read += 1;
        progress(read / all);
      }
      if (rows.count() > 0) bars.set(symbol, rows.columns());
    }
    const market = { barMinutes, sessions: sessionsOfBars(bars.values()), bars };
    const notes = [...holeNotes(market), ...timeNotes(market, { from, to, warmUp })];
    return { kind: 'bars', market, notes };
  };

const piecesOf = (sessions: readonly Session[]): readonly (readonly Session[])[] =>
  Array.from({ length: Math.ceil(sessions.length / SESSIONS_AT_ONCE) }, (_, index) =>
    sessions.slice(index * SESSIONS_AT_ONCE, (index + 1) * SESSIONS_AT_ONCE),
  );

/** Bars on their way into columns; those outside of the sessions are left out. */
function createRows(sessions: readonly Session[], barMinutes: number) {
  const barMs = barMinutes * MINUTE_MS;
  const room = sessions.reduce(
    (sum, { open, close }) => sum + Math.ceil((close - open) / barMs),
    0,
  );
  const column = (): Float64Array => new Float64Array(room);
  const columns = {
    start: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  let count = 0;
  let session = 0;
  const put = (bar: Bar): void => {
    while (bar.start >= (sessions[session]?.close ?? Number.POSITIVE_INFINITY)) session += 1;
    if (bar.start < (sessions[session]?.open ?? Number.POSITIVE_INFINITY)) return;
    for (const name of FIELDS) columns[name][count] = bar[name];
    count += 1;
  };
  return {
    add: (bars: readonly Bar[]) => bars.forEach(put),
    count: () => count,
    columns: (): BarColumns => ({
      start: columns.start.slice(0, count),
      open: columns.open.slice(0, count),
      high: columns.high.slice(0, count),
      low: columns.low.slice(0, count),
      close: columns.close.slice(0, count),
      volume: columns.volume.slice(0, count),
    }),
  };
}

const FIELDS = ['start', 'open', 'high', 'low', 'close', 'volume'] as const;

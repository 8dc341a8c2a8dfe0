import { rowFrom } from '#core/bar-columns.ts';
import { barAt } from '#core/bars.ts';
import type { BarColumns } from '#core/bars.ts';
import { sessionsFrom } from '#core/exchange-calendar.ts';
import type { Ticker } from '#core/ids.ts';
import { addDays, MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';

import type { Market } from './types.ts';

export interface MarketParts {
  readonly name: string;
  readonly identity: string;
  readonly barMinutes: number;
  readonly start: EpochMs;
  /** Sessions with bars, oldest first, at least one. */
  readonly sessions: readonly Session[];
  readonly columns: ReadonlyMap<Ticker, BarColumns>;
}

/** Sessions before the first one of a replay that are kept: whoever trades asks for so many daily bars. */
export const HISTORY_SESSIONS = 70;

/** So many sessions after the last bars are told of, for what asks when the exchange opens next. */
const SESSIONS_AHEAD = 5;

export function createMarket({
  name,
  identity,
  barMinutes,
  start,
  sessions,
  columns,
}: MarketParts): Market {
  const barMs = barMinutes * MINUTE_MS;
  const last = sessions.at(-1);
  if (last === undefined) throw new RangeError('a market has at least one session');
  return {
    name,
    identity,
    symbols: [...columns.keys()],
    barMinutes,
    sessions: [...sessions, ...sessionsFrom(addDays(last.date, 1), SESSIONS_AHEAD)],
    start,
    barEnds: sessions
      .flatMap((session) => barEndsOf(session, barMs))
      .filter((barEnd) => barEnd > start),
    barEnding(symbol, barEnd) {
      const rows = columns.get(symbol);
      if (rows === undefined) return null;
      const row = rowFrom(rows, barEnd - barMs);
      return rows.start[row] === barEnd - barMs ? barAt(rows, row) : null;
    },
    bars(symbol, from, until) {
      const rows = columns.get(symbol);
      if (rows === undefined) return [];
      const first = rowFrom(rows, from);
      const count = Math.max(0, rowFrom(rows, until) - first);
      return Array.from({ length: count }, (_, index) => barAt(rows, first + index));
    },
  };
}

/** Every step of a session's grid, also where no bar ends: its close is always one. */
function barEndsOf(session: Session, barMs: number): readonly EpochMs[] {
  const steps = Math.round((session.close - session.open) / barMs);
  return Array.from({ length: steps }, (_, index) => session.open + (index + 1) * barMs);
}

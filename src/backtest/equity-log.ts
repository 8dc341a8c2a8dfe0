import { figureAt } from '#core/indicators/figure-at.ts';
import { usdToNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';

import type { EquitySeries, SessionEquity } from './result.ts';

/** Equity as it went, kept only where it changed. */
export interface EquityLog {
  note(at: EpochMs, equity: Usd): void;
  /** Equity at a session's close. */
  noteClose(date: SessionDate, equity: Usd): void;
  /** Up to the end of the data, where it may long have been the same. */
  series(until: EpochMs): EquitySeries;
  /** One for each session; in those that nobody looked into nothing changed. */
  sessions(all: readonly Session[]): readonly SessionEquity[];
}

export function createEquityLog(from: EpochMs, starting: Usd): EquityLog {
  const points = createPoints();
  points.add(from, usdToNumber(starting));
  const closes = new Map<SessionDate, number>();
  return {
    note(at, amount) {
      const dollars = usdToNumber(amount);
      if (points.last() !== dollars) points.add(at, dollars);
    },
    noteClose(date, amount) {
      closes.set(date, usdToNumber(amount));
    },
    series(until) {
      if (until > points.lastAt()) points.add(until, points.last());
      return points.series();
    },
    sessions(all) {
      let last = usdToNumber(starting);
      return all.map(({ date }) => {
        last = closes.get(date) ?? last;
        return { date, equity: last };
      });
    },
  };
}

const FIRST_ROOM = 4_096;

/** A series that grows. */
function createPoints() {
  let at: Float64Array = new Float64Array(FIRST_ROOM);
  let equity: Float64Array = new Float64Array(FIRST_ROOM);
  let count = 0;
  return {
    add(instant: EpochMs, dollars: number): void {
      if (count === at.length) {
        at = twiceAsLong(at);
        equity = twiceAsLong(equity);
      }
      at[count] = instant;
      equity[count] = dollars;
      count += 1;
    },
    last: (): number => figureAt(equity, count - 1),
    lastAt: (): EpochMs => figureAt(at, count - 1),
    series: (): EquitySeries => ({ at: at.slice(0, count), equity: equity.slice(0, count) }),
  };
}

function twiceAsLong(column: Float64Array): Float64Array {
  const longer = new Float64Array(2 * column.length);
  longer.set(column);
  return longer;
}

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
  const at: number[] = [from];
  const equity: number[] = [usdToNumber(starting)];
  const closes = new Map<SessionDate, number>();
  const note = (instant: EpochMs, amount: Usd): void => {
    const dollars = usdToNumber(amount);
    if (equity.at(-1) === dollars) return;
    at.push(instant);
    equity.push(dollars);
  };
  return {
    note,
    noteClose(date, amount) {
      closes.set(date, usdToNumber(amount));
    },
    series(until) {
      const isCut = until > (at.at(-1) ?? until);
      return {
        at: Float64Array.from(isCut ? [...at, until] : at),
        equity: Float64Array.from(isCut ? [...equity, equity.at(-1) ?? 0] : equity),
      };
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

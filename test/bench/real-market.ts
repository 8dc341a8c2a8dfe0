import { existsSync } from 'node:fs';

import type { BacktestMarket } from '#backtest/market.ts';
import { columnsOfBars } from '#core/bar-columns.ts';
import type { Bar } from '#core/bars.ts';
import { addDays, newYorkInstant, newYorkTime } from '#core/session.ts';
import type { Session } from '#core/session.ts';
import { readMarketFolder } from '#sandbox/market/read-market-folder.ts';

import { sharedPath } from '../support/shared.ts';

const FOLDER = 'data/5min';
/** All of the folder's two dozen symbols have bars from here on. */
const FIRST_DATE = '2025-05-12';
/** Whole weeks, so that sessions stay on their weekdays. */
const YEAR_DAYS = 52 * 7;

interface DatedBars {
  readonly session: Session;
  readonly bars: readonly Bar[];
}

/**
 * Two dozen real stocks over seven months, again in each of several years, each time at the same prices; null where
 * the reference data is missing. How many trades the rules find in so many bars, and how far an account is below its
 * peak meanwhile, is a matter of the market.
 */
export function realMarket(years: number): BacktestMarket | null {
  const folder = sharedPath(FOLDER);
  if (!existsSync(folder)) return null;
  const market = readMarketFolder({ folder });
  const sessions = market.sessions.filter(({ date }) => date >= FIRST_DATE);
  const all = Array.from({ length: years }, (_, year) => year);
  const bars = market.symbols.map((symbol) => {
    const days = sessions.map((session) => ({
      session,
      bars: market.bars(symbol, session.open, session.close),
    }));
    return [symbol, columnsOfBars(all.flatMap((year) => days.flatMap(inYear(year))))] as const;
  });
  return {
    barMinutes: 5,
    bars: new Map(bars),
    sessions: all.flatMap((year) => sessions.map((session) => sessionIn(year, session))),
  };
}

function sessionIn(year: number, { date: of, open, close }: Session): Session {
  const date = addDays(of, year * YEAR_DAYS);
  const at = newYorkInstant(date, newYorkTime(open));
  return { date, open: at, close: at + close - open };
}

const inYear =
  (year: number) =>
  ({ session, bars }: DatedBars): readonly Bar[] => {
    const shift = sessionIn(year, session).open - session.open;
    return bars.map((bar) => ({ ...bar, start: bar.start + shift }));
  };

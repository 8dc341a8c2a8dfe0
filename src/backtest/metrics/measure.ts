import type { Usd } from '#core/money.ts';
import { usdToNumber } from '#core/money.ts';
import { meanOf, ratioOf } from '#core/statistics.ts';

import type { BacktestTrade, EquitySeries, SessionEquity } from '../result.ts';
import { buyAndHold } from './benchmark.ts';
import type { DailyCloses } from './benchmark.ts';
import { maxDrawdown } from './drawdown.ts';
import type { MaxDrawdown } from './drawdown.ts';
import { excursionsOf } from './excursions.ts';
import type { Excursions } from './excursions.ts';
import { monthOf, tradeGroups } from './groups.ts';
import type { TradeGroups } from './groups.ts';
import { returnFigures, returnsOf, SESSIONS_PER_YEAR } from './returns.ts';
import type { ReturnFigures } from './returns.ts';
import { stressFigures } from './stress.ts';
import type { StressFigures } from './stress.ts';
import { tradeFigures } from './trade-figures.ts';
import type { TradeFigures } from './trade-figures.ts';

/** What a backtest left behind. */
export interface BacktestRecord {
  readonly startingEquity: Usd;
  /** Closed ones, in any order. */
  readonly trades: readonly BacktestTrade[];
  /** Oldest first. */
  readonly sessions: readonly SessionEquity[];
  readonly equity: EquitySeries;
  /** Bars at whose end something was held, and all bars. */
  readonly exposure: { readonly barsInMarket: number; readonly barsTotal: number };
  readonly benchmark: DailyCloses;
}

/** The metrics of one result. Every figure is a finite number, or null where nothing stands behind it. */
export interface BacktestMetrics {
  readonly trades: TradeFigures;
  readonly returns: ReturnFigures;
  readonly maxDrawdown: MaxDrawdown | null;
  /** Share of bars with a position, 0–1. */
  readonly exposure: number | null;
  /** How many times a year the mean equity was bought and sold again. */
  readonly turnover: number | null;
  readonly excursions: Excursions;
  /** Trades in which a rule decided whether stop or target was first. */
  readonly ambiguous: { readonly trades: number; readonly share: number | null };
  readonly groups: TradeGroups;
  readonly months: readonly MonthlyReturn[];
  /** Equal weight in each symbol, bought and held. */
  readonly benchmark: ReturnFigures | null;
  readonly stress: StressFigures;
}

export interface MonthlyReturn {
  /** `2024-03`. */
  readonly month: string;
  /** As a fraction of equity at the end of the month before. */
  readonly return: number;
}

/** Those that a search ranks points by, and a verdict stands on; cheap enough for each of very many points. */
export type KeyFigures = Pick<TradeFigures, 'trades' | 'netPnl' | 'profitFactor' | 'expectancyR'> &
  Pick<ReturnFigures, 'sharpe' | 'calmar'>;

export function measure(record: BacktestRecord): BacktestMetrics {
  const { startingEquity, trades, sessions, equity, exposure, benchmark } = record;
  const ambiguous = trades.filter(({ isAmbiguous }) => isAmbiguous).length;
  return {
    trades: tradeFigures(trades),
    returns: returnFigures(sessionReturns(record)),
    maxDrawdown: maxDrawdown(usdToNumber(startingEquity), equity),
    exposure: ratioOf(exposure.barsInMarket, exposure.barsTotal),
    turnover: turnoverOf(trades, sessions),
    excursions: excursionsOf(trades),
    ambiguous: { trades: ambiguous, share: ratioOf(ambiguous, trades.length) },
    groups: tradeGroups(trades),
    months: monthlyReturns(record),
    benchmark: buyAndHold(
      sessions.map(({ date }) => date),
      benchmark,
    ),
    stress: stressFigures(trades),
  };
}

type Sessions = Pick<BacktestRecord, 'startingEquity' | 'sessions'>;

export function keyFigures(record: Sessions & Pick<BacktestRecord, 'trades'>): KeyFigures {
  const { trades, netPnl, profitFactor, expectancyR } = tradeFigures(record.trades);
  const { sharpe, calmar } = returnFigures(sessionReturns(record));
  return { trades, netPnl, profitFactor, expectancyR, sharpe, calmar };
}

/** Session by session, from close to close, the first from the starting equity; as fractions. */
export const sessionReturns = ({ startingEquity, sessions }: Sessions): readonly number[] =>
  returnsOf(
    usdToNumber(startingEquity),
    sessions.map(({ equity }) => equity),
  );

/** What is bought and what is sold counts as one turn. */
function turnoverOf(
  trades: readonly BacktestTrade[],
  sessions: readonly SessionEquity[],
): number | null {
  const meanEquity = meanOf(sessions.map(({ equity }) => equity));
  if (meanEquity === null || meanEquity <= 0) return null;
  const traded = trades.reduce(
    (sum, { entryPrice, exitPrice, quantity }) =>
      sum + ((usdToNumber(entryPrice) + usdToNumber(exitPrice)) / 2) * quantity,
    0,
  );
  return ratioOf(traded * SESSIONS_PER_YEAR, meanEquity * sessions.length);
}

/** Oldest first. */
function monthlyReturns({ startingEquity, sessions }: Sessions): readonly MonthlyReturn[] {
  const ends = [...Map.groupBy(sessions, ({ date }) => monthOf(date))].map(([month, days]) => ({
    month,
    equity: days.at(-1)?.equity ?? Number.NaN,
  }));
  const returns = returnsOf(
    usdToNumber(startingEquity),
    ends.map(({ equity }) => equity),
  );
  return ends.map(({ month }, index) => ({ month, return: returns[index] ?? 0 }));
}

import type { BacktestRecord } from '#backtest/metrics/measure.ts';
import type { BacktestTrade } from '#backtest/result.ts';
import { ticker, tradeId } from '#core/ids.ts';
import { usdFromNumber } from '#core/money.ts';
import { addDays, asSessionDate, newYorkInstant } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';

/** What a trade of a table says of itself; everything in dollars. */
export interface TradeRow {
  readonly pnl: number;
  readonly fees?: number;
  readonly r?: number;
  readonly symbol?: string;
  readonly date?: string;
  /** Of the entry, in New York; the exit comes an hour after it. */
  readonly time?: string;
  readonly changes?: Partial<BacktestTrade>;
}

/** Long 100 shares at $100, at 10:00 on 2 January 2024, with half as many R as dollars, unless told otherwise. */
export function aTrade(row: TradeRow): BacktestTrade {
  const { pnl, fees = 0, r = pnl / 2, symbol = 'NVDA', date = '2024-01-02', time = '10:00' } = row;
  const openedAt = newYorkInstant(asSessionDate(date), time);
  return {
    tradeId: tradeId(`${date}-${time}-${symbol}`),
    symbol: ticker(symbol),
    side: 'long',
    quantity: 100,
    entryPrice: usdFromNumber(100),
    exitPrice: usdFromNumber(100 + pnl / 100),
    exitReason: pnl > 0 ? 'take_profit' : 'stop_loss',
    openedAt,
    closedAt: openedAt + 3_600_000,
    pnl: usdFromNumber(pnl),
    pnlPercent: pnl / 100,
    rMultiple: r,
    fees: usdFromNumber(fees),
    slippageBps: 0,
    confidence: 75,
    stopPrice: usdFromNumber(98),
    targetPrice: usdFromNumber(104),
    maeR: 0,
    mfeR: 0,
    isAmbiguous: false,
    ...row.changes,
  };
}

export const FIRST_DAY = asSessionDate('2024-01-02');

/** So many days in a row, weekends and all: the statistics know of no calendar. */
export const daysFrom = (first: SessionDate, count: number): readonly SessionDate[] =>
  Array.from({ length: count }, (_, index) => addDays(first, index));

/** A record of $1,000 with one bar a session, at 16:00, unless told otherwise. */
export function aRecord(
  equities: readonly number[],
  changes: Partial<BacktestRecord> = {},
): BacktestRecord {
  const dates = daysFrom(FIRST_DAY, equities.length);
  return {
    startingEquity: usdFromNumber(1_000),
    trades: [],
    sessions: dates.map((date, index) => ({ date, equity: equities[index]! })),
    equity: {
      at: Float64Array.from(dates, (date) => newYorkInstant(date, '16:00')),
      equity: Float64Array.from(equities),
    },
    exposure: { barsInMarket: 0, barsTotal: equities.length },
    benchmark: new Map(),
    ...changes,
  };
}

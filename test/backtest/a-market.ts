import type { BacktestMarket } from '#backtest/market.ts';
import type { BarColumns } from '#core/bars.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';

import { columnsOf, sessionsOf, walkBars } from '../core/support/bars.ts';

/** A market of random walks, one a name; the same for the same seed. */
export function aMarket({
  seed = 1,
  sessions = 40,
  names = ['AAPL', 'MSFT', 'NVDA'],
}: {
  readonly seed?: number;
  readonly sessions?: number;
  readonly names?: readonly string[];
} = {}): BacktestMarket {
  const walks = names.map((_, index) => walkBars({ seed: seed * 100 + index, sessions }));
  const bars = new Map<Ticker, ReturnType<typeof columnsOf>>(
    names.map((name, index) => [ticker(name), columnsOf(walks[index] ?? [])]),
  );
  return { barMinutes: 5, bars, sessions: sessionsOf(walks[0] ?? []) };
}

/** The same market as it was known at an instant. */
export function cutOff(market: BacktestMarket, until: number): BacktestMarket {
  const cut = (columns: BarColumns): BarColumns => {
    const rows = columns.start.filter((start) => start < until).length;
    const head = (column: Float64Array) => column.slice(0, rows);
    return {
      start: head(columns.start),
      open: head(columns.open),
      high: head(columns.high),
      low: head(columns.low),
      close: head(columns.close),
      volume: head(columns.volume),
    };
  };
  return {
    ...market,
    bars: new Map([...market.bars].map(([symbol, columns]) => [symbol, cut(columns)])),
    sessions: market.sessions.filter(({ open }) => open < until),
  };
}

import type { BacktestMarket } from '#backtest/market.ts';
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

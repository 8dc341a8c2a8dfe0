import type { Ticker } from './ids.ts';
import { micros } from './money.ts';
import type { Usd } from './money.ts';

/** What a symbol has brought since the session's open; negative when it cost. */
export interface Contributor {
  readonly symbol: Ticker;
  readonly pnl: Usd;
}

/** How many are named. */
const NAMED = 3;

/**
 * The symbols that have cost most since the open, the worst first, three at most; those that cost nothing are
 * left out.
 *
 * @param results realized and unrealized of each symbol, any number a symbol
 * @param atOpen what of that was there when the session opened, so that a position held overnight is measured
 *   from there
 */
export function worstContributors(
  results: readonly Contributor[],
  atOpen: readonly Contributor[],
): readonly Contributor[] {
  const sums = new Map<Ticker, number>();
  const add = (symbol: Ticker, pnl: number) => sums.set(symbol, (sums.get(symbol) ?? 0) + pnl);
  for (const { symbol, pnl } of results) add(symbol, pnl);
  for (const { symbol, pnl } of atOpen) add(symbol, 0 - pnl);
  return [...sums]
    .map(([symbol, pnl]) => ({ symbol, pnl: micros(pnl) }))
    .filter(({ pnl }) => pnl < 0)
    .toSorted((left, right) => left.pnl - right.pnl || (left.symbol < right.symbol ? -1 : 1))
    .slice(0, NAMED);
}

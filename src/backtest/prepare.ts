import type { StrategyParameters } from '#core/parameters.ts';

import type { PreparedSymbol } from './desk.ts';
import { historyOf } from './market.ts';
import type { BacktestMarket } from './market.ts';
import { findSignals } from './signal-rows.ts';
import { createTimeGrid } from './time-grid.ts';
import type { TimeGrid } from './time-grid.ts';

/** A market with its signals: what runs that have them in common can share; see signalKey. */
export interface PreparedMarket {
  readonly grid: TimeGrid;
  /** In the order of the watchlist. */
  readonly symbols: readonly PreparedSymbol[];
}

/**
 * Puts a market on its grid, computes its features and finds the signals in them.
 *
 * @throws RangeError on bars that are out of order, in no session or off the grid: they were to be checked.
 */
export function prepareMarket(
  { bars, sessions, barMinutes, minuteBars, daily }: BacktestMarket,
  parameters: StrategyParameters,
): PreparedMarket {
  const grid = createTimeGrid(sessions, barMinutes);
  const symbols = [...bars].map(([symbol, columns]) => ({
    ...historyOf(symbol, columns, grid, daily?.get(symbol)),
    signals: findSignals(columns, sessions, parameters),
    minutes: minuteBars?.get(symbol) ?? null,
  }));
  return { grid, symbols };
}

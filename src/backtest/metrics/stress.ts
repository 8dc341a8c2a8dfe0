import { addUsd, micros, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { signOf } from '#core/order.ts';

import type { BacktestTrade } from '../result.ts';
import { netResult, profitFactorOf, totalUsd, usdPerTrade } from './net.ts';

/** What would be left if fees and slippage were twice what they were. */
export interface StressFigures {
  readonly netPnl: Usd;
  /** Null without a loss. */
  readonly profitFactor: number | null;
  readonly expectancy: Usd | null;
}

/**
 * All trades with their fees and the slippage of their entries charged once more. An entry that was better
 * than its decision price was luck, and is not doubled. The slippage of an exit is part of its price, and not
 * known apart.
 */
export function stressFigures(trades: readonly BacktestTrade[]): StressFigures {
  const results = trades.map((trade) => netResult(trade, addUsd(trade.fees, entrySlippage(trade))));
  const netPnl = totalUsd(results.map(({ pnl }) => pnl));
  return {
    netPnl,
    profitFactor: profitFactorOf(results),
    expectancy: usdPerTrade(netPnl, trades.length),
  };
}

/** What the entry cost more than at its decision price, to the nearest micro-dollar; not negative. */
function entrySlippage({ side, entryPrice, quantity, slippageBps }: BacktestTrade): Usd {
  if (slippageBps <= 0) return ZERO_USD;
  const decisionPrice = entryPrice / (1 + (signOf(side) * slippageBps) / 10_000);
  return micros(Math.round((decisionPrice * slippageBps * quantity) / 10_000));
}

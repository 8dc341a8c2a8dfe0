import { addUsd, micros, subtractUsd, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';

import type { BacktestTrade } from '../result.ts';

/** What a trade left after its costs. */
export interface NetResult {
  readonly pnl: Usd;
  /** In multiples of R. */
  readonly r: number;
}

/** A trade's result after fees, and after further costs where some are asked for. */
export function netResult(trade: BacktestTrade, furtherCosts: Usd = ZERO_USD): NetResult {
  const pnl = subtractUsd(subtractUsd(trade.pnl, trade.fees), furtherCosts);
  // What was at risk is known from result and multiple; of a trade that ended where it began, from nothing.
  const r = trade.pnl === 0 ? trade.rMultiple : trade.rMultiple * (pnl / trade.pnl);
  return { pnl, r };
}

/** Sum of what may be very many amounts. */
export const totalUsd = (amounts: readonly Usd[]): Usd =>
  amounts.reduce<Usd>((sum, amount) => addUsd(sum, amount), ZERO_USD);

/** An amount a trade, to the nearest micro-dollar. Null where there is no trade. */
export const usdPerTrade = (total: Usd, count: number): Usd | null =>
  count === 0 ? null : micros(Math.round(total / count));

/** Sum of profits over sum of losses. Null without a loss. */
export function profitFactorOf(results: readonly NetResult[]): number | null {
  const won = totalUsd(results.map(({ pnl }) => pnl).filter((pnl) => pnl > 0));
  const lost = totalUsd(results.map(({ pnl }) => pnl).filter((pnl) => pnl < 0));
  return lost === 0 ? null : won / Math.abs(lost);
}

/**
 * What each trade added to equity after fees, as a fraction of what was there before: the starting equity and
 * all that was closed earlier. In the order of the exits. After ruin there is nothing to add to.
 */
export function tradeReturns(
  startingEquity: Usd,
  trades: readonly BacktestTrade[],
): readonly number[] {
  let equity: number = startingEquity;
  return trades
    .toSorted((one, other) => one.closedAt - other.closedAt)
    .map((trade) => {
      const before = equity;
      const { pnl } = netResult(trade);
      equity += pnl;
      return before > 0 ? pnl / before : 0;
    });
}

/** The R of a trade without risk is no number, and left out. */
export const knownR = (rs: readonly number[]): readonly number[] => rs.filter(Number.isFinite);

import type { OpenTrade } from './decision.ts';
import { micros, usdFromNumber } from './money.ts';
import type { Usd } from './money.ts';
import type { EpochMs } from './session.ts';
import { averagePrice } from './trade-math.ts';
import { heldShares, riskPerShareOf } from './trade.ts';
import type { Trade } from './trade.ts';

/** What a settled bar tells of the price, in plain dollars. */
export interface BarPrices {
  readonly start: EpochMs;
  readonly end: EpochMs;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The best and the worst price since an entry. */
export interface Excursion {
  readonly best: Usd;
  readonly worst: Usd;
}

/**
 * How far price went for a trade and against it: over the bars since its entry, the price of the entry
 * itself, and what was recorded before. Bars may be followed again, and bars that end before the entry are
 * left out. Of the bar in which the entry filled only the close counts, since its high and low may have come
 * before the fill. Null for a trade that was never entered.
 */
export function followPrice(trade: Trade, bars: readonly BarPrices[]): Excursion | null {
  const { openedAt, entryQuantity, entryValue, intent, bestPrice, worstPrice } = trade;
  if (openedAt === null || entryQuantity === 0) return null;
  const entry = averagePrice(entryValue, entryQuantity);
  const [best, worst] = [bestPrice ?? entry, worstPrice ?? entry];
  let low = Math.min(entry, best, worst);
  let high = Math.max(entry, best, worst);
  for (const bar of bars) {
    if (bar.end < openedAt) continue;
    const isEntryBar = bar.start < openedAt;
    low = Math.min(low, usdFromNumber(isEntryBar ? bar.close : bar.low));
    high = Math.max(high, usdFromNumber(isEntryBar ? bar.close : bar.high));
  }
  return intent.side === 'long'
    ? { best: micros(high), worst: micros(low) }
    : { best: micros(low), worst: micros(high) };
}

/** The trade as the exits need it, at a bar with this close; null when it holds no share. */
export function openTradeOf(trade: Trade, lastClose: Usd | null): OpenTrade | null {
  const { id, status, intent, openedAt, entryValue, entryQuantity, stopPrice } = trade;
  if (status !== 'open' || openedAt === null || heldShares(trade) <= 0) return null;
  const entryPrice = averagePrice(entryValue, entryQuantity);
  return {
    id,
    symbol: intent.symbol,
    side: intent.side,
    openedAt,
    entryPrice,
    riskPerShare: riskPerShareOf(intent),
    stopPrice,
    bestPrice: trade.bestPrice ?? entryPrice,
    lastClose,
  };
}

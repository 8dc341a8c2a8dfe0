import { micros } from './money.ts';
import type { Usd } from './money.ts';
import { signOf } from './order.ts';
import { averagePrice, rMultiple } from './trade-math.ts';
import { isFlat, riskPerShareOf } from './trade.ts';
import type { Trade } from './trade.ts';

/** What the whole position stood at, at one price. */
export interface Standing {
  /** Before fees. */
  readonly pnl: Usd;
  readonly r: number;
}

/** How far a trade went against its entry, and for it: MAE, never positive, and MFE, never negative. */
export interface TradeRange {
  readonly worst: Standing;
  readonly best: Standing;
}

/**
 * The worst and the best that all shares of a trade stood at between its entry and its exit: by settled
 * bars, the entry's own price and the exit's, which may lie beyond the last bar that settled. Null for a
 * trade that is not flat.
 */
export function tradeRange(trade: Trade): TradeRange | null {
  if (!isFlat(trade)) return null;
  const { intent, entryQuantity, bestPrice, worstPrice } = trade;
  const entry = averagePrice(trade.entryValue, entryQuantity);
  const exit = averagePrice(trade.exitValue, trade.exitQuantity);
  const gainAt = (price: number): number => signOf(intent.side) * (price - entry);
  const [best, worst] = [gainAt(bestPrice ?? entry), gainAt(worstPrice ?? entry)];
  const last = gainAt(exit);
  const standing = (gain: number): Standing => {
    const pnl = micros(gain * entryQuantity);
    return { pnl, r: rMultiple(pnl, riskPerShareOf(intent), entryQuantity) };
  };
  return {
    worst: standing(Math.min(0, last, best, worst)),
    best: standing(Math.max(0, last, best, worst)),
  };
}

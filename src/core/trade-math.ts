import { micros, subtractUsd } from './money.ts';
import type { Usd } from './money.ts';
import { signOf } from './order.ts';
import type { OrderSide, PositionSide } from './order.ts';

/** Σ price × shares of the fills into a flat trade and out of it: as many shares out as in. */
export interface FillValues {
  readonly side: PositionSide;
  readonly entryValue: Usd;
  readonly exitValue: Usd;
}

/** Profit or loss before fees, from the sums of the fills, so that nothing is rounded. */
export const realizedPnl = ({ side, entryValue, exitValue }: FillValues): Usd =>
  side === 'long' ? subtractUsd(exitValue, entryValue) : subtractUsd(entryValue, exitValue);

/** Profit or loss in per cent of what the entry was worth. */
export const pnlPercent = (values: FillValues): number =>
  (100 * realizedPnl(values)) / values.entryValue;

/** Result in multiples of what was at risk: R a share, times the shares. */
export const rMultiple = (pnl: Usd, riskPerShare: Usd, quantity: number): number =>
  pnl / (riskPerShare * quantity);

/** R-multiple of an open position at a price. */
export const rMultipleAt = (
  side: PositionSide,
  prices: { readonly entry: Usd; readonly now: Usd; readonly riskPerShare: Usd },
): number => (signOf(side) * (prices.now - prices.entry)) / prices.riskPerShare;

/** How far a price still is from the stop, in per cent of the price; negative when it is beyond. */
export const stopDistancePercent = (
  side: PositionSide,
  { now, stop }: { readonly now: Usd; readonly stop: Usd },
): number => (signOf(side) * 100 * (now - stop)) / now;

/** Average price of fills, to the nearest micro-dollar; for display, since only the sums add up. */
export const averagePrice = (value: Usd, quantity: number): Usd =>
  micros(Math.round(value / quantity));

/** How much worse than the reference an order was filled, in hundredths of a per cent; negative is better. */
export const slippageBps = (side: OrderSide, price: Usd, reference: Usd): number =>
  ((side === 'buy' ? 1 : -1) * 10_000 * (price - reference)) / reference;

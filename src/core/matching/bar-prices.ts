/** At what price, if any, a bar would fill an order. Pure arithmetic of one order and one bar. */
import type { Bar } from '../bars.ts';
import { micros, roundToTick, tickOf, usdFromNumber } from '../money.ts';
import type { Usd } from '../money.ts';
import type { OrderSide } from '../order.ts';
import type { SimulatedOrderType } from './order.ts';
import type { ExchangeRules } from './venue.ts';

export interface PriceRange {
  readonly open: Usd;
  readonly high: Usd;
  readonly low: Usd;
}

/** What of an order decides about its price. */
interface Priced {
  readonly side: OrderSide;
  readonly type: SimulatedOrderType;
  readonly limitPrice: Usd | null;
  readonly stopPrice: Usd | null;
  readonly isElected: boolean;
}

export const rangeOf = ({ open, high, low }: Bar): PriceRange => ({
  open: usdFromNumber(open),
  high: usdFromNumber(high),
  low: usdFromNumber(low),
});

/** A stop that was not triggered yet. */
export const isStopWaiting = ({ type, isElected }: Priced): boolean =>
  (type === 'stop' || type === 'stop_limit') && !isElected;

/**
 * Whether a bar gets so far that it might fill an order, or trigger it; a bar that cannot touch any order of
 * its symbol changes nothing.
 */
export function mayTrade(order: Priced, range: PriceRange): boolean {
  const price = actsAt(order);
  if (price === null) return true;
  return actsFromAbove(order) ? range.high >= price : range.low <= price;
}

/** Null where it acts at any price. */
const actsAt = (order: Priced): Usd | null =>
  isStopWaiting(order) ? order.stopPrice : order.limitPrice;

/** Whether it acts at its price and above; else at its price and below. */
const actsFromAbove = (order: Priced): boolean => (order.side === 'buy') === isStopWaiting(order);

/** Prices between two others, which are none of them themselves; in micro-dollars, or without a bound. */
export interface PriceGap {
  readonly above: number;
  readonly below: number;
}

/** Where a bar has to stay so that it may trade none of some orders; see mayTrade. Null: it cannot. */
export function quietGap(orders: readonly Priced[]): PriceGap | null {
  let [above, below] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const order of orders) {
    const price = actsAt(order);
    if (price === null) return null;
    if (actsFromAbove(order)) below = Math.min(below, price);
    else above = Math.max(above, price);
  }
  return { above, below };
}

/** Where a waiting stop is triggered: at the open when price gapped beyond it, else at its own price. */
export function electionPrice(
  order: Priced,
  range: PriceRange,
  moment: 'open' | 'inside',
): Usd | null {
  const { side, stopPrice } = order;
  if (!isStopWaiting(order) || stopPrice === null) return null;
  const price = moment === 'open' ? range.open : side === 'buy' ? range.high : range.low;
  const isReached = side === 'buy' ? price >= stopPrice : price <= stopPrice;
  if (!isReached) return null;
  return moment === 'open' ? range.open : stopPrice;
}

/** Whether a limit lets an order trade at this price. An order without one takes any. */
export const isWithinLimit = ({ side, limitPrice }: Priced, price: Usd): boolean =>
  limitPrice === null || (side === 'buy' ? price <= limitPrice : price >= limitPrice);

/** The open fills market orders, and limit orders that it is at or through; waiting stops never. */
export function openPrice(order: Priced, { open }: PriceRange): Usd | null {
  if (isStopWaiting(order)) return null;
  return isWithinLimit(order, open) ? open : null;
}

/** What a market order gets at a price: worse by the slippage, on a tick. Any other order gets the price. */
export function slipped(
  { type, side }: Pick<Priced, 'type' | 'side'>,
  price: Usd,
  { marketSlippageBps }: Pick<ExchangeRules, 'marketSlippageBps'>,
): Usd {
  if (type !== 'market' || marketSlippageBps === 0) return price;
  const isBuy = side === 'buy';
  const worse = price * (1 + ((isBuy ? 1 : -1) * marketSlippageBps) / 10_000);
  return roundToTick(micros(Math.round(worse)), isBuy ? 'up' : 'down');
}

/** A limit order fills at its limit when the bar trades there, or through it by a tick. */
export function insidePrice(
  order: Priced,
  { high, low }: PriceRange,
  limitFill: ExchangeRules['limitFill'],
): Usd | null {
  const { side, limitPrice } = order;
  if (isStopWaiting(order) || limitPrice === null) return null;
  const beyond = limitFill === 'penetrate' ? tickOf(limitPrice) : 0;
  const isReached = side === 'buy' ? low <= limitPrice - beyond : high >= limitPrice + beyond;
  return isReached ? limitPrice : null;
}

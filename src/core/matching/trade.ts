/** Executions between two bars. */
import type { BrokerOrderId } from '../ids.ts';
import { isStopWaiting, isWithinLimit, slipped } from './bar-prices.ts';
import { execute } from './execute.ts';
import { electStop, isAwake } from './group.ts';
import { isExit, leavesOf } from './order.ts';
import { executionCap } from './quirks.ts';
import type { Turn, Venue } from './venue.ts';

/**
 * Executes an exit at the symbol's latest price, if it could trade there now: a real broker does not wait
 * for the end of a bar. Anything else stays as it is.
 */
export function trade(venue: Venue, turn: Turn, id: BrokerOrderId): void {
  const order = venue.book.byId(id);
  if (order === undefined || !isExit(order) || !isAwake(order)) return;
  const { symbol } = order;
  const price = venue.portfolio.mark(symbol);
  const isTrading = venue.isOpen && !venue.quirks.halted.includes(symbol);
  if (!isTrading || price === undefined || isStopWaiting(order)) return;
  if (!isWithinLimit(order, price)) return;
  const quantity = Math.min(leavesOf(order), executionCap(venue.quirks));
  execute(venue, turn, order, { price: slipped(order, price, venue.rules), quantity });
}

/** Fills what is left of a working order at its own price, whatever the market says. */
export function fillAnyway(venue: Venue, turn: Turn, id: BrokerOrderId): void {
  const order = venue.book.byId(id);
  if (order === undefined || !isAwake(order)) return;
  const isWaiting = isStopWaiting(order);
  const price =
    (isWaiting ? order.stopPrice : order.limitPrice) ?? venue.portfolio.mark(order.symbol);
  if (price === undefined) return;
  const working = isWaiting ? electStop(venue, turn, order) : order;
  execute(venue, turn, working, { price, quantity: leavesOf(working) });
}

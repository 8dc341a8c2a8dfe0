import type { Position } from './account.ts';
import type { Usd } from './money.ts';
import { parentOf, placeAll } from './order-tree.ts';
import { exitSideOf, isLive } from './order.ts';
import type { BrokerOrder, OrderType } from './order.ts';

/** What stands between a position and a loss without end. */
export interface Protection {
  /** Live stops at the broker cover every share. */
  readonly isProtected: boolean;
  /** Shares that live stops would still sell or buy back. */
  readonly liveStopQuantity: number;
  /** Where the last protected share is stopped out; null without a live stop that has a price. */
  readonly stopPrice: Usd | null;
  /** The farthest live take-profit; null without one. */
  readonly targetPrice: Usd | null;
}

const STOP_TYPES: ReadonlySet<OrderType> = new Set(['stop', 'stop_limit', 'trailing_stop']);

export const isStop = ({ type }: BrokerOrder): boolean => STOP_TYPES.has(type);

/**
 * Judges a position by the broker's orders, nested or flat, of any symbol.
 *
 * Legs of a bracket sleep until their entry is completely filled, and die with it: until then they protect
 * nothing, whatever their status. Afterwards the broker keeps the stop `held` beside the working
 * take-profit; it protects then. A held leg whose entry is not among the orders proves nothing.
 */
export function protectionOf(position: Position, orders: readonly BrokerOrder[]): Protection {
  const exits = awakeOrders(orders).filter(
    ({ symbol, side }) => symbol === position.symbol && side === exitSideOf(position.side),
  );
  const stops = exits.filter(isStop);
  const liveStopQuantity = stops.reduce(
    (sum, { quantity, filledQuantity }) => sum + Math.max(0, quantity - filledQuantity),
    0,
  );
  const isLong = position.side === 'long';
  return {
    isProtected: liveStopQuantity >= Math.abs(position.quantity),
    liveStopQuantity,
    stopPrice: outermost(
      stops.map(({ stopPrice }) => stopPrice),
      isLong ? 'lowest' : 'highest',
    ),
    targetPrice: outermost(
      exits.filter(({ type }) => type === 'limit').map(({ limitPrice }) => limitPrice),
      isLong ? 'highest' : 'lowest',
    ),
  };
}

/**
 * Every live order that would act, once each: not the sleeping legs, and of an order that is being replaced
 * and the one that is to come only the former. It is in force until the exchange has taken the other, which
 * it may yet refuse.
 */
function awakeOrders(orders: readonly BrokerOrder[]): readonly BrokerOrder[] {
  const placed = placeAll(orders);
  const awake = [...placed.values()]
    .filter(({ order, parent }) => isAwake(order, parentOf({ order, parent }, placed)))
    .map(({ order }) => order);
  const ids = new Set(awake.map(({ id }) => id));
  return awake.filter(({ replaces }) => replaces === null || !ids.has(replaces));
}

function isAwake(order: BrokerOrder, parent: BrokerOrder | null): boolean {
  if (!isLive(order.status)) return false;
  if (parent === null) return order.status !== 'held';
  // The parent of an OCO's stop is the take-profit on the same side, not an entry to wait for.
  return parent.side === order.side || parent.status === 'filled';
}

function outermost(prices: readonly (Usd | null)[], which: 'lowest' | 'highest'): Usd | null {
  const known = prices.filter((price) => price !== null).toSorted((left, right) => left - right);
  return known.at(which === 'lowest' ? 0 : -1) ?? null;
}

import type { BrokerOrderId } from '#core/ids.ts';
import type { SimulatedOrder } from '#core/matching/order.ts';
import { isLive } from '#core/order.ts';
import type { EpochMs } from '#core/session.ts';

import type { World } from '../world.ts';

export interface OrderQuery {
  readonly status: 'open' | 'closed' | 'all';
  readonly limit: number;
  /** All four bounds are exclusive. */
  readonly after: EpochMs | null;
  readonly until: EpochMs | null;
  readonly afterId: BrokerOrderId | null;
  readonly beforeId: BrokerOrderId | null;
  readonly direction: 'desc' | 'asc';
  /** Legs are listed under their parent instead of on their own. */
  readonly nested: boolean;
  readonly symbols: ReadonlySet<string> | null;
  readonly side: string | null;
  readonly assetClasses: ReadonlySet<string> | null;
}

/** A stop that waits as `held` is filed with the closed orders, though it may still act. */
const isFiledOpen = ({ status }: SimulatedOrder): boolean => isLive(status) && status !== 'held';

/**
 * Orders as Alpaca lists them. Nested, an order is found by its parent's status alone, so that the legs
 * of a filled entry are not among the open ones.
 */
export function listOrders(
  exchange: World['exchange'],
  query: OrderQuery,
): readonly SimulatedOrder[] {
  const { status, limit, direction } = query;
  let known: readonly SimulatedOrder[] | null = null;
  // Asked for where it is needed: it names every order there ever was.
  const everyOrder = (): readonly SimulatedOrder[] => (known ??= exchange.orders());
  const [from, to] = bounds(exchange, query, everyOrder);
  const found: SimulatedOrder[] = [];
  if (status === 'open') {
    const open = exchange
      .liveOrders()
      .filter((order) => order.sequence >= from && order.sequence < to && matches(order, query));
    return (direction === 'asc' ? open : open.toReversed()).slice(0, limit);
  }
  const all = everyOrder();
  const step = direction === 'asc' ? 1 : -1;
  for (
    let at = step > 0 ? from : Math.min(to, all.length) - 1;
    at >= from && at < Math.min(to, all.length) && found.length < limit;
    at += step
  ) {
    const order = all[at];
    if (order !== undefined && matches(order, query)) found.push(order);
  }
  return found;
}

function matches(order: SimulatedOrder, query: OrderQuery): boolean {
  const { status, nested, symbols, side, assetClasses } = query;
  if (assetClasses !== null && !assetClasses.has('us_equity') && !assetClasses.has('all'))
    return false;
  if (nested && order.parentId !== null) return false;
  if (status !== 'all' && isFiledOpen(order) !== (status === 'open')) return false;
  if (symbols !== null && !symbols.has(order.symbol)) return false;
  return side === null || order.side === side;
}

/** The stretch of the list between the bounds: first index, and the index after the last. */
function bounds(
  exchange: World['exchange'],
  query: OrderQuery,
  everyOrder: () => readonly SimulatedOrder[],
): readonly [number, number] {
  const { after, until, afterId, beforeId } = query;
  const afterOrder = afterId === null ? undefined : exchange.order(afterId);
  const beforeOrder = beforeId === null ? undefined : exchange.order(beforeId);
  const from = Math.max(
    after === null ? 0 : countUntil(everyOrder(), after),
    afterOrder === undefined ? 0 : afterOrder.sequence + 1,
  );
  const to = Math.min(
    until === null ? Number.POSITIVE_INFINITY : countUntil(everyOrder(), until - 1),
    beforeOrder?.sequence ?? Number.POSITIVE_INFINITY,
  );
  return [from, to];
}

/** How many orders were submitted at an instant or before it. */
function countUntil(orders: readonly SimulatedOrder[], instant: EpochMs): number {
  let [low, high] = [0, orders.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((orders[middle]?.createdAt ?? 0) <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

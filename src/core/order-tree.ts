import type { BrokerOrderId } from './ids.ts';
import { isLive } from './order.ts';
import type { BrokerOrder } from './order.ts';

/** An order with the one it hangs on. */
export interface Placed {
  readonly order: BrokerOrder;
  readonly parent: BrokerOrder | null;
}

/** Orders with their legs; parents come first, so that an entry's fill is booked before its exit's. */
export const withLegs = (orders: readonly BrokerOrder[]): readonly BrokerOrder[] =>
  orders.flatMap((order) => [order, ...order.legs]);

/** Orders with their legs, each once. A leg that is listed on its own as well is kept where its parent is known. */
export function placeAll(orders: readonly BrokerOrder[]): ReadonlyMap<BrokerOrderId, Placed> {
  const placed = new Map<BrokerOrderId, Placed>();
  const place = (order: BrokerOrder, parent: BrokerOrder | null): void => {
    if (parent !== null || !placed.has(order.id)) placed.set(order.id, { order, parent });
    for (const leg of order.legs) place(leg, order);
  };
  for (const order of orders) place(order, null);
  return placed;
}

/** The order that this one hangs on; the replacement of a leg stays a leg, also when it is listed on its own. */
export function parentOf(
  { order, parent }: Placed,
  placed: ReadonlyMap<BrokerOrderId, Placed>,
): BrokerOrder | null {
  if (parent !== null) return parent;
  const replaced = order.replaces === null ? undefined : placed.get(order.replaces);
  return replaced === undefined ? null : parentOf(replaced, placed);
}

/** Orders that live and die together, by the one that the others hang on. */
export interface OrderGroup {
  readonly root: BrokerOrder;
  /** The root included, where it is live itself. */
  readonly live: readonly BrokerOrder[];
}

/** The order to cancel for the whole group to go. */
export const handleOf = ({ root, live }: OrderGroup): BrokerOrder =>
  live.find(({ id }) => id === root.id) ?? live[0] ?? root;

/** The groups of which any order is still live, oldest first. */
export function liveGroups(orders: readonly BrokerOrder[]): readonly OrderGroup[] {
  const placed = placeAll(orders);
  const groups = new Map<BrokerOrderId, { root: BrokerOrder; live: BrokerOrder[] }>();
  for (const one of placed.values()) {
    if (!isLive(one.order.status)) continue;
    const root = parentOf(one, placed) ?? one.order;
    const group = groups.get(root.id) ?? { root, live: [] };
    group.live.push(one.order);
    groups.set(root.id, group);
  }
  return [...groups.values()];
}

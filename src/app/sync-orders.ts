import type { BrokerOrderId } from '#core/ids.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { LedgerOrder } from '#ports/ledger.ts';

import type { AppContext } from './context.ts';
import { applyOrder } from './order-updates.ts';

/** How long before an order's last change its newest executions are looked for. */
const LOOK_BACK_MS = 10 * MINUTE_MS;

/**
 * Brings the ledger's orders level with the broker's by REST: sockets are hints, snapshots decide.
 * Books the fills that no socket told of; an execution that the broker does not list yet is asked for
 * again at the next sync.
 *
 * @returns all orders since the oldest live one, legs nested.
 */
export async function syncOrders(context: AppContext): Promise<readonly BrokerOrder[]> {
  const live = await context.ledger.unsettledOrders();
  const oldest = live[0];
  if (oldest === undefined) return [];
  const orders = await context.broker.ordersSince(oldest.createdAt - 1);
  const missing = await fetchMissing(context, live, orders);
  const known = new Map(live.map((order) => [order.brokerOrderId, order]));
  const changed = withParents([...orders, ...missing]).filter((order) => differs(order, known));
  const grown = changed.filter(
    (order) => order.filledQuantity > (known.get(order.id)?.bookedQuantity ?? 0),
  );
  const executions = await executionsOf(context, grown, oldest.createdAt);
  // Parents come first, so that an entry's fill is booked before its exit's.
  for (const order of changed) await applyOrder(context, order, executions.get(order.id) ?? []);
  return orders;
}

const withParents = (orders: readonly BrokerOrder[]): readonly BrokerOrder[] =>
  orders.flatMap((order) => [order, ...order.legs]);

function differs(order: BrokerOrder, known: ReadonlyMap<BrokerOrderId, LedgerOrder>): boolean {
  const before = known.get(order.id);
  if (before === undefined) return order.replaces !== null && known.has(order.replaces);
  return before.status !== order.status || before.bookedQuantity !== order.filledQuantity;
}

/** Live orders that the listing left out are asked for one by one. */
async function fetchMissing(
  { broker }: AppContext,
  live: readonly LedgerOrder[],
  orders: readonly BrokerOrder[],
): Promise<readonly BrokerOrder[]> {
  const listed = new Set(withParents(orders).map(({ id }) => id));
  const missing = live.filter(({ brokerOrderId }) => !listed.has(brokerOrderId));
  const found = await Promise.all(missing.map(({ brokerOrderId }) => broker.order(brokerOrderId)));
  return found.filter((order) => order !== null);
}

/** The executions of orders that have filled further; all of each, since booking skips what is booked. */
async function executionsOf(
  { broker }: AppContext,
  grown: readonly BrokerOrder[],
  oldest: EpochMs,
): Promise<ReadonlyMap<BrokerOrderId, readonly Execution[]>> {
  if (grown.length === 0) return new Map();
  const recent = Math.min(...grown.map(({ updatedAt }) => updatedAt)) - LOOK_BACK_MS;
  const latest = group(await broker.executionsSince(Math.max(recent, oldest - 1)));
  const isComplete = grown.every(
    (order) => sharesOf(latest.get(order.id)) === order.filledQuantity,
  );
  return isComplete ? latest : group(await broker.executionsSince(oldest - 1));
}

const sharesOf = (executions: readonly Execution[] | undefined): number =>
  (executions ?? []).reduce((sum, { quantity }) => sum + quantity, 0);

function group(executions: readonly Execution[]): ReadonlyMap<BrokerOrderId, readonly Execution[]> {
  const byOrder = new Map<BrokerOrderId, Execution[]>();
  for (const execution of executions) {
    const list = byOrder.get(execution.orderId);
    if (list === undefined) byOrder.set(execution.orderId, [execution]);
    else list.push(execution);
  }
  return byOrder;
}

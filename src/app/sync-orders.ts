import type { BrokerOrderId } from '#core/ids.ts';
import { withLegs } from '#core/order-tree.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { LedgerOrder } from '#ports/ledger.ts';

import type { AppContext } from './context.ts';
import { applyOrder } from './order-updates.ts';
import { settleOpenIntents } from './settle-intents.ts';

/** How long before an order's last change its newest executions are looked for. */
const LOOK_BACK_MS = 10 * MINUTE_MS;

/** What a look at the orders has found. */
export interface SyncReport {
  /** Executions that were not booked before: no socket had told of them yet. */
  readonly bookedFills: number;
}

/**
 * Brings the ledger's orders level with the broker's by REST: sockets are hints, snapshots decide.
 * Finds the orders whose ids a process that died never stored, and books the fills that no socket told of;
 * an execution that the broker does not list yet is asked for again at the next sync.
 */
export async function syncOrders(context: AppContext): Promise<SyncReport> {
  const startedAt = context.systemClock.now();
  const found = withLegs(await settleOpenIntents(context));
  const known = await context.ledger.unsettledOrders();
  const byId = new Map(known.map((order) => [order.brokerOrderId, order]));
  const changed = (await listSince(context, known)).flatMap((order) => newsOf(order, byId));
  const bookedFills = await applyAll(context, [...found, ...changed], byId);
  context.sight.reconciled(startedAt);
  return { bookedFills };
}

/** All orders since the oldest known one; known ones that the listing leaves out are asked for one by one. */
async function listSince(
  { broker }: AppContext,
  known: readonly LedgerOrder[],
): Promise<readonly BrokerOrder[]> {
  const oldest = known[0];
  if (oldest === undefined) return [];
  const orders = await broker.ordersSince(oldest.createdAt - 1);
  const listed = new Set(withLegs(orders).map(({ id }) => id));
  const missing = known.filter(({ brokerOrderId }) => !listed.has(brokerOrderId));
  const found = await Promise.all(missing.map(({ brokerOrderId }) => broker.order(brokerOrderId)));
  return [...orders, ...found.filter((order) => order !== null)];
}

/** The order and its legs, as far as the ledger does not have them as the broker has them. */
function newsOf(
  order: BrokerOrder,
  known: ReadonlyMap<BrokerOrderId, LedgerOrder>,
): readonly BrokerOrder[] {
  const isOurs = known.has(order.id);
  const isMissing = ({ id }: BrokerOrder): boolean => isOurs && !known.has(id);
  const legs = order.legs.filter((leg) => isMissing(leg) || differs(leg, known));
  // A leg that was never stored is stored with its parent, which knows whose it is.
  return differs(order, known) || legs.some(isMissing) ? [order, ...legs] : legs;
}

function differs(order: BrokerOrder, known: ReadonlyMap<BrokerOrderId, LedgerOrder>): boolean {
  const before = known.get(order.id);
  if (before === undefined) return order.replaces !== null && known.has(order.replaces);
  return before.status !== order.status || before.bookedQuantity !== order.filledQuantity;
}

async function applyAll(
  context: AppContext,
  orders: readonly BrokerOrder[],
  known: ReadonlyMap<BrokerOrderId, LedgerOrder>,
): Promise<number> {
  const grown = orders.filter(
    (order) => order.filledQuantity > (known.get(order.id)?.bookedQuantity ?? 0),
  );
  const executions = await executionsOf(context, grown);
  let booked = 0;
  for (const order of orders) {
    try {
      booked += (await applyOrder(context, order, executions.get(order.id) ?? [])) ?? 0;
    } catch (error) {
      // What is wrong with one order must not keep the fills of all others from being booked.
      context.log.error(
        { order: order.id, symbol: order.symbol, error: String(error) },
        'an order could not be taken in; the next look tries again',
      );
    }
  }
  return booked;
}

/** The executions of orders that have filled further; all of each, since booking skips what is booked. */
async function executionsOf(
  { broker }: AppContext,
  grown: readonly BrokerOrder[],
): Promise<ReadonlyMap<BrokerOrderId, readonly Execution[]>> {
  if (grown.length === 0) return new Map();
  const recent = earliest(grown.map(({ updatedAt }) => updatedAt));
  const latest = group(await broker.executionsSince(recent));
  const isComplete = grown.every(
    (order) => sharesOf(latest.get(order.id)) === order.filledQuantity,
  );
  if (isComplete) return latest;
  return group(await broker.executionsSince(earliest(grown.map(({ createdAt }) => createdAt))));
}

const earliest = (times: readonly EpochMs[]): EpochMs => Math.min(...times) - LOOK_BACK_MS;

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

import type { BrokerOrderId } from '#core/ids.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { LegRole, Trade } from '#core/trade.ts';
import type { LedgerOrder } from '#ports/ledger.ts';

import type { AppContext } from './context.ts';
import { applyOrder } from './order-updates.ts';

/** How long before an order's last change its newest executions are looked for. */
const LOOK_BACK_MS = 10 * MINUTE_MS;

/**
 * Brings the ledger's orders level with the broker's by REST: sockets are hints, snapshots decide.
 * Finds the brackets whose ids a process that died never stored, and books the fills that no socket
 * told of; an execution that the broker does not list yet is asked for again at the next sync.
 */
export async function syncOrders(context: AppContext): Promise<void> {
  const known = await context.ledger.unsettledOrders();
  const unstored = withLegs(await findUnstored(context, known));
  const byId = new Map(known.map((order) => [order.brokerOrderId, order]));
  const listed = withLegs(await listSince(context, known));
  const changed = listed.filter((order) => differs(order, byId));
  await applyAll(context, [...unstored, ...changed], byId);
}

/** Every role that a bracket's orders have. */
const ROLES: readonly LegRole[] = ['entry', 'take_profit', 'stop_loss'];

/**
 * Trades of which the ledger lacks an order are looked up by the id that was sent along. Of those that
 * are still planned the broker may know nothing: they are for the next cycle to send or to give up.
 */
async function findUnstored(
  { ledger, broker }: AppContext,
  known: readonly LedgerOrder[],
): Promise<readonly BrokerOrder[]> {
  const trades = await ledger.unfinishedTrades();
  const isStored = ({ id }: Trade): boolean => {
    const roles = new Set(known.filter(({ tradeId }) => tradeId === id).map(({ role }) => role));
    return ROLES.every((role) => roles.has(role));
  };
  const unstored = trades.filter((trade) => !isStored(trade));
  const found = await Promise.all(
    unstored.map(({ intent }) => broker.orderByClientId(intent.clientOrderId)),
  );
  return found.filter((order) => order !== null);
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

/** Parents come first, so that an entry's fill is booked before its exit's. */
const withLegs = (orders: readonly BrokerOrder[]): readonly BrokerOrder[] =>
  orders.flatMap((order) => [order, ...order.legs]);

/** Whether the ledger does not have the order as the broker has it. */
function differs(order: BrokerOrder, known: ReadonlyMap<BrokerOrderId, LedgerOrder>): boolean {
  const before = known.get(order.id);
  if (before === undefined) return order.replaces !== null && known.has(order.replaces);
  return before.status !== order.status || before.bookedQuantity !== order.filledQuantity;
}

async function applyAll(
  context: AppContext,
  orders: readonly BrokerOrder[],
  known: ReadonlyMap<BrokerOrderId, LedgerOrder>,
): Promise<void> {
  const grown = orders.filter(
    (order) => order.filledQuantity > (known.get(order.id)?.bookedQuantity ?? 0),
  );
  const executions = await executionsOf(context, grown);
  for (const order of orders) {
    try {
      await applyOrder(context, order, executions.get(order.id) ?? []);
    } catch (error) {
      // What is wrong with one order must not keep the fills of all others from being booked.
      context.log.error(
        { order: order.id, symbol: order.symbol, error: String(error) },
        'an order could not be taken in; the next look tries again',
      );
    }
  }
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

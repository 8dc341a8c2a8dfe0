import type { BrokerOrderId } from './ids.ts';
import type { OrderStatus } from './order.ts';
import { isTerminal } from './order.ts';

/** What matters of an order of a trade. */
interface Member {
  readonly brokerOrderId: BrokerOrderId;
  readonly role: 'entry' | 'take_profit' | 'stop_loss' | 'exit';
  readonly status: OrderStatus | 'unknown';
  readonly filledQuantity: number;
  readonly parentId: BrokerOrderId | null;
  readonly replaces: BrokerOrderId | null;
}

interface Intervention {
  readonly brokerOrderId: BrokerOrderId;
  readonly action: 'cancel' | 'replace';
  readonly intentId: string | null;
}

/**
 * Whether there is a reason why a leg ended as cancelled or replaced that is not an interference of its own:
 * a cancel of it, or of one that it lives and dies with; the other leg has acted, perhaps under another id;
 * or its entry ended before it was complete.
 *
 * A cancel takes the whole group along, whoever asked for it: where it was nobody of ours, the first leg is
 * the interference and the others are its consequence. A replacement is of one leg alone; that a stop was
 * moved once explains nothing of what happens to its bracket later.
 */
export function isExplained(
  leg: Member,
  orders: readonly Member[],
  interventions: readonly Intervention[],
): boolean {
  const group = groupOf(leg, orders);
  const ids = new Set(group.map(({ brokerOrderId }) => brokerOrderId));
  const isAsked = interventions.some(
    ({ brokerOrderId, action, intentId }) =>
      (leg.status === 'replaced'
        ? action === 'replace' && brokerOrderId === leg.brokerOrderId && intentId !== null
        : action === 'cancel') && ids.has(brokerOrderId),
  );
  if (isAsked) return true;
  return group.some(
    (other) =>
      other.brokerOrderId !== leg.brokerOrderId &&
      (other.role === 'entry'
        ? isTerminal(other.status) && other.status !== 'filled'
        : other.filledQuantity > 0),
  );
}

/** All orders that hang together with this one, by parents and replacements. */
function groupOf(leg: Member, orders: readonly Member[]): readonly Member[] {
  const group = new Map([[leg.brokerOrderId, leg]]);
  const parents = new Set([leg.parentId]);
  for (let size = 0; size < group.size;) {
    size = group.size;
    for (const order of orders) {
      const { brokerOrderId: id, parentId, replaces } = order;
      const hangsOn =
        (parentId !== null && (parents.has(parentId) || group.has(parentId))) ||
        parents.has(id) ||
        (replaces !== null && group.has(replaces)) ||
        [...group.values()].some((member) => member.replaces === id);
      if (!hangsOn) continue;
      group.set(id, order);
      if (parentId !== null) parents.add(parentId);
    }
  }
  return [...group.values()];
}

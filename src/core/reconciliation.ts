import type { Position } from './account.ts';
import { purposeOf } from './ids.ts';
import type { BrokerOrderId, Ticker, TradeId } from './ids.ts';
import { liveGroups } from './order-tree.ts';
import type { OrderGroup } from './order-tree.ts';
import { signOf } from './order.ts';
import type { BrokerOrder } from './order.ts';

/** Both sides of the comparison. */
export interface ReconciliationView {
  readonly positions: readonly Position[];
  /** Of all symbols; legs under their parents. */
  readonly orders: readonly BrokerOrder[];
  /** Shares by the ledger's fills, negative when short. */
  readonly ledgerQuantities: ReadonlyMap<Ticker, number>;
  readonly knownOrders: ReadonlySet<BrokerOrderId>;
  /** Of the trades that orders are named after, those that the ledger has. */
  readonly knownTrades: ReadonlySet<TradeId>;
}

/** Something at the broker that the ledger does not account for. */
export type Difference =
  | {
      readonly kind: 'position';
      /** Changes with the number of shares: what was decided about one number holds for no other. */
      readonly key: string;
      readonly symbol: Ticker;
      /** Beyond what the ledger accounts for, negative when short. */
      readonly quantity: number;
      /** What the ledger accounts for. */
      readonly ledgerQuantity: number;
    }
  | {
      readonly kind: 'order';
      readonly key: string;
      readonly symbol: Ticker;
      readonly order: BrokerOrder;
    };

/** Every difference between the broker and the ledger, positions first. */
export const differencesOf = (view: ReconciliationView): readonly Difference[] => [
  ...positionDifferences(view),
  ...foreignOrders(view),
];

function positionDifferences({
  positions,
  ledgerQuantities,
}: Pick<ReconciliationView, 'positions' | 'ledgerQuantities'>): Difference[] {
  const atBroker = new Map(
    positions.map(({ symbol, side, quantity }) => [symbol, signOf(side) * quantity]),
  );
  const symbols = [...new Set([...atBroker.keys(), ...ledgerQuantities.keys()])].toSorted();
  return symbols.flatMap((symbol) => {
    const ledgerQuantity = ledgerQuantities.get(symbol) ?? 0;
    const quantity = (atBroker.get(symbol) ?? 0) - ledgerQuantity;
    if (quantity === 0) return [];
    const key = `${symbol} ${quantity > 0 ? '+' : '−'}${Math.abs(quantity)}`;
    return [{ kind: 'position', key, symbol, quantity, ledgerQuantity }];
  });
}

/** The trades that live orders are named after which the ledger does not know. */
export const tradesNamedBy = ({
  orders,
  knownOrders,
}: Pick<ReconciliationView, 'orders' | 'knownOrders'>): readonly TradeId[] => [
  ...new Set(
    unknownGroups({ orders, knownOrders }).flatMap(
      ({ root }) => purposeOf(root.clientOrderId)?.tradeId ?? [],
    ),
  ),
];

/** Live orders that the ledger has not stored, with their legs. */
export const unknownGroups = ({
  orders,
  knownOrders,
}: Pick<ReconciliationView, 'orders' | 'knownOrders'>): readonly OrderGroup[] =>
  liveGroups(orders).filter(
    ({ root, live }) => !knownOrders.has(root.id) && !live.some(({ id }) => knownOrders.has(id)),
  );

/**
 * Orders under an id of the bot's making that the ledger has not stored and that are over by now, but not
 * without a fill, in symbols whose shares differ: the fills that the ledger lacks may be theirs.
 */
export function unstoredFilled({
  positions,
  orders,
  ledgerQuantities,
  knownOrders,
}: Omit<ReconciliationView, 'knownTrades'>): readonly BrokerOrder[] {
  const differing = new Set(
    positionDifferences({ positions, ledgerQuantities }).map(({ symbol }) => symbol),
  );
  return orders.filter(
    ({ id, symbol, clientOrderId, filledQuantity, legs }) =>
      differing.has(symbol) &&
      !knownOrders.has(id) &&
      purposeOf(clientOrderId) !== null &&
      [filledQuantity, ...legs.map((leg) => leg.filledQuantity)].some((shares) => shares > 0),
  );
}

/**
 * Live orders that are none of the bot's: neither known, nor sent just now for a trade of the ledger. An
 * order under an id of the bot's making, but for a trade that nobody knows, is of a ledger that was lost.
 */
function foreignOrders(view: ReconciliationView): Difference[] {
  return unknownGroups(view)
    .filter(({ root }) => {
      const purpose = purposeOf(root.clientOrderId);
      return purpose === null || !view.knownTrades.has(purpose.tradeId);
    })
    .map(({ root }) => ({ kind: 'order', key: root.id, symbol: root.symbol, order: root }));
}

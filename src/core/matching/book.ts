import type { BrokerOrderId, ClientOrderId, Ticker } from '../ids.ts';
import { isTerminal } from '../order.ts';
import type { SimulatedOrder } from './order.ts';

/** Every order that was ever accepted, by its ids, and the live ones by symbol. */
export interface Book {
  /** The next order's place. */
  nextSequence(): number;
  add(order: SimulatedOrder): void;
  /** Puts an order, as it is from now on, in the place of itself; returns it. */
  put(order: SimulatedOrder): SimulatedOrder;
  byId(id: BrokerOrderId): SimulatedOrder | undefined;
  byClientId(id: ClientOrderId): SimulatedOrder | undefined;
  /** In order of submission; the index is the order's sequence. */
  all(): readonly SimulatedOrder[];
  /** The live orders of a symbol, in order of submission. The list changes with the book. */
  liveOf(symbol: Ticker): readonly SimulatedOrder[];
  /** The same for each symbol that ever had one. */
  liveLists(): Iterable<readonly SimulatedOrder[]>;
  /** The live orders of all symbols as they stand now, in order of submission. */
  live(): readonly SimulatedOrder[];
}

const NONE: readonly SimulatedOrder[] = [];

export function createBook(): Book {
  const orders: SimulatedOrder[] = [];
  const sequenceById = new Map<BrokerOrderId, number>();
  /** Null until somebody looks an order up by the client's id. */
  let sequenceByClientId: Map<ClientOrderId, number> | null = null;
  const liveBySymbol = new Map<Ticker, SimulatedOrder[]>();

  const at = (sequence: number | undefined) =>
    sequence === undefined ? undefined : orders[sequence];

  return {
    nextSequence: () => orders.length,
    add(order) {
      orders.push(order);
      sequenceById.set(order.id, order.sequence);
      sequenceByClientId?.set(order.clientOrderId, order.sequence);
      const live = liveBySymbol.get(order.symbol);
      if (live === undefined) liveBySymbol.set(order.symbol, [order]);
      else live.push(order);
    },
    put(order) {
      orders[order.sequence] = order;
      keepLive(liveBySymbol.get(order.symbol), order);
      return order;
    },
    byId: (id) => at(sequenceById.get(id)),
    byClientId(id) {
      sequenceByClientId ??= new Map(
        orders.map(({ clientOrderId, sequence }) => [clientOrderId, sequence]),
      );
      return at(sequenceByClientId.get(id));
    },
    all: () => orders,
    liveOf: (symbol) => liveBySymbol.get(symbol) ?? NONE,
    liveLists: () => liveBySymbol.values(),
    live: () =>
      [...liveBySymbol.values()].flat().toSorted((left, right) => left.sequence - right.sequence),
  };
}

/** Puts an order in its place among the live ones of its symbol, or takes it out once it is over. */
function keepLive(live: SimulatedOrder[] | undefined, order: SimulatedOrder): void {
  if (live === undefined) return;
  for (let index = 0; index < live.length; index += 1) {
    if (live[index]?.sequence !== order.sequence) continue;
    if (isTerminal(order.status)) live.splice(index, 1);
    else live[index] = order;
    return;
  }
}

import type { BrokerOrderId, ClientOrderId, Ticker } from '../ids.ts';
import { isTerminal } from '../order.ts';
import type { SimulatedOrder } from './order.ts';

/** Every order that was ever accepted, by its ids, and the live ones by symbol. */
export interface Book {
  /** The next order's place. */
  nextSequence(): number;
  add(order: SimulatedOrder): void;
  update(order: SimulatedOrder, change: Partial<SimulatedOrder>): SimulatedOrder;
  byId(id: BrokerOrderId): SimulatedOrder | undefined;
  byClientId(id: ClientOrderId): SimulatedOrder | undefined;
  /** In order of submission; the index is the order's sequence. */
  all(): readonly SimulatedOrder[];
  /** The live orders of a symbol as they stand, in order of submission. */
  liveOf(symbol: Ticker): readonly SimulatedOrder[];
  /** The live orders of all symbols, in order of submission. */
  live(): readonly SimulatedOrder[];
}

const NONE: readonly SimulatedOrder[] = [];

export function createBook(): Book {
  const orders: SimulatedOrder[] = [];
  const sequenceById = new Map<BrokerOrderId, number>();
  const sequenceByClientId = new Map<ClientOrderId, number>();
  const liveBySymbol = new Map<Ticker, readonly SimulatedOrder[]>();

  const at = (sequence: number | undefined) =>
    sequence === undefined ? undefined : orders[sequence];

  function setLive(symbol: Ticker, live: readonly SimulatedOrder[]): void {
    if (live.length === 0) liveBySymbol.delete(symbol);
    else liveBySymbol.set(symbol, live);
  }

  const liveOf = (symbol: Ticker) => liveBySymbol.get(symbol) ?? NONE;

  return {
    nextSequence: () => orders.length,
    add(order) {
      orders.push(order);
      sequenceById.set(order.id, order.sequence);
      sequenceByClientId.set(order.clientOrderId, order.sequence);
      setLive(order.symbol, [...liveOf(order.symbol), order]);
    },
    update(order, change) {
      const updated: SimulatedOrder = { ...order, ...change };
      orders[order.sequence] = updated;
      const others = liveOf(order.symbol);
      setLive(
        order.symbol,
        isTerminal(updated.status)
          ? others.filter(({ sequence }) => sequence !== order.sequence)
          : others.map((other) => (other.sequence === order.sequence ? updated : other)),
      );
      return updated;
    },
    byId: (id) => at(sequenceById.get(id)),
    byClientId: (id) => at(sequenceByClientId.get(id)),
    all: () => orders,
    liveOf,
    live: () =>
      [...liveBySymbol.values()].flat().toSorted((left, right) => left.sequence - right.sequence),
  };
}

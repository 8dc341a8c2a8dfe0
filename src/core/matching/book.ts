import type { BrokerOrderId, ClientOrderId, Ticker } from '../ids.ts';
import { isTerminal } from '../order.ts';
import type { BookOrder, SimulatedOrder } from './order.ts';

/**
 * What becomes of orders. all: every one that was ever accepted is known, and what is given out of one stays as it
 * was then. live: ended ones are forgotten, and what is given out of the others changes with them; for whoever plays
 * years of bars.
 */
export type OrderMemory = 'all' | 'live';

/** The orders by their ids, and the live ones by symbol. */
export interface Book {
  /** The next order's place; each is given once. */
  nextSequence(): number;
  add(order: BookOrder): void;
  /** Has to hear of every change of an order. */
  changed(order: BookOrder): void;
  /** What outsiders see of an order. */
  view(order: BookOrder): SimulatedOrder;
  byId(id: BrokerOrderId): BookOrder | undefined;
  byClientId(id: ClientOrderId): BookOrder | undefined;
  /** In order of submission. */
  all(): readonly BookOrder[];
  /** The live orders of a symbol, in order of submission. The list changes with the book. */
  liveOf(symbol: Ticker): readonly BookOrder[];
  /** The same for each symbol that ever had one. */
  liveLists(): Iterable<readonly BookOrder[]>;
  /** The live orders of all symbols as they stand now, in order of submission. */
  live(): readonly BookOrder[];
}

const NONE: readonly BookOrder[] = [];

export function createBook(memory: OrderMemory): Book {
  const liveBySymbol = new Map<Ticker, BookOrder[]>();
  const archive = memory === 'all' ? createArchive() : null;
  const find = (isMeant: (order: BookOrder) => boolean): BookOrder | undefined => {
    for (const live of liveBySymbol.values()) {
      const found = live.find(isMeant);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const live = (): readonly BookOrder[] => {
    const all: BookOrder[] = [];
    for (const own of liveBySymbol.values()) all.push(...own);
    return all.length < 2 ? all : all.toSorted((left, right) => left.sequence - right.sequence);
  };
  let sequence = 0;
  return {
    nextSequence() {
      sequence += 1;
      return sequence - 1;
    },
    add(order) {
      archive?.add(order);
      const own = liveBySymbol.get(order.symbol);
      if (own === undefined) liveBySymbol.set(order.symbol, [order]);
      else own.push(order);
    },
    changed(order) {
      order.seen = null;
      if (isTerminal(order.status)) takeOut(liveBySymbol.get(order.symbol), order);
    },
    view(order) {
      if (archive === null) return order;
      order.seen ??= copyOf(order);
      return order.seen;
    },
    byId: (id) => (archive === null ? find((order) => order.id === id) : archive.byId(id)),
    byClientId: (id) =>
      archive === null ? find((order) => order.clientOrderId === id) : archive.byClientId(id),
    all: () => (archive === null ? live() : archive.all()),
    liveOf: (symbol) => liveBySymbol.get(symbol) ?? NONE,
    liveLists: () => liveBySymbol.values(),
    live,
  };
}

/** Every order that was ever accepted. */
function createArchive() {
  const orders = new Map<BrokerOrderId, BookOrder>();
  /** Null until somebody looks an order up by the client's id. */
  let byClientId: Map<ClientOrderId, BookOrder> | null = null;
  const all = (): readonly BookOrder[] => [...orders.values()];
  return {
    all,
    add(order: BookOrder): void {
      orders.set(order.id, order);
      byClientId?.set(order.clientOrderId, order);
    },
    byId: (id: BrokerOrderId) => orders.get(id),
    byClientId(id: ClientOrderId) {
      byClientId ??= new Map(all().map((order) => [order.clientOrderId, order]));
      return byClientId.get(id);
    },
  };
}

/** Closes the gap by hand: a splice makes a list of what it takes out. */
function takeOut(live: BookOrder[] | undefined, order: BookOrder): void {
  const index = live?.indexOf(order) ?? -1;
  if (live === undefined || index < 0) return;
  for (let at = index + 1; at < live.length; at += 1) live[at - 1] = live[at] ?? order;
  live.pop();
}

function copyOf(order: BookOrder): SimulatedOrder {
  const { parent: _, legs: __, predecessor: ___, seen: ____, ...copy } = order;
  return copy;
}

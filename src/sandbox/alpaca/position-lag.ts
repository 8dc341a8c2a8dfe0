import type { Ticker } from '#core/ids.ts';
import type { Exchange, PositionState } from '#core/matching/exchange.ts';
import type { ExchangeEvent } from '#core/matching/order.ts';

import type { Behaviour } from './behaviour.ts';
import type { Schedule } from './schedule.ts';

/** The book of positions as clients see it: it may be behind the executions. */
export interface PositionLag {
  /** Whether executions of the symbol do not show yet. */
  readonly isBehind: (symbol: Ticker) => boolean;
  readonly position: (symbol: Ticker) => PositionState | undefined;
  readonly positions: () => readonly PositionState[];
  /** Lets something happen and remembers how the positions were before, where they are to lag. */
  during<T extends object>(act: () => T): T;
}

interface Lagging {
  /** As it was before the first execution that does not show yet. */
  readonly shown: PositionState | undefined;
}

export function createPositionLag(
  exchange: Exchange,
  schedule: Schedule,
  behaviour: Behaviour,
): PositionLag {
  const lagging = new Map<Ticker, Lagging>();
  const position = (symbol: Ticker): PositionState | undefined => {
    const behind = lagging.get(symbol);
    return behind === undefined ? exchange.position(symbol) : behind.shown;
  };
  function fallBehind(symbol: Ticker, shown: PositionState | undefined): void {
    const entry: Lagging = { shown };
    lagging.set(symbol, entry);
    schedule.after(behaviour.positionLagMs, () => {
      // A later execution may have begun the wait anew.
      if (lagging.get(symbol) === entry) lagging.delete(symbol);
    });
  }
  return {
    isBehind: (symbol) => lagging.has(symbol),
    position,
    positions() {
      if (lagging.size === 0) return exchange.positions();
      const symbols = exchange.positions().map(({ symbol }) => symbol);
      return [...new Set([...symbols, ...lagging.keys()])].flatMap(
        (symbol) => position(symbol) ?? [],
      );
    },
    during(act) {
      if (behaviour.positionLagMs <= 0) return act();
      const before = new Map(exchange.positions().map((held) => [held.symbol, held]));
      const outcome = act();
      for (const symbol of tradedIn(outcome)) {
        const behind = lagging.get(symbol);
        fallBehind(symbol, behind === undefined ? before.get(symbol) : behind.shown);
      }
      return outcome;
    },
  };
}

function tradedIn(outcome: { readonly events?: readonly ExchangeEvent[] }): ReadonlySet<Ticker> {
  const fills = (outcome.events ?? []).filter(
    ({ type }) => type === 'fill' || type === 'partial_fill',
  );
  return new Set(fills.map(({ order }) => order.symbol));
}

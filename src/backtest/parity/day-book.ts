import type { EntryIntent } from '#core/decision.ts';
import type { BrokerOrderId } from '#core/ids.ts';
import { addUsd, timesShares, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { averagePrice } from '#core/trade-math.ts';
import type { DayFill } from '#ports/parity.ts';

import type { DaySignal } from './compare.ts';
import type { RecordedDay } from './recorded-day.ts';

/** The signals that were recorded, bar by bar. */
export const recordedSignals = ({ cycles }: RecordedDay): readonly DaySignal[] =>
  cycles.flatMap(({ barEnd, decisions, entries }) => {
    const intents = new Map<string, EntryIntent>(entries.map((intent) => [intent.symbol, intent]));
    return decisions.map(({ symbol, kind, refusedBy }): DaySignal => {
      const outcome = kind === 'enter' ? 'entered' : (refusedBy ?? 'no-signal');
      return { barEnd, symbol, outcome, intent: intents.get(symbol) ?? null };
    });
  });

/** The fills of the session that were recorded, one an order. */
export function recordedFills({ trades, first: { session } }: RecordedDay): readonly DayFill[] {
  const log = createFillLog();
  for (const { trade, fills } of trades) {
    const { id: tradeId, intent, origin } = trade;
    for (const fill of fills) {
      const isWithin = fill.at >= session.open && fill.at <= session.close;
      // What was adopted was bought by somebody else.
      if (!isWithin || (origin === 'adopted' && fill.as === 'entry')) continue;
      log.add(fill.brokerOrderId, { ...fill, tradeId, symbol: intent.symbol });
    }
  }
  return log.fills();
}

/** Adds up the executions of each order. */
export interface FillLog {
  add(order: BrokerOrderId, execution: DayFill): void;
  fills(): readonly DayFill[];
}

export function createFillLog(): FillLog {
  const sums = new Map<BrokerOrderId, { readonly last: DayFill; quantity: number; value: Usd }>();
  return {
    add(order, { tradeId, symbol, side, as, quantity, price, at }) {
      const before = sums.get(order) ?? { quantity: 0, value: ZERO_USD };
      sums.set(order, {
        last: { tradeId, symbol, side, as, quantity, price, at },
        quantity: before.quantity + quantity,
        value: addUsd(before.value, timesShares(price, quantity)),
      });
    },
    fills: () =>
      [...sums.values()].map(({ last, quantity, value }) => ({
        ...last,
        quantity,
        price: averagePrice(value, quantity),
      })),
  };
}

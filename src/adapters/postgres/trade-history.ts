import type { TradeHistoryReads } from '#ports/trade-history.ts';

import type { Database } from './database.ts';
import { and, asc, desc, eq, gte, inArray, lt } from './drizzle.ts';
import { tradeOf } from './mapping.ts';
import { closes } from './schema/closes.ts';
import { fills } from './schema/orders.ts';
import { trades } from './schema/trades.ts';

export const tradeHistoryReads = (db: Database): TradeHistoryReads => ({
  async lastTrades(count) {
    const rows = await db
      .select()
      .from(trades)
      .where(inArray(trades.status, ['open', 'closed']))
      .orderBy(desc(trades.decidedAt), desc(trades.id))
      .limit(count);
    return rows.map(tradeOf);
  },

  fillsOf: (id) =>
    db
      .select({
        brokerOrderId: fills.brokerOrderId,
        side: fills.side,
        quantity: fills.quantity,
        price: fills.price,
        at: fills.at,
      })
      .from(fills)
      .where(eq(fills.tradeId, id))
      .orderBy(asc(fills.at), asc(fills.brokerOrderId), asc(fills.cumulativeQuantity)),

  async tradesFilled({ from, until }) {
    const rows = await db
      .select({ id: fills.tradeId })
      .from(fills)
      .where(and(gte(fills.at, from), lt(fills.at, until)))
      .groupBy(fills.tradeId)
      .orderBy(asc(fills.tradeId));
    return rows.map(({ id }) => id);
  },

  closesOf: (id) =>
    db
      .select()
      .from(closes)
      .where(eq(closes.tradeId, id))
      .orderBy(asc(closes.requestedAt), asc(closes.id)),
});

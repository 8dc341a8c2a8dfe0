import type { BrokerOrderId, CloseId, TradeId } from '#core/ids.ts';
import type { IntentOutcome, OrderIntent, OrderRequest } from '#ports/ledger.ts';

import { documentOf, instant, words } from '../columns.ts';
import { sql, index, pgTable, text } from '../drizzle.ts';
import { closes } from './closes.ts';
import { sessionDate, symbol } from './common.ts';
import { trades } from './trades.ts';

/** Everything that was asked of the broker, each written down before the broker heard of it. */
export const orderIntents = pgTable(
  'order_intents',
  {
    /** The client order id that is sent along; of a cancel, one for each time it is asked. */
    id: text('id').primaryKey(),
    /** Null for orders that are none of ours. */
    tradeId: text('trade_id')
      .$type<TradeId>()
      .references(() => trades.id),
    closeId: text('close_id')
      .$type<CloseId>()
      .references(() => closes.id),
    symbol: symbol(),
    kind: text('kind').$type<OrderRequest['kind']>().notNull(),
    reason: text('reason').$type<OrderIntent['reason']>().notNull(),
    /** The request in full; prices in micro-dollars, quantities in shares. */
    request: documentOf<OrderRequest>('request'),
    /** The order that is to be cancelled or moved; null for a new one. */
    orderId: text('order_id').$type<BrokerOrderId>(),
    requestedBy: words('requested_by').notNull(),
    /** By the system's clock. */
    at: instant('at').notNull(),
    sessionDate: sessionDate(),
    /** What came of it; null while nobody knows. */
    outcome: text('outcome').$type<IntentOutcome>(),
    /** Why it was rejected or given up. */
    detail: words('detail'),
  },
  (table) => [
    index('order_intents_of_trade').on(table.tradeId),
    index('order_intents_of_close').on(table.closeId),
    index('order_intents_open')
      .on(table.at)
      .where(sql`${table.outcome} is null`),
    index('order_intents_cancels')
      .on(table.symbol, table.at)
      .where(sql`${table.kind} = 'cancel'`),
  ],
);

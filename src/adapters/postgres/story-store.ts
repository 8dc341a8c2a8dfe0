import { and, asc, eq, isNotNull } from 'drizzle-orm';

import { entrySideOf } from '#core/order.ts';
import type { StopStep } from '#ports/charts.ts';
import type { StoryReads } from '#ports/trade-story.ts';

import type { Database } from './database.ts';
import { fills, orders } from './schema/orders.ts';
import { trades } from './schema/trades.ts';

export const storyReads = (db: Database): StoryReads => ({
  async tradeStory(id) {
    const booked = await db
      .select({
        at: fills.at,
        side: fills.side,
        price: fills.price,
        quantity: fills.quantity,
        intent: trades.intent,
      })
      .from(fills)
      .innerJoin(trades, eq(trades.id, fills.tradeId))
      .where(eq(fills.tradeId, id))
      .orderBy(asc(fills.at), asc(fills.cumulativeQuantity));
    const stops = await db
      .select({ at: orders.createdAt, price: orders.stopPrice })
      .from(orders)
      .where(and(eq(orders.tradeId, id), eq(orders.role, 'stop_loss'), isNotNull(orders.stopPrice)))
      .orderBy(asc(orders.createdAt), asc(orders.brokerOrderId));
    return {
      fills: booked.map(({ side, intent, ...fill }) => ({
        ...fill,
        role: side === entrySideOf(intent.side) ? 'entry' : 'exit',
      })),
      stops: stops
        .flatMap(({ at, price }): StopStep[] => (price === null ? [] : [{ at, price }]))
        .filter(({ price }, index, all) => index === 0 || price !== all[index - 1]?.price),
    };
  },
});

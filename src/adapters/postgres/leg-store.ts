import type { NodePgDatabase } from 'drizzle-orm/node-postgres';

import type { TradeId } from '#core/ids.ts';
import type { EpochMs } from '#core/session.ts';
import type { EndedLeg, Ledger, LedgerTransaction, LegIntervention } from '#ports/ledger.ts';

import type { Database } from './database.ts';
import { and, asc, eq, gte, inArray, isNull, lt, lte, notExists, sql } from './drizzle.ts';
import { orderOf } from './mapping.ts';
import { byAge } from './order-store.ts';
import { isUnexplained, legInterventions, orders } from './schema/orders.ts';

const interventionsOf = (
  db: Database,
  tradeIds: readonly TradeId[],
): Promise<readonly LegIntervention[]> =>
  db
    .select()
    .from(legInterventions)
    .where(inArray(legInterventions.tradeId, [...tradeIds]))
    .orderBy(asc(legInterventions.at), asc(legInterventions.brokerOrderId));

async function unexplainedLegs(db: Database, before: EpochMs): Promise<readonly EndedLeg[]> {
  const itsIntervention = db
    .select({ id: legInterventions.brokerOrderId })
    .from(legInterventions)
    .where(
      and(
        eq(legInterventions.brokerOrderId, orders.brokerOrderId),
        // A stop that was to be moved, and then was cancelled, is not explained by the move.
        sql`${legInterventions.action} = CASE ${orders.status} WHEN 'replaced' THEN 'replace' ELSE 'cancel' END`,
      ),
    );
  const rows = await db
    .select()
    .from(orders)
    .where(and(isUnexplained(orders), lt(orders.updatedAt, before), notExists(itsIntervention)))
    .orderBy(...byAge);
  if (rows.length === 0) return [];
  const tradeIds = [...new Set(rows.map(({ tradeId }) => tradeId))];
  const siblings = await db
    .select()
    .from(orders)
    .where(inArray(orders.tradeId, tradeIds))
    .orderBy(...byAge);
  const ordersOf = Map.groupBy(siblings.map(orderOf), ({ tradeId }) => tradeId);
  const interventions = await interventionsOf(db, tradeIds);
  const ofTrade = Map.groupBy(interventions, ({ tradeId }) => tradeId);
  return rows.map(orderOf).map((leg) => ({
    leg,
    orders: ordersOf.get(leg.tradeId) ?? [],
    interventions: ofTrade.get(leg.tradeId) ?? [],
  }));
}

type LegReads = Pick<Ledger, 'unexplainedLegs' | 'interferenceCount'>;

export const legReads = (db: NodePgDatabase): LegReads => ({
  // Of one moment: a leg must not be judged by orders that were saved after it was read.
  unexplainedLegs: (before) =>
    db.transaction((tx) => unexplainedLegs(tx, before), {
      isolationLevel: 'repeatable read',
      accessMode: 'read only',
    }),

  interferenceCount: (from, until = from) =>
    db.$count(
      legInterventions,
      and(
        from && gte(legInterventions.sessionDate, from),
        until && lte(legInterventions.sessionDate, until),
        isNull(legInterventions.intentId),
      ),
    ),
});

type LegWrites = Pick<LedgerTransaction, 'insertLegIntervention' | 'explainLeg'>;

export const legWrites = (db: Database): LegWrites => ({
  async insertLegIntervention(intervention) {
    await db.insert(legInterventions).values(intervention).onConflictDoNothing();
  },

  async explainLeg(id) {
    await db.update(orders).set({ isExplained: true }).where(eq(orders.brokerOrderId, id));
  },
});

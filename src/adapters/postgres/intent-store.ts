import type { BrokerOrderId, CloseId, TradeId } from '#core/ids.ts';
import type { EpochMs } from '#core/session.ts';
import type { Ledger, LedgerTransaction, OrderIntent, OrderRequest } from '#ports/ledger.ts';

import type { Database } from './database.ts';
import { and, asc, eq, gte, isNull, like, max, or } from './drizzle.ts';
import { orderIntents } from './schema/intents.ts';

/** The order that a request is about; null for one that asks for a new order. */
function subjectOf(request: OrderRequest): BrokerOrderId | null {
  if (request.kind === 'cancel') return request.orderId;
  return request.kind === 'move' ? request.move.orderId : null;
}

const intentRow = (intent: OrderIntent): typeof orderIntents.$inferInsert => ({
  id: intent.id,
  tradeId: intent.tradeId,
  closeId: intent.closeId,
  symbol: intent.symbol,
  kind: intent.request.kind,
  reason: intent.reason,
  request: intent.request,
  orderId: subjectOf(intent.request),
  requestedBy: intent.requestedBy,
  at: intent.at,
  sessionDate: intent.sessionDate,
});

const intentOf = (row: typeof orderIntents.$inferSelect): OrderIntent => ({
  id: row.id,
  tradeId: row.tradeId,
  closeId: row.closeId,
  symbol: row.symbol,
  reason: row.reason,
  request: row.request,
  requestedBy: row.requestedBy,
  at: row.at,
  sessionDate: row.sessionDate,
});

type IntentReads = Pick<Ledger, 'openOrderIntents' | 'cancelsAsked' | 'refusedSecondBracket'>;

export const intentReads = (db: Database): IntentReads => ({
  async refusedSecondBracket(since) {
    const refused = and(
      eq(orderIntents.outcome, 'rejected'),
      like(orderIntents.id, '%-scale'),
      like(orderIntents.detail, 'not-an-entry:%'),
      gte(orderIntents.at, since),
    );
    return (await db.$count(orderIntents, refused)) > 0;
  },

  async openOrderIntents() {
    const rows = await db
      .select()
      .from(orderIntents)
      .where(isNull(orderIntents.outcome))
      .orderBy(asc(orderIntents.at), asc(orderIntents.id));
    return rows.map(intentOf);
  },

  async cancelsAsked(symbol, since) {
    const rows = await db
      .select({ orderId: orderIntents.orderId, at: max(orderIntents.at) })
      .from(orderIntents)
      .where(
        and(
          eq(orderIntents.kind, 'cancel'),
          eq(orderIntents.symbol, symbol),
          gte(orderIntents.at, since),
        ),
      )
      .groupBy(orderIntents.orderId);
    return new Map<BrokerOrderId, EpochMs>(
      rows.flatMap(({ orderId, at }) => (orderId === null || at === null ? [] : [[orderId, at]])),
    );
  },
});

type IntentWrites = Pick<
  LedgerTransaction,
  'insertOrderIntent' | 'settleOrderIntent' | 'countOrderIntents'
>;

export const intentWrites = (db: Database): IntentWrites => ({
  async insertOrderIntent(intent) {
    const { rowCount } = await db
      .insert(orderIntents)
      .values(intentRow(intent))
      .onConflictDoNothing();
    if (rowCount === 1) return true;
    // Sent once more after a no, perhaps with other words: what comes of that is not known again.
    await db
      .update(orderIntents)
      .set({ request: intent.request, outcome: null, detail: null })
      .where(and(eq(orderIntents.id, intent.id), eq(orderIntents.outcome, 'rejected')));
    return false;
  },

  async settleOrderIntent(id, outcome, detail) {
    const { rowCount } = await db
      .update(orderIntents)
      .set({ outcome, detail })
      .where(and(eq(orderIntents.id, id), isNull(orderIntents.outcome)));
    return rowCount === 1;
  },

  countOrderIntents: (of, kind) =>
    db.$count(
      orderIntents,
      and(
        eq(orderIntents.kind, kind),
        or(eq(orderIntents.tradeId, of as TradeId), eq(orderIntents.closeId, of as CloseId)),
      ),
    ),
});

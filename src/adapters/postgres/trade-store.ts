import type { PastTrade } from '#core/decision.ts';
import type { EpochMs } from '#core/session.ts';
import { closedTrade, plannedTrade } from '#core/trade.ts';
import type { Trade, TradeStatus } from '#core/trade.ts';
import type { Ledger, LedgerTransaction } from '#ports/ledger.ts';

import type { Database } from './database.ts';
import { and, asc, count, desc, eq, gte, inArray, lt, or, sum } from './drizzle.ts';
import { adoptedFillRow, totalOf, tradeChanges, tradeOf, tradeRow } from './mapping.ts';
import { countShares } from './net-quantities.ts';
import type { BookedShares } from './net-quantities.ts';
import { fills } from './schema/orders.ts';
import { trades } from './schema/trades.ts';

type TradeReads = Pick<
  Ledger,
  | 'unfinishedTrades'
  | 'trade'
  | 'lastTradeIn'
  | 'closedTrades'
  | 'pastTrades'
  | 'tradeCounts'
  | 'intentCount'
>;

const UNFINISHED = ['planned', 'submitted', 'open'] as const satisfies readonly TradeStatus[];

export const isUnfinished = inArray(trades.status, [...UNFINISHED]);

const NO_TRADES: Readonly<Record<TradeStatus, number>> = {
  planned: 0,
  submitted: 0,
  open: 0,
  closed: 0,
  cancelled: 0,
  rejected: 0,
  abandoned: 0,
};

export const tradeReads = (db: Database): TradeReads => ({
  async unfinishedTrades() {
    const rows = await db
      .select()
      .from(trades)
      .where(isUnfinished)
      .orderBy(asc(trades.decidedAt), asc(trades.id));
    return rows.map(tradeOf);
  },

  async trade(id) {
    const [row] = await db.select().from(trades).where(eq(trades.id, id));
    return row === undefined ? null : tradeOf(row);
  },

  async lastTradeIn(symbol) {
    const [row] = await db
      .select()
      .from(trades)
      .where(and(eq(trades.symbol, symbol), inArray(trades.status, ['open', 'closed'])))
      .orderBy(desc(trades.decidedAt), desc(trades.id))
      .limit(1);
    return row === undefined ? null : tradeOf(row);
  },

  async closedTrades(range) {
    const within = range && and(gte(trades.closedAt, range.from), lt(trades.closedAt, range.until));
    const rows = await db
      .select()
      .from(trades)
      .where(and(eq(trades.status, 'closed'), within))
      .orderBy(asc(trades.closedAt), asc(trades.id));
    return rows.map((row) => closedTrade(tradeOf(row)));
  },

  pastTrades: (limit, since) => pastTrades(db, limit, since),

  async tradeCounts({ from, until }) {
    const rows = await db
      .select({ status: trades.status, trades: count() })
      .from(trades)
      .where(and(gte(trades.decidedAt, from), lt(trades.decidedAt, until)))
      .groupBy(trades.status);
    return { ...NO_TRADES, ...Object.fromEntries(rows.map((row) => [row.status, row.trades])) };
  },

  // What was adopted is no intent of ours.
  intentCount: () => db.$count(trades, eq(trades.origin, 'strategy')),
});

async function pastTrades(
  db: Database,
  limit: number,
  since: EpochMs,
): Promise<readonly PastTrade[]> {
  // What was taken over says nothing of the strategy's luck.
  const isClosed = and(eq(trades.status, 'closed'), eq(trades.origin, 'strategy'));
  const last = db
    .select({ id: trades.id })
    .from(trades)
    .where(isClosed)
    .orderBy(desc(trades.closedAt), desc(trades.id))
    .limit(limit);
  const rows = await db
    .select()
    .from(trades)
    .where(and(isClosed, or(gte(trades.closedAt, since), inArray(trades.id, last))))
    .orderBy(asc(trades.closedAt), asc(trades.id));
  return rows.map((row) => {
    const { symbol, exitReason, closedAt, pnl } = closedTrade(tradeOf(row));
    return { symbol, exitReason, closedAt, pnl };
  });
}

type TradeWrites = Pick<
  LedgerTransaction,
  'insertTrade' | 'insertAdopted' | 'saveIntent' | 'lockTrade' | 'saveTrade' | 'realizedPnl'
>;

/** False when the trade was known before. */
async function insert(db: Database, trade: Trade): Promise<boolean> {
  const { rowCount } = await db.insert(trades).values(tradeRow(trade)).onConflictDoNothing();
  return rowCount === 1;
}

export const tradeWrites = (db: Database, booked: BookedShares): TradeWrites => ({
  async insertTrade(intent) {
    await insert(db, plannedTrade(intent));
  },

  async insertAdopted(trade) {
    if (!(await insert(db, trade))) return;
    const fill = adoptedFillRow(trade);
    await db.insert(fills).values(fill);
    countShares(booked, fill);
  },

  async saveIntent(intent) {
    const { rowCount } = await db
      .update(trades)
      .set({ intent, stopPrice: intent.bracket.stopPrice })
      .where(and(eq(trades.id, intent.tradeId), eq(trades.status, 'planned')));
    if (rowCount === 0) throw new Error(`not a planned trade in the ledger: ${intent.tradeId}`);
  },

  async lockTrade(id) {
    const [row] = await db.select().from(trades).where(eq(trades.id, id)).for('no key update');
    return row === undefined ? null : tradeOf(row);
  },

  async saveTrade(trade) {
    const { rowCount } = await db
      .update(trades)
      .set(tradeChanges(trade))
      .where(eq(trades.id, trade.id));
    if (rowCount === 0) throw new Error(`no such trade in the ledger: ${trade.id}`);
  },

  async realizedPnl({ from, until }) {
    const [row] = await db
      .select({ total: sum(trades.pnl) })
      .from(trades)
      .where(and(gte(trades.closedAt, from), lt(trades.closedAt, until)));
    return totalOf(row);
  },
});

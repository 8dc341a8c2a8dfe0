import type { DailyMetrics, Figure } from '#core/daily-metrics.ts';
import { signalCounts } from '#core/signal-counts.ts';
import type { Interval } from '#core/statistics.ts';
import { entrySlippageBps } from '#core/trade.ts';
import type { MetricsReads, MetricsWrites, SessionMetrics } from '#ports/metrics-ledger.ts';

import type { Database } from './database.ts';
import {
  and,
  asc,
  between,
  count,
  desc,
  eq,
  getTableColumns,
  gte,
  inArray,
  lt,
  sql,
} from './drizzle.ts';
import { decisions } from './schema/decisions.ts';
import { sessionMetrics } from './schema/metrics.ts';
import { trades } from './schema/trades.ts';

export const metricsReads = (db: Database): MetricsReads => ({
  async sessionMetrics(newest) {
    const query = db.select().from(sessionMetrics).orderBy(desc(sessionMetrics.sessionDate));
    const rows = await (newest === undefined ? query : query.limit(newest));
    return rows.map(metricsOf);
  },

  async enteredTrades(range) {
    const within =
      range && and(gte(trades.decidedAt, range.from), lt(trades.decidedAt, range.until));
    const rows = await db
      .select({
        tradeId: trades.id,
        intent: trades.intent,
        entryValue: trades.entryValue,
        entryQuantity: trades.entryQuantity,
      })
      .from(trades)
      .where(and(inArray(trades.status, ['open', 'closed']), eq(trades.origin, 'strategy'), within))
      .orderBy(asc(trades.decidedAt), asc(trades.id));
    return rows.map((row) => ({ tradeId: row.tradeId, slippageBps: entrySlippageBps(row) }));
  },

  async signalCounts(range) {
    const rows = await db
      .select({ kind: decisions.kind, refusedBy: decisions.refusedBy, count: count() })
      .from(decisions)
      .where(range && between(decisions.sessionDate, range.from, range.until))
      .groupBy(decisions.kind, decisions.refusedBy);
    return signalCounts(rows);
  },
});

type MetricsRow = typeof sessionMetrics.$inferSelect;

function rowOf({ sessionDate, metrics, computedAt }: SessionMetrics): MetricsRow {
  const { winRate, averageR, slippageBps } = metrics;
  const [winRateLow, winRateHigh] = endsOf(winRate);
  const [averageRLow, averageRHigh] = endsOf(averageR);
  const [slippageBpsLow, slippageBpsHigh] = endsOf(slippageBps);
  return {
    sessionDate,
    closedTrades: winRate.count,
    wins: metrics.wins,
    pnl: metrics.pnl,
    winRate: winRate.value,
    winRateLow,
    winRateHigh,
    profitFactor: metrics.profitFactor.value,
    averageR: averageR.value,
    averageRLow,
    averageRHigh,
    averageRTrades: averageR.count,
    drawdownPercent: metrics.drawdownPercent.value,
    slippageBps: slippageBps.value,
    slippageBpsLow,
    slippageBpsHigh,
    enteredTrades: slippageBps.count,
    interference: metrics.interference.value ?? 0,
    tradesTouchable: metrics.interference.count,
    computedAt,
  };
}

type Ends = readonly [number | null, number | null];
const NO_ENDS: Ends = [null, null];

const endsOf = ({ interval }: Figure): Ends => interval ?? NO_ENDS;

function metricsOf(row: MetricsRow): SessionMetrics {
  const metrics: DailyMetrics = {
    wins: row.wins,
    pnl: row.pnl,
    winRate: figure(row.winRate, row.closedTrades, [row.winRateLow, row.winRateHigh]),
    profitFactor: figure(row.profitFactor, row.closedTrades),
    averageR: figure(row.averageR, row.averageRTrades, [row.averageRLow, row.averageRHigh]),
    drawdownPercent: figure(row.drawdownPercent, row.drawdownPercent === null ? 0 : 1),
    slippageBps: figure(row.slippageBps, row.enteredTrades, [
      row.slippageBpsLow,
      row.slippageBpsHigh,
    ]),
    interference: figure(row.interference, row.tradesTouchable),
  };
  return { sessionDate: row.sessionDate, metrics, computedAt: row.computedAt };
}

const figure = (value: number | null, on: number, ends: Ends = NO_ENDS): Figure => ({
  value,
  count: on,
  interval: intervalOf(ends),
});

const intervalOf = ([low, high]: Ends): Interval | null =>
  low === null || high === null ? null : [low, high];

const {
  sessionDate: _key,
  drawdownPercent: _ofTheDay,
  computedAt: _when,
  ...OF_TRADES
} = getTableColumns(sessionMetrics);

const ofTrades = Object.values(OF_TRADES);
const asProposed = ofTrades.map(({ name }) => sql`excluded.${sql.identifier(name)}`);

export const metricsWrites = (db: Database): MetricsWrites => ({
  async saveSessionMetrics(record) {
    const row = rowOf(record);
    const { sessionDate: _, drawdownPercent: __, ...changes } = row;
    await db
      .insert(sessionMetrics)
      .values(row)
      .onConflictDoUpdate({
        target: sessionMetrics.sessionDate,
        set: changes,
        setWhere: sql`(${sql.join(ofTrades, sql`, `)}) IS DISTINCT FROM (${sql.join(asProposed, sql`, `)})`,
      });
  },
});

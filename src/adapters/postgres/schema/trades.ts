import type { EntryIntent } from '#core/decision.ts';
import type { ClientOrderId, TradeId } from '#core/ids.ts';
import type { PositionSide } from '#core/order.ts';
import type { ExitReason, ScaleOutMode, Trade, TradeStatus } from '#core/trade.ts';

import { documentOf, instant, usd } from '../columns.ts';
import {
  sql,
  check,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from '../drizzle.ts';
import { sessionDate, symbol } from './common.ts';

/** Which account and market the ledger belongs to: one row, written by the first start. */
export const world = pgTable(
  'world',
  {
    id: smallint('id').primaryKey().default(1),
    /** SANDBOX, PAPER or LIVE. */
    mode: text('mode').notNull(),
    /** The account's number, or the replay's name. */
    identity: text('identity').notNull(),
    createdAt: instant('created_at')
      .notNull()
      .default(sql`now()`),
  },
  (table) => [check('world_has_one_row', sql`${table.id} = 1`)],
);

/** Trading cycles that ran to their end, one a bar. */
export const cycles = pgTable(
  'cycles',
  {
    sessionDate: sessionDate(),
    barEnd: instant('bar_end').notNull(),
    /** How many symbols were looked at, and how many intents came of it. */
    symbols: integer('symbols').notNull(),
    entries: integer('entries').notNull(),
    finishedAt: instant('finished_at').notNull(),
    /** Milliseconds. */
    tookMs: doublePrecision('took_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionDate, table.barEnd] })],
);

/** Trades from the intent to flat, with the sums of their fills. */
export const trades = pgTable(
  'trades',
  {
    id: text('id').$type<TradeId>().primaryKey(),
    /** Under which the broker hears of the entry. */
    clientOrderId: text('client_order_id').$type<ClientOrderId>().notNull(),
    symbol: symbol(),
    side: text('side').$type<PositionSide>().notNull(),
    status: text('status').$type<TradeStatus>().notNull(),
    /** adopted: shares that an admin took over, which no entry of ours bought. */
    origin: text('origin').$type<Trade['origin']>().notNull().default('strategy'),
    /** The intent in full: decision price, bracket, size arithmetic, confidence. */
    intent: documentOf<EntryIntent>('intent'),
    /** How it takes its first profit. */
    scaleOut: text('scale_out').$type<ScaleOutMode>().notNull().default('none'),
    /** Where the stop belongs now; where it was planned is in the intent. */
    stopPrice: usd('stop_price').notNull(),
    /** Best and worst price since the entry, by settled bars; null before the first of them. */
    bestPrice: usd('best_price'),
    worstPrice: usd('worst_price'),
    decidedAt: instant('decided_at').notNull(),
    entryQuantity: integer('entry_quantity').notNull(),
    /** Σ price × shares of the entry's fills. */
    entryValue: usd('entry_value').notNull(),
    exitQuantity: integer('exit_quantity').notNull(),
    exitValue: usd('exit_value').notNull(),
    exitReason: text('exit_reason').$type<ExitReason>(),
    openedAt: instant('opened_at'),
    closedAt: instant('closed_at'),
    /** Realized, before fees; set when the trade closes. */
    pnl: usd('pnl'),
    /** The result in units of the initial risk. */
    rMultiple: doublePrecision('r_multiple'),
  },
  (table) => [
    uniqueIndex('trades_client_order_id').on(table.clientOrderId),
    index('trades_decided_at').on(table.decidedAt),
    index('trades_closed_at')
      .on(table.closedAt)
      .where(sql`${table.status} = 'closed'`),
    index('trades_unfinished')
      .on(table.decidedAt)
      .where(sql`${table.status} in ('planned', 'submitted', 'open')`),
  ],
);

import type { ClosePhase, CloseProof, CloseReason } from '#core/close.ts';
import type { CloseId, TradeId } from '#core/ids.ts';
import type { PositionSide } from '#core/order.ts';

import { document, instant, usd, words } from '../columns.ts';
import { sql, boolean, index, integer, pgTable, text, uniqueIndex } from '../drizzle.ts';
import { symbol } from './common.ts';
import { trades } from './trades.ts';

/** Closings of positions by the bot itself, from the wish to the proof. */
export const closes = pgTable(
  'closes',
  {
    id: text('id').$type<CloseId>().primaryKey(),
    tradeId: text('trade_id')
      .$type<TradeId>()
      .notNull()
      .references(() => trades.id),
    symbol: symbol(),
    /** Of the position that is closed. */
    side: text('side').$type<PositionSide>().notNull(),
    reason: text('reason').$type<CloseReason>().notNull(),
    /** Shares to leave, and those to stay protected. */
    quantity: integer('quantity').notNull(),
    keep: integer('keep').notNull(),
    /** What a share was worth when it was asked for. */
    decisionPrice: usd('decision_price').notNull(),
    /** Whether it begins with a market order instead of a limit. */
    atMarket: boolean('at_market').notNull(),
    requestedBy: words('requested_by').notNull(),
    requestedAt: instant('requested_at').notNull(),
    phase: text('phase').$type<ClosePhase>().notNull(),
    /** When the phase, or the exit order of it, began; by the system's clock. */
    phaseSince: instant('phase_since').notNull(),
    /** How many exit, keep and rescue orders were written down so far. */
    exits: integer('exits').notNull(),
    keeps: integer('keeps').notNull(),
    rescues: integer('rescues').notNull(),
    /** Exit orders tried since the position was cleared last. */
    attempt: integer('attempt').notNull(),
    /** How often it got stuck, and why it did last. */
    failures: integer('failures').notNull(),
    lastFailure: words('last_failure'),
    finishedAt: instant('finished_at'),
    /** What the broker's REST service showed at the end: shares, live orders, exit price in micro-dollars, milliseconds. */
    proof: document('proof').$type<CloseProof>(),
  },
  (table) => [
    index('closes_of_trade').on(table.tradeId),
    uniqueIndex('closes_one_of_symbol')
      .on(table.symbol)
      .where(sql`${table.phase} <> 'done'`),
  ],
);

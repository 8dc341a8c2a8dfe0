/**
 * The ledger. Money is in whole micro-dollars, instants are UTC with milliseconds, dates are the
 * exchange's own (New York), quantities are whole shares. Only the audit log and the outbox say
 * what happened to people's messages; everything else says what was decided, sent and filled, and why.
 */
import { isNull, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

import type { ControlStatus } from '#core/control.ts';
import type { Decision, EntryFilterName, EntryIntent } from '#core/decision.ts';
import type { BrokerOrderId, ClientOrderId, Ticker, TradeId } from '#core/ids.ts';
import type { OrderSide, OrderStatus, OrderType, PositionSide } from '#core/order.ts';
import type { SessionDate } from '#core/session.ts';
import type { ExitLeg, LegRole, TradeStatus } from '#core/trade.ts';
import type { Card } from '#ports/cards.ts';
import type { AuditEntry } from '#ports/ledger.ts';
import type { MessageId } from '#ports/notifier.ts';

import { document, instant, usd, words } from './columns.ts';

const ticker = () => text('symbol').$type<Ticker>().notNull();
const sessionDate = () => date('session_date', { mode: 'string' }).$type<SessionDate>().notNull();
const documentOf = <T>(name: string) => document(name).$type<T>().notNull();

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

/** What was decided for a symbol at a bar. The primary key keeps a bar from being decided twice. */
export const decisions = pgTable(
  'decisions',
  {
    sessionDate: sessionDate(),
    barEnd: instant('bar_end').notNull(),
    symbol: ticker(),
    kind: text('kind').$type<Decision['kind']>().notNull(),
    /** The entry filter that said no; null unless refused. */
    refusedBy: text('refused_by').$type<EntryFilterName>(),
    /** The trade that was intended; null unless the decision was to enter. */
    tradeId: text('trade_id').$type<TradeId>(),
    /** Features, side, confidence and filters, see decision-record.ts. */
    record: documentOf('record'),
  },
  (table) => [primaryKey({ columns: [table.sessionDate, table.barEnd, table.symbol] })],
);

/** Trades from the intent to flat, with the sums of their fills. */
export const trades = pgTable(
  'trades',
  {
    id: text('id').$type<TradeId>().primaryKey(),
    /** Under which the broker hears of the entry. */
    clientOrderId: text('client_order_id').$type<ClientOrderId>().notNull(),
    symbol: ticker(),
    side: text('side').$type<PositionSide>().notNull(),
    status: text('status').$type<TradeStatus>().notNull(),
    /** The intent in full: decision price, bracket, size arithmetic, confidence. */
    intent: documentOf<EntryIntent>('intent'),
    decidedAt: instant('decided_at').notNull(),
    entryQuantity: integer('entry_quantity').notNull(),
    /** Σ price × shares of the entry's fills. */
    entryValue: usd('entry_value').notNull(),
    exitQuantity: integer('exit_quantity').notNull(),
    exitValue: usd('exit_value').notNull(),
    exitLeg: text('exit_leg').$type<ExitLeg>(),
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

/** Orders as the broker last reported them. */
export const orders = pgTable(
  'orders',
  {
    brokerOrderId: text('broker_order_id').$type<BrokerOrderId>().primaryKey(),
    clientOrderId: text('client_order_id').$type<ClientOrderId>().notNull(),
    tradeId: text('trade_id')
      .$type<TradeId>()
      .notNull()
      .references(() => trades.id),
    role: text('role').$type<LegRole>().notNull(),
    symbol: ticker(),
    side: text('side').$type<OrderSide>().notNull(),
    type: text('type').$type<OrderType>().notNull(),
    /** In the broker's spelling; "unknown" for one that nobody documented, which counts as live. */
    status: text('status').$type<OrderStatus | 'unknown'>().notNull(),
    /** Whether it may still turn into a fill. */
    isLive: boolean('is_live').notNull(),
    quantity: integer('quantity').notNull(),
    /** As the broker said last. */
    filledQuantity: integer('filled_quantity').notNull(),
    /** Σ shares of its fills: fewer than filled until a missed execution has been fetched. */
    bookedQuantity: integer('booked_quantity').notNull(),
    limitPrice: usd('limit_price'),
    stopPrice: usd('stop_price'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    index('orders_of_trade').on(table.tradeId),
    index('orders_unsettled')
      .on(table.createdAt)
      .where(sql`${table.isLive} or ${table.bookedQuantity} < ${table.filledQuantity}`),
  ],
);

/** Executions. The key is the order's filled shares after it, which no report can give twice. */
export const fills = pgTable(
  'fills',
  {
    brokerOrderId: text('broker_order_id').$type<BrokerOrderId>().notNull(),
    cumulativeQuantity: integer('cumulative_quantity').notNull(),
    tradeId: text('trade_id')
      .$type<TradeId>()
      .notNull()
      .references(() => trades.id),
    symbol: ticker(),
    side: text('side').$type<OrderSide>().notNull(),
    quantity: integer('quantity').notNull(),
    price: usd('price').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.brokerOrderId, table.cumulativeQuantity] }),
    index('fills_of_trade').on(table.tradeId),
  ],
);

/** Fees that the broker charged, by the broker's id; positive amounts. */
export const fees = pgTable(
  'fees',
  {
    id: text('id').primaryKey(),
    date: date('date', { mode: 'string' }).$type<SessionDate>().notNull(),
    amount: usd('amount').notNull(),
    description: words('description').notNull(),
  },
  (table) => [index('fees_date').on(table.date)],
);

/** The account's value over time. */
export const equitySnapshots = pgTable(
  'equity_snapshots',
  {
    at: instant('at').primaryKey(),
    sessionDate: sessionDate(),
    equity: usd('equity').notNull(),
    cash: usd('cash').notNull(),
  },
  (table) => [index('equity_snapshots_session').on(table.sessionDate, table.at)],
);

/** Whether new positions may be opened: one row. How it came to be is in the audit log. */
export const controlState = pgTable(
  'control_state',
  {
    id: smallint('id').primaryKey().default(1),
    status: text('status').$type<ControlStatus>().notNull(),
    by: words('by').notNull(),
    reason: words('reason').notNull(),
    since: instant('since').notNull(),
    /** When the state ends by itself; null: when someone changes it. */
    until: instant('until'),
  },
  (table) => [check('control_state_has_one_row', sql`${table.id} = 1`)],
);

/** Every attempt to steer the bot. Each row's hash covers the row before it, so that none can be changed unseen. */
export const auditLog = pgTable('audit_log', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: instant('at').notNull(),
  actor: words('actor').notNull(),
  action: words('action').notNull(),
  outcome: text('outcome').$type<AuditEntry['outcome']>().notNull(),
  details: documentOf<AuditEntry['details']>('details'),
  /** SHA-256 of the previous row's hash and this row, in hexadecimal, see audit.ts. */
  hash: text('hash').notNull(),
});

/** superseded: a newer card of its message was delivered instead. given_up: it could not be delivered. */
export type CardOutcome = 'delivered' | 'superseded' | 'given_up';

/** Cards on their way to the channel, in the order in which their events were committed. */
export const outbox = pgTable(
  'outbox',
  {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** The message the card belongs to. */
    key: text('key').notNull(),
    card: documentOf<Card>('card'),
    attempts: integer('attempts').notNull().default(0),
    /** Not to be tried before; null: at once. */
    retryAt: instant('retry_at'),
    /** Of the last attempt that failed. */
    error: words('error'),
    /** When it was done with, and how; null: still to be delivered. */
    settledAt: instant('settled_at'),
    outcome: text('outcome').$type<CardOutcome>(),
  },
  (table) => [
    index('outbox_key').on(table.key),
    index('outbox_pending_of_key').on(table.key, table.sequence).where(isNull(table.settledAt)),
  ],
);

/** The channel's messages, by key. */
export const cardMessages = pgTable('card_messages', {
  key: text('key').primaryKey(),
  messageId: text('message_id').$type<MessageId>().notNull(),
  /** When its latest card was delivered. */
  deliveredAt: instant('delivered_at').notNull(),
});

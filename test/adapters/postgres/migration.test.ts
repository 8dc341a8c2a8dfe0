import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { drizzle, migrate } from '#adapters/postgres/drizzle.ts';
import { openLedger } from '#adapters/postgres/ledger.ts';
import type { OpenLedger } from '#adapters/postgres/ledger.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { readDecisionRecord } from '#core/read-decision-record.ts';
import { freshDatabase } from '#test/support/database.ts';
import type { FreshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';

import { WORLD } from './desk.ts';
import { BAR_END, DATE, id, intentOf } from './facts.ts';

const MIGRATIONS = join(import.meta.dirname, '../../../migrations');

interface Journal {
  readonly entries: readonly { readonly tag: string }[];
}

/** Brings an empty database to where the first version left it. */
async function firstMigration(pool: Pool): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bracketeer-migrations-'));
  const text = await readFile(join(MIGRATIONS, 'meta/_journal.json'), 'utf8');
  const journal = JSON.parse(text) as Journal;
  const [first] = journal.entries;
  await mkdir(join(folder, 'meta'));
  await writeFile(
    join(folder, 'meta/_journal.json'),
    JSON.stringify({ ...journal, entries: [first] }),
  );
  await cp(join(MIGRATIONS, `${first!.tag}.sql`), join(folder, `${first!.tag}.sql`));
  await migrate(drizzle(pool), { migrationsFolder: folder });
  await rm(folder, { recursive: true });
}

/** As the first version stored it: nobody knew of a scale-out. */
const { scaleOut: _unknown, ...OLD_INTENT } = intentOf('t1');

const OLD_TRADE = { tradeId: 't1', symbol: 'NVDA', exitLeg: 'stop_loss' };

const OLD_CARDS = [
  { kind: 'started', version: '0.1.0' },
  { kind: 'entry', intent: OLD_INTENT, progress: { status: 'submitted', at: BAR_END } },
  { kind: 'exit', trade: OLD_TRADE, slippageBps: 1 },
  { kind: 'alarm', title: 'wait', text: '', at: BAR_END },
  { kind: 'digest', date: DATE, closedTrades: [OLD_TRADE, { ...OLD_TRADE, tradeId: 't0' }] },
  {
    kind: 'digest',
    date: DATE,
    closedTrades: [],
    maxDrawdownPercent: -0.8,
    overall: {
      trades: 2,
      wins: 1,
      winRate: 0.5,
      winRateInterval: [0.1, 0.9],
      profitFactor: 3,
      averageR: 1,
      totalPnl: 2_000_000,
    },
  },
];

/** Of a decision, as it was stored before records had a version. */
const OLD_RECORD = {
  features: [100, 100, 99, 1, null, 1, 1, 30, 30, 10, 1.5, 99, 100, 99],
  side: 'long',
  confidence: 63.2,
  filters: [['confidence', false, { confidence: 63.2, threshold: 70 }]],
};

/** Nothing of this was measured by an older version, and "nothing known" is what it says. */
const UNKNOWN = { value: null, count: 0, interval: null };
const NOT_MEASURED = {
  wins: 0,
  pnl: 0,
  winRate: UNKNOWN,
  profitFactor: UNKNOWN,
  averageR: UNKNOWN,
  drawdownPercent: UNKNOWN,
  slippageBps: UNKNOWN,
  interference: { ...UNKNOWN, value: 0 },
};
const NOT_COUNTED = {
  decisions: 0,
  unjudged: [],
  noSignal: 0,
  signals: 0,
  removed: [],
  entries: 0,
};

async function fillOldLedger(pool: Pool): Promise<void> {
  await pool.query(
    `INSERT INTO decisions (session_date, bar_end, symbol, kind, refused_by, record)
     VALUES ($1, $2, 'NVDA', 'refused', 'confidence', $3)`,
    [DATE, new Date(BAR_END), OLD_RECORD],
  );
  await pool.query(`
    INSERT INTO world (mode, identity) VALUES ('${WORLD.mode}', '${WORLD.identity}');
    INSERT INTO control_state (status, "by", reason, since) VALUES ('halted', 'trader#1', 'lunch', now());
    INSERT INTO fees (id, date, amount, description) VALUES ('f1', '2025-11-26', 20000, 'TAF');`);
  const trade = `INSERT INTO trades (id, client_order_id, symbol, side, status, intent, decided_at,
      entry_quantity, entry_value, exit_quantity, exit_value, exit_leg, opened_at, closed_at, pnl, r_multiple)
    VALUES ($1, $2, 'NVDA', 'long', $3, $4, $5, 10, 1000000000, $6, $7, $8, $5, $9, $10, $11)`;
  const at = new Date(BAR_END);
  const shut = [10, 980000000, 'stop_loss', at, -20000000, -1];
  const held = [0, 0, null, null, null, null];
  await pool.query(trade, ['t1', 'brk-t1', 'closed', OLD_INTENT, at, ...shut]);
  await pool.query(trade, ['t2', 'brk-t2', 'open', OLD_INTENT, at, ...held]);
  const order = `INSERT INTO orders (broker_order_id, client_order_id, trade_id, role, symbol, side, type,
      status, is_live, quantity, filled_quantity, booked_quantity, created_at, updated_at)
    VALUES ($1, $1, $2, $3, 'NVDA', 'buy', 'limit', $4, false, 10, 0, 0, $5, $5)`;
  for (const [name, of, role, status] of [
    ['e1', 't1', 'entry', 'filled'],
    ['s1', 't1', 'stop_loss', 'filled'],
    ['p1', 't1', 'take_profit', 'canceled'],
    ['e2', 't2', 'entry', 'replaced'],
    ['e3', 't2', 'entry', 'filled'],
    ['s2', 't2', 'stop_loss', 'new'],
  ]) {
    await pool.query(order, [name, of, role, status, at]);
  }
  const fill = `INSERT INTO fills (broker_order_id, cumulative_quantity, trade_id, symbol, side, quantity, price, at)
    VALUES ($1, 10, $2, 'NVDA', $3, 10, $4, $5)`;
  await pool.query(fill, ['e1', 't1', 'buy', 100000000, at]);
  await pool.query(fill, ['s1', 't1', 'sell', 98000000, at]);
  await pool.query(fill, ['e3', 't2', 'buy', 100000000, at]);
  for (const card of OLD_CARDS) {
    await pool.query("INSERT INTO outbox (key, card) VALUES ('key' || gen_random_uuid(), $1)", [
      card,
    ]);
  }
}

describe('a ledger that the first version wrote', () => {
  let database: FreshDatabase;
  let pool: Pool;
  let open: OpenLedger;

  beforeAll(async () => {
    database = await freshDatabase();
    pool = new Pool({ connectionString: database.url, max: 1 });
    await pool.query('DROP SCHEMA public, drizzle CASCADE; CREATE SCHEMA public');
    await firstMigration(pool);
    await fillOldLedger(pool);
    open = await openLedger({ url: database.url, poolSize: 3, world: WORLD, log: silentLog });
  });
  afterAll(async () => {
    await open.close();
    await pool.end();
    await database.drop();
  });

  it('keeps its trades, each with how it ended and with the stop that was planned', async () => {
    expect(await open.ledger.trade(id('t1'))).toEqual({
      id: 't1',
      status: 'closed',
      origin: 'strategy',
      intent: intentOf('t1'),
      scaleOut: 'none',
      stopPrice: parseUsd('98.00'),
      bestPrice: null,
      worstPrice: null,
      entryQuantity: 10,
      entryValue: parseUsd('1000.00'),
      exitQuantity: 10,
      exitValue: parseUsd('980.00'),
      exitReason: 'stop_loss',
      openedAt: BAR_END,
      closedAt: BAR_END,
      pnl: parseUsd('-20.00'),
      rMultiple: -1,
    });
    expect(await open.ledger.closedTrades()).toMatchObject([{ exitReason: 'stop_loss' }]);
    expect(await open.ledger.unfinishedTrades()).toMatchObject([
      { id: 't2', status: 'open', exitReason: null },
    ]);
  });

  it('keeps its orders, whose legs hang on their entry where there was only one', async () => {
    const orders = await open.ledger.transaction(async (tx) => [
      ...(await tx.ordersOf(id('t1'))),
      ...(await tx.ordersOf(id('t2'))),
    ]);
    expect(orders.map((order) => [order.brokerOrderId, order.parentId, order.replaces])).toEqual([
      ['e1', null, null],
      ['p1', 'e1', null],
      ['s1', 'e1', null],
      ['e2', null, null],
      ['e3', null, null],
      ['s2', null, null],
    ]);
    const ended = await open.ledger.unexplainedLegs(BAR_END + 1);
    expect(ended, 'what ended before reasons were kept is held against nobody').toEqual([]);
  });

  it('keeps its fills, fees and control state', async () => {
    expect(await open.ledger.netQuantities()).toEqual(new Map([[ticker('NVDA'), 10]]));
    expect(await open.ledger.totalFees()).toBe(parseUsd('0.02'));
    expect(await open.ledger.controlState()).toMatchObject({ status: 'halted', reason: 'lunch' });
  });

  it('keeps its cards that wait to be delivered, in the shape in which they are rendered now', async () => {
    const cards = await open.ledger.outbox.pending(10);
    expect(cards.map(({ card }) => card)).toEqual([
      {
        ...OLD_CARDS[0],
        findings: [],
        cashNote: null,
        shortHistory: [],
        lateFills: 0,
        resumedCloses: 0,
      },
      { ...OLD_CARDS[1], intent: intentOf('t1'), scaleOut: 'none', lateMs: null },
      {
        kind: 'exit',
        trade: { tradeId: 't1', symbol: 'NVDA', exitReason: 'stop_loss' },
        slippageBps: 1,
        lateMs: null,
      },
      { ...OLD_CARDS[3], repeat: 0 },
      {
        ...OLD_CARDS[4],
        session: NOT_MEASURED,
        overall: NOT_MEASURED,
        signals: NOT_COUNTED,
        closedTrades: [
          { tradeId: 't1', symbol: 'NVDA', exitReason: 'stop_loss' },
          { tradeId: 't0', symbol: 'NVDA', exitReason: 'stop_loss' },
        ],
      },
      {
        kind: 'digest',
        date: DATE,
        closedTrades: [],
        session: { ...NOT_MEASURED, drawdownPercent: { value: 0.8, count: 1, interval: null } },
        overall: {
          ...NOT_MEASURED,
          wins: 1,
          pnl: 2_000_000,
          winRate: { value: 0.5, count: 2, interval: [0.1, 0.9] },
          profitFactor: { value: 3, count: 2, interval: null },
          averageR: { value: 1, count: 2, interval: null },
        },
        signals: NOT_COUNTED,
      },
    ]);
  });

  it('keeps its decisions, which can be read still', async () => {
    const decision = await open.ledger.decisionAt(DATE, ticker('NVDA'), BAR_END);
    expect(decision).toMatchObject({ kind: 'refused', refusedBy: 'confidence', tradeId: null });
    expect(readDecisionRecord(decision!.record, ticker('NVDA'))).toMatchObject({
      confidence: 63.2,
      features: { close: 100, trendEmaSlow: 99 },
      isExact: false,
    });
  });

  it('has all that the new version adds, empty', async () => {
    const { ledger } = open;
    expect(await ledger.openOrderIntents()).toEqual([]);
    expect(await ledger.storedCycles(DATE)).toEqual([]);
    expect(await ledger.openCloses()).toEqual([]);
    expect(await ledger.foreignItems()).toEqual([]);
    expect(await ledger.lastReconciliation()).toBeNull();
    expect(await ledger.sessionMetrics()).toEqual([]);
    expect(await ledger.lease.acquire('one', 1000)).toEqual({ kind: 'held', token: 1 });
  });
});

describe('a ledger that a newer version has brought up to date', () => {
  it('is refused with the cure, and left as it is', async () => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const pool = new Pool({ connectionString: database.url, max: 1 });
    onTestFinished(() => pool.end());
    await pool.query(
      `INSERT INTO drizzle.__drizzle_migrations (hash, created_at)
       SELECT 'of a version to come', max(created_at) + 1 FROM drizzle.__drizzle_migrations`,
    );
    const opening = openLedger({
      url: database.url,
      poolSize: 3,
      world: WORLD,
      log: silentLog,
    });
    await expect(opening).rejects.toThrow(
      'A newer version of Bracketeer has written this ledger: start that version, or restore the backup from before the upgrade',
    );
    expect((await pool.query('SELECT * FROM world')).rows).toEqual([]);
  });
});

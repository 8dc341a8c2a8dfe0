import { Pool } from 'pg';

import { openLedger } from '#adapters/postgres/ledger.ts';
import type { OpenLedger } from '#adapters/postgres/ledger.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';

export const WORLD = { mode: 'SANDBOX', identity: 'test' };

/** A ledger in a database of its own, with a second way to look into it. */
export interface LedgerDesk extends OpenLedger {
  readonly url: string;
  query<Row extends object>(text: string): Promise<readonly Row[]>;
  /** The same ledger through connections of its own, as another process has it. */
  openAnother(world?: typeof WORLD): Promise<OpenLedger>;
  /** Leaves the ledger as its first start found it. */
  clear(): Promise<void>;
}

export async function openDesk(): Promise<LedgerDesk> {
  const { url, drop } = await freshDatabase();
  const openAnother = (world = WORLD) => openLedger({ url, poolSize: 4, world, log: silentLog });
  const open = await openAnother();
  const pool = new Pool({ connectionString: url, max: 3 });
  pool.on('error', () => undefined);
  return {
    ...open,
    url,
    openAnother,
    query: async <Row extends object>(text: string) => (await pool.query<Row>(text)).rows,
    async clear() {
      await pool.query(`
        TRUNCATE cycles, decisions, cycle_inputs, session_inputs, trades, orders, fills, net_quantities, order_intents, leg_interventions, closes, fees,
          cash_activities, equity_snapshots, drawdown_state, session_opens, foreign_items, reconciliation, trader_lease, audit_log,
          outbox, card_messages, channel_outage, heartbeat, watchdog, confirmations, reply_pages, session_metrics, backtest_runs, studies, sweep_results RESTART IDENTITY;
        UPDATE control_state SET status = 'active'`);
    },
    async close() {
      await pool.end();
      await open.close();
      await drop();
    },
  };
}

import type {
  BacktestFiles,
  BacktestId,
  BacktestReport,
  BacktestRequest,
  BacktestStatus,
} from '#ports/backtests.ts';

import { document, documentOf, instant, words } from '../columns.ts';
import { bigint, boolean, doublePrecision, index, integer, pgTable, text } from '../drizzle.ts';

/** Backtests that people have asked for; those that wait are the queue. Instants are by the system's clock. */
export const backtestRuns = pgTable(
  'backtest_runs',
  {
    id: text('id').$type<BacktestId>().primaryKey(),
    /** The order in which they were asked for. */
    sequence: bigint('sequence', { mode: 'number' }).generatedAlwaysAsIdentity(),
    /** The chat's id of who asked, and the name at that time. */
    person: text('person').notNull(),
    personName: words('person_name').notNull(),
    requestedAt: instant('requested_at').notNull(),
    /** Symbols, dates, and the parameters that differ from the defaults. */
    request: documentOf<BacktestRequest>('request'),
    /** Whether the message that tells of it stands. */
    isShown: boolean('is_shown').notNull(),
    status: text('status').$type<BacktestStatus>().notNull(),
    /** How often it was begun, but for those that a planned stop has interrupted. */
    attempts: integer('attempts').notNull(),
    /** 0 to 1. */
    share: doublePrecision('share').notNull(),
    /** Of the last attempt. */
    startedAt: instant('started_at'),
    /** When the process that runs it was heard of last. */
    heardAt: instant('heard_at'),
    finishedAt: instant('finished_at'),
    /** First digits of the SHA-256 of code version, parameters, options and bars, in hexadecimal. */
    runId: text('run_id'),
    /** Money in micro-dollars. */
    report: document('report').$type<BacktestReport>(),
    /** Equity over time: epoch milliseconds and micro-dollars. */
    curve: document('curve').$type<BacktestFiles['curve']>(),
    /** Every trade, as comma-separated values. */
    trades: words('trades'),
    failure: words('failure'),
  },
  (table) => [index('backtest_runs_status').on(table.status)],
);

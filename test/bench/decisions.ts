import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Pool } from 'pg';

import { startEmbeddedPostgres } from '#adapters/postgres/embedded.ts';
import { openLedger } from '#adapters/postgres/ledger.ts';
import { decideCycle } from '#core/cycle-intents.ts';
import { decisionRecord, MAX_RECORD_BYTES } from '#core/decision-record.ts';
import type { DailyBar } from '#core/decision.ts';
import { createFeatureEngine } from '#core/features.ts';
import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { addDays } from '#core/session.ts';
import type { DecidedCycle } from '#ports/decisions.ts';
import { silentLog } from '#test/support/log.ts';

import { walkBars } from '../core/support/bars.ts';
import { asset, DATE, snapshot, symbolSnapshot } from '../core/support/snapshots.ts';
import type { BenchRow } from './bench-row.ts';

const SYMBOLS = 500;
const CYCLES = 24;
const WARM_UP = 3 * 78;
const BUDGET_MS = 250;

/** What it costs to write a cycle of many symbols down so that it can be decided again. */
export async function benchDecisions(): Promise<readonly BenchRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bracketeer-bench-'));
  await chmod(dataDir, 0o755);
  const database = { dataDir, database: 'decisions', durable: true, log: silentLog };
  const server = await startEmbeddedPostgres(database);
  try {
    return await measure(server.url, cyclesOf(SYMBOLS));
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true });
  }
}

async function measure(url: string, cycles: readonly DecidedCycle[]): Promise<readonly BenchRow[]> {
  const world = { mode: 'SANDBOX', identity: 'bench' };
  const { ledger, close } = await openLedger({ url, poolSize: 3, world, log: silentLog });
  const pool = new Pool({ connectionString: url, max: 1 });
  await pool.query(
    'CREATE TABLE plain (bar int, symbol text, record jsonb, PRIMARY KEY (bar, symbol))',
  );
  const exact: number[] = [];
  const plain: number[] = [];
  // In turn, so that whatever else the machine does hits both.
  for (const [bar, cycle] of cycles.entries()) {
    exact.push(await timed(() => ledger.transaction((tx) => tx.recordCycle(cycle))));
    plain.push(await timed(() => insertPlain(pool, bar, cycle)));
  }
  await pool.end();
  await close();
  return rowsOf(cycles, exact, plain);
}

/** The decisions as JSON with all names, digits and intents, in one statement as well. */
async function insertPlain(pool: Pool, bar: number, { decisions }: DecidedCycle): Promise<void> {
  const rows = decisions.map((record) => ({ symbol: record.symbol, record }));
  await pool.query(
    `INSERT INTO plain SELECT $1, symbol, record
     FROM jsonb_to_recordset($2) AS row (symbol text, record jsonb)`,
    [bar, JSON.stringify(rows)],
  );
}

function rowsOf(
  cycles: readonly DecidedCycle[],
  exact: readonly number[],
  plain: readonly number[],
): readonly BenchRow[] {
  const records = cycles.flatMap(({ decisions }) =>
    decisions.map((decision) => {
      const text = JSON.stringify(decisionRecord(decision, asset(decision.symbol)));
      return { bytes: Buffer.byteLength(text), plain: JSON.stringify(decision).length };
    }),
  );
  const sizes = records.map(({ bytes }) => bytes);
  const mean = sum(sizes) / sizes.length;
  const most = Math.max(...sizes);
  const ofPlain = sum(sizes) / sum(records.map((each) => each.plain));
  return [
    {
      name: `writing down a cycle of ${SYMBOLS} symbols, to be decided again`,
      value: `${median(exact).toFixed(1)} ms median; ${(median(exact) / median(plain)).toFixed(2)} of writing plain JSON`,
      budget: `${BUDGET_MS} ms`,
      ok: median(exact) < BUDGET_MS,
    },
    {
      name: 'a decision’s record',
      value: `${mean.toFixed(0)} bytes on average, ${most} at most; ${ofPlain.toFixed(2)} of plain JSON`,
      budget: `${MAX_RECORD_BYTES} bytes`,
      ok: most <= MAX_RECORD_BYTES,
    },
  ];
}

/** Cycles of one morning, with sixty daily bars behind each symbol. */
function cyclesOf(count: number): readonly DecidedCycle[] {
  const names = Array.from({ length: count }, (_, index) => `S${index}`);
  const histories = names.map((_, seed) => walkBars({ seed, sessions: 4 }));
  const engines = names.map(() => createFeatureEngine(DEFAULT_PARAMETERS));
  const daily = new Map(names.map((name, seed) => [ticker(name), dailyBars(seed)]));
  const sectors = new Map(names.map((name) => [ticker(name), 'Information Technology']));
  const cycles: DecidedCycle[] = [];
  for (let index = 0; index < WARM_UP + CYCLES; index += 1) {
    const { session } = histories[0]![index]!;
    const symbols = names.map((name, at) => ({
      ...symbolSnapshot(name),
      features: engines[at]!.push(histories[at]![index]!.bar, session),
    }));
    if (index < WARM_UP) continue;
    const barEnd = symbols[0]!.features.barEnd;
    const at = snapshot({ barEnd, session, symbols, daily, sectors });
    cycles.push({ snapshot: at, ...decideCycle(at) });
  }
  return cycles;
}

const dailyBars = (seed: number): readonly DailyBar[] =>
  Array.from({ length: 60 }, (_, day) => ({
    date: addDays(DATE, day - 60),
    close: 100 + ((seed * 7 + day * 3) % 50) / 7,
    volume: 1_000_000 + seed * day,
  }));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { checkBarFile } from '#core/bar-file/check-bar-file.ts';
import { sessionsBetween } from '#core/exchange-calendar.ts';
import { ticker } from '#core/ids.ts';
import { MINUTE_MS, asSessionDate } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import { stamp } from '../support/bar-files.ts';
import { barsAt } from '../support/bars.ts';
import type { BenchRow } from './bench-row.ts';

const BARS = 1_000_000;
const CSV_BUDGET_MS = 1000;
const LOAD_BUDGET = 5_000_000;
const RUNS = 5;
const SYMBOL = ticker('SPY');

/** What it costs to read a million 1-minute bars, ten years of one symbol, as CSV and from the bar store. */
export async function benchBars(): Promise<readonly BenchRow[]> {
  const starts = barStarts();
  const folder = await mkdtemp(join(tmpdir(), 'bench-bars-'));
  try {
    return [benchCsv(starts), await benchStore(folder, starts)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function barStarts(): readonly EpochMs[] {
  const sessions = sessionsBetween(asSessionDate('2015-01-02'), asSessionDate('2025-12-31'));
  return sessions
    .flatMap(({ open, close }) =>
      Array.from({ length: (close - open) / MINUTE_MS }, (_, index) => open + index * MINUTE_MS),
    )
    .slice(0, BARS);
}

function benchCsv(starts: readonly EpochMs[]): BenchRow {
  const bytes = csvOf(starts);
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const from = performance.now();
    const check = checkBarFile(bytes, { file: 'SPY_1min.csv', barMinutes: 1, repair: false });
    times.push(performance.now() - from);
    if (check.defects.length > 0) throw new Error(check.defects[0]?.text);
  }
  const best = Math.min(...times);
  return {
    name: `reading and checking ${BARS / 1e6} million bars of CSV`,
    value: `${best.toFixed(0)} ms at best, ${(times[0] ?? Number.NaN).toFixed(0)} ms at first`,
    budget: `${CSV_BUDGET_MS} ms`,
    ok: best < CSV_BUDGET_MS,
  };
}

/** Written into one buffer: a million strings at once would be the collector's time, not the reader's. */
function csvOf(starts: readonly EpochMs[]): Buffer {
  const bytes = Buffer.alloc(starts.length * 80);
  let at = bytes.write('timestamp,open,high,low,close,volume\n');
  for (const [index, start] of starts.entries()) {
    const price = 200 + Math.sin(index / 5000) * 50;
    const figures = [price, price + 0.12, price - 0.11, price + 0.03].map((one) => one.toFixed(4));
    at += bytes.write(`${stamp(start)},${figures.join()},${1000 + (index % 977)}\n`, at);
  }
  return bytes.subarray(0, at);
}

async function benchStore(folder: string, starts: readonly EpochMs[]): Promise<BenchRow> {
  const store = createBarStore(folder);
  const span = { from: starts[0] ?? 0, until: (starts.at(-1) ?? 0) + MINUTE_MS };
  const key = { symbol: SYMBOL, barMinutes: 1 };
  const source = { feed: 'sip', adjustment: 'split', hours: 'regular' } as const;
  await store.merge({ ...key, ...source, columns: barsAt(starts), span });
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const from = performance.now();
    const load = await store.load({ ...key, ...span });
    const seconds = (performance.now() - from) / 1000;
    if (load.kind !== 'loaded') throw new Error(load.kind);
    rates.push(load.columns.start.length / seconds);
  }
  const best = Math.max(...rates);
  return {
    name: 'bar store, loaded with its checksum verified',
    value: `${(best / 1e6).toFixed(1)} million bars a second at best, ${((rates[0] ?? 0) / 1e6).toFixed(1)} at first`,
    budget: `at least ${LOAD_BUDGET / 1e6} million`,
    ok: best > LOAD_BUDGET,
  };
}

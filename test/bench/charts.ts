import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { createCharts } from '#adapters/charts/charts.ts';
import type { DrawnCharts } from '#adapters/charts/charts.ts';
import type { ChartSpec } from '#ports/charts.ts';
import { silentLog } from '#test/support/log.ts';

import { bars, candles, equity, performance as performanceOf } from '../adapters/charts/facts.ts';
import type { BenchRow } from './bench-row.ts';

const RENDER_BUDGET_MS = 300;
const STALL_BUDGET_MS = 50;
/** As often as the event loop is looked at. */
const RESOLUTION_MS = 5;
const IDLE_MS = 2_000;

const SPECS: readonly ChartSpec[] = [
  candles({ bars: bars(160) }),
  equity(Array.from({ length: 390 }, (_, index) => 100_000 + 800 * Math.sin(index / 40) + index)),
  performanceOf(Array.from({ length: 20 }, (_, index) => String(Math.sin(index) * 400))),
  candles(),
];

/** How long a chart takes, and how long it keeps the trading process's event loop: it should not at all. */
export async function benchCharts(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bracketeer-bench-'));
  const charts = createCharts({ folder, log: silentLog });
  try {
    const begun = performance.now();
    await charts.warmUp();
    const warmUpMs = performance.now() - begun;
    // Each kind once, as on a bot that has run for a while.
    for (const spec of SPECS) await timed(charts, spec);
    return [
      { name: 'charts: start of their process', value: `${(warmUpMs / 1_000).toFixed(2)} s` },
      await oneByOne(charts),
      await allAtOnce(charts),
    ];
  } finally {
    await charts.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function oneByOne(charts: DrawnCharts): Promise<BenchRow> {
  const times: number[] = [];
  for (let run = 0; run < 25; run += 1) {
    for (const spec of SPECS) times.push(await timed(charts, spec));
  }
  const sorted = times.toSorted((left, right) => left - right);
  const quantile = (part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
  return {
    name: `charts: each of ${times.length}`,
    value: `${quantile(0.5).toFixed(0)} ms median, ${quantile(0.99).toFixed(0)} ms p99`,
    budget: `${RENDER_BUDGET_MS} ms`,
    ok: quantile(0.99) < RENDER_BUDGET_MS,
  };
}

/** A burst, while the event loop of this thread is watched; and before it the same without a chart. */
async function allAtOnce(charts: DrawnCharts): Promise<BenchRow> {
  const burst = [...SPECS, ...SPECS, ...SPECS, ...SPECS, ...SPECS];
  const idleMs = await longestStall(() => delay(IDLE_MS));
  const stallMs = await longestStall(() =>
    Promise.all(burst.map((spec) => timed(charts, spec))).then(() => undefined),
  );
  return {
    name: `charts: longest stall of the event loop during ${burst.length}`,
    value: `${stallMs.toFixed(1)} ms, ${idleMs.toFixed(1)} ms without any`,
    budget: `${STALL_BUDGET_MS} ms`,
    ok: stallMs < STALL_BUDGET_MS,
  };
}

async function longestStall(work: () => Promise<void>): Promise<number> {
  const watch = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  watch.enable();
  await work();
  watch.disable();
  // The watch measures from one look to the next.
  return Math.max(0, watch.max / 1e6 - RESOLUTION_MS);
}

async function timed(charts: DrawnCharts, spec: ChartSpec): Promise<number> {
  const begun = performance.now();
  const result = await charts.render(spec);
  if (!result.ok) throw new Error(`a chart was not drawn: ${result.why}`);
  return performance.now() - begun;
}

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { findSignals } from '#backtest/signal-rows.ts';
import { decide } from '#core/decide.ts';
import type { Decision } from '#core/decision.ts';
import { computeFeatureColumns } from '#core/feature-columns.ts';
import { createFeatureEngine } from '#core/features.ts';
import type { FeatureEngine } from '#core/features.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

import { columnsOf, sessionsOf, walkBars } from '../core/support/bars.ts';
import type { SessionBar } from '../core/support/bars.ts';
import { snapshot, symbolSnapshot } from '../core/support/snapshots.ts';
import type { BenchRow } from './bench-row.ts';

const BARS_A_SESSION = 78;
const CYCLE_BUDGET_MS = 250;

/** How fast bars become decisions: one symbol over a long time, and many symbols in one cycle. */
export async function benchDecide(): Promise<readonly BenchRow[]> {
  const throughput = barsPerSecond(walkBars({ seed: 11, sessions: 1_300 }));
  const cycles = [10, 100, 500].map((symbols) => cycleOf(symbols));
  const memory = memoryOf(500);
  const columns = columnsPerSecond(walkBars({ seed: 12, sessions: 12_821 }));
  return [...throughput, ...columns, ...cycles, memory];
}

/** Features alone, and features with a decision at every bar. */
function barsPerSecond(bars: readonly SessionBar[]): readonly BenchRow[] {
  const features = fastest(7, () => {
    const engine = createFeatureEngine(DEFAULT_PARAMETERS);
    return () => inChunks(bars, ({ bar, session }) => engine.push(bar, session).close);
  });
  const world = snapshot();
  const decided = fastest(7, () => {
    const engine = createFeatureEngine(DEFAULT_PARAMETERS);
    return () => inChunks(bars, (each) => decideBar(engine, each, world).length);
  });
  return [
    { name: 'features of a bar', value: `${((features * 1e6) / bars.length).toFixed(0)} ns` },
    {
      name: 'bars through features and decide',
      value: `${Math.round((bars.length * 1_000) / decided).toLocaleString('en-US')} bars/s`,
    },
  ];
}

/** Features of a million bars by the column, as history is read. */
function columnsPerSecond(rows: readonly SessionBar[]): readonly BenchRow[] {
  const [bars, sessions] = [columnsOf(rows), sessionsOf(rows)];
  const rowOf = (name: string, work: () => number): BenchRow => {
    const ms = fastest(9, () => work);
    const perSecond = Math.round((rows.length * 1_000) / ms).toLocaleString('en-US');
    return {
      name,
      value: `${perSecond} bars/s (${((ms * 1e6) / rows.length).toFixed(0)} ns a bar)`,
    };
  };
  const parameters = DEFAULT_PARAMETERS;
  return [
    rowOf('feature columns', () => {
      const { close } = computeFeatureColumns(bars, sessions, parameters);
      return close.at(-1) ?? Number.NaN;
    }),
    rowOf(
      'features and the signals in them',
      () => findSignals(bars, sessions, parameters).rows.length,
    ),
  ];
}

function decideBar(
  engine: FeatureEngine,
  { bar, session }: SessionBar,
  world: ReturnType<typeof snapshot>,
): readonly Decision[] {
  const features = engine.push(bar, session);
  const symbols = [{ ...symbolSnapshot('NVDA'), features }];
  return decide({ ...world, session, barEnd: features.barEnd, symbols });
}

/** The work in pieces that the compiler optimises on their own: one long loop stays in its middle tier. */
function inChunks(bars: readonly SessionBar[], work: (bar: SessionBar) => number): number {
  let sum = 0;
  for (let from = 0; from < bars.length; from += 4_096) {
    for (const bar of bars.slice(from, from + 4_096)) sum += work(bar);
  }
  return sum;
}

/** One cycle of a watchlist whose new bars are at hand: push each symbol's bar, decide over all. */
function cycleOf(count: number): BenchRow {
  const histories = Array.from({ length: count }, (_, seed) => walkBars({ seed, sessions: 3 }));
  const names = histories.map((_, index) => `S${index}`);
  const engines = names.map(() => createFeatureEngine(DEFAULT_PARAMETERS));
  const cycle = (index: number): readonly Decision[] => {
    const { session } = histories[0]![index]!;
    const symbols = names.map((name, at) => {
      const { bar } = histories[at]![index]!;
      return { ...symbolSnapshot(name), features: engines[at]!.push(bar, session) };
    });
    const barEnd = symbols[0]!.features.barEnd;
    return decide(snapshot({ barEnd, session, symbols }));
  };
  const times: number[] = [];
  let enough = 0;
  for (let index = 0; index < 3 * BARS_A_SESSION; index += 1) {
    const from = performance.now();
    const decisions = cycle(index);
    // The first session warms up the features and the compiler.
    if (index >= BARS_A_SESSION) times.push(performance.now() - from);
    enough += decisions.length;
  }
  if (enough !== count * 3 * BARS_A_SESSION) throw new Error('a symbol was left undecided');
  const median = times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? 0;
  const worst = Math.max(...times);
  const budget = { budget: `${CYCLE_BUDGET_MS} ms`, ok: worst < CYCLE_BUDGET_MS };
  return {
    name: `one cycle of ${count} symbols, bars at hand`,
    value: `${median.toFixed(2)} ms median, ${worst.toFixed(2)} ms at worst of ${times.length}`,
    ...(count === 500 ? budget : {}),
  };
}

/** What the warm features of so many symbols hold on to. */
function memoryOf(count: number): BenchRow {
  const bars = walkBars({ seed: 1, sessions: 1 });
  const before = usedBytes();
  const engines = Array.from({ length: count }, () => createFeatureEngine(DEFAULT_PARAMETERS));
  for (const engine of engines) for (const { bar, session } of bars) engine.push(bar, session);
  const used = usedBytes() - before;
  return {
    name: `memory of the features of ${engines.length} symbols`,
    value: `${(used / 2 ** 20).toFixed(1)} MB`,
  };
}

/** Milliseconds of the fastest of several runs, each prepared anew. */
function fastest(runs: number, prepare: () => () => number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const work = prepare();
    const from = performance.now();
    const result = work();
    best = Math.min(best, performance.now() - from);
    if (!Number.isFinite(result)) throw new Error('the work came to nothing');
  }
  return best;
}

/** After a full collection, so that only what is held counts; nothing is timed after it. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

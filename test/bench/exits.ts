import { decideExits } from '#core/exits.ts';
import { ticker, tradeId } from '#core/ids.ts';
import { micros } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';

import { BAR_END, snapshot } from '../core/support/snapshots.ts';
import type { BenchRow } from './bench-row.ts';

const TRADES = 500;
const BUDGET_MS = 5;
const RUNS = 200;

/** What it costs to ask the exit rules about many open trades at one bar. */
export function benchExits(): readonly BenchRow[] {
  const openTrades = Array.from({ length: TRADES }, (_, n) => ({
    id: tradeId(`t${n}`),
    symbol: ticker(`S${n}`),
    side: n % 2 === 0 ? ('long' as const) : ('short' as const),
    openedAt: BAR_END - n * MINUTE_MS,
    entryPrice: micros(100_000_000),
    riskPerShare: micros(2_000_000),
    stopPrice: micros(n % 2 === 0 ? 98_000_000 : 102_000_000),
    bestPrice: micros(100_000_000 + (n % 2 === 0 ? 1 : -1) * n * 20_000),
    lastClose: micros(100_000_000 + (n % 2 === 0 ? 1 : -1) * n * 19_000),
  }));
  const view = snapshot({ openTrades });
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const from = performance.now();
    const intents = decideExits(view);
    times.push(performance.now() - from);
    if (intents.length === 0) throw new Error('no exit was decided');
  }
  const sorted = times.toSorted((left, right) => left - right);
  const median = sorted[Math.floor(RUNS / 2)] ?? Number.NaN;
  return [
    {
      name: `exits of ${TRADES} open trades at one bar`,
      value: `${median.toFixed(2)} ms median, ${(sorted.at(-1) ?? Number.NaN).toFixed(2)} ms at worst of ${RUNS}`,
      budget: `${BUDGET_MS} ms`,
      ok: median < BUDGET_MS,
    },
  ];
}

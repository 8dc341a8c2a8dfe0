import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

import { aMarket } from '../backtest/a-market.ts';
import type { BenchRow } from './bench-row.ts';
import { passOver } from './yardstick.ts';

const NAMES = Array.from({ length: 10 }, (_, index) => `S${index}`);
const SESSIONS = 1_282;
const RUNS = 7;

/** How fast history is played with the full rule book on, beside a pass that does as little as can be. */
export function benchBacktest(): readonly BenchRow[] {
  const market = aMarket({ names: NAMES, sessions: SESSIONS, seed: 3 });
  const all = [...market.bars.values()];
  const bars = all.reduce((sum, { start }) => sum + start.length, 0);
  const pass = (): number => all.reduce((sum, each) => sum + passOver(each).trades, 0);
  const play = (): number => runBacktest(market, DEFAULT_PARAMETERS, DEFAULT_OPTIONS).trades.length;
  // In turns, so that what else the machine does meets both.
  const times = Array.from({ length: RUNS }, () => [timed(pass), timed(play)] as const);
  const yardstick = Math.min(...times.map(([time]) => time));
  const engine = Math.min(...times.map(([, time]) => time));
  const ratio = engine / yardstick;
  const speed = bars / engine / 1_000;
  return [
    {
      name: 'one pass by hand, the yardstick',
      value: `${(bars / yardstick / 1_000).toFixed(1)} M bars/s`,
    },
    {
      name: `backtest of ${NAMES.length} symbols, ${(bars / 1e6).toFixed(2)} M bars, all rules, warm`,
      value: `${speed.toFixed(1)} M bars/s, ${ratio.toFixed(1)} times the yardstick`,
      budget: '7 M bars/s, 4 times',
      ok: speed >= 7 && ratio <= 4,
    },
  ];
}

/** Milliseconds. */
function timed(work: () => number): number {
  const from = performance.now();
  if (!(work() > 0)) throw new Error('nothing was traded');
  return performance.now() - from;
}

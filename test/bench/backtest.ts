import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import { columnsOfBars } from '#core/bar-columns.ts';
import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { asSessionDate } from '#core/session.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';

import { aMarket } from '../backtest/a-market.ts';
import type { BenchRow } from './bench-row.ts';
import { passOver } from './yardstick.ts';

/** Ten symbols over five years of 5-minute bars: a million of them. */
const NAMES = Array.from({ length: 10 }, (_, index) => `S${index}`);
const SESSIONS = 1_282;
/** The compiler takes some dozen runs until it has seen enough of the rules. */
const RUNS = 60;

/** How fast history is played with the full rule book on, beside a pass that does as little as can be. */
export async function benchBacktest(): Promise<readonly BenchRow[]> {
  return [...enginesInTurn(), ...growth(), ...(await wholeProcess())];
}

function enginesInTurn(): readonly BenchRow[] {
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
      name: 'one pass over bars by hand, the yardstick',
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

/** Runs of each size, in turns, once the compiler knows the rules. */
const GROWTH_RUNS = 12;
/** What a bar may take at four times the size, beside the smallest one: the rest is noise. */
const GROWTH_BUDGET = 1.25;

/** Whether four times the bars, or the symbols, take more than four times as long. */
function growth(): readonly BenchRow[] {
  const half = SESSIONS / 2;
  return [
    growthRow(
      'sessions',
      [half / 2, half, 2 * half].map((sessions) => [10, sessions]),
    ),
    growthRow(
      'symbols',
      [5, 10, 20].map((symbols) => [symbols, half]),
    ),
  ];
}

function growthRow(of: string, sizes: readonly (readonly [number, number])[]): BenchRow {
  const markets = sizes.map(([symbols, sessions]) => {
    const names = Array.from({ length: symbols }, (_, index) => `S${index}`);
    return aMarket({ names, sessions: Math.round(sessions), seed: 3 });
  });
  const best = markets.map(() => Number.POSITIVE_INFINITY);
  for (let run = 0; run < GROWTH_RUNS; run += 1) {
    for (const [index, market] of markets.entries()) {
      const bars = [...market.bars.values()].reduce((sum, { start }) => sum + start.length, 0);
      const time = timed(
        () => runBacktest(market, DEFAULT_PARAMETERS, DEFAULT_OPTIONS).trades.length,
      );
      best[index] = Math.min(best[index] ?? time, (time * 1e6) / bars);
    }
  }
  const ratio = (best.at(-1) ?? 0) / (best[0] ?? 1);
  return {
    name: `backtest of 1, 2 and 4 times the ${of}, a bar`,
    value: `${best.map((each) => each.toFixed(0)).join(', ')} ns`,
    budget: `no more than ${GROWTH_BUDGET} times`,
    ok: ratio <= GROWTH_BUDGET,
  };
}

/** Milliseconds. */
function timed(work: () => number): number {
  const from = performance.now();
  if (!(work() > 0)) throw new Error('nothing was traded');
  return performance.now() - from;
}

const BUDGET_S = 1.2;
const BUDGET_MB = 300;
const TELL_MEMORY =
  'data:text/javascript,process.on("exit",()=>process.stderr.write(String(process.resourceUsage().maxRSS)))';

/** `npm run backtest` from the bar store, from its start to its end. */
async function wholeProcess(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bracketeer-bench-'));
  try {
    const bars = await fillStore(join(folder, '.data/bars'));
    const dates = ['--from', '2020-06-01', '--to', '2025-10-24'];
    const argv = [
      '--import',
      TELL_MEMORY,
      ...(await script()),
      '--symbols',
      NAMES.join(','),
      ...dates,
    ];
    const times: number[] = [];
    let memory = 0;
    for (let run = 0; run < 3; run += 1) {
      const from = performance.now();
      const { stderr } = await promisify(execFile)(process.execPath, argv, { cwd: folder });
      times.push((performance.now() - from) / 1_000);
      memory = Number(stderr) / 1_024;
    }
    const best = Math.min(...times);
    return [
      {
        name: `npm run backtest of ${(bars / 1e6).toFixed(2)} M bars of the store, whole process`,
        value: `${best.toFixed(2)} s`,
        budget: `${BUDGET_S} s`,
        ok: best < BUDGET_S,
      },
      {
        name: 'its memory, 10 symbols and five years of 5-minute bars',
        value: `${memory.toFixed(0)} MB`,
        budget: `${BUDGET_MB} MB`,
        ok: memory < BUDGET_MB,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What `npm run backtest` gives to Node.js, for a start in any folder. */
async function script(): Promise<readonly string[]> {
  const root = join(import.meta.dirname, '../..');
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const words = (scripts.backtest ?? '').split(' ').slice(1);
  return words.map((word) => (/\.(ts|mjs)$/.test(word) ? join(root, word) : word));
}

async function fillStore(folder: string): Promise<number> {
  const symbols = NAMES.map(ticker);
  const startDate = asSessionDate('2025-10-20');
  const history = { sessions: 5, historySessions: SESSIONS + 80, startDate };
  const market = generateMarket({ seed: 3, symbols, ...history });
  const store = createBarStore(folder);
  let count = 0;
  for (const symbol of symbols) {
    const rows = market.bars(symbol, 0, Number.POSITIVE_INFINITY);
    count += rows.length;
    const until = (market.sessions.at(-1)?.close ?? 0) + 1;
    await store.merge({
      symbol,
      barMinutes: 5,
      feed: 'import',
      adjustment: 'split',
      hours: 'regular',
      columns: columnsOfBars(rows),
      span: { from: market.sessions[0]?.open ?? 0, until },
    });
  }
  return count;
}

import { createSharedColumns } from '#adapters/bars/shared-columns.ts';
import { createResearchThreads } from '#adapters/research/threads.ts';
import type { BacktestMarket } from '#backtest/market.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import { setRows } from '#core/bar-columns.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { createEvaluator } from '#research/evaluate.ts';
import { outcomesHere, stateOf, studiedDates } from '#research/run-study.ts';
import { DEFAULT_AXES } from '#research/space.ts';
import type { StudyPlan, Task } from '#research/study.ts';

import { sectorsFrom } from '../../src/compose/sectors.ts';
import { aMarket } from '../backtest/a-market.ts';
import type { BenchRow } from './bench-row.ts';
import { realMarket } from './real-market.ts';

const NAMES = ['AAPL', 'AMD', 'AMZN', 'GOOGL', 'JPM', 'META', 'MSFT', 'NVDA', 'TSLA', 'XOM'];
/** Of ten symbols: a million bars of 5 minutes. */
const SESSIONS = 1_283;
/** Each of seven months, of which the first part is searched: a million bars again. */
const REAL_YEARS = 6;
const GRID_BUDGET_S = 30;
const RATE_BUDGET = 30e6;
/** The compiler takes one to see enough of a grid's rules. */
const GRID_RUNS = 3;
const RATIO_BUDGET = 1.7;
/** Of two workers each has seen half of a grid after the first run. */
const LATER_RUNS = 3;
const NOBODY = { done: () => {}, signal: new AbortController().signal };

const STUDY: StudyPlan = {
  kind: 'sweep',
  seed: 'bench',
  axes: DEFAULT_AXES,
  base: DEFAULT_PARAMETERS,
  search: { kind: 'grid' },
  objective: { kind: 'single', figure: 'sharpe' },
  windows: { kind: 'half-years' },
};

/** The default grid of 72 points: on one core, and on two workers against one. */
export async function benchResearch(): Promise<readonly BenchRow[]> {
  return [gridRow(), realGridRow(), ...(await workersRows())];
}

const madeUpMarket = (): BacktestMarket =>
  shared(aMarket({ sessions: Math.round(SESSIONS / 0.7), names: NAMES }));

function tasksOn(market: BacktestMarket): readonly Task[] {
  const evaluator = createEvaluator(market, DEFAULT_OPTIONS);
  const dates = studiedDates(evaluator, market.sessions[0]!.date);
  const state = stateOf(STUDY, dates, new Map());
  return state.kind === 'tasks' ? state.tasks : [];
}

/** As the bar store has them: threads take them without a copy. */
function shared(market: BacktestMarket): BacktestMarket {
  const bars = [...market.bars].map(([symbol, columns]) => {
    const copy = createSharedColumns(columns.start.length).columns;
    setRows(copy, columns, 0);
    return [symbol, copy] as const;
  });
  return { ...market, bars: new Map(bars) };
}

/** Bars of the sessions that the tasks are about, times the points. */
function combinationsOf(market: BacktestMarket, tasks: readonly Task[]): number {
  const to = tasks[0]?.to ?? '';
  const until = market.sessions.findLast(({ date }) => date <= to)?.close ?? 0;
  let bars = 0;
  for (const { start } of market.bars.values()) {
    bars += start.filter((at) => at < until).length;
  }
  return bars * tasks.length;
}

function gridRow(): BenchRow {
  const rate = rateOf(madeUpMarket(), DEFAULT_OPTIONS);
  return {
    name: 'grid of 72 points over 1 million bars, one core, features included, warm',
    value: inMillions(rate),
    budget: `at least ${RATE_BUDGET / 1e6} million`,
    ok: rate >= RATE_BUDGET,
  };
}

function realGridRow(): BenchRow {
  const name = 'the same over real bars of two dozen stocks, with their sectors';
  const market = realMarket(REAL_YEARS);
  if (market === null) return { name, value: 'not measured: the reference data is missing' };
  const options = { ...DEFAULT_OPTIONS, sectors: sectorsFrom({}) };
  return { name, value: inMillions(rateOf(market, options)) };
}

/** Bar-combinations a second. */
function rateOf(market: BacktestMarket, options: BacktestOptions): number {
  const tasks = tasksOn(market);
  const times = Array.from({ length: GRID_RUNS }, () => {
    const from = performance.now();
    outcomesHere(createEvaluator(market, options), tasks);
    return performance.now() - from;
  });
  return (combinationsOf(market, tasks) * 1_000) / Math.min(...times);
}

const inMillions = (rate: number): string =>
  `${(rate / 1e6).toFixed(1)} million bar-combinations a second`;

async function workersRows(): Promise<readonly BenchRow[]> {
  const market = madeUpMarket();
  const tasks = tasksOn(market);
  const one = await timesWith(1, market, tasks);
  const two = await timesWith(2, market, tasks);
  const ratio = one.again / two.again;
  const fromStart = one.first / two.first;
  return [
    {
      name: 'the same grid on two workers, from their start',
      value: `${(two.first / 1_000).toFixed(1)} s, ${fromStart.toFixed(2)} times as fast as on one`,
      budget: `${GRID_BUDGET_S} s`,
      ok: two.first < GRID_BUDGET_S * 1_000,
    },
    {
      name: 'the same grid on two workers against one, once they have learned the rules',
      value: `${ratio.toFixed(2)} times as fast`,
      budget: `at least ${RATIO_BUDGET} times`,
      ok: ratio >= RATIO_BUDGET,
    },
  ];
}

/**
 * With the start of the workers, which all have to learn the rules for themselves, and the best of those after it;
 * milliseconds.
 */
async function timesWith(
  count: number,
  market: BacktestMarket,
  tasks: readonly Task[],
): Promise<{ readonly first: number; readonly again: number }> {
  const threads = createResearchThreads(count);
  const bench = { market, options: DEFAULT_OPTIONS };
  const timed = async (): Promise<number> => {
    const from = performance.now();
    await threads.outcomes(bench, tasks, NOBODY);
    return performance.now() - from;
  };
  try {
    const first = await timed();
    const later: number[] = [];
    while (later.length < LATER_RUNS) later.push(await timed());
    return { first, again: Math.min(...later) };
  } finally {
    await threads.close();
  }
}

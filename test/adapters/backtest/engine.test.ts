import { onTestFinished, describe, expect, it } from 'vitest';

import { createEngineThread } from '#adapters/backtest/engine.ts';
import { createSharedColumns } from '#adapters/bars/shared-columns.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import { summarize } from '#backtest/summary.ts';
import { tradesCsv } from '#backtest/trades-csv.ts';
import { setRows } from '#core/bar-columns.ts';
import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { BacktestOutcome, BacktestTask } from '#ports/backtests.ts';

import { aMarket } from '../../backtest/a-market.ts';

const EAGER = {
  ...DEFAULT_PARAMETERS,
  confidenceThreshold: 20,
  volumeNodeReach: 1_000,
  correlationMinDays: 2,
};
const SECTORS = new Map([[ticker('NVDA'), 'one']]);
const FROM = aMarket().sessions[10]!.date;

const task = (changes: Partial<BacktestTask> = {}): BacktestTask => ({
  market: aMarket(),
  parameters: EAGER,
  tradeFrom: FROM,
  sectors: SECTORS,
  ...changes,
});

/** The same bars, all of them parts of one piece of shared memory. */
function sharedMarket(): BacktestTask['market'] {
  const market = aMarket();
  const bars = [...market.bars].map(([symbol, columns]) => {
    const shared = createSharedColumns(columns.start.length).columns;
    setRows(shared, columns, 0);
    return [symbol, shared] as const;
  });
  return { ...market, bars: new Map(bars) };
}

/** Never aborted, and nobody listens. */
const quietly = () => ({ progress: () => {}, signal: new AbortController().signal });

function anEngine(codeVersion = 'one') {
  const engine = createEngineThread({ codeVersion });
  onTestFinished(() => engine.close());
  return engine;
}

async function done(outcome: Promise<BacktestOutcome>) {
  const known = await outcome;
  if (known.kind !== 'done') throw new Error(`the backtest is ${JSON.stringify(known)}`);
  return known;
}

const idOf = async (changes: Partial<BacktestTask> = {}, codeVersion = 'one') =>
  (await done(anEngine(codeVersion).run(task(changes), quietly()))).runId;

describe('the engine on its thread', () => {
  it('comes to what the engine itself comes to', async () => {
    const options = { ...DEFAULT_OPTIONS, sectors: SECTORS, tradeFrom: FROM };
    const direct = runBacktest(aMarket(), EAGER, options);
    const { summary, files } = await done(anEngine().run(task(), quietly()));
    expect(direct.trades.length).toBeGreaterThan(5);
    expect(summary).toEqual(summarize(direct, summary.verdict));
    expect(summary.verdict).toMatch(/trades/);
    expect(files.trades).toBe(tradesCsv(direct.trades));
    expect(files.curve.at(-1)?.equity).toBe(direct.endingEquity);
  });

  it('takes the memory of the bars over instead of copying it', async () => {
    const given = task();
    const running = anEngine().run(given, quietly());
    expect([...given.market.bars.values()].map(({ close }) => close.length)).toEqual([0, 0, 0]);
    await running;
  });

  it('leaves bars that threads share where they are', async () => {
    const market = sharedMarket();
    const { runId } = await done(anEngine().run(task({ market }), quietly()));
    expect([...market.bars.values()].every(({ close }) => close.length > 0)).toBe(true);
    expect(runId).toBe(await idOf());
  });

  it('names equal runs equally, and others otherwise', async () => {
    const id = await idOf();
    expect(await idOf()).toBe(id);
    expect(await idOf({ sectors: new Map() })).not.toBe(id);
    expect(await idOf({}, 'another')).not.toBe(id);
  });

  it('tells how far it is', async () => {
    const shares: number[] = [];
    const progress = (share: number): void => void shares.push(share);
    const market = aMarket({ sessions: 200, names: ['AAPL', 'AMD', 'META', 'MSFT', 'NVDA'] });
    await anEngine().run(task({ market }), { ...quietly(), progress });
    expect(shares.length).toBeGreaterThan(0);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
    expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
  });

  it('stops when it is aborted, before and while it runs', async () => {
    const before = AbortSignal.abort();
    expect(await anEngine().run(task(), { progress: () => {}, signal: before })).toEqual({
      kind: 'stopped',
    });
    const aborting = new AbortController();
    const running = anEngine().run(task(), { progress: () => {}, signal: aborting.signal });
    aborting.abort();
    expect(await running).toEqual({ kind: 'stopped' });
  });

  it('stops what runs when it is closed, and starts nothing any more', async () => {
    const engine = anEngine();
    const running = engine.run(task(), quietly());
    await engine.close();
    expect(await running).toEqual({ kind: 'stopped' });
    expect(await engine.run(task(), quietly())).toEqual({ kind: 'stopped' });
  });

  it('says what is wrong with bars that it cannot play', async () => {
    const market = { ...aMarket(), sessions: aMarket().sessions.slice(1) };
    expect(await anEngine().run(task({ market }), quietly())).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('no session has a bar that starts at'),
    });
  });
});

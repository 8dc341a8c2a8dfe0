import { describe, expect, it } from 'vitest';

import { netResult } from '#backtest/metrics/net.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { prepareMarket } from '#backtest/prepare.ts';
import { startBacktest } from '#backtest/run-backtest.ts';
import { assess } from '#research/assess.ts';
import { pageDataOf } from '#research/report/page-data.ts';

import { aMarket } from '../backtest/a-market.ts';
import { EAGER } from './support/a-study.ts';

const market = aMarket({ sessions: 40 });
const prepared = prepareMarket(market, EAGER);
const run = startBacktest(prepared, EAGER, DEFAULT_OPTIONS);
while (run.next());
const result = run.result();
const assessment = assess(
  { prepared, result, market, options: DEFAULT_OPTIONS, parameters: EAGER },
  'a run',
);
const SUBJECT = { runId: 'a run', span: '', what: '', notes: [] };

describe('the page of a backtest', () => {
  it('tells of each trade what it left after fees, in money and in R alike', () => {
    const { trades } = pageDataOf(SUBJECT, result, assessment, prepared);
    expect(trades.length).toBeGreaterThan(20);
    expect(trades.map(({ r }) => r)).toEqual(
      result.trades.map((trade) => Number(netResult(trade).r.toFixed(2))),
    );
    const dear = {
      ...result.trades[0]!,
      pnl: 1 as never,
      rMultiple: 0.01,
      fees: 2_000_000 as never,
    };
    const page = pageDataOf(SUBJECT, { ...result, trades: [dear] }, assessment, prepared);
    expect(page.trades[0]!.net).toBeLessThan(0);
    expect(page.trades[0]!.r).toBeLessThan(0);
  });

  it('keeps the highest and the lowest equity of a curve that is thinned out', () => {
    const values = Array.from({ length: 20_000 }, (_, row) => 100_000 + (row % 7) - (row % 5));
    [values[9_001], values[15_003]] = [110_000, 90_000];
    const equity = {
      at: Float64Array.from(values, (_, row) => row * 60_000),
      equity: Float64Array.from(values),
    };
    const points = pageDataOf(SUBJECT, { ...result, equity }, assessment, prepared).equity;
    expect(points.length).toBeLessThanOrEqual(4_000);
    const shown = points.map(([, value]) => value);
    expect([Math.max(...shown), Math.min(...shown)]).toEqual([110_000, 90_000]);
    expect(points.find(([, value]) => value === 90_000)?.[2]).toBeCloseTo(-18.182, 3);
    expect(points.at(-1)).toEqual([19_999 * 60_000, values.at(-1), expect.any(Number)]);
  });
});

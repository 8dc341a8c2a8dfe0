import { describe, expect, it } from 'vitest';

import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import { checkRun } from '#research/self-checks.ts';

import { aMarket } from '../backtest/a-market.ts';
import { EAGER } from './support/a-study.ts';

const market = aMarket({ sessions: 130, names: ['AAPL', 'MSFT'] });
const tradeFrom = market.sessions[71]!.date;
const run = { market, options: { ...DEFAULT_OPTIONS, tradeFrom }, parameters: EAGER };
const result = runBacktest(market, EAGER, run.options);

describe('the checks of a single run', () => {
  it('find the trades of its first sessions again with the later bars cut off', () => {
    const { lookAhead } = checkRun(run, result);
    expect(lookAhead?.trades).toBeGreaterThan(5);
    expect(lookAhead).toMatchObject({ differing: 0, at: market.sessions[91]!.date });
  });

  it('name each trade that later bars would have changed', () => {
    const [first, ...rest] = result.trades;
    const trades = [{ ...first!, exitPrice: first!.entryPrice }, ...rest];
    // The one that was made, and the one that comes of it without them.
    expect(checkRun(run, { ...result, trades }).lookAhead?.differing).toBe(2);
  });

  it('tell how many trades depend on where the bars begin', () => {
    const { warmUp } = checkRun(run, result);
    expect(warmUp?.at).toBe(tradeFrom);
    expect(warmUp?.trades).toBeGreaterThan(5);
  });

  it('are left out where nothing was traded', () => {
    expect(checkRun(run, { trades: [], sessions: [] })).toEqual({ lookAhead: null, warmUp: null });
  });
});

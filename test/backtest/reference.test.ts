/**
 * The engine against a second simulator that shares nothing with it but the rules: trade by trade, to the
 * micro-dollar, with all sums, refusals, halts and closes.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import type { BacktestMarket } from '#backtest/market.ts';
import { DEFAULT_OPTIONS, SANDBOX_FILLS } from '#backtest/options.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { micros } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';

import { sectorsFrom } from '../../src/compose/sectors.ts';
import { columnsOf, readSessionBars, sessionsOf } from '../core/support/bars.ts';
import type { SessionBar } from '../core/support/bars.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';
import { cutOff } from './a-market.ts';
import { engineAccount, referenceAccount } from './reference/compare.ts';
import type { Account } from './reference/compare.ts';
import { draw } from './reference/generated.ts';

function agreed(
  market: BacktestMarket,
  parameters: StrategyParameters,
  options: BacktestOptions,
): Account {
  const reference = referenceAccount(market, parameters, options);
  expect(engineAccount(market, parameters, options)).toEqual(reference);
  return reference;
}

type Rows = readonly (readonly [Ticker, readonly SessionBar[]])[];

const rowsOf = (folder: string, barMinutes: 5 | 15): Rows =>
  readdirSync(sharedPath(folder))
    .filter((name) => name.endsWith('.csv'))
    .map((name) => [
      ticker(name.split('_')[0] ?? ''),
      readSessionBars(sharedPath(folder, name), barMinutes),
    ]);

/** With every session that any of them has; the last ones only, where so many are wanted. */
function marketOf(rows: Rows, barMinutes: 5 | 15, last = Number.POSITIVE_INFINITY): BacktestMarket {
  const byDate = new Map(
    rows.flatMap(([, bars]) => sessionsOf(bars).map((session) => [session.date, session])),
  );
  const sessions = [...byDate.values()].toSorted((a, b) => a.open - b.open).slice(-last);
  const from = sessions[0]?.open ?? 0;
  const bars = new Map(
    rows.map(([symbol, all]) => [
      symbol,
      columnsOf(all.filter(({ session }) => session.open >= from)),
    ]),
  );
  return { barMinutes, bars, sessions };
}

const OPTIONS: BacktestOptions = { ...DEFAULT_OPTIONS, sectors: sectorsFrom({}) };

/** Trades as often as it can. */
const EAGER: StrategyParameters = {
  ...DEFAULT_PARAMETERS,
  confidenceThreshold: 20,
  volumeNodeReach: 1_000,
  maxSectorShare: 1,
  maxCorrelation: 1,
  correlationMinDays: 3,
};

describe('the reference', () => {
  const RULES = ['account', 'days', 'decide', 'fills', 'orders', 'readings', 'risk', 'simulate'];

  it.each(RULES)(
    'in %s runs no line of what it is held against, but for bars and the clock',
    (name) => {
      const file = readFileSync(join(import.meta.dirname, `reference/${name}.ts`), 'utf8');
      const run = [...file.matchAll(/^import \{[^}]*\} from '([^']+)'/gm)].map(([, from]) => from);
      const foreign = run.filter((from) => from !== undefined && !from.startsWith('./'));
      expect(['#core/bars.ts', '#core/session.ts']).toEqual(expect.arrayContaining(foreign));
    },
  );
});

describeWithShared('data/5min', 'two dozen stocks', () => {
  let market: BacktestMarket;
  let stretch: BacktestMarket;

  beforeAll(() => {
    const rows = rowsOf('data/5min', 5);
    market = marketOf(rows, 5);
    stretch = marketOf(rows, 5, 50);
  });

  it('over a year, by the default rules, come to the same in both', () => {
    expect(agreed(market, DEFAULT_PARAMETERS, OPTIONS).trades.length).toBeGreaterThan(300);
  });

  it.each<readonly [string, StrategyParameters, BacktestOptions]>([
    ['that are entered eagerly', EAGER, OPTIONS],
    [
      'filled as in the sandbox',
      EAGER,
      { ...OPTIONS, fills: SANDBOX_FILLS, afterPeakHalt: 'stay' },
    ],
    [
      'with everything flattened at a limit, and limits filled at a touch',
      { ...EAGER, drawdownPolicy: 'flatten', dailyDrawdownPercent: 0.5, peakDrawdownPercent: 1.5 },
      { ...OPTIONS, fills: { ...OPTIONS.fills, limitFill: 'touch' } },
    ],
    [
      'held over night, long alone and in one bracket each',
      { ...EAGER, endOfDay: 'hold', scaleOutPercent: 0, allowShort: false },
      OPTIONS,
    ],
    [
      'held over night in both directions',
      { ...EAGER, endOfDay: 'hold', timeExitMinutes: 0 },
      { ...OPTIONS, marginMultiplier: 2 },
    ],
    [
      'too large for the volume',
      EAGER,
      { ...OPTIONS, fills: { ...OPTIONS.fills, maxParticipationBps: 5 } },
    ],
  ])('%s come to the same in both', (_, parameters, options) => {
    expect(agreed(stretch, parameters, options).trades.length).toBeGreaterThan(50);
  });
});

describeWithShared('data/15min', 'bars of 15 minutes', () => {
  it.each([
    ['the default rules', { ...DEFAULT_PARAMETERS, barMinutes: 15 }],
    ['eager ones', { ...EAGER, barMinutes: 15 }],
  ] as const)('come to the same in both by %s', (_, parameters) => {
    const { sums } = agreed(marketOf(rowsOf('data/15min', 15), 15), parameters, OPTIONS);
    expect(sums['filled']).toBeGreaterThan(0);
  });
});

describeWithShared('data/5min-older', 'another year', () => {
  it.each([
    ['the bars alone', false],
    ['minutes that tell what came first', true],
  ])('comes to the same in both with %s', (_, hasMinutes) => {
    const bars = marketOf(rowsOf('data/5min-older', 5), 5);
    const minutes = hasMinutes && existsSync(sharedPath('data/1min')) ? spyMinutes() : new Map();
    const market = { ...bars, minuteBars: minutes };
    const options = { ...OPTIONS, startingCash: micros(25_000_000_000) };
    expect(agreed(market, EAGER, options).sums['filled']).toBeGreaterThan(100);
  });
});

const spyMinutes = () =>
  new Map([[ticker('SPY'), columnsOf(readSessionBars(sharedPath('data/1min/SPY_1min.csv'), 1))]]);

const MARKETS = 200;
const GROUP = 20;

describe('generated markets', () => {
  const seen: Account[] = [];

  it.each(Array.from({ length: MARKETS / GROUP }, (_, group) => group * GROUP))(
    'come to the same in both, twenty from number %i on',
    (first) => {
      for (let seed = first; seed < first + GROUP; seed += 1) {
        const { market, parameters, options } = draw(seed);
        const reference = referenceAccount(market, parameters, options);
        expect(engineAccount(market, parameters, options), `market ${seed}`).toEqual(reference);
        seen.push(reference);
      }
    },
  );

  it('are traded without a look at what comes: cut off, they have the same trades up to there', () => {
    const before = Array.from({ length: 40 }, (_, seed) => {
      const { market, parameters, options } = draw(seed);
      const cut = market.sessions[9]?.close ?? 0;
      const whole = runBacktest(market, parameters, options);
      const trades = whole.trades.filter(({ closedAt }) => closedAt <= cut);
      const known = runBacktest(cutOff(market, cut), parameters, options);
      expect(known.trades, `market ${seed}`).toEqual(trades);
      return trades.length;
    });
    expect(before.reduce((sum, trades) => sum + trades, 0)).toBeGreaterThan(150);
  });

  it('have what the rules are about: every way out, refusals, halts and borrowed shares', () => {
    expect(seen).toHaveLength(MARKETS);
    const trades = seen.flatMap((account) => account.trades);
    const sum = (name: string): number =>
      seen.reduce((total, { sums }) => total + (sums[name] ?? 0), 0);
    expect(trades.length).toBeGreaterThan(1_000);
    expect(new Set(trades.map(({ exitReason }) => exitReason))).toEqual(
      new Set([
        'stop_loss',
        'take_profit',
        'time_exit',
        'end_of_day',
        'risk_limit',
        'emergency_stop',
      ]),
    );
    expect(trades.filter(({ isAmbiguous }) => isAmbiguous).length).toBeGreaterThan(10);
    expect(
      Math.min(sum('missed'), sum('rejected'), sum('borrow'), sum('stillOpen')),
    ).toBeGreaterThan(0);
    expect(new Set(seen.flatMap(({ halts }) => halts.map(({ scope }) => scope))).size).toBe(2);
  });
});

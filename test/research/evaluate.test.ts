import { describe, expect, it } from 'vitest';

import { createAgenda } from '#backtest/agenda.ts';
import { keyFigures, sessionReturns } from '#backtest/metrics/measure.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { prepareMarket } from '#backtest/prepare.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import { agendaKey, signalKey } from '#backtest/shared-keys.ts';
import { parametersAt } from '#core/parameter-axes.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { createEvaluator, longerBars } from '#research/evaluate.ts';

import { aMarket } from '../backtest/a-market.ts';
import { EAGER } from './support/a-study.ts';

/** Parameters, and the names of those that are read. */
function watched(parameters: StrategyParameters) {
  const read = new Set<string>();
  const proxy = new Proxy(parameters, {
    get: (target, name, receiver) => {
      read.add(String(name));
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  return { proxy, read };
}

describe('the keys of shared work', () => {
  const market = aMarket({ sessions: 30, names: ['AAPL'] });

  it('hold every parameter that the features and signals read, and no other', () => {
    const asked = watched(EAGER);
    prepareMarket(market, asked.proxy);
    const inKey = watched(EAGER);
    signalKey(inKey.proxy);
    expect([...asked.read].toSorted()).toEqual([...inKey.read].toSorted());
  });

  it('hold every parameter that the agenda reads, and no other but those of the signals', () => {
    const prepared = prepareMarket(market, EAGER);
    const asked = watched(EAGER);
    expect(createAgenda(prepared, asked.proxy, null).tally.bars).toBeGreaterThan(0);
    const [ofAgenda, ofSignals] = [watched(EAGER), watched(EAGER)];
    agendaKey(ofAgenda.proxy);
    signalKey(ofSignals.proxy);
    const all = new Set([...asked.read, ...ofSignals.read]);
    expect([...all].toSorted()).toEqual([...ofAgenda.read].toSorted());
  });
});

describe('points that share their work', () => {
  const market = aMarket({ sessions: 60, names: ['AAPL', 'MSFT'] });
  const dates = market.sessions.map(({ date }) => date);
  const points = [
    EAGER,
    parametersAt(EAGER, { stop: 2 }),
    { ...EAGER, confidenceThreshold: 40 },
    { ...EAGER, emaFast: 7 },
    { ...EAGER, barMinutes: 15 as const },
    { ...EAGER, volumeProfileDays: 10, correlationDays: 30 },
  ];
  const spans = [
    { from: dates[0]!, to: dates[59]! },
    { from: dates[25]!, to: dates[40]! },
    { from: dates[41]!, to: dates[59]! },
  ];

  /** A backtest of its own, on a market that ends with the span. */
  function alone(parameters: StrategyParameters, { from, to }: (typeof spans)[number]) {
    const sessions = market.sessions.filter(({ date }) => date <= to);
    const until = sessions.at(-1)!.close;
    const bars = new Map(
      [...market.bars].map(([symbol, columns]) => {
        const end = columns.start.filter((start) => start < until).length;
        const entries = Object.entries(columns).map(([name, column]) => [
          name,
          (column as Float64Array).slice(0, end),
        ]);
        return [symbol, Object.fromEntries(entries) as typeof columns] as const;
      }),
    );
    const own = longerBars({ ...market, bars, sessions }, parameters.barMinutes);
    return runBacktest(own, parameters, { ...DEFAULT_OPTIONS, tradeFrom: from });
  }

  it('come to what each comes to alone, whatever ran before', () => {
    const evaluator = createEvaluator(market, DEFAULT_OPTIONS);
    let trades = 0;
    for (const span of [...spans, ...spans.toReversed()]) {
      for (const parameters of points) {
        const result = alone(parameters, span);
        trades += result.trades.length;
        expect(evaluator.run(parameters, span).trades).toEqual(result.trades);
        expect(evaluator.outcome(parameters, span)).toEqual({
          figures: keyFigures(result),
          returns: sessionReturns(result),
        });
      }
    }
    expect(trades).toBeGreaterThan(100);
  });

  it('are refused on a span without a session', () => {
    const evaluator = createEvaluator(market, DEFAULT_OPTIONS);
    const span = { from: dates[5]!, to: dates[4]! };
    expect(() => evaluator.outcome(EAGER, span)).toThrow('no session from');
  });

  it('cannot be of shorter bars than the market has', () => {
    const long = longerBars(market, 15);
    expect(() => longerBars(long, 5)).toThrow('bars of 15 minutes make no bars of 5');
  });
});

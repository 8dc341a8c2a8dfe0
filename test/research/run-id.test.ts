import { describe, expect, it } from 'vitest';

import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { optionsFor, runIdOf } from '#research/run-id.ts';
import type { RunOrigin } from '#research/run-id.ts';

import { aMarket } from '../backtest/a-market.ts';

const [AAPL, MSFT, NVDA] = ['AAPL', 'MSFT', 'NVDA'].map(ticker) as [
  ReturnType<typeof ticker>,
  ReturnType<typeof ticker>,
  ReturnType<typeof ticker>,
];
const SECTORS = new Map([
  [AAPL, 'one'],
  [NVDA, 'two'],
]);

const idOf = (changes: Partial<RunOrigin> = {}) =>
  runIdOf({
    codeVersion: 'c',
    parameters: DEFAULT_PARAMETERS,
    options: { ...DEFAULT_OPTIONS, sectors: SECTORS },
    market: aMarket(),
    ...changes,
  });

/** The same with its keys in the opposite order. */
const turned = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).toReversed()) as Value;

/** The same bars as a part of shared memory. */
function shared() {
  const market = aMarket();
  const bars = [...market.bars].map(([symbol, columns]) => {
    const parts = Object.entries(columns).map(([name, column]: [string, Float64Array]) => {
      const memory = new Float64Array(new SharedArrayBuffer(8 * (column.length + 5)));
      memory.set(column, 3);
      return [name, memory.subarray(3, 3 + column.length)] as const;
    });
    return [symbol, Object.fromEntries(parts) as unknown as typeof columns] as const;
  });
  return { ...market, bars: new Map(bars) };
}

describe('the id of a run', () => {
  it.each([
    ['the order in which parameters are given', { parameters: turned(DEFAULT_PARAMETERS) }],
    ['the memory that the bars lie in', { market: shared() }],
    [
      'the order of sectors, or those of other stocks',
      {
        options: {
          ...DEFAULT_OPTIONS,
          sectors: new Map([...[...SECTORS].toReversed(), [ticker('XOM'), 'Energy'] as const]),
        },
      },
    ],
  ])('is the same whatever %s', (_, changes) => {
    expect(idOf(changes)).toBe(idOf());
    expect(idOf()).toMatch(/^[0-9a-f]{16}$/);
  });

  const market = aMarket();
  const [first] = market.bars.values();
  it.each<readonly [string, Partial<RunOrigin>]>([
    ['code', { codeVersion: 'd' }],
    ['parameters', { parameters: { ...DEFAULT_PARAMETERS, stopAtrs: 3 } }],
    ['sectors', { options: DEFAULT_OPTIONS }],
    [
      'stocks that cannot be sold short',
      { options: { ...DEFAULT_OPTIONS, sectors: SECTORS, notShortable: new Set([AAPL]) } },
    ],
    ['bars', { market: aMarket({ seed: 2 }) }],
    ['sessions', { market: { ...market, sessions: market.sessions.slice(0, -1) } }],
    [
      'order of the symbols, in which they are decided about',
      { market: { ...market, bars: new Map([...market.bars].toReversed()) } },
    ],
    ['minute bars', { market: { ...market, minuteBars: new Map([[MSFT, first!]]) } }],
  ])('is another one with other %s', (_, changes) => {
    expect(idOf(changes)).not.toBe(idOf());
  });
});

describe('the options as they are told', () => {
  it('are plain data, and of the symbols that are played alone', () => {
    const options = {
      ...DEFAULT_OPTIONS,
      sectors: SECTORS,
      notShortable: new Set([NVDA, ticker('XOM'), AAPL]),
    };
    expect(optionsFor(options, [NVDA, AAPL, MSFT])).toEqual({
      ...DEFAULT_OPTIONS,
      sectors: { AAPL: 'one', NVDA: 'two' },
      notShortable: [AAPL, NVDA],
    });
  });
});

import { beforeAll, expect, it } from 'vitest';

import type { BarColumns } from '#core/bars.ts';

import { describeWithShared } from '../../support/shared.ts';
import { runBenchStrategy } from './bench-strategy.ts';
import type { BenchTrade } from './bench-strategy.ts';
import { ewmIndicators, ownIndicators } from './indicators.ts';
import { readEngineBars, readRows } from './read-engines.ts';

const round = (price: number): number => Number(price.toFixed(9));

const told = ({ entryBar, exitBar, size, entry, exit }: BenchTrade) => [
  entryBar,
  exitBar,
  size,
  round(entry),
  round(exit),
];

describeWithShared('golden/engines', 'other engines, on the same strategy and bars', () => {
  let bars: BarColumns;
  beforeAll(() => {
    bars = readEngineBars();
  });

  it('backtrader: the same trades, where exits act from the bar after the entry on', () => {
    const fills = readRows('backtrader_fills_bars_100k.csv');
    const trades = fills.flatMap((entry, at) => {
      const exit = fills[at + 1];
      return entry['side'] === 'buy' && exit !== undefined
        ? [
            [
              Number(entry['bar']),
              Number(exit['bar']),
              Number(entry['size']),
              round(Number(entry['price'])),
              round(Number(exit['price'])),
            ],
          ]
        : [];
    });
    const run = runBenchStrategy(bars, ownIndicators(bars), {
      levelsFrom: 'entry',
      exitsOnEntryBar: false,
    });
    expect(trades).toHaveLength(681);
    expect(run.trades.map(told)).toEqual(trades);
  });

  it('backtesting.py: the same trades, where legs hang on the signal’s close and averages begin at once', () => {
    const trades = readRows('backtesting_py_bars_100k.csv').map((row) => [
      Number(row['entry_bar']),
      Number(row['exit_bar']),
      Number(row['size']),
      round(Number(row['entry_price'])),
      round(Number(row['exit_price'])),
    ]);
    const run = runBenchStrategy(bars, ewmIndicators(bars), {
      levelsFrom: 'signal-close',
      exitsOnEntryBar: true,
    });
    expect(trades).toHaveLength(683);
    expect(run.trades.map(told)).toEqual(trades);
  });

  it('the fills of this project: legs hang on the entry, and act in its bar', () => {
    const { trades, equity } = runBenchStrategy(bars, ownIndicators(bars), {
      levelsFrom: 'entry',
      exitsOnEntryBar: true,
    });
    expect(trades).toHaveLength(681);
    expect(trades.filter(({ entry, exit }) => exit > entry)).toHaveLength(285);
    expect(equity).toBeCloseTo(1_458_428.87, 2);
  });
});

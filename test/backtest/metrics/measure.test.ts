import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buyAndHold } from '#backtest/metrics/benchmark.ts';
import { excursionsOf } from '#backtest/metrics/excursions.ts';
import { tradeGroups } from '#backtest/metrics/groups.ts';
import { keyFigures, measure } from '#backtest/metrics/measure.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';

import { aRecord, aTrade, daysFrom, FIRST_DAY } from '../support/results.ts';

describe('trades in groups', () => {
  const TRADES = [
    aTrade({ pnl: 4, symbol: 'NVDA', date: '2024-01-05', time: '09:59' }),
    aTrade({ pnl: -2, symbol: 'AMD', date: '2024-01-08', time: '15:30' }),
    aTrade({ pnl: 6, fees: 1, symbol: 'AMD', date: '2024-07-12', time: '09:35' }),
    aTrade({ pnl: -2, symbol: 'TSLA', date: '2024-07-08', time: '12:00' }),
  ];
  const groups = tradeGroups(TRADES);
  const told = (by: keyof typeof groups) =>
    groups[by].map(({ key, trades, netPnl }) => [key, trades, netPnl / 1_000_000]);

  it.each([
    [
      'symbol',
      [
        ['NVDA', 1, 4],
        ['AMD', 2, 3],
        ['TSLA', 1, -2],
      ],
    ],
    [
      'reason',
      [
        ['take_profit', 2, 9],
        ['stop_loss', 2, -4],
      ],
    ],
    [
      'hour',
      [
        ['09:00', 2, 9],
        ['12:00', 1, -2],
        ['15:00', 1, -2],
      ],
    ],
    [
      'weekday',
      [
        ['Mon', 2, -4],
        ['Fri', 2, 9],
      ],
    ],
    [
      'month',
      [
        ['2024-01', 2, 2],
        ['2024-07', 2, 3],
      ],
    ],
  ] as const)('by %s, net of fees, in their order', (by, expected) => {
    expect(told(by)).toEqual(expected);
  });

  it('have their rates', () => {
    expect(groups.symbol[1]).toEqual({
      key: 'AMD',
      trades: 2,
      netPnl: 3_000_000,
      winRate: 0.5,
      profitFactor: 2.5,
      expectancyR: 0.75,
    });
  });

  it('take the month of the exit', () => {
    const overnight = aTrade({
      pnl: 1,
      date: '2024-01-31',
      changes: { closedAt: Date.parse('2024-02-01T15:00:00Z') },
    });
    expect(tradeGroups([overnight]).month[0]?.key).toBe('2024-02');
  });
});

const withExcursions = (pnl: number, maeR: number, mfeR: number) =>
  aTrade({ pnl, changes: { maeR, mfeR } });

describe('excursions', () => {
  it('are summed up, those of wins and losses apart', () => {
    expect(
      excursionsOf([
        withExcursions(4, -0.2, 2.5),
        withExcursions(2, -0.4, 1.5),
        withExcursions(-2, -1.2, 0.5),
      ]),
    ).toEqual({
      adverse: { mean: expect.closeTo(-0.6, 12), median: -0.4, furthest: -1.2 },
      favourable: { mean: 1.5, median: 1.5, furthest: 2.5 },
      medianAdverseOfWins: expect.closeTo(-0.3, 12),
      medianFavourableOfLosses: 0.5,
    });
  });

  it('are null without a trade', () => {
    expect(excursionsOf([])).toEqual({
      adverse: { mean: null, median: null, furthest: null },
      favourable: { mean: null, median: null, furthest: null },
      medianAdverseOfWins: null,
      medianFavourableOfLosses: null,
    });
  });
});

const DATES = daysFrom(FIRST_DAY, 3);
const closes = (
  ...rows: readonly (readonly [string, ...(readonly (readonly [string, number])[])])[]
) =>
  new Map<Ticker, readonly { date: SessionDate; close: number }[]>(
    rows.map(([symbol, ...series]) => [
      ticker(symbol),
      series.map(([date, close]) => ({ date: asSessionDate(date), close })),
    ]),
  );

describe('buying and holding', () => {
  it.each([
    [
      'from the close before the first session',
      [['A', ['2024-01-01', 50], ['2024-01-04', 75]]],
      0.5,
    ],
    [
      'from the last of several closes before it',
      [['A', ['2023-12-28', 10], ['2024-01-01', 50], ['2024-01-04', 75]]],
      0.5,
    ],
    ['else from its first close', [['A', ['2024-01-02', 50], ['2024-01-04', 75]]], 0.5],
    [
      'with as much money in each',
      [
        ['A', ['2024-01-02', 1], ['2024-01-04', 2]],
        ['B', ['2024-01-02', 100], ['2024-01-03', 50]],
      ],
      0.25,
    ],
    [
      'with money that waits for a price',
      [
        ['A', ['2024-01-03', 10], ['2024-01-04', 20]],
        ['B', ['2024-01-02', 1]],
      ],
      0.5,
    ],
    ['not beyond the last session', [['A', ['2024-01-02', 50], ['2024-01-05', 75]]], 0],
  ] as const)('goes %s', (_, rows, expected) => {
    expect(buyAndHold(DATES, closes(...rows))?.totalReturn).toBeCloseTo(expected, 12);
  });

  it('pays what the symbol cost before the first session, not at its close nor later', () => {
    const [first] = DATES;
    const series = [
      ['2024-01-01', 50],
      ['2024-01-02', 60],
      ['2024-01-06', 70],
      ['2024-01-08', 75],
    ] as const;
    const dates = [first!, asSessionDate('2024-01-08')];
    expect(buyAndHold(dates, closes(['A', ...series]))?.totalReturn).toBeCloseTo(0.5, 12);
  });

  it('does not exist without a close', () => {
    expect(buyAndHold(DATES, new Map())).toBeNull();
    expect(buyAndHold(DATES, closes(['A']))).toBeNull();
  });
});

describe('a result that is measured', () => {
  it('has exposure, turnover, what a rule decided, and the months', () => {
    const record = aRecord([...Array.from({ length: 29 }, () => 1_000), 1_100, 1_100, 990], {
      trades: [aTrade({ pnl: 100 }), aTrade({ pnl: 0, changes: { isAmbiguous: true } })],
      exposure: { barsInMarket: 8, barsTotal: 32 },
    });
    const { exposure, turnover, ambiguous, months, returns } = measure(record);
    expect(exposure).toBe(0.25);
    // 100 shares at $100 each, once sold at $101: $20,050 in 32 sessions on $1,005.94.
    expect(turnover).toBeCloseTo((20_050 / 1_005.9375) * (252 / 32), 9);
    expect(ambiguous).toEqual({ trades: 1, share: 0.5 });
    expect(months).toEqual([
      { month: '2024-01', return: expect.closeTo(0.1, 12) },
      { month: '2024-02', return: expect.closeTo(-0.1, 12) },
    ]);
    expect(returns.sessions).toBe(32);
  });

  it('has the deepest fall within the sessions, and the one from close to close', () => {
    const record = aRecord([1_000, 1_000], {
      equity: {
        at: Float64Array.of(...[1, 2, 3].map((bar) => Date.parse('2024-01-02T15:00Z') + bar)),
        equity: Float64Array.of(1_000, 900, 1_000),
      },
    });
    const { maxDrawdown, returns } = measure(record);
    expect(maxDrawdown?.percent).toBe(10);
    expect(returns.closingDrawdownPercent).toBe(0);
  });

  it('gives the figures of a search as the whole measure does', () => {
    const record = aRecord([1_010, 1_000, 1_030], {
      trades: [aTrade({ pnl: 40, fees: 2 }), aTrade({ pnl: -10, fees: 2 })],
    });
    const { trades, returns } = measure(record);
    expect(keyFigures(record)).toEqual({
      trades: 2,
      netPnl: 26_000_000,
      profitFactor: trades.profitFactor,
      expectancyR: trades.expectancyR,
      sharpe: returns.sharpe,
      calmar: returns.calmar,
    });
  });

  it('holds no number that JSON cannot write, however little happened', () => {
    const cents = fc.integer({ min: -100_000, max: 500_000 });
    const equities = fc.array(
      cents.map((each) => each / 100),
      { maxLength: 6 },
    );
    const rows = fc.array(
      fc.record({
        pnl: fc.integer({ min: -500, max: 500 }),
        fees: fc.nat(5),
        r: fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constant(Infinity)),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(equities, rows, (values, some) => {
        const metrics = measure(aRecord(values, { trades: some.map((row) => aTrade(row)) }));
        const broken: string[] = [];
        JSON.stringify(metrics, (key, each: unknown) => {
          if (typeof each === 'number' && !Number.isFinite(each)) broken.push(key);
          return each;
        });
        expect(broken).toEqual([]);
      }),
    );
  });
});

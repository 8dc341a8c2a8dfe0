import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { riskFrom } from '#core/risk-tier.ts';

import { pastTrade } from './support/snapshots.ts';

const trades = (wins: number, losses: number) => [
  ...Array.from({ length: wins }, () => pastTrade({ pnl: micros(1) })),
  ...Array.from({ length: losses }, () => pastTrade({ pnl: micros(-1) })),
];

const risk = (past: ReturnType<typeof trades>, changes: Partial<StrategyParameters> = {}) =>
  riskFrom(past, { ...DEFAULT_PARAMETERS, ...changes });

describe('the risk of a trade', () => {
  it.each(
    // oxfmt-ignore
    [
      // wins losses tier     bps  why
      [0,  0,  'few',  100, 'no trade yet'],
      [9,  0,  'few',  100, 'nine trades are too few, even if all were won'],
      [0,  9,  'few',  100, 'and if none was'],
      [10, 0,  'top',  150, 'ten are enough'],
      [0,  10, 'poor', 50,  'ten lost'],
      [20, 0,  'top',  150, '100 %'],
      [14, 6,  'top',  150, '70 %'],
      [13, 7,  'good', 120, 'exactly 65 % is not above it'],
      [12, 8,  'good', 120, '60 %'],
      [11, 9,  'base', 100, 'exactly 55 % is not above it'],
      [10, 10, 'base', 100, '50 %'],
      [9,  11, 'base', 100, 'exactly 45 % is not below it'],
      [8,  12, 'poor', 50,  '40 %'],
      [0,  20, 'poor', 50,  'nothing won'],
      [6,  5,  'base', 100, '54.5 % of eleven'],
      [7,  5,  'good', 120, '58.3 % of twelve'],
    ] as const,
  )(
    'after %d wins and %d losses is of the tier %s: %d bps (%s)',
    (...[wins, losses, name, riskBps]) => {
      const tier = { name, trades: wins + losses, wins };
      expect(risk(trades(wins, losses))).toEqual({ riskBps, tier });
    },
  );

  it('looks at the last twenty trades alone', () => {
    expect(risk([...trades(0, 30), ...trades(20, 0)]).tier).toEqual({
      name: 'top',
      trades: 20,
      wins: 20,
    });
    expect(risk([...trades(30, 0), ...trades(0, 20)]).tier).toMatchObject({
      name: 'poor',
      wins: 0,
    });
    // The one before the twenty would carry it above the limit.
    expect(risk([...trades(1, 0), ...trades(13, 7)]).tier).toMatchObject({
      name: 'good',
      wins: 13,
    });
  });

  it('counts a trade at zero as no win', () => {
    const atZero = Array.from({ length: 10 }, () => pastTrade({ pnl: micros(0) }));
    expect(risk([...trades(10, 0), ...atZero]).tier).toEqual({
      name: 'base',
      trades: 20,
      wins: 10,
    });
  });

  it.each<[string, Partial<StrategyParameters>, number]>([
    ['risk', { riskBps: 80, winRateMinTrades: 21 }, 80],
    ['number of trades', { winRateTrades: 12 }, 120],
    ['fewest trades', { winRateMinTrades: 21 }, 100],
    ['top limit', { topWinRatePercent: 59 }, 150],
    ['top risk', { topWinRatePercent: 59, topRiskBps: 151 }, 151],
    ['good limit', { goodWinRatePercent: 60 }, 100],
    ['good risk', { goodRiskBps: 121 }, 121],
    ['poor limit', { goodWinRatePercent: 61, poorWinRatePercent: 60.1 }, 50],
    ['poor risk', { goodWinRatePercent: 61, poorWinRatePercent: 60.1, poorRiskBps: 51 }, 51],
  ])('heeds the %s of the parameters', (_, changes, riskBps) => {
    // 12 of 20, and 7 of the last 12.
    const past = [...trades(5, 3), ...trades(7, 5)];
    expect(risk(past)).toMatchObject({ riskBps: 120 });
    expect(risk(past, changes)).toMatchObject({ riskBps });
  });

  it('is always the same where sizing is fixed', () => {
    expect(risk(trades(20, 0), { sizing: 'fixed', riskBps: 70 })).toEqual({
      riskBps: 70,
      tier: { name: 'fixed', trades: 0, wins: 0 },
    });
  });

  it('never falls when one trade more of the twenty is won', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 19 }), (wins) => {
        const [fewer, more] = [trades(wins, 20 - wins), trades(wins + 1, 19 - wins)];
        expect(risk(more).riskBps).toBeGreaterThanOrEqual(risk(fewer).riskBps);
      }),
    );
  });
});

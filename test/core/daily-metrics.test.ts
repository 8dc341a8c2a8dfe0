import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dailyMetrics, ENOUGH, judge, METRICS } from '#core/daily-metrics.ts';
import type { DailyMetrics, JudgedMetric, MetricName, Performance } from '#core/daily-metrics.ts';
import { tradeId } from '#core/ids.ts';
import { parseUsd, usdFromNumber } from '#core/money.ts';
import type { Execution } from '#core/order.ts';
import { bookFill, entrySlippageBps, plannedTrade } from '#core/trade.ts';

import { anIntent } from '../support/intents.ts';

const NOTHING: Performance = { closed: [], entered: [], drawdowns: [], interference: 0 };

/** Results in dollars, each with its R. */
const closed = (...results: readonly (readonly [number, number])[]): Performance['closed'] =>
  results.map(([dollars, rMultiple], n) => ({
    tradeId: tradeId(`t${n}`),
    pnl: usdFromNumber(dollars),
    rMultiple,
  }));

const entered = (...slippages: readonly number[]): Performance['entered'] =>
  slippages.map((slippageBps, n) => ({ tradeId: tradeId(`t${n}`), slippageBps }));

const measured = (changes: Partial<Performance>) => dailyMetrics({ ...NOTHING, ...changes });

const figure = (name: MetricName, value: number | null, count = ENOUGH) => ({
  ...dailyMetrics(NOTHING),
  [name]: { value, count, interval: null },
});

const judged = (metrics: DailyMetrics, name: MetricName): JudgedMetric =>
  judge(metrics).find((metric) => metric.name === name)!;

describe('the metrics', () => {
  it('say nothing of no trades and no sessions, but that no bracket was touched', () => {
    const none = { value: null, count: 0, interval: null };
    expect(dailyMetrics(NOTHING)).toEqual({
      wins: 0,
      pnl: 0,
      winRate: none,
      profitFactor: none,
      averageR: none,
      drawdownPercent: none,
      slippageBps: none,
      interference: { value: 0, count: 0, interval: null },
    });
  });

  it('of a session with four trades', () => {
    const metrics = measured({
      closed: closed([300, 3], [-100, -1], [0, 0], [50, 0.5]),
      entered: entered(1, 3),
      drawdowns: [0.8],
      interference: 2,
    });
    expect(metrics).toMatchObject({
      wins: 2,
      pnl: parseUsd('250'),
      winRate: { value: 0.5, count: 4 },
      profitFactor: { value: 3.5, count: 4, interval: null },
      averageR: { value: 0.625, count: 4 },
      drawdownPercent: { value: 0.8, count: 1, interval: null },
      slippageBps: { value: 2, count: 2 },
      interference: { value: 2, count: 4, interval: null },
    });
    const rounded = (name: MetricName) =>
      metrics[name].interval?.map((end) => Number(end.toFixed(4)));
    expect(rounded('winRate'), 'Wilson').toEqual([0.15, 0.85]);
    expect(rounded('averageR'), '0.625 ± 3.1824 · 1.7017 / 2').toEqual([-2.0828, 3.3328]);
    expect(rounded('slippageBps'), '2 ± 12.7062 · 1.4142 / 1.4142').toEqual([-10.7062, 14.7062]);
  });

  it.each<[string, readonly (readonly [number, number])[], number | null]>([
    ['none without a loss', [[100, 1]], null],
    ['none of trades at zero', [[0, 0]], null],
    ['0 without a win', [[-100, -1]], 0],
    [
      'profits over losses',
      [
        [250, 2],
        [-100, -1],
      ],
      2.5,
    ],
  ])('have as profit factor %s', (_, results, value) => {
    expect(measured({ closed: closed(...results) }).profitFactor.value).toBe(value);
  });

  it('count the smallest profit there is as one', () => {
    const metrics = measured({ closed: closed([0.000_001, 0], [0, 0], [-0.000_002, 0]) });
    expect(metrics).toMatchObject({ wins: 1, profitFactor: { value: 0.5 } });
  });

  it('have of several sessions the worst day', () => {
    expect(measured({ drawdowns: [0.4, 2.1, 0] }).drawdownPercent).toEqual({
      value: 2.1,
      count: 3,
      interval: null,
    });
  });

  it('know no interval of a single trade’s R and slippage', () => {
    const metrics = measured({ closed: closed([100, 1]), entered: entered(2) });
    expect(metrics.averageR).toEqual({ value: 1, count: 1, interval: null });
    expect(metrics.slippageBps).toEqual({ value: 2, count: 1, interval: null });
  });

  it.each([Number.NaN, Infinity, -Infinity])('leave a result of %d R out, and say so', (r) => {
    const metrics = measured({ closed: closed([100, r], [100, 1]), entered: entered(r, 4) });
    expect(metrics.averageR).toEqual({ value: 1, count: 1, interval: null });
    expect(metrics.slippageBps).toEqual({ value: 4, count: 1, interval: null });
    expect(metrics.winRate.count).toBe(2);
  });

  it('hold interference against all trades that were entered or closed, each once', () => {
    const late = { tradeId: tradeId('of yesterday'), pnl: parseUsd('1'), rMultiple: 1 };
    const metrics = measured({ closed: [late, ...closed([1, 1])], entered: entered(1, 2) });
    expect(metrics.interference.count).toBe(3);
  });

  it('do not depend on the order of the trades', () => {
    const result = fc.tuple(
      fc.integer({ min: -9_999, max: 9_999 }),
      fc.integer({ min: -5, max: 9 }),
    );
    fc.assert(
      fc.property(fc.array(result, { minLength: 1, maxLength: 40 }), (results) => {
        const there = measured({ closed: closed(...results) });
        const back = measured({ closed: closed(...results.toReversed()) });
        expect(back.pnl).toBe(there.pnl);
        expect(back.winRate).toEqual(there.winRate);
        expect(back.profitFactor).toEqual(there.profitFactor);
        expect(back.averageR.value).toBeCloseTo(there.averageR.value!, 9);
      }),
    );
  });

  it('have values only that are finite, whatever they are given', () => {
    const trade = fc.record({
      tradeId: fc.constant(tradeId('t')),
      pnl: fc.integer({ min: -1e9, max: 1e9 }).map(usdFromNumber),
      rMultiple: fc.double({ min: -1e6, max: 1e6 }),
    });
    const entry = fc.record({
      tradeId: fc.constant(tradeId('t')),
      slippageBps: fc.oneof(fc.constant(Infinity), fc.double({ min: -1e4, max: 1e4 })),
    });
    fc.assert(
      fc.property(fc.array(trade), fc.array(entry), (trades, entries) => {
        const metrics = measured({ closed: trades, entered: entries });
        for (const name of METRICS) {
          const { value, count, interval } = metrics[name];
          expect(value === null || Number.isFinite(value)).toBe(true);
          expect(value === null ? interval : null).toBeNull();
          expect(count).toBeGreaterThanOrEqual(interval === null ? 0 : 1);
        }
      }),
    );
  });
});

describe('the targets', () => {
  it.each<[MetricName, number, number]>([
    ['winRate', 0.6, 0.6001],
    ['profitFactor', 2.5, 2.5001],
    ['averageR', 2, 2.0001],
    ['drawdownPercent', 3, 2.9999],
    ['slippageBps', 5, 4.9999],
  ])('of %s is missed at %d exactly and met at %d', (name, at, within) => {
    expect(judged(figure(name, at), name).verdict).toBe('missed');
    expect(judged(figure(name, within), name).verdict).toBe('met');
  });

  it.each([
    [0, 'met'],
    [1, 'missed'],
  ])('of interference is none: %d is %s', (value, verdict) => {
    expect(judged(figure('interference', value), 'interference').verdict).toBe(verdict);
  });

  it('are met by an entry that was filled better than decided', () => {
    expect(judged(figure('slippageBps', -20), 'slippageBps').verdict).toBe('met');
  });

  it.each(METRICS)('of %s is unknown where nothing stands behind it', (name) => {
    expect(judged(figure(name, null, 0), name).verdict).toBe('unknown');
  });

  it('are told in their order', () => {
    expect(judge(dailyMetrics(NOTHING)).map(({ name }) => name)).toEqual([
      'winRate',
      'profitFactor',
      'averageR',
      'drawdownPercent',
      'slippageBps',
      'interference',
    ]);
  });

  it.each<[MetricName, boolean]>([
    ['winRate', true],
    ['profitFactor', true],
    ['averageR', true],
    ['slippageBps', true],
    // What a session did is no estimate: one is enough.
    ['drawdownPercent', false],
    ['interference', false],
  ])('of %s stand on too few when on 29: %s', (name, isFew) => {
    expect(judged(figure(name, 1, 29), name).isFew).toBe(isFew);
    expect(judged(figure(name, 1, 30), name).isFew).toBe(false);
  });
});

const fill = (price: string, quantity: number) =>
  ({ price: parseUsd(price), quantity, at: 0 }) as Execution;

describe('the slippage of an entry', () => {
  it.each([
    ['long', '100.05', 5],
    ['long', '99.90', -10],
    ['short', '100.05', -5],
    ['short', '99.90', 10],
  ] as const)('of a %s one at 100 that was filled at %s is %d bps', (side, price, bps) => {
    const trade = bookFill(plannedTrade(anIntent({ side })), 'entry', fill(price, 10));
    expect(entrySlippageBps(trade)).toBeCloseTo(bps, 9);
  });

  it('is that of the average price, each share counting', () => {
    const first = bookFill(plannedTrade(anIntent()), 'entry', fill('100.00', 6));
    expect(entrySlippageBps(bookFill(first, 'entry', fill('100.10', 4)))).toBeCloseTo(4, 9);
  });
});

/** The table "How orders fill" of docs/backtest.md, row by row, on the one signal of a stage. */
import { describe, expect, it } from 'vitest';

import type { BacktestTrade } from '#backtest/result.ts';
import { FEE_RATES_2026, NO_FEES } from '#core/matching/fees.ts';
import { micros, usdToNumber } from '#core/money.ts';

import { barsLater, PLAN, playStage, SHORT_PLAN } from './a-stage.ts';
import type { Prices, Stage } from './a-stage.ts';

/** Filled at the open, a dime under the limit. */
const ENTRY: Prices = [100.15, 100.6, 99.9, 100.2];
const CALM: Prices = [100.2, 100.6, 99.9, 100.2];
const SHORT_ENTRY: Prices = [99.86, 100.1, 99.4, 99.8];

const told = ({ entryPrice, exitPrice, exitReason, closedAt }: BacktestTrade) => ({
  entry: usdToNumber(entryPrice),
  exit: usdToNumber(exitPrice),
  exitReason,
  closedAt,
});

const only = (stage: Stage) => {
  const { trades } = playStage(stage);
  expect(trades).toHaveLength(1);
  return told(trades[0]!);
};

const missedBy = (stage: Stage): number => {
  const { trades, entries } = playStage(stage);
  expect(trades).toHaveLength(0);
  return entries.missed;
};

describe('an entry', () => {
  const STOPPED: Prices = [100, 100.1, 98, 98.1];

  it.each<readonly [string, Stage, number]>([
    ['at the open where that is better', { bars: [[100.15, 100.6, 99.9, 100.2], STOPPED] }, 100.15],
    [
      'at the open where that is the limit',
      { bars: [[100.25, 100.6, 100, 100.2], STOPPED] },
      100.25,
    ],
    ['at the limit, a tick beyond it', { bars: [[100.4, 100.6, 100.24, 100.5], STOPPED] }, 100.25],
    [
      'at the limit when touched, if that is wanted',
      { bars: [[100.4, 100.6, 100.25, 100.5], STOPPED], fills: { limitFill: 'touch' } },
      100.25,
    ],
  ])('fills %s', (_, stage, price) => {
    expect(only(stage).entry).toBe(price);
  });

  it('of a short trade fills at its limit, a tick beyond it', () => {
    const bars: Prices[] = [
      [99.6, SHORT_PLAN.limit + 0.01, 99.5, 99.6],
      [100, 102, 100, 101.9],
    ];
    expect(only({ side: 'short', bars })).toMatchObject({
      entry: SHORT_PLAN.limit,
      exit: SHORT_PLAN.stop,
    });
  });

  it('that price only touches is missed, and cancelled after one bar', () => {
    expect(missedBy({ bars: [[100.4, 100.6, 100.25, 100.5], CALM] })).toBe(1);
  });

  it('whose bar is missing is cancelled all the same', () => {
    expect(missedBy({ bars: [null, ENTRY] })).toBe(1);
  });
});

describe('an exit', () => {
  it.each<readonly [string, Prices, number, string]>([
    ['the stop, at its price', [100, 100.1, 98.25, 98.4], 98.25, 'stop_loss'],
    ['the stop, at the open where price has gapped beyond', [97, 97.5, 96.5, 97], 97, 'stop_loss'],
    ['the target, a tick beyond it', [101, 104.26, 100.9, 104], 104.25, 'take_profit'],
    ['the target, at the open where that is better', [105, 105.2, 104, 105], 105, 'take_profit'],
  ])('is %s', (_, bar, exit, exitReason) => {
    const closedAt = barsLater(2);
    expect(only({ bars: [ENTRY, bar] })).toMatchObject({ exit, exitReason, closedAt });
  });

  it.each([
    ['not taken', 'penetrate', 1],
    ['taken where that is wanted', 'touch', 0],
  ] as const)('at a target that price only touches is %s', (_, limitFill, stillOpen) => {
    const touched: Prices = [101, PLAN.target, 100.9, 104];
    expect(playStage({ bars: [ENTRY, touched], fills: { limitFill } })).toMatchObject({
      stillOpen,
    });
  });

  it('of a short trade is the stop at the open where price has gapped beyond', () => {
    const bars: Prices[] = [SHORT_ENTRY, [103, 103.5, 102.5, 103]];
    expect(only({ side: 'short', bars })).toMatchObject({ exit: 103, exitReason: 'stop_loss' });
  });
});

describe('stop and target in one bar', () => {
  const BOTH: Prices = [100.15, 104.5, 98, 100];
  const TARGET_FIRST: Prices[] = [
    [100.15, 100.3, 100, 100.2],
    [100.2, 104.5, 100.2, 104.4],
    [104.4, 104.4, 98, 98.1],
    [98.1, 99, 98, 99],
    [99, 100, 99, 100],
  ];
  const STOP_FIRST: Prices[] = [
    [100.15, 100.3, 98, 98.2],
    [98.2, 104.5, 98.2, 104.4],
    [104.4, 104.4, 99, 99],
    [99, 99, 99, 99],
    [99, 100, 99, 100],
  ];
  const ELSEWHERE: Prices[] = TARGET_FIRST.with(4, [99, 101, 99, 101]);

  it('count as the stop, and as decided by a rule', () => {
    const { trades } = playStage({ bars: [BOTH] });
    expect(trades).toMatchObject([
      { exitPrice: 98_250_000, exitReason: 'stop_loss', isAmbiguous: true },
    ]);
  });

  it.each([
    ['the target first', TARGET_FIRST, 'take_profit', false],
    ['the stop first', STOP_FIRST, 'stop_loss', false],
    ['another bar, so that they are not believed', ELSEWHERE, 'stop_loss', true],
  ])('are told apart by minutes that have %s', (_, minutes, exitReason, isAmbiguous) => {
    expect(playStage({ bars: [BOTH], minutes }).trades).toMatchObject([
      { exitReason, isAmbiguous },
    ]);
  });
});

describe('on the bar of its entry', () => {
  it('a trade that was entered at the open can reach its target', () => {
    expect(only({ bars: [[100.15, 104.5, 100, 104]] })).toMatchObject({
      exit: PLAN.target,
      closedAt: barsLater(1),
    });
  });

  it('a trade that was entered inside cannot: the target may have come before', () => {
    const bars: Prices[] = [
      [100.4, 104.5, 100.2, 104],
      [104, 104.3, 103.9, 104],
    ];
    expect(only({ bars })).toMatchObject({ exit: PLAN.target, closedAt: barsLater(2) });
  });

  it.each<readonly [string, Prices, number, number]>([
    ['at the open', [100.15, 100.2, 98, 98.1], 100.15, PLAN.stop],
    ['inside', [100.4, 100.5, 98, 98.1], PLAN.limit, PLAN.stop],
    ['at an open beyond the stop', [98, 98.5, 97.5, 98], 98, 98],
  ])('a trade that was entered %s can be stopped', (_, bar, entry, exit) => {
    expect(only({ bars: [bar] })).toMatchObject({ entry, exit, closedAt: barsLater(1) });
  });
});

describe('a large order', () => {
  const fills = { maxParticipationBps: 1_000 };
  const THIN: Prices = [100.15, 100.6, 99.9, 100.2, 2_000];

  it('gets its share of the volume; what is left of an entry goes, and its shares are protected', () => {
    const { trades } = playStage({ bars: [THIN, CALM, [100, 100.1, 98, 98.1]], fills });
    expect(trades).toMatchObject([
      { quantity: 200, exitPrice: 98_250_000, exitReason: 'stop_loss', closedAt: barsLater(3) },
    ]);
  });

  it('takes its profit in parts, each bar anew, and its stop guards the rest', () => {
    const profit: Prices = [104.3, 104.5, 104, 104.3, 2_000];
    const { trades } = playStage({ bars: [ENTRY, profit, profit, [98, 98.1, 97, 98]], fills });
    const exitValue = 400 * 104.3 + 100 * 98;
    expect(trades).toMatchObject([{ quantity: 500, exitReason: 'stop_loss' }]);
    expect(usdToNumber(trades[0]!.exitPrice)).toBeCloseTo(exitValue / 500, 6);
  });

  it('that is a stop does not have to wait for volume', () => {
    const { trades } = playStage({ bars: [ENTRY, [100, 100.1, 98, 98.1, 10]], fills });
    expect(trades).toMatchObject([{ quantity: 500, exitPrice: 98_250_000 }]);
  });

  it('whose filled part price has left beyond the stop already leaves at the market', () => {
    const bars: Prices[] = [
      [100.15, 100.2, 98, 98.2, 2_000],
      [98.1, 98.5, 98, 98.2],
    ];
    expect(only({ bars, fills })).toMatchObject({ exit: 98.1, exitReason: 'emergency_stop' });
  });

  it('gets nothing of a bar without volume', () => {
    expect(missedBy({ bars: [[100.15, 100.2, 100, 100.1, 0]], fills })).toBe(1);
  });
});

describe('a closing by a rule', () => {
  const parameters = { timeExitMinutes: 5, timeExitPercent: 5 };
  const NEXT: Prices = [101, 101.5, 100.5, 101];

  it.each([
    ['at the next open', {}, 101, 3],
    ['at the next open, worse by the slippage and on a tick', { slippageBps: 2 }, 100.97, 3],
    ['at the close of its own bar, where that is wanted', { closings: 'at-close' }, 100.2, 2],
    ['at that close, worse by the slippage', { closings: 'at-close', slippageBps: 10 }, 100.09, 2],
  ] as const)('leaves %s', (_, fills, exit, bars) => {
    expect(only({ bars: [ENTRY, CALM, NEXT], parameters, fills })).toMatchObject({
      exit,
      exitReason: 'time_exit',
      closedAt: barsLater(bars),
    });
  });

  it('of a short trade pays more by the slippage', () => {
    const stage: Stage = { side: 'short', bars: [SHORT_ENTRY, SHORT_ENTRY, NEXT], parameters };
    expect(only({ ...stage, fills: { slippageBps: 2 } }).exit).toBe(101.03);
  });
});

describe('what it costs', () => {
  const bars: Prices[] = [ENTRY, [100, 100.1, 98, 98.1]];

  it('is the fees of the session in one sum, rounded up to the cent', () => {
    const { fees, trades, endingEquity, startingEquity } = playStage({
      bars,
      fills: { fees: FEE_RATES_2026 },
    });
    // 500 × $98.25 × $20.60 / $1,000,000 = $1.011975, and 500 × $0.000166 = $0.083.
    expect(trades[0]!.fees).toBe(1_094_975);
    expect(fees).toBe(1_100_000);
    expect(endingEquity - startingEquity).toBe(trades[0]!.pnl - fees);
  });

  it('is a commission on both ways, where one is set', () => {
    const { fees } = playStage({
      bars,
      fills: { fees: { ...NO_FEES, commissionPerShare: micros(5_000) } },
    });
    expect(fees).toBe(5_000_000);
  });

  it('is the borrowed shares, for each close that they are held over', () => {
    const { borrow, stillOpen } = playStage({
      side: 'short',
      bars: [SHORT_ENTRY],
      days: [[SHORT_ENTRY], [SHORT_ENTRY]],
      parameters: { endOfDay: 'hold', timeExitMinutes: 0 },
      fills: { borrowBpsPerYear: 30 },
    });
    // 500 × $99.80 × 0.30 % / 360 = $0.4158 a day, rounded up to the cent.
    expect({ borrow, stillOpen }).toEqual({ borrow: 3 * 420_000, stillOpen: 1 });
  });

  it('is nothing for the night of a long trade', () => {
    const { borrow } = playStage({
      bars: [ENTRY],
      days: [[CALM]],
      parameters: { endOfDay: 'hold', timeExitMinutes: 0 },
      fills: { borrowBpsPerYear: 30 },
    });
    expect(borrow).toBe(0);
  });
});

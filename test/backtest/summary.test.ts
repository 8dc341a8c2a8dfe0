import { describe, expect, it } from 'vitest';

import type { BacktestResult, BacktestTrade } from '#backtest/result.ts';
import { summarize } from '#backtest/summary.ts';
import { thinEquity } from '#backtest/thin-equity.ts';
import { tradesCsv } from '#backtest/trades-csv.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import { ticker, tradeId } from '#core/ids.ts';
import { parseUsd, usdFromNumber, ZERO_USD } from '#core/money.ts';
import { addDays, asSessionDate } from '#core/session.ts';

const DAY = asSessionDate('2025-11-03');
const OPEN = Date.parse('2025-11-03T14:30:00Z');
const HOUR = 3_600_000;

const trade = (changes: Partial<BacktestTrade> = {}): BacktestTrade => ({
  tradeId: tradeId('2025-11-03-1030-NVDA'),
  symbol: ticker('NVDA'),
  side: 'long',
  quantity: 10,
  entryPrice: parseUsd('100'),
  exitPrice: parseUsd('98.5'),
  exitReason: 'stop_loss',
  openedAt: OPEN + HOUR,
  closedAt: OPEN + 2 * HOUR,
  pnl: parseUsd('-15'),
  pnlPercent: -1.5,
  rMultiple: -1,
  fees: parseUsd('0.01'),
  slippageBps: 0.5,
  confidence: 81,
  stopPrice: parseUsd('98.5'),
  targetPrice: parseUsd('104'),
  maeR: -1.1,
  mfeR: 0.2,
  isAmbiguous: false,
  ...changes,
});

const series = (points: readonly (readonly [hours: number, equity: number])[]) => ({
  at: Float64Array.from(points, ([hours]) => OPEN + hours * HOUR),
  equity: Float64Array.from(points, ([, equity]) => equity),
});

const sessions = (equities: readonly number[]) =>
  equities.map((equity, index) => ({ date: addDays(DAY, index), equity }));

const result = (changes: Partial<BacktestResult> = {}): BacktestResult => ({
  startingEquity: parseUsd('100'),
  endingEquity: parseUsd('100'),
  trades: [],
  stillOpen: 0,
  equity: series([[0, 100]]),
  sessions: sessions([100]),
  signals: {
    bars: 0,
    noSignal: 0,
    refused: Object.fromEntries(ENTRY_FILTERS.map((name) => [name, 0])) as never,
    entered: 0,
  },
  entries: { filled: 0, missed: 2, rejected: 1 },
  halts: [],
  fees: ZERO_USD,
  borrow: ZERO_USD,
  heldBars: 0,
  totalBars: 0,
  ...changes,
});

describe('the figures of a backtest', () => {
  it('tell the deepest fall from the highest equity before it', () => {
    const equity = series([
      [0, 100],
      [1, 110],
      [2, 99],
      [3, 120],
      [4, 114],
    ]);
    expect(summarize(result({ equity }), 'a verdict').maxDrawdownPercent).toBeCloseTo(10, 9);
    expect(summarize(result(), 'a verdict').maxDrawdownPercent).toBe(0);
  });

  it('tell the worst session from its own opening, whatever the one before had lost', () => {
    const equity = series([
      [0, 100],
      [1, 96],
      [24, 94.08],
      [25, 98],
      [26, 97.02],
    ]);
    const { drawdownPercent } = summarize(
      result({ equity, sessions: sessions([96, 97.02, 97.02]) }),
      'a verdict',
    ).metrics;
    expect(drawdownPercent.value).toBeCloseTo(4, 9);
    expect(drawdownPercent.count).toBe(3);
  });

  it('have a Sharpe ratio from twenty sessions on: mean over deviation of their returns, of a year', () => {
    const returns = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 0.02 : -0.01));
    const closes = returns.reduce<number[]>(
      (all, one) => [...all, (all.at(-1) ?? 100) * (1 + one)],
      [],
    );
    // Mean 0.005; deviation 0.015 · √(20 / 19).
    const expected = (0.005 / (0.015 * Math.sqrt(20 / 19))) * Math.sqrt(252);
    expect(summarize(result({ sessions: sessions(closes) }), 'a verdict').sharpe).toBeCloseTo(
      expected,
      9,
    );
    expect(
      summarize(result({ sessions: sessions(closes.slice(1)) }), 'a verdict').sharpe,
    ).toBeNull();
  });

  it('have no Sharpe ratio where nothing has moved', () => {
    const flat = Array.from({ length: 20 }, () => 100);
    expect(summarize(result({ sessions: sessions(flat) }), 'a verdict').sharpe).toBeNull();
  });

  it('count what the stop-first rule decided, the halts, and the entries without a fill', () => {
    const trades = [trade({ isAmbiguous: true }), trade()];
    const halts = [
      { at: OPEN, scope: 'day' },
      { at: OPEN, scope: 'peak' },
      { at: OPEN, scope: 'day' },
    ] as const;
    expect(summarize(result({ trades, halts }), 'a verdict')).toMatchObject({
      ambiguous: 1,
      halts: { day: 2, peak: 1 },
      missed: 2,
      rejected: 1,
    });
  });

  it('are told apart by symbol, the best first', () => {
    const AAPL = ticker('AAPL');
    const trades = [trade(), trade({ symbol: AAPL, pnl: parseUsd('20') }), trade()];
    expect(summarize(result({ trades }), 'a verdict').symbols).toEqual([
      { symbol: 'AAPL', trades: 1, pnl: parseUsd('20') },
      { symbol: 'NVDA', trades: 2, pnl: parseUsd('-30') },
    ]);
  });
});

describe('the trades as a file', () => {
  it('have a line each, with losses as numbers', () => {
    expect(tradesCsv([trade({ isAmbiguous: true })]).split('\r\n')).toEqual([
      'trade,symbol,side,quantity,opened_at,entry_price,closed_at,exit_price,exit_reason,pnl,pnl_percent,r,fees,slippage_bps,confidence,mae_r,mfe_r,stop_first_rule',
      '2025-11-03-1030-NVDA,NVDA,long,10,2025-11-03T15:30:00.000Z,100.00,2025-11-03T16:30:00.000Z,98.50,stop_loss,-15.00,-1.5000,-1.0000,0.01,0.50,81.0,-1.1000,0.2000,yes',
      '',
    ]);
  });
});

describe('a thinned out equity series', () => {
  const waves = series(
    Array.from({ length: 10_000 }, (_, index) => [index, 100 + 10 * Math.sin(index / 50)] as const),
  );

  it('is left as it is where it is short enough', () => {
    const short = series([
      [0, 100],
      [1, 101],
    ]);
    expect(thinEquity(short, 2)).toEqual([
      { at: OPEN, equity: parseUsd('100') },
      { at: OPEN + HOUR, equity: parseUsd('101') },
    ]);
  });

  it('keeps its highest, its lowest and its last point, in order of time', () => {
    const thin = thinEquity(waves, 300);
    expect(thin.length).toBeLessThanOrEqual(300);
    const equities = thin.map(({ equity }) => equity);
    const all = [...waves.equity].map(usdFromNumber);
    expect(Math.max(...equities)).toBe(Math.max(...all));
    expect(Math.min(...equities)).toBe(Math.min(...all));
    expect(equities.at(-1)).toBe(all.at(-1));
    const instants = thin.map(({ at }) => at);
    expect(instants.toSorted((a, b) => a - b)).toEqual(instants);
  });
});

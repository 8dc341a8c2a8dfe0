import { describe, expect, it } from 'vitest';

import { DEFAULT_OPTIONS, SANDBOX_FILLS } from '#backtest/options.ts';
import { prepareMarket } from '#backtest/prepare.ts';
import { runBacktest, startBacktest } from '#backtest/run-backtest.ts';
import { columnsOfBars } from '#core/bar-columns.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import { addUsd, usdToNumber } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { readMarketFolder } from '#sandbox/market/read-market-folder.ts';

import { sectorsFrom } from '../../src/compose/sectors.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';
import { aMarket, cutOff } from './a-market.ts';

/** Trades often: what the rules would refuse most of the time is let through. */
const EAGER = {
  ...DEFAULT_PARAMETERS,
  confidenceThreshold: 20,
  volumeNodeReach: 1_000,
  maxSectorShare: 1.1,
  maxCorrelation: 1,
  correlationMinDays: 2,
};

const OPTIONS = {
  ...DEFAULT_OPTIONS,
  sectors: new Map([
    [ticker('AAPL'), 'one'],
    [ticker('MSFT'), 'two'],
    [ticker('NVDA'), 'three'],
  ]),
};

describe('a backtest', () => {
  it('gives the same result for the same bars, parameters and options', () => {
    const once = runBacktest(aMarket(), EAGER, OPTIONS);
    expect(runBacktest(aMarket(), EAGER, OPTIONS)).toEqual(once);
    expect(once.trades.length).toBeGreaterThan(20);
  });

  it('decides about each bar once, and says what became of every signal', () => {
    const { signals, totalBars } = runBacktest(aMarket(), EAGER, OPTIONS);
    const refused = ENTRY_FILTERS.reduce((sum, name) => sum + signals.refused[name], 0);
    expect(signals.noSignal + refused + signals.entered).toBe(signals.bars);
    expect(totalBars).toBe(signals.bars);
  });

  it('ends with the equity that its trades, fees and borrowing come to, to the micro-dollar', () => {
    const result = runBacktest(aMarket({ seed: 3 }), EAGER, OPTIONS);
    expect(result.stillOpen).toBe(0);
    const pnl = addUsd(...result.trades.map((trade) => trade.pnl));
    expect(result.startingEquity + pnl - result.fees - result.borrow).toBe(result.endingEquity);
    expect(result.sessions.at(-1)?.equity).toBe(usdToNumber(result.endingEquity));
  });

  it('accounts for every entry: filled, missed or rejected', () => {
    const { entries, trades, signals, stillOpen } = runBacktest(aMarket(), EAGER, OPTIONS);
    expect(entries.filled).toBe(trades.length);
    expect(entries.filled + entries.missed + entries.rejected + stillOpen).toBe(signals.entered);
  });

  it('counts what is ordered when the bars end as missed, and as open only what holds shares', () => {
    const market = aMarket({ sessions: 60 });
    const rules = { ...EAGER, endOfDay: 'hold', noEntryLastMinutes: 0 } as const;
    const whole = runBacktest(market, rules, OPTIONS);
    const late = whole.trades.find(({ tradeId }) => tradeId.includes('-1600-'))!;
    const { close } = market.sessions.findLast((session) => session.close <= late.openedAt)!;
    const { entries, signals, stillOpen } = runBacktest(cutOff(market, close), rules, OPTIONS);
    const held = whole.trades.filter(
      ({ openedAt, closedAt }) => openedAt <= close && closedAt > close,
    );
    expect(stillOpen).toBe(held.length);
    expect(entries.filled + entries.missed + entries.rejected + stillOpen).toBe(signals.entered);
  });

  it('holds nothing over night where the day is to end flat', () => {
    const market = aMarket({ seed: 5 });
    const { trades } = runBacktest(market, EAGER, OPTIONS);
    const sameDay = trades.filter(({ openedAt, closedAt }) =>
      market.sessions.some(({ open, close }) => open < openedAt && closedAt <= close),
    );
    expect(sameDay).toHaveLength(trades.length);
  });

  it('never sees the future: a market that is cut off has the same trades up to there', () => {
    const market = aMarket({ seed: 7 });
    const cut = market.sessions[25]!.close;
    const whole = runBacktest(market, EAGER, OPTIONS);
    const part = runBacktest(cutOff(market, cut), EAGER, OPTIONS);
    const before = whole.trades.filter(({ closedAt }) => closedAt <= cut);
    expect(before.length).toBeGreaterThan(5);
    expect(part.trades).toEqual(before);
  });

  it('calls a bar warm-up until each average is known, also where the fast one is the longer', () => {
    const slowIsFast = { ...EAGER, emaFast: 60, emaSlow: 5 };
    const { signals } = runBacktest(aMarket({ names: ['AAPL'] }), slowIsFast, OPTIONS);
    // 60 bars of 15 minutes, the last of them complete with the third bar of 5.
    expect(signals.refused['warm-up']).toBe(60 * 3 - 1);
  });

  it('can be followed piece by piece, and comes to the same', () => {
    const market = aMarket();
    const stepped = startBacktest(prepareMarket(market, EAGER), EAGER, OPTIONS);
    const shares: number[] = [];
    do shares.push(stepped.share());
    while (stepped.next());
    expect(shares.every((share, index) => index === 0 || share > shares[index - 1]!)).toBe(true);
    expect(stepped.share()).toBe(1);
    expect(stepped.result()).toEqual(runBacktest(market, EAGER, OPTIONS));
  });

  it('knows its equity up to the end of the data, however long nothing was traded', () => {
    const market = aMarket({ sessions: 60 });
    const quiet = { ...EAGER, confidenceThreshold: 100 };
    for (const rules of [EAGER, quiet]) {
      const { equity, endingEquity } = runBacktest(market, rules, OPTIONS);
      expect(equity.at.at(-1)).toBe(market.sessions.at(-1)!.close);
      expect(equity.equity.at(-1)).toBe(endingEquity / 1e6);
    }
  });

  it('warms up on the sessions before the first one that is traded', () => {
    const market = aMarket({ seed: 9 });
    const tradeFrom = market.sessions[30]!.date;
    const { trades, sessions } = runBacktest(market, EAGER, { ...OPTIONS, tradeFrom });
    expect(sessions.map(({ date }) => date)).toEqual(
      market.sessions.slice(30).map(({ date }) => date),
    );
    expect(trades.length).toBeGreaterThan(0);
    expect(trades.every(({ openedAt }) => openedAt > market.sessions[30]!.open)).toBe(true);
  });
});

describeWithShared('data/5min', 'a year of two dozen stocks', () => {
  it('comes to what the sandbox came to when it traded the same bars', () => {
    const market = readMarketFolder({ folder: sharedPath('data/5min') });
    const bars = new Map(
      market.symbols.map((symbol) => {
        return [symbol, columnsOfBars(market.bars(symbol, 0, Number.POSITIVE_INFINITY))];
      }),
    );
    const { signals, trades } = runBacktest(
      { barMinutes: 5, bars, sessions: market.sessions },
      DEFAULT_PARAMETERS,
      {
        ...DEFAULT_OPTIONS,
        fills: SANDBOX_FILLS,
        sectors: sectorsFrom({}),
        afterPeakHalt: 'stay',
      },
    );
    // A replay through the whole bot, broker, ledger and channel: 28 minutes for the same figures.
    expect(signals.refused).toMatchObject({
      'entry-window': 1_858,
      confidence: 27_662,
      'trend-15m': 3_560,
      'volume-profile': 1_704,
      'one-position': 135,
      cooldown: 2,
      control: 300,
      sector: 26,
      correlation: 19,
    });
    expect(signals.entered).toBe(224);
    expect(trades.filter(({ pnl }) => pnl > 0)).toHaveLength(98);
  });
});

import { describe, expect, it } from 'vitest';

import { ticker, tradeId } from '#core/ids.ts';
import { micros } from '#core/money.ts';
import { groupTrades } from '#core/performance-groups.ts';
import type { ClosedTrade, ExitReason } from '#core/trade.ts';

/** Entered at a time of 2025-11-25, UTC, with so many dollars and half as many R. */
const closed = (
  symbol: string,
  exitReason: ExitReason,
  time: string,
  pnl: number,
): ClosedTrade => ({
  tradeId: tradeId(`${symbol} ${time}`),
  symbol: ticker(symbol),
  side: 'long',
  quantity: 10,
  entryPrice: micros(100_000_000),
  exitPrice: micros(100_000_000),
  exitReason,
  openedAt: Date.parse(`2025-11-25T${time}:00Z`),
  closedAt: Date.parse('2025-11-25T20:30:00Z'),
  pnl: micros(pnl * 1_000_000),
  pnlPercent: 0,
  rMultiple: pnl / 2,
});

const TRADES = [
  closed('NVDA', 'take_profit', '14:59', 4),
  closed('AMD', 'stop_loss', '15:00', -2),
  closed('NVDA', 'stop_loss', '15:40', -2),
  closed('TSLA', 'time_exit', '14:35', -2),
];

const told = (by: Parameters<typeof groupTrades>[1]) =>
  groupTrades(TRADES, by).map(({ key, metrics: { winRate, wins, pnl, averageR } }) => [
    key,
    winRate.count,
    wins,
    pnl / 1_000_000,
    averageR.value,
  ]);

describe('trades told apart', () => {
  it('by symbol, the best first, and alike ones by name', () => {
    expect(told('symbol')).toEqual([
      ['NVDA', 2, 1, 2, 0.5],
      ['AMD', 1, 0, -2, -1],
      ['TSLA', 1, 0, -2, -1],
    ]);
  });

  it('by how they ended', () => {
    expect(told('reason')).toEqual([
      ['take_profit', 1, 1, 4, 2],
      ['time_exit', 1, 0, -2, -1],
      ['stop_loss', 2, 0, -4, -1],
    ]);
  });

  it('by the hour of the entry in New York, in order', () => {
    expect(told('hour')).toEqual([
      ['09:00', 2, 1, 2, 0.5],
      ['10:00', 2, 0, -4, -1],
    ]);
  });

  it('are none where there are none', () => {
    expect(groupTrades([], 'symbol')).toEqual([]);
  });
});

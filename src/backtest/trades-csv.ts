import { formatUsd } from '#core/money.ts';
import { toIso } from '#core/session.ts';

import type { BacktestTrade } from './result.ts';

const COLUMNS = [
  'trade',
  'symbol',
  'side',
  'quantity',
  'opened_at',
  'entry_price',
  'closed_at',
  'exit_price',
  'exit_reason',
  'pnl',
  'pnl_percent',
  'r',
  'fees',
  'slippage_bps',
  'confidence',
  'mae_r',
  'mfe_r',
  'stop_first_rule',
];

const figure = (value: number, decimals: number): string => value.toFixed(decimals);

/** Words and numbers of our own alone: nothing in them needs quotes, and a loss stays a number. */
const line = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;

/**
 * Every trade in a line after RFC 4180, in order of their closing. Instants in ISO 8601, money in dollars, P/L
 * before fees.
 */
export const tradesCsv = (trades: readonly BacktestTrade[]): string =>
  [COLUMNS, ...trades.map(cellsOf)].map(line).join('');

const cellsOf = (trade: BacktestTrade): readonly string[] => [
  trade.tradeId,
  trade.symbol,
  trade.side,
  String(trade.quantity),
  toIso(trade.openedAt),
  formatUsd(trade.entryPrice),
  toIso(trade.closedAt),
  formatUsd(trade.exitPrice),
  trade.exitReason,
  formatUsd(trade.pnl),
  figure(trade.pnlPercent, 4),
  figure(trade.rMultiple, 4),
  formatUsd(trade.fees),
  figure(trade.slippageBps, 2),
  figure(trade.confidence, 1),
  figure(trade.maeR, 4),
  figure(trade.mfeR, 4),
  trade.isAmbiguous ? 'yes' : 'no',
];

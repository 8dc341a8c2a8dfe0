import type { EntryIntent } from './decision.ts';
import type { TradeId } from './ids.ts';
import { addUsd, micros, timesShares, ZERO_USD } from './money.ts';
import type { Usd } from './money.ts';
import { isTerminal } from './order.ts';
import type { BrokerOrder, Execution } from './order.ts';
import type { EpochMs } from './session.ts';
import { averagePrice, pnlPercent, realizedPnl, rMultiple } from './trade-math.ts';

/**
 * planned: written down, not yet known to the broker. submitted: the broker has the bracket.
 * open: the entry has filled, at least in part. closed: flat again. cancelled, rejected, abandoned:
 * no share was ever held.
 */
export type TradeStatus =
  | 'planned'
  | 'submitted'
  | 'open'
  | 'closed'
  | 'cancelled'
  | 'rejected'
  | 'abandoned';

/** What an order is to its trade. */
export type LegRole = 'entry' | 'take_profit' | 'stop_loss';

/** How a trade ended. */
export type ExitLeg = 'take_profit' | 'stop_loss' | 'other';

/** A trade with the sums of its fills. */
export interface Trade {
  readonly id: TradeId;
  readonly status: TradeStatus;
  readonly intent: EntryIntent;
  readonly entryQuantity: number;
  /** Σ price × shares of the entry's fills. */
  readonly entryValue: Usd;
  readonly exitQuantity: number;
  readonly exitValue: Usd;
  readonly exitLeg: ExitLeg | null;
  readonly openedAt: EpochMs | null;
  readonly closedAt: EpochMs | null;
  /** Set when the trade closes. */
  readonly pnl: Usd | null;
  readonly rMultiple: number | null;
}

/** A trade that is flat again, with its figures. */
export interface ClosedTrade {
  readonly tradeId: TradeId;
  readonly symbol: EntryIntent['symbol'];
  readonly side: EntryIntent['side'];
  readonly quantity: number;
  readonly entryPrice: Usd;
  readonly exitPrice: Usd;
  readonly exitLeg: ExitLeg;
  readonly openedAt: EpochMs;
  readonly closedAt: EpochMs;
  /** Realized, before fees. */
  readonly pnl: Usd;
  /** Of the entry's value, in per cent. */
  readonly pnlPercent: number;
  readonly rMultiple: number;
}

export const plannedTrade = (intent: EntryIntent): Trade => ({
  id: intent.tradeId,
  status: 'planned',
  intent,
  entryQuantity: 0,
  entryValue: ZERO_USD,
  exitQuantity: 0,
  exitValue: ZERO_USD,
  exitLeg: null,
  openedAt: null,
  closedAt: null,
  pnl: null,
  rMultiple: null,
});

/**
 * Books one execution of one of the trade's orders. The caller has made sure that it is new. A trade that
 * is closed keeps its figures: what is filled after it (in a fast market both legs may be) is no part of it.
 */
export function bookFill(trade: Trade, role: LegRole, fill: Execution): Trade {
  if (trade.status === 'closed') return trade;
  const value = timesShares(fill.price, fill.quantity);
  if (role === 'entry') {
    return {
      ...trade,
      status: 'open',
      entryQuantity: trade.entryQuantity + fill.quantity,
      entryValue: addUsd(trade.entryValue, value),
      openedAt: trade.openedAt ?? fill.at,
    };
  }
  return {
    ...trade,
    exitQuantity: trade.exitQuantity + fill.quantity,
    exitValue: addUsd(trade.exitValue, value),
    exitLeg: role,
    closedAt: fill.at,
  };
}

/**
 * The trade as the newest state of its entry has it: known to the broker, or over without a share. Fills
 * are booked on their own, before; a trade that has shares, or had them, is not the entry's any more.
 */
export function followEntry(trade: Trade, entry: Pick<BrokerOrder, 'status'>): Trade {
  const status = entryStatus(trade, entry);
  return status === trade.status ? trade : { ...trade, status };
}

function entryStatus(trade: Trade, entry: Pick<BrokerOrder, 'status'>): TradeStatus {
  if (trade.status === 'open' || trade.status === 'closed') return trade.status;
  if (entry.status === 'rejected') return 'rejected';
  // A filled order whose executions are still to be fetched is not over.
  if (isTerminal(entry.status) && entry.status !== 'filled') return 'cancelled';
  return 'submitted';
}

/** Whether all shares that were entered have left again. More may come while the entry still works. */
export const isFlat = (trade: Trade, entryIsOver: boolean): boolean =>
  entryIsOver && trade.entryQuantity > 0 && trade.exitQuantity >= trade.entryQuantity;

/** A flat trade with its result written in. */
export function closeTrade(trade: Trade): Trade {
  return { ...trade, status: 'closed', ...resultOf(trade) };
}

function resultOf(trade: Trade) {
  const { intent, entryValue, exitValue, entryQuantity } = trade;
  const pnl = realizedPnl({ side: intent.side, entryValue, exitValue });
  return { pnl, rMultiple: rMultiple(pnl, riskPerShareOf(intent), entryQuantity) };
}

/** R: what a share loses from the entry's limit to the stop that was planned. */
export const riskPerShareOf = ({ bracket }: EntryIntent): Usd =>
  micros(Math.abs(bracket.limitPrice - bracket.stopPrice));

/** The figures of a flat trade. Throws on one that still holds shares: a programmer's error. */
export function closedTrade(trade: Trade): ClosedTrade {
  const { openedAt, closedAt, exitLeg, entryQuantity } = trade;
  if (openedAt === null || closedAt === null || exitLeg === null || !isFlat(trade, true)) {
    throw new Error(`trade ${trade.id} is not flat`);
  }
  const { pnl, rMultiple: result } = resultOf(trade);
  return {
    tradeId: trade.id,
    symbol: trade.intent.symbol,
    side: trade.intent.side,
    quantity: entryQuantity,
    entryPrice: averagePrice(trade.entryValue, entryQuantity),
    exitPrice: averagePrice(trade.exitValue, trade.exitQuantity),
    exitLeg,
    openedAt,
    closedAt,
    pnl,
    pnlPercent: pnlPercent({ side: trade.intent.side, ...trade }),
    rMultiple: result,
  };
}

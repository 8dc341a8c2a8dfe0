import type { CloseReason } from './close.ts';
import type { EntryIntent } from './decision.ts';
import type { TradeId } from './ids.ts';
import { addUsd, micros, timesShares, ZERO_USD } from './money.ts';
import type { Usd } from './money.ts';
import { entrySideOf, isTerminal } from './order.ts';
import type { BrokerOrder, Execution } from './order.ts';
import type { EpochMs } from './session.ts';
import { averagePrice, pnlPercent, realizedPnl, rMultiple, slippageBps } from './trade-math.ts';

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

/** What an order is to its trade; `exit` is one of a closing. */
export type LegRole = 'entry' | 'take_profit' | 'stop_loss' | 'exit';

/** How a trade ended: at a leg of its own, closed for a reason, or by an order that was none of ours. */
export type ExitReason = 'take_profit' | 'stop_loss' | CloseReason | 'other';

/**
 * How a trade takes its first profit. resting: a bracket of its own at the broker does it. watched: the
 * broker refused that, so the bot closes the part when price gets there. none: not planned, or done.
 */
export type ScaleOutMode = 'none' | 'resting' | 'watched';

/** A trade with the sums of its fills. */
export interface Trade {
  readonly id: TradeId;
  readonly status: TradeStatus;
  readonly origin: 'strategy' | 'adopted';
  readonly intent: EntryIntent;
  readonly scaleOut: ScaleOutMode;
  /** Where the stop belongs: that of the plan, until it was moved. */
  readonly stopPrice: Usd;
  /** The best and the worst price since the entry, by settled bars; null before the first of them. */
  readonly bestPrice: Usd | null;
  readonly worstPrice: Usd | null;
  readonly entryQuantity: number;
  /** Σ price × shares of the entry's fills. */
  readonly entryValue: Usd;
  readonly exitQuantity: number;
  readonly exitValue: Usd;
  readonly exitReason: ExitReason | null;
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
  /** Of the last exit, when there were several. */
  readonly exitReason: ExitReason;
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
  origin: 'strategy',
  intent,
  scaleOut: intent.scaleOut === null ? 'none' : 'resting',
  stopPrice: intent.bracket.stopPrice,
  bestPrice: null,
  worstPrice: null,
  entryQuantity: 0,
  entryValue: ZERO_USD,
  exitQuantity: 0,
  exitValue: ZERO_USD,
  exitReason: null,
  openedAt: null,
  closedAt: null,
  pnl: null,
  rMultiple: null,
});

/**
 * Books one execution of one of the trade's orders; `as` is the reason of an exit, or the entry. The
 * caller has made sure that it is new. A trade that is closed keeps its figures: what is filled after it
 * (in a fast market both legs may be) is no part of it.
 */
export function bookFill(trade: Trade, as: 'entry' | ExitReason, fill: Execution): Trade {
  if (trade.status === 'closed') return trade;
  const value = timesShares(fill.price, fill.quantity);
  if (as === 'entry') {
    return {
      ...trade,
      status: 'open',
      entryQuantity: trade.entryQuantity + fill.quantity,
      entryValue: addUsd(trade.entryValue, value),
      openedAt: Math.min(trade.openedAt ?? fill.at, fill.at),
    };
  }
  const { closedAt } = trade;
  // A fill that was missed, and is booked late, does not end the trade anew.
  const isLast = closedAt === null || fill.at >= closedAt;
  return {
    ...trade,
    exitQuantity: trade.exitQuantity + fill.quantity,
    exitValue: addUsd(trade.exitValue, value),
    exitReason: isLast ? as : trade.exitReason,
    closedAt: isLast ? fill.at : closedAt,
  };
}

/** What an entry order tells of its trade. */
type EntryState = Pick<BrokerOrder, 'status' | 'filledQuantity'>;

/**
 * The trade as the newest state of its entry orders has it: known to the broker, or over without a share.
 * Fills are booked on their own, before; a trade that has shares, or had them, is not the entry's any more.
 */
export function followEntries(trade: Trade, entries: readonly EntryState[]): Trade {
  if (trade.status === 'open' || trade.status === 'closed' || entries.length === 0) return trade;
  const status = entryStatus(entries);
  return status === trade.status ? trade : { ...trade, status };
}

function entryStatus(entries: readonly EntryState[]): TradeStatus {
  if (entries.every(({ status }) => status === 'rejected')) return 'rejected';
  // An order that has filled, if only in part, and whose executions are still to be fetched is not over.
  const isOver = entries.every(
    ({ status, filledQuantity }) => isTerminal(status) && filledQuantity === 0,
  );
  return isOver ? 'cancelled' : 'submitted';
}

/** Shares that the trade holds, by its booked fills. */
export const heldShares = (trade: Pick<Trade, 'entryQuantity' | 'exitQuantity'>): number =>
  trade.entryQuantity - trade.exitQuantity;

/** Whether all shares that were entered have left again. More may come while an entry still works. */
export const isFlat = (trade: Trade): boolean =>
  trade.entryQuantity > 0 && trade.exitQuantity >= trade.entryQuantity;

/** A flat trade with its result written in. */
export function closeTrade(trade: Trade): Trade {
  return { ...trade, status: 'closed', ...resultOf(trade) };
}

function resultOf(trade: Trade) {
  const { intent, entryValue, entryQuantity } = trade;
  const exitValue = ownExitValue(trade);
  const pnl = realizedPnl({ side: intent.side, entryValue, exitValue });
  return { pnl, rMultiple: rMultiple(pnl, riskPerShareOf(intent), entryQuantity) };
}

/** What the shares that have left so far brought, before fees; to the nearest micro-dollar. */
export function realizedSoFar({ intent, ...sums }: Trade): Usd {
  const { entryValue, entryQuantity, exitValue, exitQuantity } = sums;
  if (exitQuantity === 0 || entryQuantity === 0) return ZERO_USD;
  const cost = micros(Math.round((entryValue * exitQuantity) / entryQuantity));
  return realizedPnl({ side: intent.side, entryValue: cost, exitValue });
}

/** Of as many shares as were entered: somebody's own shares may have left through the same orders. */
const ownExitValue = ({ exitValue, exitQuantity, entryQuantity }: Trade): Usd =>
  exitQuantity <= entryQuantity
    ? exitValue
    : micros(Math.round((exitValue / exitQuantity) * entryQuantity));

/**
 * R: what a share loses from the entry's limit to the stop that was planned; of shares that were taken over,
 * no less than the rules would have risked, however near their stop stood by then.
 */
export const riskPerShareOf = ({ size }: EntryIntent): Usd => size.riskPerShare;

/** The figures of a flat trade. Throws on one that still holds shares: a programmer's error. */
export function closedTrade(trade: Trade): ClosedTrade {
  const { openedAt, closedAt, exitReason, entryQuantity } = trade;
  if (openedAt === null || closedAt === null || exitReason === null || !isFlat(trade)) {
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
    exitReason,
    openedAt,
    closedAt,
    pnl,
    pnlPercent: pnlPercent({
      side: trade.intent.side,
      entryValue: trade.entryValue,
      exitValue: ownExitValue(trade),
    }),
    rMultiple: result,
  };
}

/** How well a trade was entered. */
export interface EnteredTrade {
  readonly tradeId: TradeId;
  /** See {@link entrySlippageBps}. */
  readonly slippageBps: number;
}

/**
 * How much worse than the decision price a trade's entry was filled on average, in hundredths of a per
 * cent; negative is better. Of one that has shares, or had them.
 */
export const entrySlippageBps = ({
  intent,
  entryValue,
  entryQuantity,
}: Pick<Trade, 'intent' | 'entryValue' | 'entryQuantity'>): number =>
  slippageBps(
    entrySideOf(intent.side),
    averagePrice(entryValue, entryQuantity),
    intent.decisionPrice,
  );

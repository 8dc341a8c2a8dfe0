import type { BrokerOrderId, Ticker } from '../ids.ts';
import type { Usd } from '../money.ts';
import type { TimeInForce } from '../order.ts';
import type { EpochMs } from '../session.ts';
import type { Book } from './book.ts';
import { FEE_RATES_2026 } from './fees.ts';
import type { FeeCharge, FeeRates } from './fees.ts';
import type { BookOrder, ExchangeEvent, NoticeEvent, StatusEvent } from './order.ts';
import type { Portfolio } from './portfolio.ts';
import type { Quirks } from './quirks.ts';

/** How the exchange decides where reality leaves room. */
export interface ExchangeRules {
  /**
   * When a limit order fills inside a bar: only once price has gone at least one tick beyond the limit
   * (everyone ahead in the queue is served), or already at a touch.
   */
  readonly limitFill: 'penetrate' | 'touch';
  /** Basis points of a bar's volume that one limit order may take; null takes all it wants. */
  readonly maxParticipationBps: number | null;
  /** Whether a bracket may add to a position of its own side; reports about the broker differ. */
  readonly bracketOnPosition: 'accepted' | 'refused';
  /** Buying power as a multiple of equity. */
  readonly marginMultiplier: number;
  /** What a market order pays beyond the price it meets, in hundredths of a per cent. */
  readonly marketSlippageBps: number;
  readonly fees: FeeRates;
  /** What borrowed shares cost a year, in hundredths of a per cent of their value. */
  readonly borrowBpsPerYear: number;
}

export const DEFAULT_RULES: ExchangeRules = {
  limitFill: 'penetrate',
  maxParticipationBps: null,
  bracketOnPosition: 'refused',
  marginMultiplier: 4,
  marketSlippageBps: 0,
  fees: FEE_RATES_2026,
  borrowBpsPerYear: 0,
};

/** What may be traded. */
export interface Tradable {
  readonly isShortable: boolean;
}

/** Bars whose inside does not tell what came first; a rule decided them. */
export interface Ambiguities {
  /** Stop and target both lay inside the bar: the stop was taken. */
  readonly stopAndTarget: number;
  /** The target lay inside the bar that filled its entry at the limit: it was not taken. */
  readonly targetOnEntryBar: number;
}

/** Shares that stay reserved for a while after the order that held them was canceled. */
export interface LingeringReservation {
  readonly symbol: Ticker;
  readonly shares: number;
}

/** What the parts of the exchange share. */
export interface Venue {
  readonly book: Book;
  readonly portfolio: Portfolio;
  readonly rules: ExchangeRules;
  quirks: Quirks;
  /** By the order that was canceled. */
  readonly lingering: Map<BrokerOrderId, LingeringReservation>;
  readonly nextId: () => string;
  /** Null for a symbol that the exchange does not list. */
  readonly assetOf: (symbol: Ticker) => Tradable | null;
  readonly expiresAt: (timeInForce: TimeInForce, at: EpochMs) => EpochMs;
  isOpen: boolean;
  /** Equity at the previous session's close, and at the latest one. */
  lastEquity: Usd;
  closingEquity: Usd;
  readonly feeCharges: FeeCharge[];
  /** Fees of this session's executions, not charged yet. */
  accruedFees: Usd;
  /** All that was charged for borrowed shares. */
  borrowPaid: Usd;
  readonly ambiguities: { -readonly [Kind in keyof Ambiguities]: number };
}

/** One command or bar: its time, and what it has made happen so far. */
export interface Turn {
  readonly at: EpochMs;
  readonly events: ExchangeEvent[];
}

/** Gives an order another status, and announces it. */
export function announce(
  { book }: Venue,
  { at, events }: Turn,
  order: BookOrder,
  status: StatusEvent,
): void {
  order.statusBefore = isPending(status) ? (order.statusBefore ?? order.status) : null;
  order.status = status;
  order.updatedAt = at;
  stampEnd(order, status, at);
  book.changed(order);
  events.push({ type: status, order: book.view(order), at });
}

const isPending = (status: StatusEvent): boolean =>
  status === 'pending_cancel' || status === 'pending_replace';

function stampEnd(order: BookOrder, status: StatusEvent, at: EpochMs): void {
  if (status === 'canceled') order.canceledAt = at;
  else if (status === 'expired') order.expiredAt = at;
  else if (status === 'replaced') order.replacedAt = at;
  else if (status === 'rejected') order.failedAt = at;
}

/** Moves an order on to another working status; what is pending about it stays pending. */
export function moveOn(venue: Venue, turn: Turn, order: BookOrder, status: 'new' | 'held'): void {
  if (order.statusBefore === null) {
    announce(venue, turn, order, status);
    return;
  }
  order.statusBefore = status;
  order.updatedAt = turn.at;
  venue.book.changed(order);
}

/** Tells of a request that came to nothing. */
export function notify(
  { book }: Venue,
  { at, events }: Turn,
  order: BookOrder,
  type: NoticeEvent,
): void {
  events.push({ type, order: book.view(order), at });
}

import type { CloseReason } from './close.ts';
import type { CloseId, Ticker, TradeId } from './ids.ts';
import type { EpochMs, SessionDate } from './session.ts';

/**
 * Why an order is sent, moved or cancelled. Each of them may lawfully touch an order; a leg that ends for
 * none of them was interfered with.
 */
export type IntentReason =
  | 'entry'
  /** It outlived its bar. */
  | 'stale_entry'
  /** It filled in part, and the rest's legs would sleep until the whole is filled. */
  | 'part_filled_entry'
  /** The position has no live stop. */
  | 'protection'
  | 'stop_move'
  /** No new positions are wanted by now. */
  | 'halted_entry'
  /** By an admin, of an order that is none of ours. */
  | 'foreign'
  | CloseReason;

/** A wish that involves the broker, written down before the broker hears of it. */
export interface IntentRecord<Request> {
  /** The client order id that the broker will know the order by; of a cancel, one made of the order's id. */
  readonly id: string;
  /** Null for orders that are none of ours. */
  readonly tradeId: TradeId | null;
  readonly closeId: CloseId | null;
  readonly symbol: Ticker;
  readonly reason: IntentReason;
  readonly request: Request;
  readonly requestedBy: string;
  /** System time. */
  readonly at: EpochMs;
  readonly sessionDate: SessionDate;
}

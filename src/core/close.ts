import type { CloseId, Ticker, TradeId } from './ids.ts';
import type { Usd } from './money.ts';
import type { PositionSide } from './order.ts';
import type { EpochMs } from './session.ts';

/** Why the bot closes a position itself. A trade that ends at its own legs is never closed by the bot. */
export const CLOSE_REASONS = [
  'emergency_stop',
  'manual_close',
  'risk_limit',
  'time_exit',
  'end_of_day',
  /** A part of the position, where no bracket of its own does it. */
  'scale_out',
] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/**
 * Where a closing stands. queued: the market is closed, the bracket stays untouched until it opens.
 * clearing: the symbol's orders are cancelled and their shares set free. exiting: the shares that stay are
 * protected, the others are sold, or bought back. stuck: something failed; a stop is back in and the closing
 * begins again later. done: proven at the broker.
 */
export type ClosePhase = 'queued' | 'clearing' | 'exiting' | 'stuck' | 'done';

/** One closing, from the wish to the proof. */
export interface Close {
  readonly id: CloseId;
  readonly tradeId: TradeId;
  readonly symbol: Ticker;
  /** Of the position that is closed. */
  readonly side: PositionSide;
  readonly reason: CloseReason;
  /** Shares to leave, those that have left by its own orders included, and those to stay protected. */
  readonly quantity: number;
  readonly keep: number;
  /** The price when it was asked for: what slippage is measured against. */
  readonly decisionPrice: Usd;
  /** Begins with a market order instead of a limit. */
  readonly atMarket: boolean;
  readonly requestedBy: string;
  readonly requestedAt: EpochMs;
  readonly phase: ClosePhase;
  /** When the phase, or the exit order of it, began; by the system's clock, as the waits are. */
  readonly phaseSince: EpochMs;
  /** How many exit, keep and rescue orders were written down so far: the newest one's number. */
  readonly exits: number;
  readonly keeps: number;
  readonly rescues: number;
  /** Exit orders tried since the position was cleared last. */
  readonly attempt: number;
  /** How often the closing got stuck. */
  readonly failures: number;
  readonly lastFailure: string | null;
  readonly finishedAt: EpochMs | null;
  /** What the broker's REST service showed at the end. */
  readonly proof: CloseProof | null;
}

/** No share beyond those kept, and no live order beyond those that protect them. */
export interface CloseProof {
  readonly positionQuantity: number;
  readonly liveOrders: number;
  /** Average price of the closing's own exit orders; null when another order emptied the position. */
  readonly exitPrice: Usd | null;
  readonly exitQuantity: number;
  readonly tookMs: number;
}

/** How a closing goes about it. */
export interface CloseTactics {
  /** How far through the price the limit stands. */
  readonly limitBps: number;
  /** Limit orders before the market order. */
  readonly limitAttempts: number;
  /** How long each exit order may take to fill. */
  readonly fillMs: number;
  /** How long cancels may take, and shares to become free, before the channel hears of it. */
  readonly clearMs: number;
  /** How long a stuck closing waits before it begins again; doubled each time, up to the longest. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** The longest when the session ends soon: the guard looks each minute, and each of its looks is to be a try. */
  readonly longestLastRetryMs: number;
  /** How long the broker's list of positions may lag behind its fills. */
  readonly settleMs: number;
  /** An order that was asked to be cancelled is asked again after this. */
  readonly askAgainMs: number;
}

/** A tenth of a per cent through the price, re-priced, at last a market order. */
export const CLOSE_TACTICS: CloseTactics = {
  limitBps: 10,
  limitAttempts: 2,
  fillMs: 1_500,
  clearMs: 30_000,
  retryMs: 15_000,
  longestRetryMs: 300_000,
  longestLastRetryMs: 30_000,
  settleMs: 3_000,
  askAgainMs: 5_000,
};

/** What is known of a closing when it is asked for. */
type CloseWish = Pick<
  Close,
  | 'id'
  | 'tradeId'
  | 'symbol'
  | 'side'
  | 'reason'
  | 'quantity'
  | 'keep'
  | 'decisionPrice'
  | 'atMarket'
  | 'requestedBy'
  | 'requestedAt'
>;

/** A closing of which nothing has been done yet. */
export const begunClose = (wish: CloseWish): Close => ({
  ...wish,
  phase: 'clearing',
  phaseSince: wish.requestedAt,
  exits: 0,
  keeps: 0,
  rescues: 0,
  attempt: 0,
  failures: 0,
  lastFailure: null,
  finishedAt: null,
  proof: null,
});

/** Whether a closing is of a part and rests after a failure: one of everything need not wait for it. */
export const isRestingPart = ({ phase, keep }: Close): boolean => phase === 'stuck' && keep > 0;

/** Whether a closing of everything has to wait for what is going on in the symbol. */
export const keepsWaiting = (close: Close | null): boolean =>
  close !== null && !isRestingPart(close);

/**
 * A part that rests, as a closing of everything from now on. It stays one closing, so that an exit of which nobody
 * knows what became of it keeps everything waiting as it did the part.
 */
export const widenedClose = (part: Close, whole: Close): Close => ({
  ...part,
  reason: whole.reason,
  // What the part has sold so far is the closing's as well.
  quantity: part.quantity + part.keep,
  keep: 0,
  decisionPrice: whole.decisionPrice,
  atMarket: whole.atMarket,
  requestedBy: whole.requestedBy,
  requestedAt: whole.requestedAt,
  failures: 0,
});

/**
 * How long a closing rests that got stuck so often. One that has taken over a part and not failed itself only
 * waits until the broker's list of positions shows what the part has sold.
 *
 * @param isLast whether the session ends soon, and everything is to be closed before
 */
export function retryPause(
  { retryMs, longestRetryMs, longestLastRetryMs, settleMs }: CloseTactics,
  failures: number,
  isLast = false,
): number {
  if (failures === 0) return settleMs;
  const longest = isLast ? longestLastRetryMs : longestRetryMs;
  return Math.min(retryMs * 2 ** (failures - 1), longest);
}

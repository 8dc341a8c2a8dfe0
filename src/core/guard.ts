import type { Position } from './account.ts';
import { isEntryId, purposeOf } from './ids.ts';
import type { Usd } from './money.ts';
import { handleOf, liveGroups } from './order-tree.ts';
import type { OrderGroup } from './order-tree.ts';
import { exitSideOf, signOf } from './order.ts';
import type { BrokerOrder, PositionSide } from './order.ts';
import { isStop, protectionOf } from './protection.ts';
import { rescueStop } from './rescue.ts';
import type { Trade } from './trade.ts';

/** All that the guard sees of one position. */
export interface GuardView {
  readonly position: Position;
  /** Of the symbol at least; also those that are over; legs under their parents. */
  readonly orders: readonly BrokerOrder[];
  /** The symbol's trade that is open, or submitted. */
  readonly trade: Trade | null;
  /** Shares of the symbol by all booked fills, negative when short. */
  readonly ledgerQuantity: number;
  /** A closing of the symbol is under way. */
  readonly isClosing: boolean;
}

/** What the guard does about a position. */
export type GuardVerdict =
  /** Live stops cover every share: hands off. `isOverdue`: and yet price is where an exit should have acted. */
  | { readonly kind: 'protected'; readonly isOverdue: boolean }
  /** A closing, or a cancel that is under way, has it in hand. */
  | { readonly kind: 'in-hand' }
  /** Entries that have filled in part: their legs sleep until they are complete. */
  | { readonly kind: 'part-filled'; readonly entries: readonly OrderGroup[] }
  /** Their rest is being cancelled, and until the broker confirms it the shares have no stop. */
  | { readonly kind: 'rest-dying' }
  | {
      readonly kind: 'protect';
      readonly quantity: number;
      readonly stopPrice: Usd;
      readonly targetPrice: Usd;
      /** Orders that hold the shares and protect nothing. */
      readonly inTheWay: readonly OrderGroup[];
    }
  /** No live stop, and price is at the recorded stop or beyond it. */
  | { readonly kind: 'emergency' }
  /** Shares that came of our own orders and belong to no open trade: both exits of a bracket filled. */
  | { readonly kind: 'stray' }
  /** None of ours. */
  | { readonly kind: 'foreign' };

/** Whether a price is at a stop, or on the side of it where it should have acted. */
export const isAtOrBeyond = (side: PositionSide, price: Usd, stop: Usd): boolean =>
  signOf(side) * (price - stop) <= 0;

/**
 * Judges one position by the broker's orders. A working bracket is never touched: as long as live stops
 * cover every share, the answer is `protected`, whatever else may be wrong.
 */
export function judgePosition(view: GuardView): GuardVerdict {
  const { position, orders, trade, isClosing, ledgerQuantity } = view;
  if (isClosing) return { kind: 'in-hand' };
  const { stopPrice, liveStopQuantity } = protectionOf(position, orders);
  const groups = liveGroups(orders).filter(({ root }) => root.symbol === position.symbol);
  const filling = groups.filter((group) => isPartFilledEntry(group, position));
  const signed = signOf(position.side) * position.quantity;
  if (trade === null || trade.intent.side !== position.side) {
    // An entry of ours whose fill nobody has booked yet says whose the shares are.
    if (filling.length > 0) return restOf(filling);
    return signed === ledgerQuantity ? { kind: 'stray' } : { kind: 'foreign' };
  }
  const own = ownShares(view, trade);
  if (liveStopQuantity >= own) {
    const isBeyondStop =
      stopPrice !== null && isAtOrBeyond(position.side, position.currentPrice, stopPrice);
    const isOverdue = groups.some(
      (group) => isTargetOverdue(group, position) || (isBeyondStop && hasBegunToExit(group)),
    );
    return { kind: 'protected', isOverdue };
  }
  if (filling.length > 0) return restOf(filling);
  if (
    liveStopQuantity === 0 &&
    isAtOrBeyond(position.side, position.currentPrice, trade.stopPrice)
  ) {
    return { kind: 'emergency' };
  }
  const uncovered = own - liveStopQuantity;
  const stopless = groups.filter((group) => !group.live.some(isStop) && isExit(group, position));
  return {
    kind: 'protect',
    quantity: uncovered,
    // Where a part is covered still, price may be beyond the recorded place for the rest's.
    stopPrice: rescueStop(position.side, trade.stopPrice, position.currentPrice),
    targetPrice: trade.intent.bracket.targetPrice,
    inTheWay: position.available >= uncovered ? [] : stopless,
  };
}

/**
 * Shares of the position that the trade accounts for; what somebody has added is none of the bot's business.
 * Of a trade of which no fill is booked yet, the plan says how many may be its own, and of an open one its
 * entries what is not booked yet.
 */
function ownShares({ position, orders, ledgerQuantity }: GuardView, trade: Trade): number {
  const { status, intent } = trade;
  const booked = signOf(position.side) * ledgerQuantity;
  const own = status === 'open' ? booked + unbookedShares(orders, trade) : intent.quantity;
  return Math.min(position.quantity, own);
}

/** Shares that the broker shows as entered, and whose fills are not booked yet. */
export function unbookedShares(
  orders: readonly BrokerOrder[],
  { id, entryQuantity }: Trade,
): number {
  const entered = orders
    .filter(
      ({ clientOrderId }) => isEntryId(clientOrderId) && purposeOf(clientOrderId)?.tradeId === id,
    )
    .reduce((sum, { filledQuantity }) => sum + filledQuantity, 0);
  return Math.max(0, entered - entryQuantity);
}

/** Whether the group holds shares of the position; an entry that still works holds none of them. */
const isExit = ({ live }: OrderGroup, { side }: Position): boolean =>
  live.every((order) => order.side === exitSideOf(side));

/**
 * Whether a take-profit has filled in part, and price is beyond it: brokers have been seen to let neither leg
 * act any more after that. One that has not begun to fill may have to wait for its turn.
 */
const isTargetOverdue = ({ live }: OrderGroup, { side, currentPrice }: Position): boolean =>
  live.some(isStop) &&
  live.some(
    ({ type, filledQuantity, limitPrice, ...order }) =>
      type === 'limit' &&
      order.side === exitSideOf(side) &&
      filledQuantity > 0 &&
      limitPrice !== null &&
      signOf(side) * (currentPrice - limitPrice) > 0,
  );

/**
 * Whether an exit has filled in part: after that, and only after that, brokers have been seen to let neither
 * leg act any more. Price beyond a stop that is whole proves nothing: a halt, or a trade that does not count.
 */
const hasBegunToExit = ({ live }: OrderGroup): boolean =>
  live.some((order) => order.filledQuantity > 0 && !isEntryId(order.clientOrderId));

const isPartFilledEntry = ({ root }: OrderGroup, { side }: Position): boolean =>
  isEntryId(root.clientOrderId) &&
  root.side !== exitSideOf(side) &&
  root.filledQuantity > 0 &&
  root.status !== 'filled';

function restOf(groups: readonly OrderGroup[]): GuardVerdict {
  const working = groups.filter((group) => handleOf(group).status !== 'pending_cancel');
  return working.length === 0 ? { kind: 'rest-dying' } : { kind: 'part-filled', entries: working };
}

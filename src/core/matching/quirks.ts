import type { Ticker } from '../ids.ts';
import type { SimulatedOrder } from './order.ts';

/**
 * Ways in which a real broker has been seen to depart from its own documentation. An exchange has none of
 * them unless it is told to; each is consulted at one place only. Data alone, so that it can be written
 * down with the commands that met it.
 */
export interface Quirks {
  /** How a take-profit is shown whose stop was triggered. */
  readonly takeProfitEndsAs: 'canceled' | 'replaced';
  /** A triggered stop is replaced by an order of another id, which fills. */
  readonly stopFillsUnderNewId: boolean;
  /** Once a take-profit is filled in part, neither it nor its stop ever acts again; both stay live. */
  readonly legDeadlock: boolean;
  /** When one exit of a group is filled, the other fills too. */
  readonly doubleExit: boolean;
  /** The most shares that one execution has; null for no bound. */
  readonly fillAtMost: number | null;
  /** Nothing trades, no stop is triggered and no market order is taken. */
  readonly halted: readonly Ticker[];
  /** Only day orders are taken. */
  readonly hardToBorrow: readonly Ticker[];
  /** No order is taken. */
  readonly inactive: readonly Ticker[];
  /** A bracket beside a position or a working entry of its side; null leaves it to the rules. */
  readonly secondBracket: 'accepted' | 'refused' | null;
  /** How an entry ends that was filled in part when its day was over. */
  readonly partialDayParentEnd: 'expired' | 'canceled';
}

export const NO_QUIRKS: Quirks = {
  takeProfitEndsAs: 'canceled',
  stopFillsUnderNewId: false,
  legDeadlock: false,
  doubleExit: false,
  fillAtMost: null,
  halted: [],
  hardToBorrow: [],
  inactive: [],
  secondBracket: null,
  partialDayParentEnd: 'expired',
};

/** Shares that one execution may have. */
export const executionCap = ({ fillAtMost }: Quirks): number =>
  fillAtMost ?? Number.POSITIVE_INFINITY;

/** How an order ends whose time is over. */
export const endOfDay = (
  { partialDayParentEnd }: Quirks,
  { role, filledQuantity }: SimulatedOrder,
): 'expired' | 'canceled' =>
  role === 'entry' && filledQuantity > 0 ? partialDayParentEnd : 'expired';

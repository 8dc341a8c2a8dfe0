import type { Position } from './account.ts';
import type { Close, CloseProof, CloseTactics } from './close.ts';
import { purposeOf } from './ids.ts';
import type { BrokerOrderId } from './ids.ts';
import { micros, roundToTick } from './money.ts';
import type { Usd } from './money.ts';
import { handleOf, liveGroups } from './order-tree.ts';
import type { OrderGroup } from './order-tree.ts';
import { signOf } from './order.ts';
import type { BrokerOrder } from './order.ts';
import { protectionOf } from './protection.ts';
import type { EpochMs } from './session.ts';

/** All that a closing sees of the world at one moment. */
export interface CloseView {
  readonly close: Close;
  readonly position: Position | null;
  /** The symbol's, also those that are over; legs under their parents. */
  readonly orders: readonly BrokerOrder[];
  /**
   * Orders that were asked to be cancelled since the closing began, and when last. One of them may leave at
   * any moment, however long ago it was asked: it protects nothing to finish with.
   */
  readonly asked: ReadonlyMap<BrokerOrderId, EpochMs>;
  /**
   * Shares on the side that is closed by the ledger's fills, all but those of the closing's own exits: what those
   * have left of them is all that the ledger knows of.
   */
  readonly ledgerShares: number;
  readonly isMarketOpen: boolean;
  /** The system's clock. */
  readonly now: EpochMs;
  readonly tactics: CloseTactics;
}

/** What a closing does next. */
export type CloseStep =
  /** The market is closed and the position protected: nothing is touched until the open. */
  | { readonly kind: 'queue' }
  | { readonly kind: 'cancel'; readonly groups: readonly OrderGroup[] }
  | { readonly kind: 'wait'; readonly for: 'cancels' | 'shares' | 'fill' | 'position' }
  /** Every order is over and every share free: so many are to leave, those that have left already included. */
  | { readonly kind: 'cleared'; readonly quantity: number }
  /**
   * Begin again with what the broker shows: its list of positions has shares that should be gone, or the
   * market has opened and the waits count from now.
   */
  | { readonly kind: 'recount' }
  | { readonly kind: 'keep'; readonly quantity: number }
  /** A null limit is a market order. */
  | { readonly kind: 'exit'; readonly quantity: number; readonly limitPrice: Usd | null }
  | { readonly kind: 'fail'; readonly why: string }
  | { readonly kind: 'finish'; readonly proof: CloseProof };

/** Market orders after the limits; one that is not filled then meets a halt, and more of them help nobody. */
const MARKET_ATTEMPTS = 3;
/**
 * Exit orders that the broker may refuse in a row: while its list of positions is old, it refuses some. Each costs
 * the time of a fill, in which the shares have no stop: more than half a minute of it is too much.
 */
const MOST_REFUSALS = 20;

/** The symbol's live orders, sorted by what they are to the closing. */
interface Book {
  /** Shares on the side that is closed. */
  readonly held: number;
  readonly available: number;
  readonly exits: readonly OrderGroup[];
  readonly keeps: readonly OrderGroup[];
  readonly others: readonly OrderGroup[];
}

/**
 * The next step of a closing, from what the broker shows alone: whatever was done before, by this process or
 * by one that died in the middle, the next step follows from where things stand.
 *
 * Shares never leave twice: an exit order is sent only when no other order of the symbol lives, for no more
 * shares than the broker calls free, and for no more than are left of the plan by the closing's own fills,
 * since the list of positions lags behind them.
 */
export function nextCloseStep(view: CloseView): CloseStep {
  const { close, isMarketOpen, position, orders } = view;
  const book = readBook(view);
  const isOver = book.held <= close.keep;
  if (!isMarketOpen && !isOver) {
    const isProtected = position !== null && protectionOf(position, orders).isProtected;
    return isProtected ? { kind: 'queue' } : { kind: 'fail', why: 'the market is closed' };
  }
  if (close.phase === 'queued') return { kind: 'recount' };
  if (isOver) return finishing(view, book);
  return close.phase === 'exiting' ? exiting(view, book) : clearing(view, book);
}

function readBook({ close, position, orders }: CloseView): Book {
  const isOurSide = position !== null && position.side === close.side;
  const groups = liveGroups(orders);
  const exits = groups.filter(({ root }) => numberOf(close, root, 'exit') !== null);
  const keeps = groups.filter(({ root }) => numberOf(close, root, 'keep') !== null);
  return {
    held: isOurSide ? position.quantity : 0,
    available: isOurSide ? position.available : 0,
    exits,
    keeps,
    others: groups.filter((group) => !exits.includes(group) && !keeps.includes(group)),
  };
}

function clearing(view: CloseView, book: Book): CloseStep {
  const { exits, keeps, others, held, available } = book;
  const all = [...others, ...exits, ...keeps];
  if (all.length > 0) return cancelOrWait(view, all);
  if (available < held) return waitForShares(view);
  return { kind: 'cleared', quantity: soldBy(view) + held - view.close.keep };
}

function exiting(view: CloseView, book: Book): CloseStep {
  const { close, now, tactics } = view;
  if (book.others.length > 0) return cancelOrWait(view, book.others);
  if (book.exits.length > 0) {
    const isPatient = now - close.phaseSince < tactics.fillMs;
    return isPatient ? { kind: 'wait', for: 'fill' } : cancelOrWait(view, book.exits);
  }
  if (close.keep > 0 && book.keeps.length === 0) {
    return book.available >= close.keep
      ? { kind: 'keep', quantity: close.keep }
      : waitForShares(view);
  }
  const tried = exitsSinceCleared(view);
  const left = Math.min(book.held - close.keep, close.quantity - soldBy(view));
  if (left <= 0) {
    return now - close.phaseSince < patienceWithList(view)
      ? { kind: 'wait', for: 'position' }
      : { kind: 'recount' };
  }
  if (tried.length >= tactics.limitAttempts + MARKET_ATTEMPTS) {
    return { kind: 'fail', why: 'the exit orders do not fill' };
  }
  if (close.attempt - tried.length >= MOST_REFUSALS) {
    return { kind: 'fail', why: 'the broker refuses the exit orders' };
  }
  if (book.available < left) return waitForShares(view);
  return { kind: 'exit', quantity: left, limitPrice: exitLimit(view, tried.length) };
}

/**
 * How long the list of positions is given to show that the shares have left. Where the ledger knows of no others it
 * has to be very late before it is believed: sold once more, they would be short.
 */
const patienceWithList = (view: CloseView): number => {
  const { close, ledgerShares, tactics } = view;
  return ledgerShares - soldBy(view) > close.keep ? tactics.settleMs : tactics.clearMs;
};

/** No more is to leave: what is left must be protected, or everything over. */
function finishing(view: CloseView, book: Book): CloseStep {
  const { close } = view;
  const { exits, keeps, others, held, available } = book;
  if (held === 0) {
    const all = [...others, ...exits, ...keeps];
    return all.length > 0 ? cancelOrWait(view, all) : { kind: 'finish', proof: proofOf(view) };
  }
  if (exits.length > 0) return cancelOrWait(view, exits);
  const rest = [...others, ...keeps];
  // A stop that is on its way out still counts as live, and is no protection to finish with.
  const dying = rest.filter((group) => isDying(view, group));
  if (dying.length > 0) return cancelOrWait(view, dying);
  const { position, orders } = view;
  if (position !== null && protectionOf(position, orders).isProtected) {
    return { kind: 'finish', proof: proofOf(view) };
  }
  const isInTheWay = close.phase === 'exiting' || available < held;
  if (isInTheWay && rest.length > 0) return cancelOrWait(view, rest);
  return available >= held ? { kind: 'keep', quantity: held } : waitForShares(view);
}

const isDying = ({ asked }: CloseView, { root, live }: OrderGroup): boolean =>
  [root, ...live].some(({ id, status }) => asked.has(id) || status === 'pending_cancel');

/**
 * Asks for each group that is not on its way out yet; one order takes its whole group along. Each phase asks
 * anew, and gives an order its time from there.
 */
function cancelOrWait(view: CloseView, groups: readonly OrderGroup[]): CloseStep {
  const { asked, now, close, tactics } = view;
  const askedInPhase = (group: OrderGroup): EpochMs | null => {
    const at = asked.get(handleOf(group).id);
    return at === undefined || at < close.phaseSince ? null : at;
  };
  const due = groups.filter((group) => {
    const at = askedInPhase(group);
    return at === null || now - at >= tactics.askAgainMs;
  });
  // Whenever the phase began, an order is given the time of one asking at least.
  const wasAsked = due.some((group) => askedInPhase(group) !== null);
  if (wasAsked && now - close.phaseSince >= tactics.clearMs) {
    return { kind: 'fail', why: 'the broker does not confirm the cancels' };
  }
  return due.length > 0 ? { kind: 'cancel', groups: due } : { kind: 'wait', for: 'cancels' };
}

/** Counted from the last cancel where that is later: a closing may resume long after its phase began. */
function waitForShares({ asked, close, now, tactics }: CloseView): CloseStep {
  const since = Math.max(close.phaseSince, ...asked.values());
  const isLate = now - since >= tactics.clearMs + tactics.fillMs;
  return isLate
    ? { kind: 'fail', why: 'the broker does not set the shares free' }
    : { kind: 'wait', for: 'shares' };
}

/** The exit orders since the position was cleared that the broker has taken: those it refused are none. */
function exitsSinceCleared({ close, orders }: CloseView): readonly BrokerOrder[] {
  const first = close.exits - close.attempt + 1;
  return numberedExits(close, orders)
    .filter(({ n }) => n >= first)
    .map(({ order }) => order);
}

/** The exit orders that the closing has sent. */
export const ownExits = <Order extends Named>(
  close: Close,
  orders: readonly Order[],
): readonly Order[] => numberedExits(close, orders).map(({ order }) => order);

/** Shares that have left, or were bought back, by the closing's own orders since it was asked for. */
const soldBy = ({ close, orders }: Pick<CloseView, 'close' | 'orders'>): number =>
  ownExits(close, orders).reduce((sum, { filledQuantity }) => sum + filledQuantity, 0);

type Named = Pick<BrokerOrder, 'clientOrderId'>;

const numberedExits = <Order extends Named>(close: Close, orders: readonly Order[]) =>
  orders.flatMap((order) => {
    const n = numberOf(close, order, 'exit');
    return n === null ? [] : [{ order, n }];
  });

/** Which of the closing's orders of a kind it is; null when it is none of them. */
function numberOf({ id }: Close, { clientOrderId }: Named, kind: 'exit' | 'keep'): number | null {
  const purpose = purposeOf(clientOrderId);
  const isOwn = purpose?.of === 'close' && purpose.closeId === id && purpose.kind === kind;
  return isOwn ? purpose.n : null;
}

/** Through the price, each time from where it stands then; null once the limits have had their turns. */
function exitLimit({ close, position, tactics }: CloseView, tried: number): Usd | null {
  if (close.atMarket || tried >= tactics.limitAttempts || position === null) return null;
  const away = signOf(close.side);
  const through = position.currentPrice * (1 - (away * tactics.limitBps) / 10_000);
  const limit = roundToTick(micros(Math.round(through)), away === 1 ? 'down' : 'up');
  return limit > 0 ? limit : null;
}

function proofOf({ close, position, orders, now }: CloseView): CloseProof {
  const quantity = soldBy({ close, orders });
  const value = ownExits(close, orders).reduce(
    (sum, { filledQuantity, filledAveragePrice }) =>
      sum + filledQuantity * (filledAveragePrice ?? 0),
    0,
  );
  return {
    positionQuantity: position === null ? 0 : signOf(position.side) * position.quantity,
    liveOrders: liveGroups(orders).reduce((sum, { live }) => sum + live.length, 0),
    exitPrice: quantity === 0 ? null : micros(Math.round(value / quantity)),
    exitQuantity: quantity,
    tookMs: now - close.requestedAt,
  };
}

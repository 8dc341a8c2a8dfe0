import { clientOrderIdOf } from '#core/ids.ts';
import type { BrokerOrderId, TradeId } from '#core/ids.ts';
import { roundToTick } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { placeAll } from '#core/order-tree.ts';
import type { BrokerOrder } from '#core/order.ts';
import { isLive } from '#core/order.ts';
import { isStop } from '#core/protection.ts';
import { isMovable, isTighter } from '#core/stop-move.ts';
import type { Trade } from '#core/trade.ts';
import type { RejectCode } from '#ports/broker.ts';

import type { AppContext } from './context.ts';
import { placeOrder } from './place-order.ts';
import type { Placed } from './place-order.ts';
import { syncOrders } from './sync-orders.ts';

/** What came of the wish to move a trade's stop. */
export type StopMoveOutcome =
  /** Every live stop of the trade stands at the price now, or did so before. */
  | { readonly kind: 'moved' }
  /** It would stand farther from the price than it does: a stop never loosens. */
  | { readonly kind: 'looser' }
  /** No stop that could be moved: it is filling, or gone. */
  | { readonly kind: 'no-stop' }
  /** The broker said no, or nobody knows yet: the stop stands where it stood, and may be moved later. */
  | { readonly kind: 'not-moved'; readonly why: string };

/** A replacement that is still settling refuses the next one for some seconds. */
const TRIES = 5;
const FIRST_PAUSE_MS = 250;

/**
 * Moves the stops of a trade to a price, by replacing each stop leg and never by cancelling it, so that the
 * shares are not without a stop for a moment. Whatever becomes of the replacement, one live stop is left: the
 * new one, or the old one.
 */
export function moveStop(context: AppContext, id: TradeId, to: Usd): Promise<StopMoveOutcome> {
  return run(context, id, roundToTick(to, 'nearest'));
}

async function run(context: AppContext, id: TradeId, to: Usd): Promise<StopMoveOutcome> {
  const trade = await context.ledger.trade(id);
  if (trade === null || trade.status !== 'open') return { kind: 'no-stop' };
  return context.bySymbol.run(trade.intent.symbol, () => moveAll(context, trade, to));
}

async function moveAll(context: AppContext, trade: Trade, to: Usd): Promise<StopMoveOutcome> {
  const { side, symbol } = trade.intent;
  // One may have begun, and got stuck, since the move was wanted: its stop is its own.
  if ((await context.ledger.openCloses()).some((close) => close.symbol === symbol))
    return { kind: 'not-moved', why: 'a closing of it is under way' };
  if (to !== trade.stopPrice && !isTighter(side, trade.stopPrice, to)) return { kind: 'looser' };
  const stops = await liveStops(context, trade);
  if (stops.length === 0) return { kind: 'no-stop' };
  let outcome: StopMoveOutcome = { kind: 'moved' };
  for (const stop of stops) {
    if (standsAt(trade, stop, to)) continue;
    const one = await moveOne(context, trade, stop, to);
    if (one.kind !== 'moved') outcome = one;
  }
  // A replacement that was accepted may still be refused by the exchange: only the orders tell.
  const after =
    outcome.kind === 'moved'
      ? settledOutcome(trade, await settledStops(context, trade), to)
      : outcome;
  await syncOrders(context);
  if (after.kind === 'moved') await recordStop(context, trade.id, to);
  return after;
}

/** Whether a stop is at a price, or nearer to the market: one of several may have been moved there by hand. */
const standsAt = ({ intent: { side } }: Trade, { stopPrice }: BrokerOrder, to: Usd): boolean =>
  stopPrice !== null && !isTighter(side, stopPrice, to);

function settledOutcome(trade: Trade, stops: readonly BrokerOrder[], to: Usd): StopMoveOutcome {
  if (stops.length === 0) return { kind: 'no-stop' };
  if (stops.some(isOnItsWay)) return { kind: 'not-moved', why: 'the replacement is on its way' };
  return stops.every((stop) => standsAt(trade, stop, to))
    ? { kind: 'moved' }
    : { kind: 'not-moved', why: 'the exchange did not take the replacement' };
}

const isOnItsWay = ({ status }: BrokerOrder): boolean => status === 'pending_replace';

/** The live stops once none is being replaced any more, or as they are when that takes long. */
async function settledStops(context: AppContext, trade: Trade): Promise<readonly BrokerOrder[]> {
  for (let looked = 1; ; looked += 1) {
    const stops = await liveStops(context, trade);
    if (looked >= TRIES || !stops.some(isOnItsWay)) return stops;
    await context.pause(FIRST_PAUSE_MS * 2 ** (looked - 1));
  }
}

/** The trade's live stops as the broker has them, at the end of their chains of replacements. */
async function liveStops(
  { ledger, broker }: AppContext,
  trade: Trade,
): Promise<readonly BrokerOrder[]> {
  const known = (await ledger.unsettledOrders()).filter(
    ({ tradeId, isLive: isAlive }) => tradeId === trade.id && isAlive,
  );
  const since = Math.min(...known.map(({ createdAt }) => createdAt)) - 1;
  if (known.length === 0) return [];
  const orders = await broker.urgent.ordersSince(since, [trade.intent.symbol]);
  // Somebody else's stop in the symbol is none of the bot's business.
  const ids = new Set(known.map(({ brokerOrderId }) => brokerOrderId));
  return [...placeAll(orders).values()]
    .map(({ order }) => order)
    .filter(({ id, replaces }) => ids.has(id) || (replaces !== null && ids.has(replaces)))
    .filter((order) => isStop(order) && isLive(order.status));
}

async function moveOne(
  context: AppContext,
  trade: Trade,
  stop: BrokerOrder,
  to: Usd,
): Promise<StopMoveOutcome> {
  let current = stop;
  for (let tried = 1; ; tried += 1) {
    if (!isLive(current.status)) return { kind: 'no-stop' };
    if (current.filledQuantity > 0) return { kind: 'no-stop' };
    if (isMovable(current)) {
      const placed = await place(context, trade, current.id, to);
      const outcome = outcomeOf(placed);
      if (outcome !== null) return outcome;
    }
    if (tried >= TRIES) return { kind: 'not-moved', why: `it is still ${current.status}` };
    await context.pause(FIRST_PAUSE_MS * 2 ** (tried - 1));
    const newest = await endOfChain(context, current.id);
    if (newest === null) return { kind: 'no-stop' };
    if (newest.stopPrice === to && isLive(newest.status)) return { kind: 'moved' };
    current = newest;
  }
}

async function place(
  context: AppContext,
  { id, intent }: Trade,
  orderId: BrokerOrderId,
  stopPrice: Usd,
): Promise<Placed> {
  const n = await context.ledger.transaction((tx) => tx.countOrderIntents(id, 'move'));
  const clientOrderId = clientOrderIdOf({ of: 'trade', tradeId: id, kind: 'move', n: n + 1 });
  return placeOrder(context, {
    tradeId: id,
    closeId: null,
    symbol: intent.symbol,
    reason: 'stop_move',
    requestedBy: 'strategy',
    request: { kind: 'move', move: { orderId, clientOrderId, stopPrice } },
  });
}

/** What the broker's answer means; null when it is to be asked again in a moment. */
function outcomeOf(placed: Placed): StopMoveOutcome | null {
  if (placed.kind === 'working') return { kind: 'moved' };
  if (placed.kind === 'refused') return { kind: 'not-moved', why: placed.why };
  if (placed.kind === 'unknown') return null;
  if (placed.code === 'unchanged') return { kind: 'moved' };
  if (placed.code === 'already-final') return { kind: 'no-stop' };
  return PASSING.includes(placed.code) ? null : { kind: 'not-moved', why: placed.message };
}

/** Objections that pass by themselves: an earlier replacement, or the order itself, is still on its way. */
const PASSING: readonly RejectCode[] = [
  'not-replaceable',
  'already-replaced',
  'chain-not-settled',
  'rate-limited',
];

/** Follows the chain of replacements to the order that stands now. */
async function endOfChain(context: AppContext, id: BrokerOrderId): Promise<BrokerOrder | null> {
  const order = await context.broker.urgent.order(id);
  const next = order?.replacedBy ?? null;
  return next === null ? order : endOfChain(context, next);
}

/**
 * Where the stop belongs from now on, and the card that tells of it; nothing where it is nearer to the price
 * by now: it may have been recorded there since this one was wanted.
 */
export async function recordStop(context: AppContext, id: TradeId, to: Usd): Promise<void> {
  const { ledger, clock } = context;
  const hasMoved = await ledger.transaction(async (tx) => {
    const trade = await tx.lockTrade(id);
    if (trade === null || !isTighter(trade.intent.side, trade.stopPrice, to)) return false;
    await tx.saveTrade({ ...trade, stopPrice: to });
    const { symbol, side } = trade.intent;
    const at = clock.now();
    const card = {
      kind: 'stop-moved',
      tradeId: id,
      symbol,
      side,
      from: trade.stopPrice,
      to,
      at,
    } as const;
    await tx.enqueueCard(`stop:${id}:${to}`, card);
    return true;
  });
  if (hasMoved) await context.wakeOutbox();
}

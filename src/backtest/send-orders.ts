import type { EntryIntent } from '#core/decision.ts';
import type { BrokerOrderId } from '#core/ids.ts';
import type { SubmitRequest } from '#core/matching/order.ts';
import { isStopType } from '#core/matching/order.ts';
import type { Refusal } from '#core/matching/refusal.ts';
import { ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { entrySideOf, exitSideOf, isLive } from '#core/order.ts';
import { reAnchored } from '#core/re-anchor.ts';
import { rescueStop } from '#core/rescue.ts';
import { bracketParts } from '#core/scale-out.ts';
import type { BracketPart } from '#core/scale-out.ts';
import type { EpochMs } from '#core/session.ts';
import { heldShares, plannedTrade } from '#core/trade.ts';
import type { ExitReason, Trade } from '#core/trade.ts';

import type { Desk, LiveTrade, PreparedSymbol, TradeOrder } from './desk.ts';
import { followOrders, settle, takeMoved, takeOrders } from './follow-orders.ts';

const BLANK = {
  clientOrderId: null,
  limitPrice: null,
  stopPrice: null,
  takeProfitLimitPrice: null,
  stopLossStopPrice: null,
  stopLossLimitPrice: null,
  extendedHours: false,
} as const;

interface EntryWish {
  readonly intent: EntryIntent;
  /** Of the bar that it was decided on. */
  readonly row: number;
  readonly at: EpochMs;
}

/** A trade of which nothing has been sent yet, after the bar of this row. */
export const liveTrade = (history: PreparedSymbol, trade: Trade, row: number): LiveTrade => ({
  history,
  trade,
  orders: [],
  fees: ZERO_USD,
  isAmbiguous: false,
  isClosing: false,
  isStirred: true,
  row,
  followedRow: row,
  calmUntil: -1,
});

/** Sends the brackets of an entry as the trader does, with the same answers to the broker's objections. */
export function enter(desk: Desk, history: PreparedSymbol, { intent, row, at }: EntryWish): void {
  const live = liveTrade(history, plannedTrade(intent), row);
  if (!sendRunner(desk, live, at)) {
    desk.entries.rejected += 1;
    return;
  }
  desk.live.set(intent.symbol, live);
  const [, early] = bracketParts(live.trade.intent);
  const isRefused = early !== undefined && sendBracket(desk, live, early, at) !== null;
  if (isRefused) live.trade = { ...live.trade, scaleOut: 'watched' };
  live.trade = { ...live.trade, status: 'submitted' };
}

/** Whether the exchange took it: as it was planned, or at the price that the exchange measures against. */
function sendRunner(desk: Desk, live: LiveTrade, at: EpochMs): boolean {
  const refusal = sendBracket(desk, live, bracketParts(live.trade.intent)[0], at);
  if (refusal?.reason.code !== 'base-price') return refusal === null;
  const intent = reAnchored(live.trade.intent, refusal.reason.basePrice);
  if (intent === null) return false;
  live.trade = plannedTrade(intent);
  return sendBracket(desk, live, bracketParts(intent)[0], at) === null;
}

function sendBracket(
  desk: Desk,
  live: LiveTrade,
  { quantity, targetPrice }: BracketPart,
  at: EpochMs,
): Refusal | null {
  const { symbol, side, bracket } = live.trade.intent;
  return send(desk, live, {
    exit: null,
    at,
    request: {
      ...BLANK,
      symbol,
      side: entrySideOf(side),
      type: 'limit',
      orderClass: 'bracket',
      timeInForce: 'gtc',
      quantity,
      limitPrice: bracket.limitPrice,
      takeProfitLimitPrice: targetPrice,
      stopLossStopPrice: bracket.stopPrice,
    },
  });
}

interface Sending {
  readonly request: SubmitRequest;
  /** What a fill of it means; null for a bracket, whose members say it themselves. */
  readonly exit: ExitReason | null;
  readonly at: EpochMs;
}

function send(desk: Desk, live: LiveTrade, { request, exit, at }: Sending): Refusal | null {
  const outcome = desk.exchange.submit(request, at);
  if (outcome.kind === 'refused') return outcome;
  takeOrders(live, [outcome.order, ...outcome.legs], exit);
  return null;
}

/** Cancels the trade's orders that still work, with their groups; some of them only, where `which` says so. */
export function cancelOrders(
  desk: Desk,
  live: LiveTrade,
  at: EpochMs,
  which: (role: 'entry' | ExitReason) => boolean = () => true,
): void {
  for (const { order, as } of live.orders) {
    if (which(as) && isLive(order.status)) desk.exchange.cancel(order.id, at);
  }
}

/**
 * Closes shares of a trade at the market: every order of it goes, what stays is protected, and the rest is
 * sold, or bought back. In life a limit a little through the price does it in some seconds; see FillModel.
 */
export function closeShares(desk: Desk, live: LiveTrade, wish: ClosingWish): void {
  const id = sendClosing(desk, live, wish);
  if (desk.options.fills.closings === 'at-close') {
    followOrders(desk, live, desk.exchange.trade(id, wish.at));
  } else settle(desk, live);
}

interface ClosingWish {
  /** Shares. */
  readonly quantity: number;
  readonly reason: ExitReason;
  readonly at: EpochMs;
}

/** Closes shares as it was done by hand: at once, for what they brought then. */
export function closeAtPrice(
  desk: Desk,
  live: LiveTrade,
  { price, ...wish }: ClosingWish & { readonly price: Usd },
): void {
  const id = sendClosing(desk, live, wish);
  desk.exchange.markToMarket(live.trade.intent.symbol, price);
  followOrders(desk, live, desk.exchange.fillAnyway(id, wish.at));
}

/** The way to the exit: takes the trade's orders away, and sends a market order, whose id it returns. */
function sendClosing(
  desk: Desk,
  live: LiveTrade,
  { quantity, reason, at }: ClosingWish,
): BrokerOrderId {
  const held = heldShares(live.trade);
  cancelOrders(desk, live, at);
  if (quantity < held) protect(desk, live, { quantity: held - quantity, at });
  else live.isClosing = true;
  const { symbol, side } = live.trade.intent;
  const refusal = send(desk, live, {
    exit: reason,
    at,
    request: {
      ...BLANK,
      symbol,
      side: exitSideOf(side),
      type: 'market',
      orderClass: 'simple',
      // Where no bar follows in this session, it leaves at the next one's open.
      timeInForce: 'gtc',
      quantity,
    },
  });
  const sent = live.orders.at(-1);
  if (refusal !== null || sent === undefined) {
    throw new Error(`the exchange refused to close ${symbol}: ${refusal?.reason.code}`);
  }
  return sent.order.id;
}

interface ProtectionWish {
  /** Shares. */
  readonly quantity: number;
  readonly at: EpochMs;
  /** The trade's own when left out. */
  readonly stopPrice?: Usd;
  /** Likewise; null puts in a stop alone. */
  readonly targetPrice?: Usd | null;
}

/** Puts a stop, with the target, in for shares that have none. */
export function protect(desk: Desk, live: LiveTrade, wish: ProtectionWish): void {
  const { intent } = live.trade;
  const { quantity, at, stopPrice = live.trade.stopPrice } = wish;
  const { targetPrice = intent.bracket.targetPrice } = wish;
  const price = desk.exchange.priceOf(intent.symbol) ?? intent.decisionPrice;
  const stop = rescueStop(intent.side, stopPrice, price);
  const order =
    targetPrice === null
      ? ({ type: 'stop', orderClass: 'simple', stopPrice: stop } as const)
      : ({
          type: 'limit',
          orderClass: 'oco',
          takeProfitLimitPrice: targetPrice,
          stopLossStopPrice: stop,
        } as const);
  const refusal = send(desk, live, {
    exit: 'stop_loss',
    at,
    request: {
      ...BLANK,
      symbol: intent.symbol,
      side: exitSideOf(intent.side),
      timeInForce: 'gtc',
      quantity,
      ...order,
    },
  });
  if (refusal !== null) {
    throw new Error(`the exchange refused to protect ${intent.symbol}: ${refusal.reason.code}`);
  }
}

/** Moves each live stop of the trade by a replacement; those that the exchange refuses stay. */
export function moveStops(desk: Desk, live: LiveTrade, to: Usd, at: EpochMs): void {
  let hasMoved = true;
  for (const { order } of stopsOf(live)) {
    if (order.stopPrice === to) continue;
    const change = {
      clientOrderId: null,
      quantity: null,
      limitPrice: null,
      stopPrice: to,
      timeInForce: null,
    };
    const outcome = desk.exchange.replace(order.id, change, at);
    if (outcome.kind === 'refused') hasMoved = false;
    else takeMoved(live, outcome.order, 'stop_loss');
  }
  if (hasMoved) live.trade = { ...live.trade, stopPrice: to };
}

/** The live stops of a trade by now. */
const stopsOf = ({ orders }: LiveTrade): readonly TradeOrder[] =>
  orders.filter(
    ({ order, as }) => as === 'stop_loss' && isLive(order.status) && isStopType(order.type),
  );

/** The shares of a trade that a closing of a part has ordered out already. */
export function leavingShares({ orders }: LiveTrade): number {
  let leaving = 0;
  for (const { order } of orders) {
    if (order.role === 'single' && isLive(order.status)) {
      leaving += order.quantity - order.filledQuantity;
    }
  }
  return leaving;
}

/** The shares of a trade that live stops would sell, or buy back, by now. */
export function coveredShares({ exchange }: Desk, { orders }: LiveTrade): number {
  let covered = 0;
  for (const { order, as } of orders) {
    if (as !== 'stop_loss' || !isLive(order.status)) continue;
    const parent = order.parentId === null ? undefined : exchange.order(order.parentId);
    // The legs of an entry sleep until it is completely filled.
    const isAsleep = parent?.role === 'entry' && parent.status !== 'filled';
    if (!isAsleep) covered += order.quantity - order.filledQuantity;
  }
  return covered;
}

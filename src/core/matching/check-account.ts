/** Refusals that depend on what the account holds, has ordered and can pay. */
import { timesShares } from '../money.ts';
import type { Usd } from '../money.ts';
import { checkBasePrices } from './base-price.ts';
import { buyingPowerOf, reservePriceOf } from './margin.ts';
import { isExit } from './order.ts';
import type { BookOrder, PositionIntent, SubmitRequest } from './order.ts';
import type { RefusalReason } from './refusal.ts';
import { availabilityOf, availableShares } from './shares.ts';
import type { Venue } from './venue.ts';

/** Whether an order of this side opens a position or closes one, as the account stands. */
export function intentOf(venue: Venue, { symbol, side }: SubmitRequest): PositionIntent {
  const held = venue.portfolio.holding(symbol)?.quantity ?? 0;
  if (side === 'buy') return held < 0 ? 'buy_to_close' : 'buy_to_open';
  return held > 0 ? 'sell_to_close' : 'sell_to_open';
}

/** What the broker lets be done with a symbol at the moment. */
export function checkListing(
  { quirks }: Venue,
  { symbol, timeInForce, type }: Pick<SubmitRequest, 'symbol' | 'timeInForce' | 'type'>,
): RefusalReason | null {
  if (quirks.inactive.includes(symbol)) return { code: 'inactive-asset', symbol };
  if (quirks.hardToBorrow.includes(symbol) && timeInForce !== 'day') {
    return { code: 'day-orders-only', symbol };
  }
  return type === 'market' && quirks.halted.includes(symbol) ? { code: 'halted', symbol } : null;
}

export function checkAccount(
  venue: Venue,
  request: SubmitRequest,
  intent: PositionIntent,
): RefusalReason | null {
  const isClosing = intent === 'buy_to_close' || intent === 'sell_to_close';
  return (
    checkClass(venue, request, isClosing) ??
    checkWashTrade(venue, request) ??
    (isClosing ? checkShares(venue, request) : checkOpening(venue, request)) ??
    checkBasePrices(request, venue.portfolio.mark(request.symbol)) ??
    (isClosing ? null : checkMoney(venue, request))
  );
}

function checkClass(
  venue: Venue,
  { orderClass, symbol, side }: SubmitRequest,
  isClosing: boolean,
): RefusalReason | null {
  if (orderClass === 'simple') return null;
  if (orderClass === 'oco') return isClosing ? null : { code: 'not-an-exit', orderClass };
  const hasOpposite = openingOrder(venue, symbol, side === 'buy' ? 'sell' : 'buy') !== undefined;
  const isRefused = isClosing || hasOpposite || isSecondRefused(venue, symbol, side);
  return isRefused ? { code: 'not-an-entry', orderClass } : null;
}

/** Whether a bracket would come on top of what is there already, and must not. */
function isSecondRefused(
  { book, portfolio, rules, quirks }: Venue,
  symbol: BookOrder['symbol'],
  side: BookOrder['side'],
): boolean {
  const hasPosition = portfolio.holding(symbol) !== undefined;
  if (quirks.secondBracket === null) return hasPosition && rules.bracketOnPosition === 'refused';
  if (quirks.secondBracket === 'accepted') return false;
  return hasPosition || book.liveOf(symbol).some((order) => order.side === side && !isExit(order));
}

const openingOrder = (
  venue: Venue,
  symbol: BookOrder['symbol'],
  side: BookOrder['side'],
): BookOrder | undefined =>
  venue.book.liveOf(symbol).find((order) => order.side === side && !isExit(order));

function checkOpening(venue: Venue, { symbol, side }: SubmitRequest): RefusalReason | null {
  if (side === 'sell') {
    if (venue.assetOf(symbol)?.isShortable !== true) return { code: 'not-shortable', symbol };
    const long = openingOrder(venue, symbol, 'buy');
    return long === undefined ? null : { code: 'opposite-entry-open', opening: 'long' };
  }
  const short = openingOrder(venue, symbol, 'sell');
  return short === undefined ? null : { code: 'opposite-entry-open', opening: 'short' };
}

/**
 * Two simple orders of opposite sides that could trade with each other: always when one is a market or
 * stop order, else when the buy's limit reaches the sell's. Orders of a group are exempt.
 */
function checkWashTrade(venue: Venue, request: SubmitRequest): RefusalReason | null {
  if (request.orderClass !== 'simple') return null;
  const existing = venue.book
    .liveOf(request.symbol)
    .find(
      (order) =>
        order.orderClass === 'simple' && order.side !== request.side && couldTrade(request, order),
    );
  if (existing === undefined) return null;
  return {
    code: 'wash-trade',
    existingOrderId: existing.id,
    existingType: existing.type === 'limit' ? 'limit' : 'market/stop',
  };
}

const isAtLimit = (type: SubmitRequest['type']): boolean =>
  type === 'limit' || type === 'stop_limit';

function couldTrade(request: SubmitRequest, existing: BookOrder): boolean {
  if (!isAtLimit(request.type) || !isAtLimit(existing.type)) return true;
  const [buy, sell] = request.side === 'buy' ? [request, existing] : [existing, request];
  return (buy.limitPrice ?? 0) >= (sell.limitPrice ?? 0);
}

function checkShares(venue: Venue, { symbol, quantity }: SubmitRequest): RefusalReason | null {
  return checkAvailable(venue, symbol, { requested: quantity });
}

/** An exit never takes more shares than are there and free; `except` gives back its own. */
export function checkAvailable(
  venue: Venue,
  symbol: BookOrder['symbol'],
  { requested, except }: { readonly requested: number; readonly except?: BookOrder },
): RefusalReason | null {
  if (requested <= availableShares(venue, symbol, except)) return null;
  const { existing, held, available, holders } = availabilityOf(venue, symbol, except);
  return {
    code: 'insufficient-quantity',
    symbol,
    requested,
    available,
    existing,
    held,
    relatedOrders: holders,
  };
}

function checkMoney(venue: Venue, request: SubmitRequest): RefusalReason | null {
  const price = reservePriceOf(request, venue.portfolio.mark(request.symbol));
  return checkAffordable(venue, timesShares(price, request.quantity));
}

export function checkAffordable(venue: Venue, costBasis: Usd): RefusalReason | null {
  const buyingPower = buyingPowerOf(venue);
  return costBasis > buyingPower
    ? { code: 'insufficient-buying-power', costBasis, buyingPower }
    : null;
}

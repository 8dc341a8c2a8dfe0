import { ZERO_USD, micros, subtractUsd, timesShares } from '../money.ts';
import type { Usd } from '../money.ts';
import type { OrderSide } from '../order.ts';
import { leavesOf } from './order.ts';
import type { BookOrder } from './order.ts';
import { livePredecessorOf } from './succession.ts';
import type { Venue } from './venue.ts';

/** What the account may still do. */
export interface Margin {
  readonly longMarketValue: Usd;
  readonly shortMarketValue: Usd;
  readonly equity: Usd;
  /** Held by entries that are not filled yet. */
  readonly reserved: Usd;
  readonly buyingPower: Usd;
  /** At the multiple of two that Regulation T allows overnight. */
  readonly regTBuyingPower: Usd;
  readonly initialMargin: Usd;
  readonly maintenanceMargin: Usd;
}

const REG_T_MULTIPLIER = 2;
const INITIAL_MARGIN = 0.5;
const MAINTENANCE_MARGIN = 0.3;
/** Alpaca values a short sale at three per cent above the market at least. */
const SHORT_SALE_VALUE = 1.03;

/**
 * A simple margin account: buying power is equity times the multiplier, less the market value of all
 * positions, long or short, less what accepted entries have reserved. It falls when an order is
 * accepted, not when it fills. Exits need none. Nothing is ever liquidated.
 */
export function marginOf(venue: Venue): Margin {
  const { portfolio, rules } = venue;
  const { long, short } = portfolio.marketValues();
  const equity = portfolio.equity();
  const gross = subtractUsd(long, short);
  const reserved = reservedOf(venue);
  const powerAt = (multiplier: number): Usd => powerOf(equity, multiplier, gross + reserved);
  return {
    longMarketValue: long,
    shortMarketValue: short,
    equity,
    reserved,
    buyingPower: powerAt(rules.marginMultiplier),
    regTBuyingPower: powerAt(Math.min(REG_T_MULTIPLIER, rules.marginMultiplier)),
    initialMargin: micros(Math.round(gross * INITIAL_MARGIN)),
    maintenanceMargin: micros(Math.round(gross * MAINTENANCE_MARGIN)),
  };
}

const powerOf = (equity: Usd, multiplier: number, taken: number): Usd =>
  micros(Math.max(0, Math.floor(equity * multiplier) - taken));

/** The buying power alone. */
export function buyingPowerOf(venue: Venue): Usd {
  const { portfolio, rules } = venue;
  const { long, short } = portfolio.marketValues();
  const taken = long - short + reservedOf(venue);
  return powerOf(portfolio.equity(), rules.marginMultiplier, taken);
}

function reservedOf(venue: Venue): Usd {
  let reserved = 0;
  for (const orders of venue.book.liveLists()) {
    for (const order of orders) reserved += heldPowerOf(order);
  }
  return micros(reserved);
}

/** Buying power that an order holds. */
export const reserveOf = (order: BookOrder): Usd =>
  timesShares(order.reservePrice, leavesOf(order));

/** While an order is being replaced, the larger of the two is held. */
function heldPowerOf(order: BookOrder): Usd {
  if (order.reservePrice === 0) return ZERO_USD;
  const own = reserveOf(order);
  const predecessor = livePredecessorOf(order);
  if (predecessor === null) return own;
  return micros(Math.max(0, own - reserveOf(predecessor)));
}

interface Entry {
  readonly side: OrderSide;
  readonly limitPrice: Usd | null;
  readonly stopPrice: Usd | null;
}

/** What a share of an entry reserves: its own price or, where it names none, the market's. */
export function reservePriceOf({ side, limitPrice, stopPrice }: Entry, mark: Usd | undefined): Usd {
  const price = limitPrice ?? stopPrice ?? mark ?? ZERO_USD;
  if (side === 'buy') return price;
  return micros(Math.max(price, Math.round((mark ?? price) * SHORT_SALE_VALUE)));
}

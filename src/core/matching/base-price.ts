/**
 * Where the exits of a group may lie. A stop has to be at least a cent beyond its base price, which is
 * the entry's limit, the take-profit of an OCO and the market price, whichever binds first; a
 * take-profit at least a cent beyond the entry.
 */
import { micros } from '../money.ts';
import type { Usd } from '../money.ts';
import type { OrderSide } from '../order.ts';
import type { SubmitRequest } from './order.ts';
import type { RefusalReason } from './refusal.ts';

const DISTANCE = micros(10_000);

type Bases = readonly (Usd | null | undefined)[];

const known = (bases: Bases): readonly Usd[] =>
  bases.filter((base) => base !== null && base !== undefined);

/** `exitSide` is the side of the stop itself: a sell stop lies below its bases. */
export function checkStop(exitSide: OrderSide, stop: Usd, bases: Bases): RefusalReason | null {
  const field = 'stop_loss.stop_price';
  return exitSide === 'sell' ? checkBelow(field, stop, bases) : checkAbove(field, stop, bases);
}

/** A sell take-profit lies above its bases. */
export function checkTarget(exitSide: OrderSide, target: Usd, bases: Bases): RefusalReason | null {
  const field = 'take_profit.limit_price';
  return exitSide === 'sell' ? checkAbove(field, target, bases) : checkBelow(field, target, bases);
}

type Leg = 'stop_loss.stop_price' | 'take_profit.limit_price';

function checkBelow(field: Leg, price: Usd, bases: Bases): RefusalReason | null {
  const basePrice = known(bases).reduce((lowest, base) => (base < lowest ? base : lowest), HIGHEST);
  if (price <= basePrice - DISTANCE) return null;
  return { code: 'base-price', field, relation: '<=', basePrice };
}

function checkAbove(field: Leg, price: Usd, bases: Bases): RefusalReason | null {
  const basePrice = known(bases).reduce(
    (highest, base) => (base > highest ? base : highest),
    LOWEST,
  );
  if (price >= basePrice + DISTANCE) return null;
  return { code: 'base-price', field, relation: '>=', basePrice };
}

/** Bounds that no price can violate, for a leg without a base. */
const HIGHEST = micros(Number.MAX_SAFE_INTEGER);
const LOWEST = micros(-Number.MAX_SAFE_INTEGER);

export function checkBasePrices(
  request: SubmitRequest,
  mark: Usd | undefined,
): RefusalReason | null {
  const { orderClass, side, limitPrice } = request;
  const { takeProfitLimitPrice: target, stopLossStopPrice: stop } = request;
  if (orderClass === 'simple') return null;
  if (orderClass === 'oco') return stop === null ? null : checkStop(side, stop, [target, mark]);
  const exitSide = side === 'buy' ? 'sell' : 'buy';
  return (
    (stop === null ? null : checkStop(exitSide, stop, [limitPrice, mark])) ??
    (target === null ? null : checkTarget(exitSide, target, [limitPrice ?? mark]))
  );
}

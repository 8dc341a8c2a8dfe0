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

/** What a leg has to keep its distance from; one that is not there binds nothing. */
type Base = Usd | null | undefined;

/** `exitSide` is the side of the stop itself: a sell stop lies below its bases. */
export const checkStop = (
  exitSide: OrderSide,
  stop: Usd,
  ...bases: readonly Base[]
): RefusalReason | null => checkDistance('stop_loss.stop_price', stop, bases, exitSide === 'sell');

/** A sell take-profit lies above its bases. */
export const checkTarget = (
  exitSide: OrderSide,
  target: Usd,
  ...bases: readonly Base[]
): RefusalReason | null =>
  checkDistance('take_profit.limit_price', target, bases, exitSide === 'buy');

function checkDistance(
  field: 'stop_loss.stop_price' | 'take_profit.limit_price',
  price: Usd,
  bases: readonly Base[],
  isBelow: boolean,
): RefusalReason | null {
  const away = isBelow ? -1 : 1;
  let basePrice: Usd | null = null;
  for (const base of bases) {
    if (base === null || base === undefined) continue;
    if (basePrice === null || away * (base - basePrice) > 0) basePrice = base;
  }
  const isFine = basePrice === null || away * (price - basePrice) >= DISTANCE;
  return isFine || basePrice === null
    ? null
    : { code: 'base-price', field, relation: isBelow ? '<=' : '>=', basePrice };
}

export function checkBasePrices(
  request: SubmitRequest,
  mark: Usd | undefined,
): RefusalReason | null {
  const { orderClass, side, limitPrice } = request;
  const { takeProfitLimitPrice: target, stopLossStopPrice: stop } = request;
  if (orderClass === 'simple') return null;
  if (orderClass === 'oco') return stop === null ? null : checkStop(side, stop, target, mark);
  const exitSide = side === 'buy' ? 'sell' : 'buy';
  return (
    (stop === null ? null : checkStop(exitSide, stop, limitPrice, mark)) ??
    (target === null ? null : checkTarget(exitSide, target, limitPrice ?? mark))
  );
}

/** Refusals that a request earns by itself, whatever the account and the market. */
import { tickOf } from '../money.ts';
import type { Usd } from '../money.ts';
import type { SimulatedOrderType, SubmitRequest } from './order.ts';
import type { PriceField, RefusalReason } from './refusal.ts';

export function checkShape(request: SubmitRequest): RefusalReason | null {
  return (
    checkLegs(request) ??
    checkTerms(request) ??
    checkQuantity(request) ??
    checkPrices(request) ??
    checkPriceTicks(request)
  );
}

function checkLegs(request: SubmitRequest): RefusalReason | null {
  const { orderClass, takeProfitLimitPrice: target, stopLossStopPrice: stop } = request;
  if (orderClass === 'simple') return null;
  const missing = (field: PriceField): RefusalReason => ({
    code: 'missing-leg',
    orderClass,
    field,
  });
  if (orderClass === 'oto') {
    if (target !== null && stop !== null) return { code: 'too-many-legs', orderClass };
    return target === null && stop === null ? missing('stop_loss.stop_price') : null;
  }
  if (stop === null) return missing('stop_loss.stop_price');
  return target === null ? missing('take_profit.limit_price') : null;
}

function checkTerms({
  orderClass,
  type,
  timeInForce,
  extendedHours,
}: SubmitRequest): RefusalReason | null {
  // The exchange has no auctions and no immediate orders, so simple ones have no other choice either.
  if (timeInForce !== 'day' && timeInForce !== 'gtc') return { code: 'time-in-force', orderClass };
  if (extendedHours) return { code: 'extended-hours', orderClass };
  if (orderClass === 'simple' || type === 'limit') return null;
  if (orderClass === 'oco') return { code: 'order-type', orderClass, allowed: 'limit' };
  return type === 'market' ? null : { code: 'order-type', orderClass, allowed: 'market or limit' };
}

function checkQuantity({ quantity, orderClass, symbol }: SubmitRequest): RefusalReason | null {
  if (!(quantity > 0)) return { code: 'not-positive-quantity' };
  return Number.isInteger(quantity) ? null : { code: 'fractional', orderClass, symbol };
}

/** Which of the two prices each type has. */
const PRICES = {
  market: { limit: false, stop: false },
  limit: { limit: true, stop: false },
  stop: { limit: false, stop: true },
  stop_limit: { limit: true, stop: true },
} as const satisfies Record<SimulatedOrderType, { limit: boolean; stop: boolean }>;

function checkPrices(request: SubmitRequest): RefusalReason | null {
  const { type, limitPrice, stopPrice, orderClass } = request;
  // The limit of an OCO is its take-profit's.
  const needsLimit = PRICES[type].limit && orderClass !== 'oco';
  if (needsLimit && limitPrice === null) {
    return { code: 'price-required', type, field: 'limit_price' };
  }
  if (PRICES[type].stop && stopPrice === null) {
    return { code: 'price-required', type, field: 'stop_price' };
  }
  return checkNoForeignPrice(request);
}

/** A price that the order's type does not have. */
export function checkNoForeignPrice({
  type,
  limitPrice,
  stopPrice,
}: {
  readonly type: SimulatedOrderType;
  readonly limitPrice: Usd | null;
  readonly stopPrice: Usd | null;
}): RefusalReason | null {
  if (!PRICES[type].limit && limitPrice !== null) {
    return { code: 'price-not-allowed', type, field: 'limit_price' };
  }
  if (!PRICES[type].stop && stopPrice !== null) {
    return { code: 'price-not-allowed', type, field: 'stop_price' };
  }
  return null;
}

const checkPriceTicks = (request: SubmitRequest): RefusalReason | null =>
  checkTick('limit_price', request.limitPrice) ??
  checkTick('stop_price', request.stopPrice) ??
  checkTick('take_profit.limit_price', request.takeProfitLimitPrice) ??
  checkTick('stop_loss.stop_price', request.stopLossStopPrice) ??
  checkTick('stop_loss.limit_price', request.stopLossLimitPrice);

/** Every price has to be positive and on its tick (Regulation NMS, rule 612). */
export const checkTick = (field: PriceField, price: Usd | null): RefusalReason | null =>
  price !== null && (price <= 0 || price % tickOf(price) !== 0)
    ? { code: 'sub-penny', field, price }
    : null;

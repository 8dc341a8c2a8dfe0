import type { Ticker } from '#core/ids.ts';
import type { SimulatedOrder } from '#core/matching/order.ts';
import { micros } from '#core/money.ts';

import { uuidOf } from '../ids.ts';
import { decimal, instant, optionalDecimal, optionalInstant } from './format.ts';

export type Json = { readonly [key: string]: unknown };

/** An asset's id depends on its symbol alone. */
export const assetIdOf = (symbol: Ticker): string => uuidOf(`asset ${symbol}`);

const assetIds = new Map<Ticker, string>();
function knownAssetId(symbol: Ticker): string {
  const id = assetIds.get(symbol) ?? assetIdOf(symbol);
  assetIds.set(symbol, id);
  return id;
}

/** An order as Alpaca writes it; `legs` is null where it does not nest. */
export const orderJson = (order: SimulatedOrder, legs: readonly SimulatedOrder[] | null): Json => ({
  id: order.id,
  client_order_id: order.clientOrderId,
  created_at: instant(order.createdAt),
  updated_at: instant(order.updatedAt),
  submitted_at: instant(order.createdAt),
  filled_at: optionalInstant(order.filledAt),
  expired_at: optionalInstant(order.expiredAt),
  canceled_at: optionalInstant(order.canceledAt),
  failed_at: optionalInstant(order.failedAt),
  replaced_at: optionalInstant(order.replacedAt),
  replaced_by: order.replacedBy,
  replaces: order.replaces,
  asset_id: knownAssetId(order.symbol),
  symbol: order.symbol,
  asset_class: 'us_equity',
  notional: null,
  qty: String(order.quantity),
  filled_qty: String(order.filledQuantity),
  filled_avg_price:
    order.filledQuantity === 0
      ? null
      : decimal(micros(Math.round(order.filledValue / order.filledQuantity))),
  // The class of a simple order is the empty string.
  order_class: order.orderClass === 'simple' ? '' : order.orderClass,
  order_type: order.type,
  type: order.type,
  side: order.side,
  position_intent: order.intent,
  time_in_force: order.timeInForce,
  limit_price: optionalDecimal(order.limitPrice),
  stop_price: optionalDecimal(order.stopPrice),
  status: order.status,
  extended_hours: false,
  legs: legs === null || legs.length === 0 ? null : legs.map((leg) => orderJson(leg, null)),
  trail_percent: null,
  trail_price: null,
  hwm: null,
  subtag: null,
  source: null,
  expires_at: instant(order.expiresAt),
});

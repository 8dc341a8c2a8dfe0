import type { RefusalReason } from '#core/matching/refusal.ts';
import type { OrderClass } from '#core/order.ts';

import { decimal } from './format.ts';

/** An error as Alpaca answers it. */
export interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 422 | 429;
  readonly body: { readonly message: string; readonly [key: string]: unknown };
}

/** The same two codes stand for many causes, as they do at Alpaca; the words tell them apart. */
const invalidRequest = (message: string): Problem => ({
  status: 422,
  body: { code: 40010001, message },
});
const unprocessable = (message: string, extra: object = {}): Problem => ({
  status: 422,
  body: { ...extra, code: 42210000, message },
});
const forbidden = (message: string, extra: object = {}): Problem => ({
  status: 403,
  body: { ...extra, code: 40310000, message },
});
const notFound = (message: string): Problem => ({ status: 404, body: { code: 40410000, message } });

export const PROBLEMS = {
  unauthorized: { status: 401, body: { message: 'unauthorized' } },
  rateLimited: { status: 429, body: { code: 42910000, message: 'rate limit exceeded' } },
  noEndpoint: notFound('endpoint not found'),
  noPosition: notFound('position does not exist'),
  malformedBody: {
    status: 400,
    body: { code: 40010000, message: 'request body format is invalid' },
  },
  noOrderId: invalidRequest('order_id is missing'),
} as const satisfies Record<string, Problem>;

export const noSuchOrder = (id: string): Problem => notFound(`order not found for ${id}`);
export const noSuchAsset = (symbol: string): Problem => notFound(`asset not found for ${symbol}`);
export const unknownAsset = (symbol: string): Problem =>
  invalidRequest(`could not find asset "${symbol}"`);
export const invalidParameter = (message: string): Problem => invalidRequest(message);
/** The market data service knows no codes. */
export const RECENT_SIP: Problem = {
  status: 403,
  body: { message: 'subscription does not permit querying recent SIP data' },
};
export const badDataRequest = (message: string): Problem => ({ status: 400, body: { message } });

type Mapping = {
  readonly [Code in RefusalReason['code']]: (
    reason: Extract<RefusalReason, { readonly code: Code }>,
  ) => Problem;
};

const called = (orderClass: OrderClass): string => `${orderClass} orders`;

const MAPPING: Mapping = {
  'unknown-asset': ({ symbol }) => unknownAsset(symbol),
  'duplicate-client-order-id': () => invalidRequest('client_order_id must be unique'),
  'missing-leg': ({ orderClass, field }) =>
    invalidRequest(`${called(orderClass)} require ${field}`),
  'too-many-legs': ({ orderClass }) =>
    invalidRequest(`${called(orderClass)} require only one of take_profit or stop_loss`),
  'order-type': ({ orderClass, allowed }) =>
    invalidRequest(`${called(orderClass)} must be ${allowed} orders`),
  'time-in-force': ({ orderClass }) =>
    invalidRequest(`${called(orderClass)} support only "day" or "gtc" time_in_force`),
  'extended-hours': ({ orderClass }) =>
    forbidden(`${called(orderClass)} do not support extended hours trading`),
  'not-positive-quantity': () => invalidRequest('qty must be > 0'),
  fractional: ({ orderClass, symbol }) =>
    orderClass === 'simple'
      ? forbidden(`asset "${symbol}" is not fractionable`)
      : unprocessable('fractional orders must be simple orders'),
  'price-required': ({ type, field }) => invalidRequest(`${type} orders require ${field}`),
  'price-not-allowed': ({ type, field }) => invalidRequest(`${type} orders must not have ${field}`),
  'sub-penny': ({ field, price }) =>
    unprocessable(
      `invalid ${field} ${decimal(price)}. sub-penny increment does not fulfill minimum pricing criteria`,
    ),
  'base-price': ({ field, relation, basePrice }) =>
    unprocessable(`${field} must be ${relation} base_price ${relation === '<=' ? '-' : '+'} 0.01`, {
      base_price: decimal(basePrice),
    }),
  'not-an-entry': ({ orderClass }) => unprocessable(`${called(orderClass)} must be entry orders`),
  'not-an-exit': ({ orderClass }) => unprocessable(`${called(orderClass)} must be exit orders`),
  'not-shortable': ({ symbol }) => unprocessable(`asset "${symbol}" cannot be sold short`),
  'inactive-asset': ({ symbol }) => unprocessable(`asset ${symbol} is not active`),
  'day-orders-only': ({ symbol }) =>
    unprocessable(`only day orders are allowed for hard-to-borrow asset "${symbol}"`),
  halted: ({ symbol }) =>
    unprocessable(
      `market order rejected due to trading halt on symbol: "${symbol}", please place a limit order instead`,
    ),
  'opposite-entry-open': ({ opening }) =>
    forbidden(
      opening === 'long'
        ? 'cannot open a short sell while a long buy order is open'
        : 'cannot open a long buy while a short sell order is open',
    ),
  'wash-trade': ({ existingOrderId, existingType }) =>
    forbidden('potential wash trade detected. use complex orders', {
      existing_order_id: existingOrderId,
      reject_reason: `opposite side ${existingType} order exists`,
    }),
  'insufficient-buying-power': ({ costBasis, buyingPower }) =>
    forbidden('insufficient buying power', {
      buying_power: decimal(buyingPower),
      cost_basis: decimal(costBasis),
    }),
  'insufficient-quantity': ({ symbol, requested, available, existing, held, relatedOrders }) =>
    forbidden(
      `insufficient qty available for order (requested: ${requested}, available: ${available})`,
      {
        available: String(available),
        existing_qty: String(existing),
        held_for_orders: String(held),
        symbol,
        ...(relatedOrders.length === 0 ? {} : { related_orders: relatedOrders }),
      },
    ),
  'unknown-order': () => notFound('order not found'),
  'already-final': ({ status }) => unprocessable(`order is already in "${status}" state`),
  'cancel-pending': () => unprocessable('order is already in "pending_cancel" state'),
  'not-cancelable': ({ status }) => unprocessable(`cannot cancel order in ${status} status`),
  'not-replaceable': ({ status }) => unprocessable(`cannot replace order in ${status} status`),
  'chain-unsettled': () => unprocessable('order chain not fully replaced'),
  'already-replaced': () => unprocessable('order already replaced'),
  'nothing-changed': () => unprocessable('order parameters are not changed'),
  'quantity-fixed': () => unprocessable('qty cannot be changed for advanced orders'),
  'quantity-below-filled': () => unprocessable('qty must be > filled_qty'),
};

/** A refusal of the exchange in Alpaca's words. */
export const problemOf = (reason: RefusalReason): Problem =>
  // The table has the mapping of exactly this code.
  (MAPPING[reason.code] as (reason: RefusalReason) => Problem)(reason);

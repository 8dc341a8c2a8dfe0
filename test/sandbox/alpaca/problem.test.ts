import { describe, expect, it } from 'vitest';

import { brokerOrderId, ticker } from '#core/ids.ts';
import type { RefusalReason } from '#core/matching/refusal.ts';
import { parseUsd } from '#core/money.ts';
import { problemOf } from '#sandbox/alpaca/wire/problem.ts';

const AAPL = ticker('AAPL');
const usd = parseUsd;

/** Refusal, HTTP status, code, message, further keys. */
type Row = readonly [RefusalReason, number, number, string, object?];

const ROWS: readonly Row[] = [
  [{ code: 'inactive-asset', symbol: AAPL }, 422, 42210000, 'asset AAPL is not active'],
  [
    { code: 'day-orders-only', symbol: AAPL },
    422,
    42210000,
    'only day orders are allowed for hard-to-borrow asset "AAPL"',
  ],
  [
    { code: 'halted', symbol: AAPL },
    422,
    42210000,
    'market order rejected due to trading halt on symbol: "AAPL", please place a limit order instead',
  ],
  [{ code: 'cancel-pending' }, 422, 42210000, 'order is already in "pending_cancel" state'],
  [
    { code: 'not-cancelable', status: 'pending_replace' },
    422,
    42210000,
    'cannot cancel order in pending_replace status',
  ],
  [{ code: 'chain-unsettled' }, 422, 42210000, 'order chain not fully replaced'],
  [{ code: 'unknown-asset', symbol: AAPL }, 422, 40010001, 'could not find asset "AAPL"'],
  [{ code: 'duplicate-client-order-id' }, 422, 40010001, 'client_order_id must be unique'],
  [
    { code: 'missing-leg', orderClass: 'bracket', field: 'stop_loss.stop_price' },
    422,
    40010001,
    'bracket orders require stop_loss.stop_price',
  ],
  [
    { code: 'missing-leg', orderClass: 'bracket', field: 'take_profit.limit_price' },
    422,
    40010001,
    'bracket orders require take_profit.limit_price',
  ],
  [
    { code: 'too-many-legs', orderClass: 'oto' },
    422,
    40010001,
    'oto orders require only one of take_profit or stop_loss',
  ],
  [
    { code: 'order-type', orderClass: 'bracket', allowed: 'market or limit' },
    422,
    40010001,
    'bracket orders must be market or limit orders',
  ],
  [
    { code: 'time-in-force', orderClass: 'oto' },
    422,
    40010001,
    'oto orders support only "day" or "gtc" time_in_force',
  ],
  [
    { code: 'extended-hours', orderClass: 'oto' },
    403,
    40310000,
    'oto orders do not support extended hours trading',
  ],
  [{ code: 'not-positive-quantity' }, 422, 40010001, 'qty must be > 0'],
  [
    { code: 'fractional', orderClass: 'bracket', symbol: AAPL },
    422,
    42210000,
    'fractional orders must be simple orders',
  ],
  [
    { code: 'fractional', orderClass: 'simple', symbol: AAPL },
    403,
    40310000,
    'asset "AAPL" is not fractionable',
  ],
  [
    { code: 'price-required', type: 'limit', field: 'limit_price' },
    422,
    40010001,
    'limit orders require limit_price',
  ],
  [
    { code: 'price-not-allowed', type: 'limit', field: 'stop_price' },
    422,
    40010001,
    'limit orders must not have stop_price',
  ],
  [
    { code: 'sub-penny', field: 'limit_price', price: usd('290.123') },
    422,
    42210000,
    'invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria',
  ],
  [
    { code: 'base-price', field: 'stop_loss.stop_price', relation: '<=', basePrice: usd('10') },
    422,
    42210000,
    'stop_loss.stop_price must be <= base_price - 0.01',
    { base_price: '10' },
  ],
  [
    {
      code: 'base-price',
      field: 'take_profit.limit_price',
      relation: '>=',
      basePrice: usd('10.5'),
    },
    422,
    42210000,
    'take_profit.limit_price must be >= base_price + 0.01',
    { base_price: '10.5' },
  ],
  [
    { code: 'not-an-entry', orderClass: 'bracket' },
    422,
    42210000,
    'bracket orders must be entry orders',
  ],
  [{ code: 'not-an-exit', orderClass: 'oco' }, 422, 42210000, 'oco orders must be exit orders'],
  [{ code: 'not-shortable', symbol: AAPL }, 422, 42210000, 'asset "AAPL" cannot be sold short'],
  [
    { code: 'opposite-entry-open', opening: 'long' },
    403,
    40310000,
    'cannot open a short sell while a long buy order is open',
  ],
  [
    { code: 'opposite-entry-open', opening: 'short' },
    403,
    40310000,
    'cannot open a long buy while a short sell order is open',
  ],
  [
    { code: 'wash-trade', existingOrderId: brokerOrderId('a'), existingType: 'market/stop' },
    403,
    40310000,
    'potential wash trade detected. use complex orders',
    { existing_order_id: 'a', reject_reason: 'opposite side market/stop order exists' },
  ],
  [
    { code: 'insufficient-buying-power', costBasis: usd('13980003'), buyingPower: usd('323561.7') },
    403,
    40310000,
    'insufficient buying power',
    { buying_power: '323561.7', cost_basis: '13980003' },
  ],
  [
    {
      code: 'insufficient-quantity',
      symbol: AAPL,
      requested: 5,
      available: 2,
      existing: 2,
      held: 0,
      relatedOrders: [],
    },
    403,
    40310000,
    'insufficient qty available for order (requested: 5, available: 2)',
    { available: '2', existing_qty: '2', held_for_orders: '0', symbol: 'AAPL' },
  ],
  [{ code: 'unknown-order' }, 404, 40410000, 'order not found'],
  [
    { code: 'already-final', status: 'canceled' },
    422,
    42210000,
    'order is already in "canceled" state',
  ],
  [
    { code: 'not-replaceable', status: 'accepted' },
    422,
    42210000,
    'cannot replace order in accepted status',
  ],
  [{ code: 'already-replaced' }, 422, 42210000, 'order already replaced'],
  [{ code: 'nothing-changed' }, 422, 42210000, 'order parameters are not changed'],
  [{ code: 'quantity-fixed' }, 422, 42210000, 'qty cannot be changed for advanced orders'],
  [{ code: 'quantity-below-filled', filled: 3 }, 422, 42210000, 'qty must be > filled_qty'],
];

describe('a refusal in the words of Alpaca', () => {
  it.each(ROWS.map((row) => ({ row, name: JSON.stringify(row[0]) })))('$name', ({ row }) => {
    const [reason, status, code, message, extra = {}] = row;
    expect(problemOf(reason)).toEqual({ status, body: { ...extra, code, message } });
  });
});

import { ApiError, FetchError } from '@alpacahq/alpaca-trade-api';
import { describe, expect, it } from 'vitest';

import { readFailure, writeFailure } from '#adapters/alpaca/errors.ts';
import type { RejectCode } from '#ports/broker.ts';

interface ErrorBody {
  readonly message: string;
  readonly [key: string]: unknown;
}

const apiError = (status: number, body: ErrorBody): ApiError =>
  new ApiError(new Response(JSON.stringify(body), { status }), status, undefined, body.message);

describe('a refusal of Alpaca', () => {
  it.each<[RejectCode, number, ErrorBody]>([
    [
      'duplicate-client-order-id',
      422,
      { code: 40010001, message: 'client_order_id must be unique' },
    ],
    [
      'insufficient-buying-power',
      403,
      {
        code: 40310000,
        message: 'insufficient buying power',
        buying_power: '10',
        cost_basis: '20',
      },
    ],
    [
      'insufficient-quantity',
      403,
      {
        code: 40310000,
        message: 'insufficient qty available for order (requested: 106, available: 0)',
        held_for_orders: '106',
      },
    ],
    [
      'base-price',
      422,
      {
        code: 42210000,
        base_price: '10',
        message: 'stop_loss.stop_price must be <= base_price - 0.01',
      },
    ],
    [
      'sub-penny',
      422,
      {
        code: 42210000,
        message:
          'invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria',
      },
    ],
    ['not-an-entry', 422, { code: 42210000, message: 'bracket orders must be entry orders' }],
    ['not-shortable', 422, { code: 42210000, message: 'asset "XYZ" cannot be sold short' }],
    [
      'hard-to-borrow',
      422,
      { code: 42210000, message: 'only day orders are allowed for hard-to-borrow asset "XYZ"' },
    ],
    [
      'halted',
      422,
      {
        code: 42210000,
        message:
          'market order rejected due to trading halt on symbol: "XYZ", please place a limit order instead',
      },
    ],
    ['inactive-asset', 422, { code: 42210000, message: 'asset XYZ is not active' }],
    [
      'wash-trade',
      403,
      {
        code: 40310000,
        message: 'potential wash trade detected. use complex orders',
        existing_order_id: 'a',
      },
    ],
    ['rate-limited', 429, { code: 42910000, message: 'rate limit exceeded' }],
    ['unauthorized', 401, { message: 'unauthorized' }],
    ['not-found', 404, { code: 40410000, message: 'order not found for x' }],
    ['not-cancelable', 422, { code: 42210000, message: 'order is already in "filled" state' }],
    ['unknown', 422, { code: 42210000, message: 'something nobody has seen before' }],
  ])('is classified as %s', async (code, status, body) => {
    expect(await writeFailure(apiError(status, body))).toMatchObject({ kind: 'rejected', code });
  });

  it('keeps the further keys of its body', async () => {
    const failure = await writeFailure(
      apiError(422, { code: 42210000, base_price: '10', message: 'stop too close' }),
    );
    expect(failure).toMatchObject({ details: { base_price: '10' } });
  });

  it.each([
    ['a 408 of a proxy', apiError(408, { message: 'request time-out' })],
    ['a 499 of a proxy', apiError(499, { message: 'client closed request' })],
    ['a 504', apiError(504, { message: 'gateway time-out' })],
    ['a 500', apiError(500, { message: 'internal error' })],
    ['a lost connection', new FetchError(new Error('socket hang up'), 'fetch failed')],
  ])('after %s the outcome of a write is unknown', async (_, error) => {
    expect(await writeFailure(error)).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    [true, apiError(503, { message: 'busy' })],
    [true, apiError(408, { message: 'request time-out' })],
    [true, apiError(429, { message: 'slow down' })],
    [true, new FetchError(new Error('refused'), 'fetch failed')],
    [false, apiError(401, { message: 'unauthorized' })],
  ])('of a read is retryable: %s', (retryable, error) => {
    expect(readFailure('the account', error)).toMatchObject({ retryable });
  });
});

import { ApiError, FetchError } from '@alpacahq/alpaca-trade-api';
import { describe, expect, it } from 'vitest';

import { readFailure, writeFailure } from '#adapters/alpaca/errors.ts';
import { NotSentError } from '#adapters/alpaca/requests.ts';
import { REJECT_CODES } from '#ports/broker.ts';
import type { RejectCode } from '#ports/broker.ts';

interface ErrorBody {
  readonly message: string;
  readonly code?: number;
  readonly [key: string]: unknown;
}

const apiError = (status: number, { code, ...body }: ErrorBody): ApiError =>
  new ApiError(
    new Response(JSON.stringify({ code, ...body }), { status }),
    status,
    code,
    body.message,
  );

/** A refusal as Alpaca writes it: code, message, further keys. */
type Refusal = readonly [
  code: RejectCode,
  status: number,
  number: number | undefined,
  message: string,
  details?: object,
];

const REFUSALS: readonly Refusal[] = [
  ['duplicate-client-order-id', 422, 40010001, 'client_order_id must be unique'],
  [
    'insufficient-buying-power',
    403,
    40310000,
    'insufficient buying power',
    { buying_power: '10', cost_basis: '20' },
  ],
  [
    'insufficient-quantity',
    403,
    40310000,
    'insufficient qty available for order (requested: 106, available: 0)',
    { held_for_orders: '106', related_orders: ['a'] },
  ],
  ['insufficient-quantity', 403, 40310000, 'whatever it will say', { held_for_orders: '106' }],
  [
    'insufficient-quantity',
    403,
    40310000,
    'insufficient qty available for order (requested: 1, available: 0)',
  ],
  [
    'sub-penny',
    422,
    42210000,
    'invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria',
  ],
  [
    'base-price',
    422,
    42210000,
    'stop_loss.stop_price must be <= base_price - 0.01',
    { base_price: '10' },
  ],
  [
    'base-price',
    422,
    42210000,
    'take_profit.limit_price must be >= base_price + 0.01',
    { base_price: '10' },
  ],
  ['not-an-entry', 422, 42210000, 'bracket orders must be entry orders'],
  ['not-an-exit', 422, 42210000, 'oco orders must be exit orders'],
  ['opposite-pending', 403, 40310000, 'cannot open a short sell while a long buy order is open'],
  ['opposite-pending', 403, 40310000, 'cannot open a long buy while a short sell order is open'],
  ['not-shortable', 422, 42210000, 'asset "XYZ" cannot be sold short'],
  ['not-shortable', 422, 42210000, 'fractional orders cannot be sold short'],
  ['hard-to-borrow', 422, 42210000, 'only day orders are allowed for hard-to-borrow asset "XYZ"'],
  [
    'halted',
    422,
    42210000,
    'market order rejected due to trading halt on symbol: "XYZ", please place a limit order instead',
  ],
  ['inactive-asset', 422, 42210000, 'asset XYZ is not active'],
  ['inactive-asset', 422, 40010001, 'could not find asset "XYZ"'],
  [
    'wash-trade',
    403,
    40310000,
    'potential wash trade detected. use complex orders',
    { existing_order_id: 'a', reject_reason: 'opposite side limit order exists' },
  ],
  ['rate-limited', 429, 42910000, 'rate limit exceeded'],
  ['rate-limited', 403, 42910000, 'rate limit exceeded'],
  ['unauthorized', 401, undefined, 'unauthorized'],
  ['unauthorized', 403, 40310000, 'forbidden.'],
  ['not-found', 404, 40410000, 'order not found for x'],
  ['not-found', 404, 40410000, 'position does not exist'],
  ['already-final', 422, 42210000, 'order is already in "filled" state'],
  ['already-final', 422, 42210000, 'order is already in "canceled" state'],
  ['already-final', 422, 42210000, 'cannot replace order in filled status'],
  ['already-final', 422, 42210000, 'order is not cancelable'],
  ['unchanged', 422, 42210000, 'order parameters are not changed'],
  ['not-replaceable', 422, 42210000, 'cannot replace order in accepted status'],
  ['not-replaceable', 422, 42210000, 'cannot replace order in pending_new status'],
  ['not-replaceable', 422, 42210000, 'cannot replace order in pending_cancel status'],
  ['not-replaceable', 422, 42210000, 'order already pending replacement'],
  ['not-replaceable', 422, 42210000, 'order is already in "pending_cancel" state'],
  ['already-replaced', 422, 42210000, 'order already replaced'],
  ['already-replaced', 422, 42210000, 'order is already in "replaced" state'],
  ['already-replaced', 422, 42210000, 'cannot replace order in replaced status'],
  ['chain-not-settled', 422, 42210000, 'order chain not fully replaced'],
  ['quantity-fixed', 422, 42210000, 'qty cannot be changed for advanced orders'],
  ['unknown', 422, 42210000, 'something nobody has seen before'],
  ['unknown', 403, 40310000, 'asset "OCGN" is not fractionable'],
  ['unknown', 422, 42210000, 'qty must be > filled_qty'],
];

const redact = (text: string) => text.replaceAll('k-123', '[secret]');

describe('a refusal of Alpaca', () => {
  it.each(
    REFUSALS.map(([code, status, number, message, details = {}]) => ({
      code,
      status,
      body: { ...details, message, ...(number === undefined ? {} : { code: number }) },
    })),
  )('is classified as $code: $status $body.message', async ({ code, status, body }) => {
    const failure = await writeFailure(apiError(status, body));
    expect(failure).toMatchObject({ kind: 'rejected', code, httpStatus: status });
  });

  it('has an example of every code', () => {
    expect(new Set(REFUSALS.map(([code]) => code))).toEqual(new Set(REJECT_CODES));
  });

  it('is told without secrets', async () => {
    const error = apiError(422, { message: 'the key k-123 is odd' });
    expect(await writeFailure(error, redact)).toMatchObject({ message: 'the key [secret] is odd' });
  });

  it('is not needed to know that what was never sent was not done', async () => {
    const failure = await writeFailure(new NotSentError('not sent'));
    expect(failure).toMatchObject({ kind: 'rejected', code: 'rate-limited' });
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

  it.each([
    [
      new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:8421') }),
      'connect ECONNREFUSED 127.0.0.1:8421',
    ],
    // What tried several addresses in vain has no message of its own.
    [
      new TypeError('fetch failed', {
        cause: Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' }),
      }),
      'ETIMEDOUT',
    ],
    [
      new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
      'The operation was aborted due to timeout',
    ],
  ])('that nobody answered says why, and not what the SDK says of itself: %s', (cause, why) => {
    const said = 'The request failed and the interceptors did not return an alternative response';
    expect(readFailure('the clock', new FetchError(cause, said)).message).toBe(
      `could not read the clock from Alpaca: no answer (${why})`,
    );
  });
});

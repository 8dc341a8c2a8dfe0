import { describe, expect, it } from 'vitest';

import { NVDA, aBracket, aRequest, aShortBracket, anExchange } from './an-exchange.ts';
import type { Ohlc } from './an-exchange.ts';

const QUIET: Ohlc = [100, 101, 99, 100];

const usd = (dollars: number) => Math.round(dollars * 1e6);
const bracket = { orderClass: 'bracket' } as const;
const oto = { orderClass: 'oto', limit: '100' } as const;
const oco = {
  orderClass: 'oco',
  side: 'sell',
  type: 'limit',
  target: '105',
  stopLoss: '98',
} as const;

describe('a request is refused by itself', () => {
  it.each([
    ['an unknown symbol', aRequest({ symbol: 'NONE' }), { code: 'unknown-asset', symbol: 'NONE' }],
    [
      'a bracket without a stop',
      aRequest({ ...bracket, target: '105' }),
      { code: 'missing-leg', ...bracket, field: 'stop_loss.stop_price' },
    ],
    [
      'a bracket without a target',
      aRequest({ ...bracket, stopLoss: '98' }),
      { code: 'missing-leg', ...bracket, field: 'take_profit.limit_price' },
    ],
    [
      'an OCO without a stop',
      aRequest({ ...oco, stopLoss: undefined as never }),
      { code: 'missing-leg', orderClass: 'oco', field: 'stop_loss.stop_price' },
    ],
    [
      'an OTO without a leg',
      aRequest(oto),
      { code: 'missing-leg', orderClass: 'oto', field: 'stop_loss.stop_price' },
    ],
    [
      'an OTO with two legs',
      aRequest({ ...oto, target: '105', stopLoss: '98' }),
      { code: 'too-many-legs', orderClass: 'oto' },
    ],
    [
      'a bracket on a stop entry',
      aBracket({ type: 'stop_limit', stop: '100' }),
      { code: 'order-type', ...bracket, allowed: 'market or limit' },
    ],
    [
      'an OCO of another type than limit',
      aRequest({ ...oco, type: 'market' }),
      { code: 'order-type', orderClass: 'oco', allowed: 'limit' },
    ],
    [
      'a bracket for the opening auction',
      aBracket({ timeInForce: 'opg' }),
      { code: 'time-in-force', ...bracket },
    ],
    [
      'an immediate simple order',
      aRequest({ timeInForce: 'ioc' }),
      { code: 'time-in-force', orderClass: 'simple' },
    ],
    ['extended hours', aBracket({ extendedHours: true }), { code: 'extended-hours', ...bracket }],
    [
      'a part of a share',
      aBracket({ quantity: 1.5 }),
      { code: 'fractional', ...bracket, symbol: 'NVDA' },
    ],
    ['no share', aRequest({ quantity: 0 }), { code: 'not-positive-quantity' }],
    ['no number of shares', aRequest({ quantity: Number.NaN }), { code: 'not-positive-quantity' }],
    [
      'a limit order without a limit',
      aRequest({ type: 'limit' }),
      { code: 'price-required', type: 'limit', field: 'limit_price' },
    ],
    [
      'a stop order without a stop',
      aRequest({ type: 'stop' }),
      { code: 'price-required', type: 'stop', field: 'stop_price' },
    ],
    [
      'a market order with a limit',
      aRequest({ type: 'market', limit: '100' }),
      { code: 'price-not-allowed', type: 'market', field: 'limit_price' },
    ],
    [
      'a limit order with a stop',
      aRequest({ limit: '100', stop: '99' }),
      { code: 'price-not-allowed', type: 'limit', field: 'stop_price' },
    ],
    [
      'a limit off its tick',
      aRequest({ limit: '290.123' }),
      { code: 'sub-penny', field: 'limit_price', price: usd(290.123) },
    ],
    [
      'a target off its tick',
      aBracket({ target: '105.005' }),
      { code: 'sub-penny', field: 'take_profit.limit_price', price: usd(105.005) },
    ],
    [
      'a stop off its tick',
      aBracket({ stopLoss: '97.999' }),
      { code: 'sub-penny', field: 'stop_loss.stop_price', price: usd(97.999) },
    ],
    [
      'a negative price',
      aRequest({ limit: '-1' }),
      { code: 'sub-penny', field: 'limit_price', price: usd(-1) },
    ],
  ])('%s', (_, request, reason) => {
    expect(anExchange().refusal(request)).toEqual(reason);
  });

  it('but four decimals are fine below a dollar', () => {
    expect(anExchange().refusal(aRequest({ symbol: 'PENY', limit: '0.1234' }))).toBeNull();
  });
});

const base = (field: string, relation: string, basePrice: number) => ({
  code: 'base-price',
  field,
  relation,
  basePrice: usd(basePrice),
});

describe('the exits of a group lie a cent beyond the base price', () => {
  it.each([
    ['a stop at the limit', aBracket({ stopLoss: '100' }), base('stop_loss.stop_price', '<=', 100)],
    ['a stop a cent below the limit', aBracket({ stopLoss: '99.99' }), null],
    [
      'a stop above the market though below the limit',
      aBracket({ limit: '102', stopLoss: '101' }),
      base('stop_loss.stop_price', '<=', 100),
    ],
    [
      'a target at the limit',
      aBracket({ target: '100' }),
      base('take_profit.limit_price', '>=', 100),
    ],
    ['a target a cent above the limit', aBracket({ target: '100.01' }), null],
    [
      'a target below the market price for a limit further below',
      aBracket({ limit: '90', target: '95', stopLoss: '89' }),
      null,
    ],
    [
      'a target below the market of a market entry',
      aBracket({ type: 'market', limit: undefined as never, target: '100' }),
      base('take_profit.limit_price', '>=', 100),
    ],
    [
      'a short stop at the limit',
      aShortBracket({ stopLoss: '100' }),
      base('stop_loss.stop_price', '>=', 100),
    ],
    [
      'a short stop below the market',
      aShortBracket({ limit: '98', stopLoss: '99' }),
      base('stop_loss.stop_price', '>=', 100),
    ],
    [
      'a short target at the limit',
      aShortBracket({ target: '100' }),
      base('take_profit.limit_price', '<=', 100),
    ],
  ])('%s', (_, request, reason) => {
    expect(anExchange().refusal(request)).toEqual(reason);
  });

  it('where the base of an OCO is its own target and the market', () => {
    const { submit, bar, refusal } = anExchange();
    submit(aRequest());
    bar(QUIET);
    expect(refusal(aRequest({ ...oco, target: '95', stopLoss: '96' }))).toEqual(
      base('stop_loss.stop_price', '<=', 95),
    );
    expect(refusal(aRequest({ ...oco, stopLoss: '100' }))).toEqual(
      base('stop_loss.stop_price', '<=', 100),
    );
  });
});

const long = () => {
  const test = anExchange();
  test.submit(aRequest());
  test.bar(QUIET);
  return test;
};

describe('the account refuses', () => {
  it('a client order id that was ever used, also of a cancelled order', () => {
    const { exchange, submit, refusal, now } = anExchange();
    const { id } = submit(aRequest({ id: 'once', limit: '90' }));
    exchange.cancel(id, now());
    expect(refusal(aRequest({ id: 'once' }))).toEqual({ code: 'duplicate-client-order-id' });
  });

  it('what costs more than the buying power', () => {
    expect(anExchange().refusal(aRequest({ limit: '100', quantity: 4001 }))).toEqual({
      code: 'insufficient-buying-power',
      costBasis: usd(400_100),
      buyingPower: usd(400_000),
    });
  });

  it('a second entry for money that the first has reserved', () => {
    const { submit, refusal } = anExchange();
    submit(aBracket({ quantity: 3000 }));
    expect(refusal(aBracket({ quantity: 1001 }))).toMatchObject({ buyingPower: usd(100_000) });
    expect(refusal(aBracket({ quantity: 1000 }))).toBeNull();
  });

  it('a short sale at less than three per cent above the market in reserve', () => {
    const { refusal } = anExchange();
    expect(refusal(aShortBracket({ quantity: 3900 }))).toMatchObject({ costBasis: usd(401_700) });
    expect(refusal(aShortBracket({ quantity: 3883 }))).toBeNull();
  });

  it('to sell more than is held', () => {
    expect(long().refusal(aRequest({ side: 'sell', quantity: 11 }))).toEqual({
      code: 'insufficient-quantity',
      symbol: 'NVDA',
      requested: 11,
      available: 10,
      existing: 10,
      held: 0,
      relatedOrders: [],
    });
  });

  it('to sell shares that the legs of a bracket hold, and names the leg', () => {
    const { submit, bar, refusal } = anExchange();
    const { legs } = submit(aBracket());
    bar(QUIET);
    expect(refusal(aRequest({ side: 'sell' }))).toMatchObject({
      code: 'insufficient-quantity',
      available: 0,
      held: 10,
      relatedOrders: [legs[0]],
    });
  });

  it('a bracket against a position', () => {
    expect(long().refusal(aShortBracket())).toEqual({ code: 'not-an-entry', ...bracket });
  });

  it('a bracket on top of a position, unless the rules allow it', () => {
    expect(long().refusal(aBracket())).toEqual({ code: 'not-an-entry', ...bracket });
    const { submit, bar, refusal } = anExchange({ bracketOnPosition: 'accepted' });
    submit(aRequest());
    bar(QUIET);
    expect(refusal(aBracket())).toBeNull();
  });

  it('a bracket against an entry of the other side', () => {
    const { submit, refusal } = anExchange();
    submit(aBracket());
    expect(refusal(aShortBracket())).toEqual({ code: 'not-an-entry', ...bracket });
    expect(refusal(aBracket()), 'but not one of the same side').toBeNull();
  });

  it('an OCO without a position', () => {
    expect(anExchange().refusal(aRequest(oco))).toEqual({ code: 'not-an-exit', orderClass: 'oco' });
  });

  it('23: to short what cannot be borrowed', () => {
    expect(anExchange().refusal(aRequest({ symbol: 'HARD', side: 'sell', limit: '9' }))).toEqual({
      code: 'not-shortable',
      symbol: 'HARD',
    });
  });

  it('23: to open the other side while an entry is working', () => {
    const { submit, refusal } = anExchange();
    submit(aBracket());
    expect(refusal(aRequest({ side: 'sell' }))).toEqual({
      code: 'opposite-entry-open',
      opening: 'long',
    });
    const short = anExchange();
    short.submit(aShortBracket());
    expect(short.refusal(aRequest())).toEqual({ code: 'opposite-entry-open', opening: 'short' });
  });
});

describe('two simple orders of opposite sides', () => {
  const rest = { side: 'sell', quantity: 5 } as const;
  it.each([
    ['a market buy against a resting limit', { ...rest, limit: '103' }, {}, 'limit'],
    [
      'a limit buy against a resting stop',
      { ...rest, type: 'stop', stop: '97' },
      { limit: '99' },
      'market/stop',
    ],
    [
      'a limit buy at the price of a resting limit',
      { ...rest, limit: '103' },
      { limit: '103' },
      'limit',
    ],
    ['a limit buy below a resting limit', { ...rest, limit: '103' }, { limit: '102.99' }, null],
  ] as const)('%s', (_, resting, request, existingType) => {
    const { submit, bar, refusal } = anExchange();
    submit(aRequest());
    bar(QUIET);
    const { id } = submit(aRequest(resting));
    expect(refusal(aRequest(request))).toEqual(
      existingType && { code: 'wash-trade', existingOrderId: id, existingType },
    );
  });

  it('may be part of a group', () => {
    const { exchange, submit, bar, refusal } = anExchange();
    submit(aBracket());
    bar(QUIET);
    expect(refusal(aRequest())).toBeNull();
    expect(exchange.position(NVDA)?.quantity).toBe(10);
  });
});

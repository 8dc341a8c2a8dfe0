import { describe, expect, it } from 'vitest';

import { FEE_RATES_2026, executionFee } from '#core/matching/fees.ts';
import { averagePriceOf } from '#core/matching/portfolio.ts';
import { parseUsd } from '#core/money.ts';

import { NVDA, SESSIONS, aBracket, aRequest, aShortBracket, anExchange } from './an-exchange.ts';

const usd = (dollars: number) => Math.round(dollars * 1e6);

describe('buying power', () => {
  it('is four times the equity of an empty account', () => {
    expect(anExchange().exchange.account()).toMatchObject({
      equity: usd(100_000),
      buyingPower: usd(400_000),
      regTBuyingPower: usd(200_000),
      multiplier: 4,
    });
  });

  it('follows the multiplier of the rules', () => {
    const { exchange } = anExchange({ marginMultiplier: 1 });
    expect(exchange.account()).toMatchObject({
      buyingPower: usd(100_000),
      regTBuyingPower: usd(100_000),
    });
  });

  it('22: falls on acceptance and not again on the fill', () => {
    const { exchange, submit, bar } = anExchange();
    submit(aBracket({ quantity: 100 }));
    expect(exchange.account().buyingPower).toBe(usd(390_000));
    bar([100, 101, 99, 100]);
    expect(exchange.account()).toMatchObject({ buyingPower: usd(390_000), reserved: 0 });
  });

  it('comes back when the entry is cancelled', () => {
    const { exchange, submit, now } = anExchange();
    const { id } = submit(aBracket());
    exchange.cancel(id, now());
    expect(exchange.account().buyingPower).toBe(usd(400_000));
  });

  it('moves with the profit and with what the shares are worth', () => {
    const { exchange, submit, bar } = anExchange();
    submit(aRequest({ quantity: 100 }));
    bar([100, 101, 99, 101]);
    expect(exchange.account()).toMatchObject({
      cash: usd(90_000),
      equity: usd(100_100),
      longMarketValue: usd(10_100),
      buyingPower: usd(4 * 100_100 - 10_100),
      initialMargin: usd(5_050),
      maintenanceMargin: usd(3_030),
    });
  });

  it('is taken by shorts as by longs', () => {
    const { exchange, submit, bar } = anExchange();
    submit(aShortBracket({ quantity: 100 }));
    bar([100, 101, 99, 100]);
    expect(exchange.account()).toMatchObject({
      cash: usd(110_000),
      equity: usd(100_000),
      shortMarketValue: usd(-10_000),
      buyingPower: usd(390_000),
    });
  });
});

describe('a position', () => {
  it('averages what it cost', () => {
    const { exchange, submit, bar } = anExchange();
    submit(aRequest({ quantity: 2 }));
    bar([100, 101, 99, 100]);
    submit(aRequest({ quantity: 1 }));
    bar([101, 102, 100, 102]);
    const position = exchange.position(NVDA)!;
    expect(position).toMatchObject({ quantity: 3, costBasis: usd(301), marketValue: usd(306) });
    expect(averagePriceOf(position)).toBe(100_333_333);
  });

  it('tells in each fill what it realized and what is left', () => {
    const { exchange, submit, bar, now } = anExchange();
    submit(aRequest({ quantity: 3 }));
    bar([100, 101, 99, 100]);
    submit(aRequest({ side: 'sell', quantity: 2 }));
    const [fill] = exchange.applyBar(
      NVDA,
      { start: now(), open: 104, high: 105, low: 103, close: 104, volume: 1 },
      now() + 300_000,
    );
    expect(fill).toMatchObject({
      type: 'fill',
      fill: { realizedPnl: usd(8), positionQuantity: 1, leavesQuantity: 0, cumulativeQuantity: 2 },
    });
  });

  it('of a short gains when the price falls', () => {
    const { exchange, submit, bar } = anExchange();
    submit(aShortBracket());
    bar([100, 101, 99, 97]);
    const position = exchange.position(NVDA)!;
    expect(position).toMatchObject({
      quantity: -10,
      costBasis: usd(-1000),
      marketValue: usd(-970),
    });
    expect(averagePriceOf(position)).toBe(usd(100));
    expect(exchange.account().equity).toBe(usd(100_030));
  });
});

describe('regulatory fees', () => {
  it.each([
    ['a large sale of few shares', '500', 200, 2_060_000 + 33_200],
    ['a sale of many cheap shares meets the cap', '1', 100_000, 2_060_000 + 8_300_000],
    ['parts of a micro-dollar are rounded up', '0.01', 1, 1 + 166],
  ])('%s', (_, price, shares, expected) => {
    const sale = { side: 'sell', price: parseUsd(price), quantity: shares } as const;
    expect(executionFee(FEE_RATES_2026, sale)).toBe(expected);
    expect(executionFee(FEE_RATES_2026, { ...sale, side: 'buy' })).toBe(0);
  });

  it('accrue on sales only, and are charged at the close in one sum rounded up to the cent', () => {
    const { exchange, submit, bar } = anExchange({ fees: FEE_RATES_2026 });
    submit(aRequest({ quantity: 100 }));
    bar([100, 101, 99, 100]);
    expect(exchange.account().accruedFees).toBe(0);
    submit(aRequest({ side: 'sell', quantity: 40 }));
    submit(aRequest({ side: 'sell', quantity: 60 }));
    bar([100, 101, 99, 100]);
    expect(exchange.account()).toMatchObject({ accruedFees: 222_600, equity: usd(100_000) });
    exchange.closeSession(SESSIONS[0]);
    expect(exchange.fees()).toMatchObject([{ date: '2025-11-24', amount: usd(0.23) }]);
    expect(exchange.account()).toMatchObject({ accruedFees: 0, cash: usd(99_999.77) });
  });

  it('are not charged for a session without sales', () => {
    const { exchange } = anExchange({ fees: FEE_RATES_2026 });
    exchange.closeSession(SESSIONS[0]);
    expect(exchange.fees()).toEqual([]);
  });
});

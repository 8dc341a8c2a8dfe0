import { describe, expect, it } from 'vitest';

import { executionFee, NO_FEES } from '#core/matching/fees.ts';
import { micros, parseUsd } from '#core/money.ts';

import { aRequest, anExchange, SESSIONS } from './an-exchange.ts';

describe('slippage of market orders', () => {
  it.each([
    ['a purchase pays more', {}, 100.02],
    ['a sale brings less', { side: 'sell' }, 99.98],
    ['a limit order is spared', { limit: '100' }, 100],
    ['a stop is spared', { side: 'sell', type: 'stop', stop: '100.5' }, 100],
  ] as const)('%s', (_, shape, price) => {
    const { submit, bar } = anExchange({ marketSlippageBps: 2 });
    submit(aRequest(shape));
    const [fill] = bar([100, 101, 99, 100]).filter((event) => event.includes('fill'));
    expect(fill).toBe(`single fill 10 @ ${price}`);
  });

  it('never rounds a price in our favour', () => {
    const { submit, bar } = anExchange({ marketSlippageBps: 1 });
    submit(aRequest({}));
    expect(bar([33.33, 34, 33, 33])).toContain('single fill 10 @ 33.34');
  });
});

describe('commissions', () => {
  it('are a share’s, on both sides, beside the regulatory fees of a sale', () => {
    const rates = { ...NO_FEES, commissionPerShare: micros(5_000) };
    const execution = { price: parseUsd('100'), quantity: 10 };
    expect(executionFee(rates, { side: 'buy', ...execution })).toBe(50_000);
    expect(executionFee(rates, { side: 'sell', ...execution })).toBe(50_000);
  });
});

describe('borrowed shares', () => {
  it('cost a day of their rate at each close, rounded up to the cent', () => {
    const { exchange, submit, bar } = anExchange({ borrowBpsPerYear: 360 });
    submit(aRequest({ side: 'sell', quantity: 100 }));
    bar([100, 100, 100, 100]);
    exchange.closeSession(SESSIONS[0]);
    // 3.6 % of 10,000 a year of 360 days.
    expect(exchange.borrowPaid()).toBe(1_000_000);
    expect(exchange.equity()).toBe(parseUsd('99999'));
    expect(exchange.lastEquity()).toBe(parseUsd('100000'));
  });

  it('cost nothing while none are short', () => {
    const { exchange, submit, bar } = anExchange({ borrowBpsPerYear: 360 });
    submit(aRequest({ quantity: 100 }));
    bar([100, 100, 100, 100]);
    exchange.closeSession(SESSIONS[0]);
    expect(exchange.borrowPaid()).toBe(0);
  });
});

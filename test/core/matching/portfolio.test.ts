import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ticker } from '#core/ids.ts';
import { createPortfolio } from '#core/matching/portfolio.ts';
import { addUsd, micros, parseUsd } from '#core/money.ts';

import { NVDA, SESSIONS } from './an-exchange.ts';

describe('a trade that turns a holding around', () => {
  it.each([
    [10, -15, 50e6],
    [-10, 15, -50e6],
  ])('from %d by %d closes it first, and opens the rest at its own price', (first, then, pnl) => {
    const portfolio = createPortfolio(parseUsd('10000'));
    const at = SESSIONS[0].open;
    portfolio.trade({ symbol: NVDA, quantity: first, price: parseUsd('100'), at });
    const realized = portfolio.trade({
      symbol: NVDA,
      quantity: then,
      price: parseUsd('105'),
      at: at + 1,
    });
    expect(realized).toBe(pnl);
    expect(portfolio.holding(NVDA)).toEqual({
      symbol: NVDA,
      quantity: first + then,
      costBasis: (first + then) * 105e6,
      openedAt: at + 1,
    });
    portfolio.setMark(NVDA, parseUsd('105'));
    expect(portfolio.equity()).toBe(10_000e6 + pnl);
  });
});

it('knows its equity after every price and every trade, whoever asked for it when', () => {
  const symbol = fc.constantFrom(NVDA, ticker('AMD'));
  const price = fc.integer({ min: 1, max: 500_000_000 }).map(micros);
  const act = fc.oneof(
    fc.record({ kind: fc.constant('mark' as const), symbol, price }),
    fc.record({
      kind: fc.constant('trade' as const),
      symbol,
      price,
      quantity: fc.integer({ min: -50, max: 50 }).filter((shares) => shares !== 0),
    }),
    fc.record({ kind: fc.constant('ask' as const) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const portfolio = createPortfolio(parseUsd('10000'));
      for (const each of acts) {
        if (each.kind === 'mark') portfolio.setMark(each.symbol, each.price);
        else if (each.kind === 'trade') portfolio.trade({ ...each, at: 1 });
        else portfolio.equity();
      }
      const values = [...portfolio.holdings()].map((holding) => portfolio.marketValueOf(holding));
      expect(portfolio.equity()).toBe(addUsd(portfolio.cash(), ...values));
    }),
    { numRuns: 500 },
  );
});

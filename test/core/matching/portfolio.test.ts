import { describe, expect, it } from 'vitest';

import { createPortfolio } from '#core/matching/portfolio.ts';
import { parseUsd } from '#core/money.ts';

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

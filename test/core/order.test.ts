import { describe, expect, it } from 'vitest';

import {
  entrySideOf,
  exitSideOf,
  isLive,
  isOrderStatus,
  isTerminal,
  ORDER_STATUS,
  signOf,
} from '#core/order.ts';
import type { OrderStatus } from '#core/order.ts';

describe('an order status', () => {
  it.each(['filled', 'canceled', 'expired', 'replaced', 'rejected'] as const)(
    '%s is the end',
    (status) => {
      expect([isLive(status), isTerminal(status)]).toEqual([false, true]);
    },
  );

  it.each([
    'new',
    'held',
    'partially_filled',
    'pending_cancel',
    'pending_replace',
    'done_for_day',
    'unknown',
  ] as const)('%s may still turn into a fill', (status) => {
    expect([isLive(status), isTerminal(status)]).toEqual([true, false]);
  });

  it('is either live or terminal', () => {
    for (const [status, traits] of Object.entries(ORDER_STATUS)) {
      expect(traits.isLive, `status ${status}`).toBe(!traits.isTerminal);
      expect(isLive(status as OrderStatus), `status ${status}`).toBe(traits.isLive);
    }
  });

  it('is told from any other word', () => {
    expect(['new', 'held', 'toString', 'NEW', ''].map(isOrderStatus)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('the sides', () => {
  it('of a long are buy in, sell out, and of a short the reverse', () => {
    expect([entrySideOf('long'), exitSideOf('long'), signOf('long')]).toEqual(['buy', 'sell', 1]);
    expect([entrySideOf('short'), exitSideOf('short'), signOf('short')]).toEqual([
      'sell',
      'buy',
      -1,
    ]);
  });
});

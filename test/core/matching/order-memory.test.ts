import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FEE_RATES_2026 } from '#core/matching/fees.ts';
import type { ExchangeEvent } from '#core/matching/order.ts';
import { isLive } from '#core/order.ts';

import { NVDA, SESSIONS, aBracket, anExchange } from './an-exchange.ts';
import { act, BAR_MS, moves, RULES } from './moves.ts';

const fillsOf = (events: readonly ExchangeEvent[]) =>
  events.flatMap((event) => ('fill' in event ? event.fill : []));

describe('an exchange that remembers live orders alone', () => {
  it('fills the same at the same prices as one that remembers all', () => {
    let fills = 0;
    fc.assert(
      fc.property(RULES, moves, (rules, todo) => {
        const given = { ...rules, fees: FEE_RATES_2026 };
        const [all, live] = [anExchange(given), anExchange(given, { memory: 'live' })];
        let { open: now } = SESSIONS[0];
        for (const move of todo) {
          if (move.type === 'bar') now += BAR_MS;
          const orders = all.exchange.orders();
          const id =
            'pick' in move ? orders[move.pick % Math.max(1, orders.length)]?.id : undefined;
          const expected = fillsOf(act(all.exchange, move, { id, now }));
          expect(fillsOf(act(live.exchange, move, { id, now }))).toEqual(expected);
          expect(live.exchange.liveOrders()).toMatchObject(all.exchange.liveOrders());
          expect(live.exchange.account()).toEqual(all.exchange.account());
          expect(live.exchange.positions()).toEqual(all.exchange.positions());
          fills += expected.length;
        }
      }),
      { numRuns: 300 },
    );
    expect(fills).toBeGreaterThan(100);
  });

  it('gives out orders that change with it, and forgets them once they have ended', () => {
    const { exchange, bar, submit } = anExchange({}, { memory: 'live' });
    const { id, legs } = submit(aBracket());
    const orders = [id, ...legs].map((each) => exchange.order(each)!);
    bar([100, 100.5, 99.5, 100]);
    expect(orders.map(({ status }) => status)).toEqual(['filled', 'new', 'held']);
    expect(exchange.order(id)).toBeUndefined();
    expect(exchange.orders()).toEqual(orders.slice(1));
    bar([100, 106, 100, 106]);
    expect(orders.map(({ status }) => status)).toEqual(['filled', 'filled', 'canceled']);
    expect(exchange.orders()).toEqual([]);
    expect(exchange.position(NVDA)).toBeUndefined();
  });
});

it('what an exchange has given out of an order stays as it was', () => {
  const { exchange, bar, submit } = anExchange();
  const { id } = submit(aBracket());
  const before = exchange.order(id)!;
  expect(exchange.order(id)).toBe(before);
  bar([100, 100.5, 99.5, 100]);
  expect([before.status, exchange.order(id)?.status]).toEqual(['new', 'filled']);
  expect(exchange.orders().every(({ status }) => isLive(status) || status === 'filled')).toBe(true);
});

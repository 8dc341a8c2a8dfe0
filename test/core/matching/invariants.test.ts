import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { BrokerOrderId } from '#core/ids.ts';
import { FEE_RATES_2026 } from '#core/matching/fees.ts';
import type { Fill } from '#core/matching/order.ts';
import { isLive } from '#core/order.ts';

import { NVDA, SESSIONS, anExchange } from './an-exchange.ts';
import type { TestExchange } from './an-exchange.ts';
import { act, BAR_MS, moves, RULES } from './moves.ts';
import type { Move } from './moves.ts';

interface Run extends TestExchange {
  readonly fills: readonly Fill[];
  readonly log: readonly string[];
}

/** Plays the moves and lets the law look after each of them. */
function play(
  rules: Parameters<typeof anExchange>[0],
  todo: readonly Move[],
  law: (test: Run) => void,
): Run {
  const base = anExchange({ ...rules, fees: FEE_RATES_2026 });
  const fills: Fill[] = [];
  const log: string[] = [];
  let now = base.now();
  const test: Run = { ...base, fills, log };
  const { exchange } = base;
  const record = (events: readonly { readonly type: string; readonly fill?: Fill }[]) => {
    for (const event of events) {
      log.push(JSON.stringify(event));
      if (event.fill) fills.push(event.fill);
    }
  };
  const nth = (index: number): BrokerOrderId | undefined => {
    const orders = exchange.orders();
    return orders[index % Math.max(1, orders.length)]?.id;
  };
  for (const move of todo) {
    if (move.type === 'bar') now += BAR_MS;
    const id = 'pick' in move ? nth(move.pick) : undefined;
    record(act(exchange, move, { id, now }));
    law(test);
  }
  record(exchange.closeSession(SESSIONS[0]));
  law(test);
  return test;
}

const noLaw = () => {};
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const check = (law: (test: Run) => void) =>
  fc.assert(
    fc.property(RULES, moves, (rules, todo) => {
      play(rules, todo, law);
    }),
    { numRuns: 300 },
  );

describe('whatever a client and the market do', () => {
  it('cash and positions add up: equity moves by realized and unrealized profit less fees', () => {
    check(({ exchange, fills }) => {
      const unrealized = exchange
        .positions()
        .map(({ marketValue, costBasis }) => marketValue - costBasis);
      expect(exchange.account().equity).toBe(
        100_000e6 +
          sum(fills.map(({ realizedPnl }) => realizedPnl)) +
          sum(unrealized) -
          sum(exchange.fees().map(({ amount }) => amount)),
      );
    });
  });

  it('cash is what the fills and fees have left of it', () => {
    check(({ exchange, fills }) => {
      const spent = fills.map(({ side: of, price: at, quantity: shares }) =>
        of === 'buy' ? at * shares : at * -shares,
      );
      const fees = exchange.fees().map(({ amount }) => amount);
      expect(exchange.account().cash).toBe(100_000e6 - sum(spent) - sum(fees));
    });
  });

  it('the position is the sum of the fills, and no fill turns it around', () => {
    check(({ exchange, fills }) => {
      let held = 0;
      for (const { side: of, quantity: shares, positionQuantity } of fills) {
        const before = held;
        held += of === 'buy' ? shares : -shares;
        expect(positionQuantity).toBe(held);
        expect(before * held, 'from long to short or back in one fill').toBeGreaterThanOrEqual(0);
      }
      expect(exchange.position(NVDA)?.quantity ?? 0).toBe(held);
    });
  });

  it('exits never add to a position and never ask for more shares than are held', () => {
    check(({ exchange, fills }) => {
      const position = exchange.position(NVDA);
      expect(position?.available ?? 0).toBeGreaterThanOrEqual(0);
      for (const { intent, side: of, positionQuantity, quantity: shares } of fills) {
        const before = positionQuantity - (of === 'buy' ? shares : -shares);
        const change = intent.endsWith('close') ? -shares : shares;
        expect(Math.abs(positionQuantity)).toBe(Math.abs(before) + change);
      }
    });
  });

  it('two exits of a group never fill more than its entry', () => {
    check(({ exchange }) => {
      for (const parent of exchange.orders()) {
        if (parent.legIds.length === 0) continue;
        const legs = parent.legIds.map((id) => exchange.order(id)!);
        const exits = parent.role === 'entry' ? legs : [parent, ...legs];
        expect(sum(exits.map(({ filledQuantity }) => filledQuantity))).toBeLessThanOrEqual(
          parent.role === 'entry' ? parent.filledQuantity : parent.quantity,
        );
        const filled = exits.filter(({ status }) => status === 'filled');
        expect(filled.length, 'in full').toBeLessThanOrEqual(1);
      }
    });
  });

  it('no leg outlives its entry, and a target never stands without its stop', () => {
    check(({ exchange }) => {
      const brackets = exchange
        .orders()
        .filter(({ role, orderClass }) => role === 'entry' && orderClass === 'bracket');
      for (const entry of brackets) {
        const live = entry.legIds
          .map((id) => exchange.order(id)!)
          .filter(({ status }) => isLive(status))
          .map(({ role }) => role);
        const isDead = entry.status === 'canceled' || entry.status === 'expired';
        expect(isDead && live.length > 0).toBe(false);
        expect(live.includes('take-profit') && !live.includes('stop-loss')).toBe(false);
      }
    });
  });

  it('the same moves give the same events, ids included', () => {
    fc.assert(
      fc.property(RULES, moves, (rules, todo) => {
        expect(play(rules, todo, noLaw).log).toEqual(play(rules, todo, noLaw).log);
      }),
      { numRuns: 100 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { BrokerOrderId } from '#core/ids.ts';
import type { Exchange } from '#core/matching/exchange.ts';
import { FEE_RATES_2026 } from '#core/matching/fees.ts';
import type { ExchangeEvent, Fill, SimulatedOrder } from '#core/matching/order.ts';
import { parseUsd } from '#core/money.ts';
import { isLive } from '#core/order.ts';

import { NVDA, SESSIONS, aRequest, anExchange } from './an-exchange.ts';
import type { Ohlc, TestExchange } from './an-exchange.ts';

/** What a client and the market may do; refusals are part of the game. */
type Move =
  | { readonly type: 'bar'; readonly prices: Ohlc; readonly volume: number }
  | { readonly type: 'submit'; readonly shape: NonNullable<Parameters<typeof aRequest>[0]> }
  | {
      readonly type: 'cancel' | 'request-cancel' | 'release' | 'trade' | 'complete-replace';
      readonly pick: number;
    }
  | {
      readonly type: 'replace' | 'request-replace';
      readonly pick: number;
      readonly price: string;
      readonly quantity: number | null;
    };

const cents = fc.integer({ min: 9_000, max: 11_000 });
const price = cents.map((value) => (value / 100).toFixed(2));
const quantity = fc.integer({ min: 1, max: 60 });
const side = fc.constantFrom('buy' as const, 'sell' as const);

const bar: fc.Arbitrary<Move> = fc
  .record({
    points: fc.array(cents, { minLength: 4, maxLength: 4 }),
    volume: fc.integer({ min: 0, max: 200 }),
  })
  .map(({ points, volume }) => {
    const [open = 0, close = 0] = points;
    const prices: Ohlc = [open, Math.max(...points), Math.min(...points), close];
    return { type: 'bar', prices: prices.map((value) => value / 100) as unknown as Ohlc, volume };
  });

const submit: fc.Arbitrary<Move> = fc
  .record({
    side,
    quantity,
    type: fc.constantFrom(
      'market' as const,
      'limit' as const,
      'stop' as const,
      'stop_limit' as const,
    ),
    orderClass: fc.constantFrom(
      'simple' as const,
      'bracket' as const,
      'oco' as const,
      'oto' as const,
    ),
    timeInForce: fc.constantFrom('day' as const, 'gtc' as const),
    prices: fc.tuple(price, price, price, price),
    withStopLimit: fc.boolean(),
  })
  .map(({ prices: [limit, stop, target, stopLoss], withStopLimit, ...shape }) => {
    const isGroup = shape.orderClass !== 'simple';
    const type = isGroup && shape.type !== 'market' ? 'limit' : shape.type;
    const finalType = shape.orderClass === 'oco' ? 'limit' : type;
    return {
      type: 'submit',
      shape: {
        ...shape,
        type: finalType,
        ...(finalType === 'limit' || finalType === 'stop_limit' ? { limit } : {}),
        ...(finalType === 'stop' || finalType === 'stop_limit' ? { stop } : {}),
        ...(isGroup && shape.orderClass !== 'oto' ? { target } : {}),
        ...(isGroup ? { stopLoss, ...(withStopLimit ? { stopLossLimit: stopLoss } : {}) } : {}),
      },
    };
  });

const pick = fc.nat({ max: 200 });
/** What has its effect on an order at once, or is the later effect of something asked for. */
const cancel: fc.Arbitrary<Move> = fc.record({
  type: fc.constantFrom(
    'cancel' as const,
    'request-cancel' as const,
    'release' as const,
    'trade' as const,
    'complete-replace' as const,
  ),
  pick,
});
const replace: fc.Arbitrary<Move> = fc
  .record({
    type: fc.constantFrom('replace' as const, 'request-replace' as const),
    pick,
    price,
    quantity: fc.option(quantity),
  })
  .map((move) => move);

const moves = fc.array(
  fc.oneof(
    { arbitrary: bar, weight: 5 },
    { arbitrary: submit, weight: 5 },
    { arbitrary: cancel, weight: 4 },
    { arbitrary: replace, weight: 3 },
  ),
  { minLength: 5, maxLength: 60 },
);

const RULES = fc.record({
  limitFill: fc.constantFrom('penetrate' as const, 'touch' as const),
  maxParticipationBps: fc.constantFrom(null, 3000),
  bracketOnPosition: fc.constantFrom('accepted' as const, 'refused' as const),
});

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
    if (move.type === 'bar') {
      const [open, high, low, close] = move.prices;
      const start = now;
      now += 300_000;
      record(exchange.applyBar(NVDA, { start, open, high, low, close, volume: move.volume }, now));
    } else if (move.type === 'submit') {
      const result = exchange.submit(aRequest(move.shape), now);
      if (result.kind === 'accepted') record(result.events);
    } else {
      const id = nth(move.pick);
      if (id === undefined) continue;
      record(ask(exchange, id, move, now));
    }
    law(test);
  }
  record(exchange.closeSession(SESSIONS[0]));
  law(test);
  return test;
}

function ask(
  exchange: Exchange,
  id: BrokerOrderId,
  move: Exclude<Move, { type: 'bar' | 'submit' }>,
  now: number,
): readonly ExchangeEvent[] {
  const { type } = move;
  if (type === 'trade') return exchange.trade(id, now);
  if (type === 'complete-replace') return exchange.completeReplace(id, now);
  if (type === 'release') {
    exchange.release(id);
    return [];
  }
  const outcome = command(exchange, id, move, now);
  return outcome.kind === 'refused' ? [] : outcome.events;
}

function command(
  exchange: Exchange,
  id: BrokerOrderId,
  move: Exclude<Move, { type: 'bar' | 'submit' }>,
  now: number,
) {
  if (move.type === 'request-cancel') return exchange.requestCancel(id, now);
  if (!('price' in move)) {
    return exchange.cancel(id, now, move.pick % 2 === 0 ? 'later' : 'at-once');
  }
  const change = changeOf(exchange.order(id)!, move);
  return move.type === 'replace'
    ? exchange.replace(id, change, now)
    : exchange.requestReplace(id, change, now);
}

const changeOf = (order: SimulatedOrder, move: Extract<Move, { price: string }>) => {
  const isStop = order.type === 'stop';
  return {
    clientOrderId: null,
    quantity: order.orderClass === 'simple' ? move.quantity : null,
    limitPrice: isStop || order.type === 'market' ? null : parseUsd(move.price),
    stopPrice: isStop ? parseUsd(move.price) : null,
    timeInForce: null,
  };
};

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

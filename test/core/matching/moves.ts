import fc from 'fast-check';

import type { BrokerOrderId } from '#core/ids.ts';
import type { Exchange } from '#core/matching/exchange.ts';
import type { ExchangeEvent, SimulatedOrder } from '#core/matching/order.ts';
import { parseUsd } from '#core/money.ts';

import { NVDA, aRequest } from './an-exchange.ts';
import type { Ohlc } from './an-exchange.ts';

/** What a client and the market may do; refusals are part of the game. */
export type Move =
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

const someBar: fc.Arbitrary<Move> = fc
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

export const moves = fc.array(
  fc.oneof(
    { arbitrary: someBar, weight: 5 },
    { arbitrary: submit, weight: 5 },
    { arbitrary: cancel, weight: 4 },
    { arbitrary: replace, weight: 3 },
  ),
  { minLength: 5, maxLength: 60 },
);

export const RULES = fc.record({
  limitFill: fc.constantFrom('penetrate' as const, 'touch' as const),
  maxParticipationBps: fc.constantFrom(null, 3000),
  bracketOnPosition: fc.constantFrom('accepted' as const, 'refused' as const),
});

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
  const order = exchange.order(id);
  if (order === undefined) return exchange.cancel(id, now);
  const change = changeOf(order, move);
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

/** Lets a move happen to an exchange, at an instant; `id` is of the order that it is about. */
export function act(
  exchange: Exchange,
  move: Move,
  { id, now }: { readonly id: BrokerOrderId | undefined; readonly now: number },
): readonly ExchangeEvent[] {
  if (move.type === 'bar') {
    const [open, high, low, close] = move.prices;
    const bar = { start: now - BAR_MS, open, high, low, close, volume: move.volume };
    return exchange.applyBar(NVDA, bar, now);
  }
  if (move.type === 'submit') {
    const result = exchange.submit(aRequest(move.shape), now);
    return result.kind === 'accepted' ? result.events : [];
  }
  return id === undefined ? [] : ask(exchange, id, move, now);
}

export const BAR_MS = 300_000;

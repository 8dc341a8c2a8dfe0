import type { Bar } from '#core/bars.ts';
import { clientOrderId, ticker } from '#core/ids.ts';
import type { BrokerOrderId } from '#core/ids.ts';
import type { OrderMemory } from '#core/matching/book.ts';
import { createExchange } from '#core/matching/exchange.ts';
import type { Exchange } from '#core/matching/exchange.ts';
import { createExpiry } from '#core/matching/expiry.ts';
import { NO_FEES } from '#core/matching/fees.ts';
import type { ExchangeEvent, SubmitRequest } from '#core/matching/order.ts';
import type { RefusalReason } from '#core/matching/refusal.ts';
import type { ExchangeRules } from '#core/matching/venue.ts';
import { parseUsd } from '#core/money.ts';
import type { OrderSide } from '#core/order.ts';
import { MINUTE_MS, asSessionDate, parseInstant } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';

const session = (date: string): Session => ({
  date: asSessionDate(date),
  open: parseInstant(`${date}T14:30:00Z`),
  close: parseInstant(`${date}T21:00:00Z`),
});

/** Two sessions, then nothing for months. */
export const SESSIONS: readonly [Session, Session] = [session('2025-11-24'), session('2025-11-25')];
export const NVDA = ticker('NVDA');
const BAR_MS = 5 * MINUTE_MS;

interface Shape {
  readonly id?: string;
  readonly symbol?: string;
  readonly side?: OrderSide;
  readonly type?: SubmitRequest['type'];
  readonly orderClass?: SubmitRequest['orderClass'];
  readonly timeInForce?: SubmitRequest['timeInForce'];
  readonly quantity?: number;
  readonly limit?: string;
  readonly stop?: string;
  readonly target?: string;
  readonly stopLoss?: string;
  readonly stopLossLimit?: string;
  readonly extendedHours?: boolean;
}

const price = (text: string | undefined) => (text === undefined ? null : parseUsd(text));

/** A request for tests: a simple market buy of 10 NVDA for the day, unless told otherwise. */
export const aRequest = (shape: Shape = {}): SubmitRequest => ({
  clientOrderId: shape.id === undefined ? null : clientOrderId(shape.id),
  symbol: ticker(shape.symbol ?? 'NVDA'),
  side: shape.side ?? 'buy',
  type: shape.type ?? (shape.limit === undefined ? 'market' : 'limit'),
  orderClass: shape.orderClass ?? 'simple',
  timeInForce: shape.timeInForce ?? 'day',
  quantity: shape.quantity ?? 10,
  limitPrice: price(shape.limit),
  stopPrice: price(shape.stop),
  takeProfitLimitPrice: price(shape.target),
  stopLossStopPrice: price(shape.stopLoss),
  stopLossLimitPrice: price(shape.stopLossLimit),
  extendedHours: shape.extendedHours ?? false,
});

/** A long bracket of 10 NVDA: limit 100, target 105, stop 98. */
export const aBracket = (shape: Shape = {}): SubmitRequest =>
  aRequest({
    orderClass: 'bracket',
    timeInForce: 'gtc',
    limit: '100',
    target: '105',
    stopLoss: '98',
    ...shape,
  });

/** Its mirror image. */
export const aShortBracket = (shape: Shape = {}): SubmitRequest =>
  aBracket({ side: 'sell', target: '95', stopLoss: '102', ...shape });

/** Open, high, low, close. */
export type Ohlc = readonly [number, number, number, number];

export interface TestExchange {
  readonly exchange: Exchange;
  readonly now: () => EpochMs;
  /** The next 5-minute bar. */
  readonly bar: (prices: Ohlc, options?: { symbol?: string; volume?: number }) => readonly string[];
  readonly submit: (request: SubmitRequest) => {
    readonly id: BrokerOrderId;
    readonly legs: readonly BrokerOrderId[];
    readonly events: readonly string[];
  };
  readonly refusal: (request: SubmitRequest) => RefusalReason | null;
  /** Statuses of an order and its legs, the legs in their order. */
  readonly statuses: (id: BrokerOrderId) => readonly string[];
}

/** "take-profit new", "entry fill 10 @ 100". */
export const tell = (event: ExchangeEvent): string => {
  const what =
    event.type === 'fill' || event.type === 'partial_fill'
      ? `${event.type} ${event.fill.quantity} @ ${event.fill.price / 1e6}`
      : event.type;
  return `${event.order.role} ${what}`;
};

interface Opening {
  readonly startingCash?: string;
  readonly isOpen?: boolean;
  readonly memory?: OrderMemory;
}

/** An exchange in its first session, NVDA at 100, with $100,000 and no fees unless the rules have some. */
export function anExchange(
  rules: Partial<ExchangeRules> = {},
  { startingCash = '100000', isOpen = true, memory = 'all' }: Opening = {},
): TestExchange {
  let id = 0;
  const exchange = createExchange({
    startingCash: parseUsd(startingCash),
    nextId: () => `id-${(id += 1)}`,
    assetOf: (symbol) => (symbol === 'NONE' ? null : { isShortable: symbol !== 'HARD' }),
    expiresAt: createExpiry(SESSIONS),
    rules: { fees: NO_FEES, ...rules },
    memory,
  });
  let now = SESSIONS[0].open;
  exchange.markToMarket(NVDA, parseUsd('100'));
  if (isOpen) exchange.openSession(SESSIONS[0]);
  return {
    exchange,
    now: () => now,
    bar([open, high, low, close], { symbol = 'NVDA', volume = 10_000 } = {}) {
      const bar: Bar = { start: now, open, high, low, close, volume };
      now += BAR_MS;
      return exchange.applyBar(ticker(symbol), bar, now).map(tell);
    },
    submit(request) {
      const result = exchange.submit(request, now);
      if (result.kind === 'refused') throw new Error(`refused: ${result.reason.code}`);
      return {
        id: result.order.id,
        legs: result.legs.map((leg) => leg.id),
        events: result.events.map(tell),
      };
    },
    refusal(request) {
      const result = exchange.submit(request, now);
      return result.kind === 'refused' ? result.reason : null;
    },
    statuses(orderId) {
      const order = exchange.order(orderId)!;
      return [order, ...order.legIds.map((leg) => exchange.order(leg)!)].map(
        ({ status }) => status,
      );
    },
  };
}
